"""Duties kept apart: the conflict matrix as a policy, and exceptions that another approves, for a while."""
