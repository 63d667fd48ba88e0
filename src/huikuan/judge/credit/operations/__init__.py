"""What can be done about limits and orders. Each door decides, then records facts in one transaction."""
