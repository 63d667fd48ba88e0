"""ACT: what is done about what is owed."""
