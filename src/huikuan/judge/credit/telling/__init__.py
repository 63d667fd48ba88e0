"""Decisions, proposals and dry runs in words and in JSON, in the reader's language."""
