"""The cockpit's questions."""
