"""Writing bank money: accounts, statements and lines; what lines are used for."""
