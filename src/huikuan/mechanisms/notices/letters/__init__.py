"""Letters to customers: versioned texts with a closed list of placeholders, as mail text, PDF and Word."""
