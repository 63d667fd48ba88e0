"""Cash application: bank money finds the items it pays."""
