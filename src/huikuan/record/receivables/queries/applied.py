"""What was applied to claims and stands."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet

from huikuan.record.customers.queries import among
from huikuan.record.receivables.models import Settlement


@dataclass(frozen=True, slots=True)
class Applied:
    """A settlement that was not taken back: so much of the claim, minor units of its currency, from the day on."""

    id: int
    debit_id: int
    credit_id: int
    on: date
    amount: int


def applied_to(debit_ids: Collection[int]) -> list[Applied]:
    """Of these claims, the oldest fact first. What was settled and taken back was never applied."""
    return applied_by(Settlement.objects.filter(debit_id__in=among(debit_ids)))


def applied_by(of_claims: QuerySet[Settlement]) -> list[Applied]:
    """The same of these facts, which are narrowed by their claims: what took one back and is not among them did not.

    A fact and what took it back name the same claim, so both are read by it and told apart here: asked for as facts
    that take nothing back, SQLite would look through every fact there is."""
    rows = of_claims.order_by("id")
    facts = list(rows.values_list("reversal_of", "id", "debit_id", "credit_id", "effective_on", "debit_amount"))
    undone = {back for back, *_ in facts if back is not None}
    return [
        Applied(number, debit, credit, on, amount)
        for back, number, debit, credit, on, amount in facts
        if back is None and number not in undone
    ]
