"""Whose customers these are: people with an account, who decide nothing about them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from huikuan.mechanisms.identity.queries import called
from huikuan.record.customers.models import Affiliation
from huikuan.record.customers.queries.customers import affiliation_as_of


def owning(customer_ids: Iterable[int], day: date) -> frozenset[str]:
    """User names of the customers' owners on `day`; owners without an account are left out."""
    said = affiliation_as_of(day, dimension=Affiliation.Dimension.OWNER.value, customer_ids=list(customer_ids))
    return called(said.values())
