"""A policy over the company's own past: what each order would have been told on its day (docs/algorithms/dry-run.md).

One walk through time: what was posted, paid and ordered moves what stands with each customer, and each order meets it
as it was. An order that is held is taken as not delivered: nothing of it stands with the customer afterwards, neither
as exposure nor as overdue. One that is warned about goes on.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import TypeVar

from huikuan.judge.credit.domain.deciding import (
    HOLD,
    NOTHING_KNOWN,
    Decision,
    Known,
    Late,
    Reason,
    Rules,
    Standing,
    WayOut,
    decide,
)
from huikuan.judge.credit.domain.exposure import (
    ADVANCES,
    DEBT,
    ORDERS,
    Line,
    exposure_of,
)
from huikuan.judge.credit.domain.limits import NONE, Granted, Limit, limit_on
from huikuan.kernel.errors import Refusal
from huikuan.record.receivables.domain.schedules import Version, governing, waterfall

T = TypeVar("T")

ORDER, INVOICE = "order", "invoice"

#: (minor units, of which currency, into which, on which day) → minor units; refuses a currency without a rate.
Value = Callable[[int, str, str, date], int]


@dataclass(frozen=True, slots=True)
class Change:
    """From `day` on so much more of a component stands with a customer (minor units, below zero: less). `item`: the
    claim it belongs to, 0 where it is none. `ask`: the order it came of, without which it would not have come."""

    day: date
    customer_id: int
    component: str
    currency: str
    contract_number: str
    amount: int
    item: int = 0
    ask: int | None = None


@dataclass(frozen=True, slots=True)
class Ask:
    """An order as it was asked for on its day, or an invoice where no order is known (`document`). `amount` is the
    whole of it, `on_credit` what nothing had come for by the evening; minor units. `at_once`: what of it stood there
    by then."""

    key: int
    document: str
    document_id: int
    number: str
    customer_id: int
    day: date
    currency: str
    contract_number: str
    amount: int
    on_credit: int
    at_once: tuple[Change, ...] = ()
    has_contract: bool = True


@dataclass(frozen=True, slots=True)
class Spell:
    """From a day on: a customer's grade, the grace that goes with it, and the limit the policy would have proposed
    (None: too little was known to propose one). `review_on`: when a grade that was given is looked at again;
    `known`: what else was known by then."""

    since: date
    grade: str
    grace_days: int
    proposed: Limit | None
    review_on: date | None = None
    known: Known = NOTHING_KNOWN

    def known_on(self, day: date) -> Known:
        """The same with the days for which the review of the grade is due."""
        due = (day - self.review_on).days if self.review_on else 0
        return replace(self.known, review_days=max(0, due))


@dataclass(frozen=True, slots=True)
class Terms:
    """What held of whom when. `granted`: the limits that were there, by (customer, group). `groups`: customer → from
    which day on in which groups, nearest first; only groups that ever had a limit matter."""

    currency: str
    granted: Mapping[tuple[int | None, str], Sequence[Granted]]
    spells: Mapping[int, Sequence[Spell]]
    groups: Mapping[int, Sequence[tuple[date, tuple[str, ...]]]] = field(default_factory=dict)

    def spell(self, customer_id: int, day: date) -> Spell | None:
        return _latest(self.spells.get(customer_id, ()), day, lambda one: one.since)

    def groups_on(self, customer_id: int, day: date) -> tuple[str, ...]:
        found = _latest(self.groups.get(customer_id, ()), day, lambda one: one[0])
        return found[1] if found else ()

    def limit(self, customer_id: int, spell: Spell | None, day: date) -> Limit | None:
        """The customer's own, as it was; where none was ever granted, what would have been proposed."""
        limit = limit_on(self.granted.get((customer_id, ""), ()), day, self.currency)
        return limit if limit.state != NONE else spell.proposed if spell else None

    def group_limits(self, customer_id: int, day: date) -> list[tuple[str, Limit]]:
        """Of the groups it stood in that had one."""
        found = [
            (code, limit_on(self.granted.get((None, code), ()), day, self.currency))
            for code in self.groups_on(customer_id, day)
        ]
        return [(code, limit) for code, limit in found if limit.state != NONE]


@dataclass(frozen=True, slots=True)
class Told:
    """What an order would have been told. `decision` None: it is not judged, nothing was known to judge it by."""

    ask: Ask
    decision: Decision | None
    nodes: tuple[Standing, ...]
    late: Late
    grade: str

    @property
    def held(self) -> bool:
        return self.decision is not None and self.decision.decision == HOLD


@dataclass(frozen=True, slots=True)
class Dues:
    """When claims fall due: each item's first due date, and every schedule of those that were rescheduled."""

    first: Mapping[int, date | None]
    plans: Mapping[int, Sequence[Version]] = field(default_factory=dict)

    def overdue(self, item: int, amount: int, day: date) -> Iterator[tuple[date, int]]:
        """(due date, amount) of what of an item's open amount should have been paid before the day."""
        if item not in self.plans:
            due = self.first[item]
            if due is not None and due < day:
                yield due, amount
            return
        for line in waterfall(governing(self.plans[item], day).lines, amount):
            if line.due_date is not None and line.due_date < day:
                yield line.due_date, line.amount


