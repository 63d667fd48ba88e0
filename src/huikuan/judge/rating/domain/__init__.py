"""Behaviour, scorecards, grades: plain Python."""
