"""How old what is open is: plain rules, and the whole of aging as one readable function.

`age` is the definition. The set-based engines answer the same question over millions of rows and are tested
equal to it.
Amounts are minor units; docs/algorithms/aging.md has worked numbers.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

#: A bucket's upper edge: a number of days, or whole years as '1y'.
Edge = int | str

#: Places an amount can have besides a bucket's index 0, 1, 2 …
NOT_DUE, AWAITING, CREDIT = -1, -2, -3

BASES = ("due", "document")
DIMENSIONS = ("group", "owner", "region", "business_type")
KEYS = ("customer", *DIMENSIONS, "currency", "company")


def overdue_days(due: date, as_of: date) -> int:
    """Days past the due date; on the due date itself and before it, 0."""
    return max((as_of - due).days, 0)


def days_of(edges: Sequence[Edge], as_of: date) -> list[int]:
    """The edges as days back from `as_of`: a year is a calendar year (from 29 February: 28 February)."""
    return [edge if isinstance(edge, int) else (as_of - _years_back(as_of, int(edge[:-1]))).days for edge in edges]


def spans(days: Sequence[int], basis: str) -> list[tuple[int, int | None]]:
    """(from, to) of each bucket: past-due buckets begin with day 1, document-date buckets with day 0."""
    first = 1 if basis == "due" else 0
    starts = [first, *(day + 1 for day in days)]
    return list(zip(starts, [*days, None], strict=True))


def cuts(days: Sequence[int], as_of: date) -> list[date]:
    """Per edge, the earliest date still inside it: a date before cuts[k] lies beyond bucket k."""
    return [as_of - timedelta(days=day) for day in days]


def place_of(base: date | None, as_of: date, days: Sequence[int], basis: str) -> int:
    """Where an open debit stands: a bucket's index, NOT_DUE, or AWAITING an event that will date it.

    On the document basis every debit has an age; a document dated after `as_of` counts as of age 0.
    """
    if base is None:
        return AWAITING
    if basis == "due" and base >= as_of:
        return NOT_DUE
    age_days = (as_of - base).days
    return sum(1 for day in days if age_days > day)


def waterfall(open_amount: int, lines: Sequence[tuple[date | None, int]]) -> list[tuple[date | None, int]]:
    """What of each instalment is still open: money pays the earliest date first, an undated one last.

    `lines` (due date, amount) sum to the item's amount. 700 open of [(1 Mar, 500), (1 Jun, 500)] → 200, 500.
    """
    left = open_amount
    found = []
    for due, amount in sorted(lines, key=_undated_last, reverse=True):
        part = min(left, amount)
        left -= part
        found.append((due, part))
    return found[::-1]


@dataclass(frozen=True, slots=True)
class Posted:
    """An item as aging needs it."""

    id: int
    company: int
    customer: int
    side: str
    currency: str
    amount: int
    document_date: date
    posting_date: date
    due_date: date | None
    tx: int
    business_type: str = ""


@dataclass(frozen=True, slots=True)
class Cleared:
    """A settlement (negative amounts: its reversal)."""

    credit: int
    debit: int
    credit_amount: int
    debit_amount: int
    effective_on: date
    tx: int


@dataclass(frozen=True, slots=True)
class Planned:
    """One line of one version of an item's schedule."""

    item: int
    version: int
    line: int
    effective_on: date
    due_date: date | None
    amount: int
    tx: int


@dataclass(frozen=True, slots=True)
class Belongs:
    """From a day, a customer (or one item of it) has this value in a dimension."""

    id: int
    customer: int
    item: int | None
    dimension: str
    value: str
    effective_on: date
    tx: int


@dataclass(frozen=True, slots=True)
class Ledger:
    """The facts aging reads."""

    items: Collection[Posted] = ()
    settlements: Collection[Cleared] = ()
    schedules: Collection[Planned] = ()
    affiliations: Collection[Belongs] = ()


#: (key, company, currency) → place → amount. The key is a customer's or company's id, or a value.
Cells = dict[tuple[int | str, int, str], dict[int, int]]


def age(
    ledger: Ledger,
    *,
    as_of: date,
    known: int,
    by: str,
    basis: str,
    days: Sequence[int],
    organisation: date | None = None,
) -> Cells:
    """Open amounts by key and age as of a day, regarding only facts with tx < `known`.

    Credits stand beside the debits (place CREDIT) and are never netted. Keys with nothing open are left out.
    """
    cells: Cells = defaultdict(lambda: defaultdict(int))
    for item in ledger.items:
        still_open = open_amount(item, ledger.settlements, as_of, known)
        if not still_open:
            continue
        key = _key(item, by, ledger.affiliations, organisation or as_of, known)
        places = cells[key, item.company, item.currency]
        if item.side == "credit":
            places[CREDIT] += still_open
            continue
        for base, part in _dated(item, still_open, ledger.schedules, as_of, known, basis):
            if part:
                places[place_of(base, as_of, days, basis)] += part
    return {key: dict(places) for key, places in cells.items()}


def open_amount(item: Posted, settlements: Iterable[Cleared], as_of: date, known: int) -> int:
    """What is open of `item`: 0 before its posting date, then its amount less what cleared it by `as_of`."""
    if item.posting_date > as_of or item.tx >= known:
        return 0
    return item.amount - sum(
        fact.debit_amount if fact.debit == item.id else fact.credit_amount
        for fact in settlements
        if item.id in (fact.debit, fact.credit) and fact.effective_on <= as_of and fact.tx < known
    )


def governing(item: int, schedules: Iterable[Planned], as_of: date, known: int) -> list[Planned]:
    """The lines of the version that governs: the latest effective one, of equals the higher version."""
    current = [line for line in schedules if line.item == item and line.effective_on <= as_of and line.tx < known]
    newest = max(((line.effective_on, line.version) for line in current), default=None)
    return sorted(
        (line for line in current if (line.effective_on, line.version) == newest), key=lambda line: line.line
    )


def _dated(
    item: Posted, still_open: int, schedules: Iterable[Planned], as_of: date, known: int, basis: str
) -> list[tuple[date | None, int]]:
    if basis == "document":
        return [(item.document_date, still_open)]
    lines = governing(item.id, schedules, as_of, known)
    if not lines:
        return [(item.due_date, still_open)]
    return waterfall(still_open, [(line.due_date, line.amount) for line in lines])


def _key(item: Posted, by: str, affiliations: Iterable[Belongs], day: date, known: int) -> int | str:
    if by == "customer":
        return item.customer
    if by == "company":
        return item.company
    if by == "currency":
        return item.currency
    of_dimension = [
        fact
        for fact in affiliations
        if fact.dimension == by and fact.effective_on <= day and fact.tx < known and fact.customer == item.customer
    ]
    own = _latest([fact for fact in of_dimension if fact.item == item.id])
    stated = item.business_type if by == "business_type" else ""
    return own or stated or _latest([fact for fact in of_dimension if fact.item is None])


def _latest(facts: Sequence[Belongs]) -> str:
    newest = max(facts, key=lambda fact: (fact.effective_on, fact.tx, fact.id), default=None)
    return newest.value if newest else ""


def _undated_last(line: tuple[date | None, int]) -> tuple[bool, date]:
    due, _ = line
    return (due is None, due or date.min)


def _years_back(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return day.replace(year=day.year - years, day=28)
