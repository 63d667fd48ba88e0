"""What connectors do: import a file, undo a batch."""
