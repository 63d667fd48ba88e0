"""Companies, users and what each may do."""
