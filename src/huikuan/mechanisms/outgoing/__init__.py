"""Calls to the outside: only to the open internet, checked once, bounded in time and size."""