def replay(
    asks: Iterable[Ask], changes: Iterable[Change], *, dues: Dues, terms: Terms, rules: Rules, value: Value
) -> Iterator[Told]:
    """Each order's answer, day by day, those of a day in the order of their keys, after everything else of the day."""
    coming = sorted(changes, key=lambda one: one.day)
    book, held, place = _Book(), set[int](), 0
    for ask in sorted(asks, key=lambda one: (one.day, one.key)):
        while place < len(coming) and coming[place].day <= ask.day:
            if coming[place].ask not in held:
                book.apply(coming[place])
            place += 1
        told = _told(ask, book, dues=dues, terms=terms, rules=rules, value=value)
        if told.held:
            held.add(ask.key)
        else:
            for change in ask.at_once:
                book.apply(change)
        yield told


class _Book:
    """What stands with customers at a moment of the walk."""

    def __init__(self) -> None:
        self._sums: dict[int, dict[tuple[str, str, str], int]] = defaultdict(lambda: defaultdict(int))
        self._claims: dict[int, dict[int, tuple[str, int]]] = defaultdict(dict)

    def apply(self, change: Change) -> None:
        key = (change.component, change.currency, change.contract_number)
        self._sums[change.customer_id][key] += change.amount
        if change.item:
            claims = self._claims[change.customer_id]
            amount = claims.get(change.item, ("", 0))[1] + change.amount
            claims[change.item] = (change.currency, amount)
            if not amount:
                del claims[change.item]

    def lines(self, customer_ids: Iterable[int]) -> list[Line]:
        return [
            Line(customer_id, currency, contract, component, amount)
            for customer_id in customer_ids
            for (component, currency, contract), amount in self._sums.get(customer_id, {}).items()
            if amount
        ]

    def late(self, customer_id: int, day: date, grace_days: int, dues: Dues, value: Callable[[int, str], int]) -> Late:
        """What the customer has overdue on the day."""
        overdue = [
            (due, value(part, currency))
            for item, (currency, amount) in self._claims.get(customer_id, {}).items()
            for due, part in dues.overdue(item, amount, day)
        ]
        if not overdue:
            return Late()
        days = (day - min(due for due, _ in overdue)).days
        return Late(max(0, days - grace_days), sum(amount for _, amount in overdue))

    def customers(self) -> Iterable[int]:
        return self._sums


def _told(ask: Ask, book: _Book, *, dues: Dues, terms: Terms, rules: Rules, value: Value) -> Told:
    spell = terms.spell(ask.customer_id, ask.day)
    grade, grace = (spell.grade, spell.grace_days) if spell else ("", 0)
    limit = terms.limit(ask.customer_id, spell, ask.day)
    if limit is None:
        return Told(ask, None, (), Late(), grade)
    try:
        nodes = tuple(_standings(ask, limit, book, terms, value))
        late = book.late(
            ask.customer_id, ask.day, grace, dues, lambda minor, of: value(minor, of, terms.currency, ask.day)
        )
    except Refusal as refusal:
        if refusal.code != "exposure_without_rate":
            raise
        unvalued = Decision(HOLD, (Reason("without_rate", HOLD),), (WayOut("add_rate"),))
        return Told(ask, unvalued, (), Late(), grade)
    known = spell.known_on(ask.day) if spell else NOTHING_KNOWN
    decision = decide(nodes, late, rules, has_contract=ask.has_contract, known=known)
    return Told(ask, decision, nodes, late, grade)


def _standings(ask: Ask, limit: Limit, book: _Book, terms: Terms, value: Value) -> Iterator[Standing]:
    """The customer, and each of its groups that had a limit, with and without the order."""
    own = [("", limit, [ask.customer_id])]
    above = [
        (code, bound, [one for one in book.customers() if code in terms.groups_on(one, ask.day)])
        for code, bound in terms.group_limits(ask.customer_id, ask.day)
    ]
    asked = Line(ask.customer_id, ask.currency, ask.contract_number, ORDERS, ask.on_credit)
    for code, bound, members in (*own, *above):
        lines = book.lines(members)

        def valued(minor: int, of: str, into: str = bound.currency) -> int:
            return value(minor, of, into, ask.day)

        before = exposure_of(lines, bound.currency, valued)
        debt = sum(before.of(component) for component in DEBT)
        # Where nothing is converted or netted, the order is simply added.
        plain = ask.currency == bound.currency and not any(line.component == ADVANCES for line in lines)
        after = before.total + ask.on_credit if plain else exposure_of([*lines, asked], bound.currency, valued).total
        yield Standing(code, bound, before.total, after, debt)


def _latest(rows: Sequence[T], day: date, since: Callable[[T], date]) -> T | None:
    """Of rows in the order of their days the last that had begun."""
    place = bisect_right(rows, day, key=since)
    return rows[place - 1] if place else None
