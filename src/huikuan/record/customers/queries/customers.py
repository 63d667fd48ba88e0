"""The register of customers and whose they are."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypeVar

from django.db import connection
from django.db.models import BigIntegerField, Case, Func, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce, Length

from huikuan.kernel.errors import Refusal
from huikuan.kernel.identifiers import uscc_problem
from huikuan.kernel.pinyin import readings
from huikuan.mechanisms.identity.domain.scope import Scope
from huikuan.mechanisms.store.transactions import is_postgres
from huikuan.record.customers.domain.master import Master, master_from
from huikuan.record.customers.domain.search_words import BEGIN, folded, typed
from huikuan.record.customers.domain.seen import Piece, Seen
from huikuan.record.customers.domain.tree import chain_above
from huikuan.record.customers.models import Affiliation, Customer, CustomerGroup, CustomerVersion
from huikuan.record.customers.queries.merging import merged

_CHUNK = 20_000
#: Of those a text fits, so many are named.
_FEW = 5

Rows = TypeVar("Rows", bound="QuerySet[Any]")


@dataclass(frozen=True, slots=True)
class CustomerRow:
    """A customer as it is known now. `uscc_problem` is why its USCC is doubtful, or None; `merged_into_id`: the
    customer it is shown under, or None."""

    id: int
    code: str
    name: str
    short_name: str
    english_name: str
    former_names: tuple[str, ...]
    uscc: str
    uscc_override_reason: str
    uscc_problem: str | None
    status: str
    parent_id: int | None
    industry: str
    version: int
    merged_into_id: int | None


@dataclass(frozen=True, slots=True)
class VersionRow:
    """One recorded state of a customer's master data; `content` is its JSON text."""

    version: int
    recorded_at: datetime
    actor: str
    batch_id: int | None
    content: str


@dataclass(frozen=True, slots=True)
class Affiliated:
    """From `effective_on` on, `dimension` of the customer is `value` ('' ends it), said by `actor`."""

    dimension: str
    value: str
    effective_on: date
    recorded_at: datetime
    actor: str
    batch_id: int | None


@dataclass(frozen=True, slots=True)
class GroupRow:
    """A customer group and the names of the groups above it, nearest first; `parent`: the nearest one's code."""

    code: str
    name: str
    above: tuple[str, ...]
    parent: str


def seen(scope: Scope) -> Seen:
    """The scope with the customers looked up whose owner, on the scope's day, is one of its owners.

    By what is said of the customer, not of single items of it, and as known now.
    """
    return Seen(
        tuple(
            Piece(part.companies, None if part.owners is None else _owned(part.owners, scope.on))
            for part in scope.parts
        )
    )


def narrowed(rows: Rows, what: Seen, *, company: str = "company_id", customer: str = "customer_id") -> Rows:
    """Those of a model's rows that are seen; its columns of company and customer as lookups."""
    if what.everything:
        return rows
    condition = Q(pk__in=[])
    for piece in what.pieces:
        inside = Q()
        if piece.companies is not None:
            inside &= Q(**{f"{company}__in": piece.companies})
        if piece.customers is not None:
            inside &= Q(**{f"{customer}__in": among(piece.customers)})
        condition |= inside
    return rows.filter(condition)


def register_seen(what: Seen) -> QuerySet[Customer]:
    """The customers seen in the register, which companies share; those merged too, so that their code is found."""
    known = what.customers
    return Customer.objects.all() if known is None else Customer.objects.filter(pk__in=among(known))


def among(ids: Iterable[int]) -> Func:
    """The ids as what a lookup `…__in` compares with: one parameter, however many there are."""
    listed = "(SELECT value::bigint FROM json_array_elements_text(%(expressions)s::json))"
    template = listed if is_postgres() else "(SELECT value FROM json_each(%(expressions)s))"
    return Func(Value(json.dumps(sorted(set(ids)))), template=template, output_field=BigIntegerField())


def standing_seen(what: Seen, known_before: int | None = None) -> QuerySet[Customer]:
    """The same without those shown under another, by the facts with tx below `known_before`: what a list of customers
    shows."""
    return register_seen(what).exclude(pk__in=merged(known_before, what))


def customer(code: str, *, scope: Scope) -> CustomerRow:
    """The customer with this code; refuses an unknown one, and one outside the scope likewise."""
    found = register_seen(seen(scope)).filter(code=code).first()
    if found is None:
        raise Refusal("customer_unknown", customer=code)
    return row_of(found)


