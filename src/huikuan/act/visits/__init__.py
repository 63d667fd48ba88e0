"""Visits to customers: planned, checked in, what came of them."""
