"""Filters of the collection pages."""
