"""Reading bills: frozen rows, no decisions."""
