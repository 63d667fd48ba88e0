"""Writes: load, decide, record."""
