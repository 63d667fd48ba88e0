"""How customers, their people and papers are named."""
