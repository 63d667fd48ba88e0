"""Reads of contracts and orders: frozen rows."""
