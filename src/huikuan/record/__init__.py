"""The facts of the business: who owes us what, since when, and what settled it."""