def customer_named(text: str, *, scope: Scope) -> CustomerRow:
    """The customer with this code, else the only one of the scope that `find` finds by the text; refuses none, and
    several, of which it says some."""
    exact = register_seen(seen(scope)).filter(code=text).first()
    if exact is not None:
        return row_of(exact)
    found = find(text, scope=scope, limit=_FEW + 1)
    if not found:
        raise Refusal("customer_unknown", customer=text)
    if len(found) > 1:
        raise Refusal("customer_several", text=text, some="; ".join(f"{one.code} {one.name}" for one in found[:_FEW]))
    return found[0]


def customer_with_id(customer_id: int, *, scope: Scope) -> CustomerRow:
    """The customer; refuses an unknown one, and one outside the scope likewise."""
    found = register_seen(seen(scope)).filter(pk=customer_id).first()
    if found is None:
        raise Refusal("customer_unknown", customer=customer_id)
    return row_of(found)


def customers(*, scope: Scope, after: str = "", limit: int = 50, status: str = "") -> list[CustomerRow]:
    """The next `limit` customers of the scope in order of code, those after the code `after`."""
    chosen = register_seen(seen(scope)).filter(code__gt=after).order_by("code")
    return [row_of(found) for found in (chosen.filter(status=status) if status else chosen)[:limit]]


def customers_by_id(ids: Iterable[int]) -> dict[int, CustomerRow]:
    """Id → customer, those that exist."""
    return {found.pk: row_of(found) for found in Customer.objects.filter(id__in=list(ids))}


@dataclass(frozen=True, slots=True)
class Named:
    """How a customer is called, and its industry."""

    code: str
    name: str
    industry: str


def named_by_id(ids: Iterable[int]) -> dict[int, Named]:
    """Id → how the customer is called, those that exist; for questions about very many."""
    rows = Customer.objects.filter(id__in=among(ids)).values_list("id", "code", "name", "industry")
    return {pk: Named(*row) for pk, *row in rows}


def find(text: str, *, scope: Scope, limit: int = 20) -> list[CustomerRow]:
    """Customers of the scope in whose code, USCC, names or their pinyin every typed word is found.

    Those a word of which begins so come first, then shorter names. A single letter is looked for at beginnings.
    """
    words = typed(text)
    if not words:
        return []
    found = named_like(register_seen(seen(scope)), text)
    begins = Case(When(search__contains=f"{BEGIN}{words[0]}", then=Value(0)), default=Value(1))
    return [row_of(one) for one in found.order_by(begins, Length("name"), "code")[:limit]]


def named_like(rows: QuerySet[Customer], text: str) -> QuerySet[Customer]:
    """Those of the customers that `find` finds by the text; all of them by no text."""
    for word in typed(text):
        single = len(word) == 1 and word.isascii()
        rows = rows.filter(search__contains=f"{BEGIN}{word}" if single else word)
    return rows


def belonging(rows: QuerySet[Customer], *, dimension: str, value: str, day: date) -> QuerySet[Customer]:
    """Those of the customers whose `dimension` is `value` as of `day`; '': those without one."""
    said = Affiliation.objects.filter(dimension=dimension, item_id__isnull=True, effective_on__lte=day)
    if value:
        # Few are ever named so; only of those the database looks for what governs.
        rows = rows.filter(pk__in=said.filter(value=value).values("customer_id"))
    of_one = said.filter(customer_id=OuterRef("pk")).order_by("-effective_on", "-tx", "-id").values("value")[:1]
    governs = f"governs_{dimension}"
    return rows.alias(**{governs: Coalesce(Subquery(of_one), Value(""))}).filter(**{governs: value})


def owners_named(text: str, *, scope: Scope, limit: int = 20) -> list[str]:
    """Names of owners, past ones too, that contain the text or read so, of customers of the scope."""
    wanted = folded(text)
    names = values_said(Affiliation.Dimension.OWNER, scope=scope)
    return [name for name in names if any(wanted in way for way in (folded(name), *readings(name)))][:limit]


def values_said(dimension: str, *, scope: Scope) -> list[str]:
    """What was ever said of customers of the scope in this dimension, each value once, in order."""
    said = Affiliation.objects.filter(dimension=dimension).exclude(value="")
    known = seen(scope).customers
    if known is not None:
        said = said.filter(customer_id__in=known)
    return list(said.order_by("value").values_list("value", flat=True).distinct())


