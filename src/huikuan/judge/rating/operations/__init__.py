"""Writing what is known of customers, and what they were found to be."""
