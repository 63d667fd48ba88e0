"""Who may decide what, and what becomes of a request: plain Python."""
