"""Decisions and computations: plain Python, frozen rows in, results with reasons out."""
