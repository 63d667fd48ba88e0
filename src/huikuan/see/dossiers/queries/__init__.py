"""Reads of this context; each answers frozen rows."""