def groups_offered(scope: Scope) -> list[GroupRow]:
    """The groups that somebody with this scope may choose from: all for whoever sees every customer; otherwise those
    their customers were ever in, with the groups above."""
    every = groups()
    if seen(scope).customers is None:
        return every
    parents = {one.code: one.parent for one in every}
    offered: set[str] = set()
    for code in values_said(Affiliation.Dimension.GROUP, scope=scope):
        above = code
        while above in parents and above not in offered:
            offered.add(above)
            above = parents[above]
    return [one for one in every if one.code in offered]


def versions(customer_id: int) -> list[VersionRow]:
    """Everything that was ever stated about a customer, oldest first."""
    facts = CustomerVersion.objects.filter(customer_id=customer_id).order_by("version")
    return [VersionRow(fact.version, fact.recorded_at, fact.actor, fact.batch_id, fact.content) for fact in facts]


def master_known(customer_id: int, horizon: int) -> Master:
    """The master data of a customer as recorded below the horizon; of one nobody had recorded by then, the first."""
    facts = CustomerVersion.objects.filter(customer_id=customer_id)
    fact = facts.filter(tx__lt=horizon).order_by("version").last() or facts.order_by("version").first()
    if fact is None:
        raise Refusal("customer_unknown", customer=customer_id)
    return master_from(fact.content)


def affiliations_said(customer_id: int) -> list[Affiliated]:
    """Everything ever said of whose the customer is, in the order it was recorded; its items' left out."""
    facts = Affiliation.objects.filter(customer_id=customer_id, item_id__isnull=True).order_by("tx", "id")
    return [
        Affiliated(one.dimension, one.value, one.effective_on, one.recorded_at, one.actor, one.batch_id)
        for one in facts
    ]


def groups() -> list[GroupRow]:
    """Every customer group, in order of code."""
    rows = list(CustomerGroup.objects.order_by("code").values_list("id", "code", "name", "parent_id"))
    names = {group_id: name for group_id, _, name, _ in rows}
    codes = {group_id: code for group_id, code, _, _ in rows}
    parents = {group_id: parent for group_id, _, _, parent in rows if parent}
    return [
        GroupRow(
            code, name, tuple(names[above] for above in chain_above(group_id, parents)), codes.get(parent or 0, "")
        )
        for group_id, code, name, parent in rows
    ]


def affiliation_as_of(
    day: date, *, dimension: str, customer_ids: Iterable[int] | None = None, known_before: int | None = None
) -> dict[int, str]:
    """Customer id → value of `dimension` as of `day`; customers without one are left out, and as known now merged
    ones: they are whose the customer is that they are shown under.

    `known_before` limits knowledge to facts with tx below it (a head's horizon).
    """
    return {row[0]: row[1] for row in _governing("customer_id", day, dimension, customer_ids, known_before) if row[1]}


def belongings(customer_ids: Iterable[int] | None, day: date) -> dict[int, dict[str, str]]:
    """Customer id → dimension → value as of `day`, in one question; what has no value is left out. None: of every
    customer."""
    among_them = "" if customer_ids is None else f" AND customer_id IN {_among()}"
    found: dict[int, dict[str, str]] = {}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT customer_id, dimension, value FROM (SELECT customer_id, dimension, value, row_number() OVER"
            " (PARTITION BY customer_id, dimension ORDER BY effective_on DESC, tx DESC, id DESC) AS place"
            f" FROM customers_affiliation WHERE effective_on <= %s AND item_id IS NULL{among_them}) ranked"
            " WHERE place = 1 AND value <> ''",
            [day] if customer_ids is None else [day, json.dumps(sorted(set(customer_ids)))],
        )
        for customer_id, dimension, value in cursor.fetchall():
            found.setdefault(customer_id, {})[dimension] = value
    return found


def item_affiliation_as_of(
    day: date, *, dimension: str, customer_ids: Iterable[int] | None = None, known_before: int | None = None
) -> dict[int, str]:
    """Item id → value, for items affiliated apart from their customer ('' : apart from everybody)."""
    return dict(_governing("item_id", day, dimension, customer_ids, known_before))


def affiliations_of(customer_id: int, day: date) -> dict[str, str]:
    """Dimension → value of one customer as of `day`; dimensions without a value are left out."""
    found: dict[str, str] = {}
    for (_, item_id, dimension), rows in governing_rows([customer_id]).items():
        before = [value for since, value in rows if since <= day]
        if item_id is None and before and before[-1]:
            found[dimension] = before[-1]
    return {dimension: found[dimension] for dimension in Affiliation.Dimension.values if dimension in found}


