"""Reads of exposure, limits and decisions: frozen rows."""
