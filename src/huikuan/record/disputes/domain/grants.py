"""How a credit that ends a dispute is named among requests and in the matrix of authority."""

from __future__ import annotations

#: The kind.
GRANT = "disputes.grant"


def subject_of(dispute_id: int) -> str:
    """What a request is about."""
    return f"dispute:{dispute_id}"
