"""Applications as they stand: what money went where, and whether it still does."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import QuerySet

from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.identity.domain.scope import Scope
from huikuan.record.cash.models import Application, Undoing
from huikuan.record.customers.queries import customers_by_id, narrowed, seen
from huikuan.record.receivables.models import Item


@dataclass(frozen=True, slots=True)
class PartRow:
    """So much for one claim, in the currency of the money; `in_claim` in the claim's, where it is another."""

    item_id: int
    document_number: str
    amount: int
    currency: str
    in_claim: int | None
    short: str


@dataclass(frozen=True, slots=True)
class DifferenceRow:
    """By how much more than was paid a claim was closed."""

    kind: str
    item_id: int
    document_number: str
    amount: int
    currency: str
    posted_id: int


@dataclass(frozen=True, slots=True)
class ApplicationRow:
    """An application; `undone`: the reason it was taken back for, None while it stands. Amounts in minor units."""

    id: int
    company_id: int
    customer_id: int
    customer_code: str
    customer_name: str
    line_id: int | None
    credit_id: int
    kind: str
    currency: str
    amount: int
    rest: int
    parts: tuple[PartRow, ...]
    differences: tuple[DifferenceRow, ...]
    effective_on: date
    ordered_by: str
    order_reason: str
    probability_e6: int | None
    reasons: tuple[Mapping[str, Any], ...]
    policy_version: int | None
    actor: str
    recorded_at: datetime
    undone: str | None


def application(application_id: int, *, scope: Scope) -> ApplicationRow:
    """One application; refuses an unknown one, and one of a customer out of scope likewise."""
    found = rows_of(narrowed(Application.objects.filter(id=application_id), seen(scope)))
    if not found:
        raise Refusal("application_unknown", application=application_id)
    return found[0]


def applications_of(line_ids: Iterable[int], *, scope: Scope) -> list[ApplicationRow]:
    """Every application of these bank lines, undone ones among them, in the order they were made."""
    return rows_of(narrowed(Application.objects.filter(line_id__in=list(line_ids)), seen(scope)))


def rows_of(chosen: QuerySet[Application]) -> list[ApplicationRow]:
    """These applications with the names they go by, in order."""
    found = list(chosen.order_by("id"))
    undone = dict(
        Undoing.objects.filter(application_id__in=[one.id for one in found]).values_list("application_id", "reason")
    )
    named = customers_by_id({one.customer_id for one in found})
    items = {
        row["id"]: row
        for row in Item.objects.filter(
            id__in={each["item"] for one in found for each in (*one.parts, *one.differences)}
        ).values("id", "document_number", "currency")
    }
    return [_row(one, undone.get(one.id), named, items) for one in found]


def _row(
    one: Application, undone: str | None, named: Mapping[int, Any], items: Mapping[int, Mapping[str, Any]]
) -> ApplicationRow:
    plain = (
        "id", "company_id", "customer_id", "line_id", "credit_id", "kind", "currency", "amount", "rest",
        "effective_on", "ordered_by", "order_reason", "probability_e6", "policy_version", "actor", "recorded_at",
    )  # fmt: skip
    return ApplicationRow(
        **{name: getattr(one, name) for name in plain},
        customer_code=named[one.customer_id].code,
        customer_name=named[one.customer_id].name,
        parts=tuple(
            PartRow(
                part["item"],
                items[part["item"]]["document_number"],
                part["amount"],
                one.currency,
                part["debit_amount"],
                part["short"],
            )
            for part in one.parts
        ),
        differences=tuple(
            DifferenceRow(
                each["kind"],
                each["item"],
                items[each["item"]]["document_number"],
                each["amount"],
                items[each["item"]]["currency"],
                each["posted"],
            )
            for each in one.differences
        ),
        reasons=tuple(one.reasons),
        undone=undone,
    )
