"""What can be done to contracts and orders. Each door decides, then records facts in one transaction."""
