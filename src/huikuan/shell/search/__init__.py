"""Ctrl K: one question, answered by customers, documents, actions and places."""
