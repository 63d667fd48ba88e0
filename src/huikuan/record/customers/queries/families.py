"""Which groups a customer stands in on a day, and who stands in a group: customers together, whoever may see them."""

from __future__ import annotations

from collections import defaultdict
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
_TYPE = Affiliation.Dimension.BUSINESS_TYPE.value


@dataclass(frozen=True, slots=True)
class One:
    """Customers that are one as known now: the one that is shown, and all of them."""

    shown: int
    members: frozenset[int]


Said = Sequence[tuple[date, str]]


@dataclass(frozen=True, slots=True)
class Family:
    """Customers that are one, and what was said of them, each (since, what), the newest first: the groups and business
    types of the one that is shown, and of each of them whether it is flagged for paying late on purpose."""

    one: One
    groups: Said = ()
    types: Said = ()
    conduct: Sequence[Said] = ()

    def group_on(self, day: date) -> str:
        """The group they stand in on the day, '' for none."""
        return _by(day, self.groups)

    def business_type_on(self, day: date) -> str:
        return _by(day, self.types)

    def flagged_on(self, day: date) -> bool:
        """As `conduct.flagged_on` says it: who is merged under another name does not escape by it."""
        return any(_by(day, said) == _FLAGGED for said in self.conduct)


def _by(day: date, said: Said) -> str:
    return next((what for since, what in said if since <= day), "")


_SHOWN = "shown AS (SELECT COALESCE(merged_into_id, id) AS id FROM customers_customer WHERE id = %s)"
_MEMBERS = (
    "SELECT s.id AS shown, c.id FROM shown s JOIN customers_customer c ON c.id = s.id OR c.merged_into_id = s.id"
)
_ONE = f"WITH {_SHOWN} {_MEMBERS}"
_MEMBER, _CONDUCT, _FLAGGED = "member", "conduct", "flagged"
_FAMILY = f"""
WITH {_SHOWN}, members AS ({_MEMBERS})
SELECT what, shown, customer_id, since, said FROM (
    SELECT '{_MEMBER}' AS what, shown, id AS customer_id, NULL AS since, '' AS said, 0 AS tx, id FROM members
    UNION ALL
    SELECT a.dimension, s.id, a.customer_id, a.effective_on, a.value, a.tx, a.id
    FROM shown s JOIN customers_affiliation a ON a.customer_id = s.id
    WHERE a.item_id IS NULL AND a.dimension IN ('{_GROUP}', '{_TYPE}')
    UNION ALL
    SELECT '{_CONDUCT}', m.shown, f.customer_id, f.effective_on, CASE WHEN f.flagged THEN '{_FLAGGED}' ELSE '' END,
        f.tx, f.id
    FROM members m JOIN customers_conduct f ON f.customer_id = m.id
) AS told ORDER BY since DESC, tx DESC, id DESC
"""


def one_of(customer_id: int, known: int | None = None) -> One:
    """Those that are one with the customer, as known below a horizon (None: now)."""
    if known is not None:
        return One(shown_as(customer_id, known), one_with(customer_id, known))
    return _one(customer_id, ask(_ONE, [int8(customer_id)])())


def asking_family(customer_id: int) -> Callable[[], Family]:
    """Asks for the customer's family, in one short statement: decisions ask it every time. Call for the answer."""
    asked = ask(_FAMILY, [int8(customer_id)])

    def answer() -> Family:
        members: list[tuple[int, int]] = []
        told: dict[tuple[str, int], list[tuple[date, str]]] = defaultdict(list)
        for what, shown, one, since, said in asked():
            if what == _MEMBER:
                members.append((shown, one))
            else:
                told[what, one].append((as_date(since) or date.min, said))
        one = _one(customer_id, members)
        conduct = [said for (what, _), said in told.items() if what == _CONDUCT]
        return Family(one, told[_GROUP, one.shown], told[_TYPE, one.shown], conduct)

    return answer


def family_known(customer_id: int, known: int) -> Family:
    """The customer's family and its groups as known below a horizon."""
    one = one_of(customer_id, known)
    said = Affiliation.objects.filter(customer_id=one.shown, dimension=_GROUP, item_id=None, tx__lt=known)
    rows = said.order_by("-effective_on", "-tx", "-id").values_list("effective_on", "value")
    return Family(one, tuple(rows))


def _one(customer_id: int, rows: Sequence[tuple[int, int]]) -> One:
    return One(rows[0][0] if rows else customer_id, frozenset({customer_id, *(row[1] for row in rows)}))


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


def chains_of(customer_ids: Collection[int], day: date, known: int | None = None) -> dict[int, tuple[str, ...]]:
    """Customer → what `groups_above` answers of it, of many at once; those in no group are left out."""
    own = affiliation_as_of(day, dimension=_GROUP, customer_ids=customer_ids, known_before=known)
    there = set(CustomerGroup.objects.filter(code__in=set(own.values())).values_list("code", flat=True))
    parents = _parents()
    return {one: (code, *chain_above(code, parents)) for one, code in own.items() if code in there}


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
