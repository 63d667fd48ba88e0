"""Which groups a customer stands in on a day, and who stands in a group: customers together, whoever may see them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection

from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.columns.tables import ALWAYS_KNOWN
from huikuan.mechanisms.store.pipeline import ask
from huikuan.mechanisms.store.wire import as_date, int8
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


@dataclass(frozen=True, slots=True)
class Family:
    """Customers that are one, and the groups the one that is shown was said to stand in: (since, code or ''), the
    newest first."""

    one: One
    said: tuple[tuple[date, str], ...]

    def group_on(self, day: date) -> str:
        """The group they stand in on the day, '' for none."""
        return next((code for since, code in self.said if since <= day), "")


_SHOWN = "WITH shown AS (SELECT COALESCE(merged_into_id, id) AS id FROM customers_customer WHERE id = %s)"
_MEMBERS = "shown s JOIN customers_customer c ON c.id = s.id OR c.merged_into_id = s.id"
_ONE = f"{_SHOWN} SELECT s.id, c.id FROM {_MEMBERS}"
#: Every member beside every group that was said: there is rarely more than one of either.
_FAMILY = f"""{_SHOWN}
SELECT s.id, c.id, a.effective_on, a.value
FROM {_MEMBERS} LEFT JOIN customers_affiliation a
    ON a.customer_id = s.id AND a.dimension = '{_GROUP}' AND a.item_id IS NULL
ORDER BY a.effective_on DESC, a.tx DESC, a.id DESC
"""


def one_of(customer_id: int, known: int | None = None) -> One:
    """Those that are one with the customer, as known below a horizon (None: now)."""
    if known is not None:
        return One(shown_as(customer_id, known), one_with(customer_id, known))
    return _one(customer_id, ask(_ONE, [int8(customer_id)])())


def asking_family(customer_id: int, known: int | None = None) -> Callable[[], Family]:
    """Asks for the customer's family, as known below a horizon; as known now in one short statement: decisions ask it
    every time. Call for the answer."""
    if known is not None:
        return lambda: _family_known(one_of(customer_id, known), known)
    asked = ask(_FAMILY, [int8(customer_id)])

    def answer() -> Family:
        rows = asked()
        said = ((as_date(row[2]), row[3]) for row in rows if row[1] == row[0])
        return Family(_one(customer_id, rows), tuple((since, code) for since, code in said if since is not None))

    return answer


def _one(customer_id: int, rows: Sequence[Sequence[Any]]) -> One:
    return One(rows[0][0] if rows else customer_id, frozenset({customer_id, *(row[1] for row in rows)}))


def _family_known(one: One, known: int) -> Family:
    said = Affiliation.objects.filter(customer_id=one.shown, dimension=_GROUP, item_id=None, tx__lt=known)
    rows = said.order_by("-effective_on", "-tx", "-id").values_list("effective_on", "value")
    return Family(one, tuple(rows))


def groups_from(code: str) -> tuple[str, ...]:
    """The group and those above it, nearest first, by what is known now; none where there is no such group."""
    return (code, *chain_above(code, _parents())) if code and _exists(code) else ()


def customers_in(code: str, day: date, known: int | None = None) -> frozenset[int]:
    """Everybody who stands in the group, or in one below it, on `day`, with those merged into them, as known below a
    horizon; refuses an unknown group."""
    if not _exists(code):
        raise Refusal("group_unknown", group=code)
    parents = _parents()
    codes = {code, *(below for below in parents if code in chain_above(below, parents))}
    named, pairs = _said(codes, day, known), merged(known)
    return frozenset({*(named - pairs.keys()), *(one for one, into in pairs.items() if into in named)})


def chains_of(customer_ids: Collection[int], day: date) -> dict[int, tuple[str, ...]]:
    """Customer → the group it is in on `day` and those above it, nearest first; those in none are left out."""
    own, parents = affiliation_as_of(day, dimension=_GROUP, customer_ids=customer_ids), _parents()
    known = set(CustomerGroup.objects.filter(code__in=set(own.values())).values_list("code", flat=True))
    return {one: (code, *chain_above(code, parents)) for one, code in own.items() if code in known}


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


def groups_over_time(known: int) -> dict[int, list[tuple[date, tuple[str, ...]]]]:
    """Customer that is shown → from which day on in which groups, nearest first (none: in no group), by what was
    stated below a horizon; groups stand below each other as they do now. Of a day the last word counts."""
    parents, pairs = _parents(), merged(known)
    facts = Affiliation.objects.filter(dimension=_GROUP, item_id=None, tx__lt=known).order_by(
        "effective_on", "tx", "id"
    )
    found: dict[int, dict[date, tuple[str, ...]]] = {}
    for customer_id, value, day in facts.values_list("customer_id", "value", "effective_on"):
        if customer_id not in pairs:
            found.setdefault(customer_id, {})[day] = (value, *chain_above(value, parents)) if value else ()
    return {customer_id: sorted(spells.items()) for customer_id, spells in found.items()}
