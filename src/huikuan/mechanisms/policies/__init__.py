"""Rules a company may set: typed, versioned, approved."""
