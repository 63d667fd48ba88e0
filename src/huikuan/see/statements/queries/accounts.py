"""Every customer's account over a period, in one set-based question: the list statements are chosen from."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from functools import reduce
from itertools import islice
from operator import or_
from typing import Any, NamedTuple

from django.db.models import Q

from huikuan.kernel.errors import Refusal
from huikuan.kernel.text import spellings
from huikuan.mechanisms.audit.models import Head
from huikuan.mechanisms.columns.additive import keep_sums
from huikuan.mechanisms.columns.engine import ColumnsEngine, Source
from huikuan.mechanisms.columns.queries import asking, asking_columns
from huikuan.mechanisms.identity.domain.scope import Scope
from huikuan.record.customers.models import Customer
from huikuan.record.customers.queries.merging import merged
from huikuan.record.receivables.queries.open_lines import Moment, counted, moment_of
from huikuan.see.statements.domain.account import CATEGORIES, KINDS, OTHER, Figures, Period

_LONGEST_YEARS = 10
_MANY = 1_000
_FIGURES = tuple(Figures.__dataclass_fields__)
_COLUMNS = ", ".join(("customer_id", "currency", *_FIGURES))
#: What adds up over an account's moves; an account of which all of it is nothing has nothing to say.
_SUMS = (*_FIGURES, "still_open", "postings")
_KEY = re.compile(r"[0-9]{1,18}:[A-Z]{3}")
_STATES = {
    "owing": "closing > 0",
    "held": "closing < 0",
    "moved": f"({' OR '.join(f'{name} <> 0' for name in CATEGORIES)})",
}
STATES = tuple(_STATES)


class AccountRow(NamedTuple):
    """One customer's account in one currency; amounts in minor units, positive owed to us."""

    customer_id: int
    code: str
    name: str
    currency: str
    figures: Figures

    @property
    def key(self) -> str:
        """How a form names the account."""
        return f"{self.customer_id}:{self.currency}"


@dataclass(frozen=True, slots=True)
class AccountFilter:
    """Which accounts. `text` is found in the customer's code or name; `codes`: of these customers; `keys`: these
    alone, each customer id:currency; `state`: 'owing' (they owe us in the end), 'held' (we hold their money),
    'moved' (something moved in the period). None and '' do not narrow."""

    text: str = ""
    codes: Collection[str] | None = None
    keys: frozenset[str] | None = None
    state: str = ""


@dataclass(frozen=True, slots=True)
class Sums:
    """What the accounts of a currency come to."""

    currency: str
    count: int
    figures: Figures


@dataclass(frozen=True, slots=True)
class AccountPage:
    """`next`: the place to pass as `after` for the accounts that follow, '' at the end. `sums` of all that match."""

    rows: tuple[AccountRow, ...]
    next: str
    sums: tuple[Sums, ...]

    @property
    def count(self) -> int:
        return sum(one.count for one in self.sums)


def check_period(period: Period) -> Period:
    """`period`; refuses one that ends before it begins, or is longer than ten years."""
    if period.until < period.since:
        raise Refusal("statement_period", since=period.since, until=period.until)
    if (period.until - period.since).days > _LONGEST_YEARS * 366:
        raise Refusal("statement_period_long", years=_LONGEST_YEARS)
    return period


def accounts(
    *,
    company_id: int,
    period: Period,
    scope: Scope,
    known: Head | None = None,
    chosen: AccountFilter | None = None,
    engine: str = "columns",
) -> list[AccountRow]:
    """The accounts of the scope with something to say: a balance, a movement, or something open.
    By customer code, then currency. Codes and text find by those of merged customers too, in the customer they are
    shown under. Each row's figures equal those of the account's own statement."""
    moment = moment_of(check_period(period).until, known, company_id, scope)
    with asking(engine) as answering:
        said = f"({_statement(answering, moment, period)}) AS said"
        rows = answering.rows(
            f"SELECT {_COLUMNS} FROM {said} WHERE {_clauses(chosen, moment)}", _parameters(moment, period)
        )
    named = _named({row[0] for row in rows})
    found = [_row(row, named[row[0]]) for row in rows if row[0] in named]
    return sorted(found, key=lambda row: (row.code, row.currency))


def accounts_page(
    *,
    company_id: int,
    period: Period,
    scope: Scope,
    known: Head | None = None,
    chosen: AccountFilter | None = None,
    after: str = "",
    limit: int = 100,
) -> AccountPage:
    """≤ `limit` of `accounts` behind the place `after`, and what all of them come to; only these are looked at one
    by one."""
    moment = moment_of(check_period(period).until, known, company_id, scope)
    with asking_columns() as engine:
        clauses = _clauses(chosen, moment)
        keep_sums(
            engine,
            "said",
            lambda facts: _statement(facts, moment, period),
            _parameters(moment, period),
            until=moment.until,
            by="customer_id, currency",
            sums=_SUMS,
        )
        totals = ", ".join(f"CAST(SUM({name}) AS BIGINT)" for name in _FIGURES)
        sums = engine.rows(
            f"SELECT currency, COUNT(*), {totals} FROM said WHERE {clauses} GROUP BY currency ORDER BY currency", {}
        )
        found = list(islice(_behind(engine, clauses, after, limit + 1), limit + 1))
    more = f"{found[limit - 1].code}:{found[limit - 1].currency}" if len(found) > limit else ""
    return AccountPage(tuple(found[:limit]), more, tuple(Sums(one[0], one[1], Figures(*one[2:])) for one in sums))


