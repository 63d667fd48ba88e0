"""Approvals: what one person asks for, others decide by the authority matrix, and it is done exactly once."""
