"""Contracts and sales orders: what was agreed, what falls due by it, what was delivered."""
