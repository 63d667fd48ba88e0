"""Credit given to customers: exposure, limits, and whether the next order fits in."""
