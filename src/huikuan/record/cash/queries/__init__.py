"""Reading cash applications: frozen rows, no decisions."""
