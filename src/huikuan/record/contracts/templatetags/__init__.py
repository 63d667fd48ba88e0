"""How contracts and orders are named on pages."""
