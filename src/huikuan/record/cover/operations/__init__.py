"""Writing cover: proposed and approved, revalued, released."""
