"""Decisions about bills: numbers and ranges, what may follow what, what discounting costs."""
