"""Originals by hash, with limits before anyone parses them."""
