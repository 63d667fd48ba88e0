"""Writing cash applications: matched, applied, undone, learned from."""
