"""Customers' financial statements as they were handed in, whether they agree with themselves, and their ratios."""
