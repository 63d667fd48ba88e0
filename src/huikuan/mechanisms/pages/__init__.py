"""What every page of every context shares: the reading it was asked for."""
