"""Banking: the company's bank accounts, their statements and every line of them, read once."""
