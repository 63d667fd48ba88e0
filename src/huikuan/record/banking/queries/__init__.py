"""Reading bank accounts, statements and lines: frozen rows, no decisions."""
