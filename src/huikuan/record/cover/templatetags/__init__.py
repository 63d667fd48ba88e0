"""How pages name what this context records."""
