"""Rating: from facts to a score that explains itself, and a grade that holds until its review."""
