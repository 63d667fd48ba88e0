"""Decisions and computations: plain Python."""
