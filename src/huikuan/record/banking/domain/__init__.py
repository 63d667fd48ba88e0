"""Reading what banks write, and proving it: bytes or rows in, statements or a refusal with its place out."""
