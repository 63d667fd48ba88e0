"""What a customer does not accept of a claim, whose matter it is, and how it ended."""
