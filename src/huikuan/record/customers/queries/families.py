"""Which groups a customer stands in on a day, and who stands in a group: customers together, whoever may see them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection

from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.columns.tables import ALWAYS_KNOWN
from huikuan.record.customers.domain.tree import chain_above
from huikuan.record.customers.models import Affiliation, CustomerGroup
from huikuan.record.customers.queries.customers import affiliation_as_of
from huikuan.record.customers.queries.merging import merged, one_with, shown_as

_GROUP = Affiliation.Dimension.GROUP.value


@dataclass(frozen=True, slots=True)
class One:
    """Customers that are one as known now: the one that is shown, and all of them."""

    shown: int
    members: frozenset[int]


def one_of(customer_id: int, known: int | None = None) -> One:
    """Those that are one with the customer, as known below a horizon; as known now in one short statement: decisions
    ask it every time."""
    if known is not None:
        return One(shown_as(customer_id, known), one_with(customer_id, known))
    with connection.cursor() as cursor:
        cursor.execute(
            "WITH shown AS (SELECT COALESCE(merged_into_id, id) AS id FROM customers_customer WHERE id = %s)"
            " SELECT s.id, c.id FROM shown s JOIN customers_customer c ON c.id = s.id OR c.merged_into_id = s.id",
            [customer_id],
        )
        rows = cursor.fetchall()
    return One(rows[0][0] if rows else customer_id, frozenset({customer_id, *(row[1] for row in rows)}))


def groups_above(shown: int, day: date, known: int | None = None) -> tuple[str, ...]:
    """Codes of the group a customer that is shown is in on `day` and of those above it, nearest first; as known below
    a horizon, but for which group is below which."""
    own = affiliation_as_of(day, dimension=_GROUP, customer_ids=[shown], known_before=known).get(shown)
    return (own, *chain_above(own, _parents())) if own is not None and _exists(own) else ()


def customers_in(code: str, day: date, known: int | None = None) -> frozenset[int]:
    """Everybody who stands in the group, or in one below it, on `day`, with those merged into them, as known below a
    horizon; refuses an unknown group."""
    if not _exists(code):
        raise Refusal("group_unknown", group=code)
    parents = _parents()
    codes = {code, *(below for below in parents if code in chain_above(below, parents))}
    named, pairs = _said(codes, day, known), merged(known)
    return frozenset({*(named - pairs.keys()), *(one for one, into in pairs.items() if into in named)})


def _parents() -> dict[str, str]:
    rows = CustomerGroup.objects.filter(parent__isnull=False).values_list("code", "parent__code")
    return {code: str(parent) for code, parent in rows}


def _exists(code: str) -> bool:
    return CustomerGroup.objects.filter(code=code).exists()


def _said(codes: Collection[str], day: date, known: int | None) -> frozenset[int]:
    """Customers whose group on `day` is one of these: only those ever named with one are looked at."""
    names = ", ".join(["%s"] * len(codes))
    by_then = f"dimension = '{_GROUP}' AND item_id IS NULL AND effective_on <= %s AND tx < %s"
    when: list[Any] = [day, ALWAYS_KNOWN if known is None else known]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT customer_id FROM (SELECT customer_id, value, row_number() OVER"
            " (PARTITION BY customer_id ORDER BY effective_on DESC, tx DESC, id DESC) AS place"
            f" FROM customers_affiliation WHERE {by_then} AND customer_id IN"
            f" (SELECT customer_id FROM customers_affiliation WHERE {by_then} AND value IN ({names}))) ranked"
            f" WHERE place = 1 AND value IN ({names})",
            [*when, *when, *codes, *codes],
        )
        return frozenset(row[0] for row in cursor.fetchall())
