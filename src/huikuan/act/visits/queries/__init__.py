"""Reads of calls and visits."""
