"""What a customer says of our account, line by line; their own list against ours; kept as evidence."""
