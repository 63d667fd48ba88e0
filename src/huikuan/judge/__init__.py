"""JUDGE: what the facts on record say of a customer, and what may be risked with it."""
