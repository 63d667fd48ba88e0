"""Words of ratings for templates."""
