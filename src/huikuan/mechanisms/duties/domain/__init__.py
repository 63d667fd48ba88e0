"""The conflict matrix: plain Python."""
