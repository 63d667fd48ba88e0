"""What a customer promised: a day, a plan of instalments, goods instead of money; and what is frozen until then."""
