"""Reads that answer frozen rows."""
