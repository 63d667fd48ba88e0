"""Decisions about money received: whose it is, what it pays, how sure that is, and in which order it is applied."""