def governing_rows(customer_ids: Iterable[int]) -> dict[tuple[int, int | None, str], list[tuple[date, str]]]:
    """(customer, item, dimension) → its (effective_on, value) in governing order: the last one with
    effective_on ≤ D governs as of D."""
    wanted = sorted(set(customer_ids))
    found: dict[tuple[int, int | None, str], list[tuple[date, str]]] = {}
    with connection.cursor() as cursor:
        for start in range(0, len(wanted), _CHUNK):
            cursor.execute(
                "SELECT customer_id, item_id, dimension, effective_on, value FROM customers_affiliation"
                f" WHERE customer_id IN {_among()} ORDER BY effective_on, tx, id",
                [json.dumps(wanted[start : start + _CHUNK])],
            )
            for customer_id, item_id, dimension, effective_on, value in cursor.fetchall():
                key = (customer_id, item_id, dimension)
                found.setdefault(key, []).append((_date(effective_on), value))
    return found


def _owned(owners: Collection[str], day: date | None) -> frozenset[int]:
    """The customers of these owners: said so by the day, and nothing else said later by then; a merged one is
    whose the customer is that it is shown under.

    One statement that touches only what names one of the owners, and the customers so named.
    """
    if day is None:
        raise TypeError("a scope with owners says of which day")
    if not owners:
        return frozenset()
    by_then = "dimension = 'owner' AND item_id IS NULL AND effective_on <= %s"
    names = ", ".join(["%s"] * len(owners))
    with connection.cursor() as cursor:
        cursor.execute(
            "WITH owned AS (SELECT customer_id FROM (SELECT customer_id, value, row_number() OVER"
            " (PARTITION BY customer_id ORDER BY effective_on DESC, tx DESC, id DESC) AS place"
            f" FROM customers_affiliation WHERE {by_then} AND customer_id IN"
            f" (SELECT customer_id FROM customers_affiliation WHERE {by_then} AND value IN ({names}))) ranked"
            f" WHERE place = 1 AND value IN ({names}))"
            " SELECT customer_id FROM owned WHERE customer_id NOT IN"
            " (SELECT id FROM customers_customer WHERE merged_into_id IS NOT NULL)"
            " UNION SELECT id FROM customers_customer WHERE merged_into_id IN (SELECT customer_id FROM owned)",
            [day, day, *sorted(owners), *sorted(owners)],
        )
        return frozenset(row[0] for row in cursor.fetchall())


def _governing(
    key: str, day: date, dimension: str, customer_ids: Iterable[int] | None, known_before: int | None
) -> list[tuple[int, str]]:
    conditions = [
        "effective_on <= %s",
        "dimension = %s",
        "item_id IS NULL" if key == "customer_id" else "item_id IS NOT NULL",
    ]
    values: list[Any] = [day, dimension]
    if customer_ids is not None:
        conditions.append(f"customer_id IN {_among()}")
        values.append(json.dumps(sorted(set(customer_ids))))
    if known_before is not None:
        conditions.append("tx < %s")
        values.append(known_before)
    elif key == "customer_id":
        conditions.append("customer_id NOT IN (SELECT id FROM customers_customer WHERE merged_into_id IS NOT NULL)")
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT subject, value FROM (SELECT {key} AS subject, value, row_number() OVER"
            f" (PARTITION BY {key} ORDER BY effective_on DESC, tx DESC, id DESC) AS place"
            f" FROM customers_affiliation WHERE {' AND '.join(conditions)}) ranked WHERE place = 1",
            values,
        )
        return list(cursor.fetchall())


def row_of(found: Customer) -> CustomerRow:
    """The customer as a frozen row."""
    return CustomerRow(
        id=found.pk,
        code=found.code,
        name=found.name,
        short_name=found.short_name,
        english_name=found.english_name,
        former_names=tuple(found.former_names),
        uscc=found.uscc,
        uscc_override_reason=found.uscc_override_reason,
        uscc_problem=uscc_problem(found.uscc) if found.uscc else None,
        status=found.status,
        parent_id=found.parent_id,
        industry=found.industry,
        version=found.version,
        merged_into_id=found.merged_into_id,
    )


def _among() -> str:
    if is_postgres():
        return "(SELECT value::bigint FROM json_array_elements_text(%s::json))"
    return "(SELECT value FROM json_each(%s))"


def _date(value: date | str) -> date:
    return date.fromisoformat(value) if isinstance(value, str) else value
