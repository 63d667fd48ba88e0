"""Reading accounts, statements and the register of those issued."""
