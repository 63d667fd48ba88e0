"""Reading bank money: frozen rows, no decisions."""
