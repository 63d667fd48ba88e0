"""The two databases behind one door: transactions, numbers, bulk, guards."""
