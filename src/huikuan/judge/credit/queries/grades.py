"""The grade of a customer, by which the policy gives grace and terms."""

from __future__ import annotations

from datetime import date


def grade_of(customer_id: int, as_of: date) -> str | None:  # noqa: ARG001 - what rating will be asked with
    """The customer's grade on a day; None where nobody has assessed it."""
    return None