def _behind(engine: ColumnsEngine, clauses: str, after: str, at_first: int) -> Iterator[AccountRow]:
    """The kept accounts behind a place: customers are walked by code, more at a time as long as none has any."""
    code, _, currency = after.partition(":")
    many = at_first
    customers = Customer.objects.filter(code__gte=code).order_by("code").only("pk", "code", "name")
    while part := list(customers[:many]):
        among = ", ".join(str(one.pk) for one in part)
        rows = engine.rows(
            f"SELECT {_COLUMNS} FROM said WHERE {clauses} AND customer_id IN ({among}) ORDER BY currency", {}
        )
        by_customer: dict[int, list[tuple[Any, ...]]] = {}
        for row in rows:
            by_customer.setdefault(row[0], []).append(row)
        for one in part:
            found = [_row(row, one) for row in by_customer.get(one.pk, ())]
            yield from (row for row in found if row.code != code or row.currency > currency)
        customers = customers.filter(code__gt=part[-1].code)
        many *= 4


def _clauses(chosen: AccountFilter | None, moment: Moment) -> str:
    """Accounts with something to say that match, as a condition; numbers and currencies alone are written into it."""
    clauses = [f"({' OR '.join(f'{name} <> 0' for name in _SUMS)})"]
    if chosen is None:
        return clauses[0]
    if chosen.state:
        clauses.append(_STATES[chosen.state])
    if chosen.text or chosen.codes is not None:
        found = Customer.objects.all()
        if chosen.codes is not None:
            found = found.filter(code__in=chosen.codes)
        if chosen.text:
            named = [Q(name__icontains=text) | Q(code__icontains=text) for text in spellings(chosen.text)]
            found = found.filter(reduce(or_, named))
        under = merged(moment.known, moment.seen)
        shown = {under.get(one, one) for one in found.values_list("pk", flat=True)}
        clauses.append(_among("customer_id", map(str, sorted(shown))))
    if chosen.keys is not None:
        kept = (f"'{key}'" for key in sorted(chosen.keys) if _KEY.fullmatch(key))
        clauses.append(_among("CAST(customer_id AS TEXT) || ':' || currency", kept))
    return " AND ".join(clauses)


def _among(what: str, values: Iterable[str]) -> str:
    listed = ", ".join(values)
    return f"{what} IN ({listed})" if listed else "1 = 0"


def _row(row: tuple[Any, ...], customer: Customer) -> AccountRow:
    return AccountRow(customer.pk, customer.code, customer.name, row[1], Figures(*map(int, row[2:])))


def _parameters(moment: Moment, period: Period) -> dict[str, Any]:
    return {**moment.parameters(), "since": period.since}


def _named(ids: set[int]) -> dict[int, Customer]:
    """Customers by id; of many, one pass over the table is quicker than a long list."""
    found = Customer.objects.all() if len(ids) > _MANY else Customer.objects.filter(pk__in=ids)
    return {one.pk: one for one in found.only("pk", "code", "name")}


def _statement(engine: Source, moment: Moment, period: Period) -> str:
    """domain.account.account_of's figures as sums over linear moves, and what else makes an account worth saying:
    what is open of it (both sides together) and how many postings fall into the period.

    A settlement moves by its credit's kind, on both sides; inside an account the two cancel out.
    """
    earlier, moved = "effective_on < %(since)s", "effective_on >= %(since)s"
    sums = {
        "opening": f"CASE WHEN {earlier} THEN signed ELSE 0 END",
        **{name: f"CASE WHEN {moved} AND category = '{name}' THEN signed ELSE 0 END" for name in CATEGORIES},
        "closing": "signed",
        "still_open": "amount",
        "postings": f"CASE WHEN {moved} AND by_kind = '' THEN 1 ELSE 0 END",
    }
    added = ", ".join(f"CAST(SUM({amount}) AS BIGINT) AS {name}" for name, amount in sums.items())
    cases = "".join(f" WHEN '{kind}' THEN '{name}'" for kind, name in KINDS.items())
    by = "CASE WHEN by_kind <> '' AND side = 'debit' THEN by_kind ELSE kind END"
    return f"""WITH {counted(engine, moment, since=period.eve)}, lines AS (
    SELECT customer_id, currency, effective_on, amount, by_kind,
           CASE WHEN side = 'debit' THEN amount ELSE -amount END AS signed,
           CASE {by}{cases} ELSE '{OTHER}' END AS category
    FROM counted
)
SELECT customer_id, currency, {added} FROM lines GROUP BY customer_id, currency"""
