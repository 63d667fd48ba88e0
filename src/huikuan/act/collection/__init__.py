"""Collecting: strategies, the daily run, whom to call today, what was said."""
