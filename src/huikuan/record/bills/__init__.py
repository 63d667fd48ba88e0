"""Bills: acceptance bills, cheques and cash in hand, from receipt to payment or dishonour."""
