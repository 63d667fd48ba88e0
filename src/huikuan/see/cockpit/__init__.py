"""Figures people steer by, each open to its rows."""
