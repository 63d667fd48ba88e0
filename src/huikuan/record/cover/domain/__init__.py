"""Decisions about cover: what a piece says, what it is worth, and which exposure it takes."""
