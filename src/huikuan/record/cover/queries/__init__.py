"""Reading cover: frozen rows, no decisions."""
