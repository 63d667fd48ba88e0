"""What is to come in by when, contract by contract, against what came; and the tier a customer is collected in."""
