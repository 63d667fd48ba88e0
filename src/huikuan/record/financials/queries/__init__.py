"""Reading statements and ratios: frozen rows, no decisions."""
