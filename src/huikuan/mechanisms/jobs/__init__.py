"""Durable work with progress, one of a kind at a time."""
