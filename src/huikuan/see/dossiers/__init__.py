"""A customer whole: who they are, what they owe, how they pay, who works with them, what comes next."""
