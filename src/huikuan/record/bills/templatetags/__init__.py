"""How pages name bills."""
