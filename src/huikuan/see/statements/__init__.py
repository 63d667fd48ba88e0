"""Statements of account: what was owed, what moved, what is owed, said to the customer."""
