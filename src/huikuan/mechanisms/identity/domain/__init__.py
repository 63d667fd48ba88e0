"""Roles and what they permit: plain Python."""
