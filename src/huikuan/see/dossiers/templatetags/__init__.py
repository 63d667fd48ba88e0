"""How events and steps of a customer are told."""
