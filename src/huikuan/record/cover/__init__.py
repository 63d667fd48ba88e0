"""Cover: what lessens the loss if a customer does not pay, piece by piece."""
