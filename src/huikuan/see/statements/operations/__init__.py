"""Making files of statements, and issuing them."""
