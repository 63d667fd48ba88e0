"""One customer's account in one company and currency over a period: opening, movements, closing, what is open.

The account is linear: every posting and every settlement adds a signed amount to one category on one day. Credits
count against debits here, as in any account; the list of what is open still shows both. A settlement inside the
account takes from a debit what it takes from a credit, so it moves nothing; one with another customer's or another
currency's item does. Amounts are minor units; docs/algorithms/statement.md has worked numbers.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from huikuan.record.receivables.domain.aging import (
    AWAITING,
    NOT_DUE,
    Planned,
    governing,
    overdue_days,
    place_of,
    spans,
    waterfall,
)

INVOICED, RETURNED, PAID, OTHER = "invoiced", "returned", "paid", "other"
CATEGORIES = (INVOICED, RETURNED, PAID, OTHER)

#: By kind alone, whichever side: a reversal stands on the other side and lessens what it reverses.
KINDS = {
    **dict.fromkeys(("invoice", "retention", "unbilled"), INVOICED),
    **dict.fromkeys(("credit_note", "return", "discount"), RETURNED),
    **dict.fromkeys(("receipt", "advance", "deposit", "bill", "refund"), PAID),
}
#: More than any horizon.
_ALWAYS = 2**62


def category_of(kind: str) -> str:
    """Where an item of `kind`, or a settlement by a credit of `kind`, is counted."""
    return KINDS.get(kind, OTHER)


@dataclass(frozen=True, slots=True)
class Period:
    """From the beginning of `since` to the end of `until`."""

    since: date
    until: date

    @property
    def eve(self) -> date:
        """The day whose closing is this period's opening."""
        return self.since - timedelta(days=1)

    def holds(self, day: date) -> bool:
        return self.since <= day <= self.until


@dataclass(frozen=True, slots=True)
class Posted:
    """An item of the account."""

    item_id: int
    kind: str
    side: str
    amount: int
    document_number: str
    document_date: date
    posting_date: date
    due_date: date | None
    awaits: str
    reversal_of: int | None = None

    @property
    def sign(self) -> int:
        """What the item adds to the account: debits are owed to us."""
        return 1 if self.side == "debit" else -1


@dataclass(frozen=True, slots=True)
class Cleared:
    """A settlement as it touched one item of the account (`amount` < 0: its reversal).

    `credit_kind`: the kind of the credit that cleared. `within`: the other item is of the account too; else
    `other_id`, `other_document` and `other_customer` name it.
    """

    settlement_id: int
    item_id: int
    amount: int
    effective_on: date
    credit_kind: str
    within: bool
    other_id: int
    other_document: str = ""
    other_customer: str = ""


@dataclass(frozen=True, slots=True)
class Movement:
    """One line of the account. `amount`: added to what is owed to us; `balance`: after it.

    `settled_with`: for a settlement with an item outside the account, whose it is ('' where the reader
    does not see them); '' for a posting.
    """

    on: date
    category: str
    kind: str
    item_id: int
    document_number: str
    document_date: date | None
    due_date: date | None
    amount: int
    balance: int
    is_settlement: bool
    is_reversal: bool
    settled_with: str = ""


@dataclass(frozen=True, slots=True)
class OpenLine:
    """What is open of an item, or of one instalment, at the end. `open_amount` < 0 on the credit side.

    `place`: a bucket's index, or NOT_DUE, AWAITING (None: a credit).
    """

    item_id: int
    kind: str
    side: str
    document_number: str
    document_date: date
    due_date: date | None
    awaits: str
    amount: int
    open_amount: int
    overdue_days: int
    place: int | None


@dataclass(frozen=True, slots=True)
class Figures:
    """opening + invoiced + returned + paid + other = closing; positive is owed to us."""

    opening: int
    invoiced: int
    returned: int
    paid: int
    other: int
    closing: int


@dataclass(frozen=True, slots=True)
class Aged:
    """Open debits at the end by days overdue; credits beside them (positive), never netted into a bucket."""

    not_due: int
    awaiting: int
    buckets: tuple[tuple[int, int | None, int], ...]
    credits: int

    @property
    def debits(self) -> int:
        return self.not_due + self.awaiting + sum(amount for _, _, amount in self.buckets)

    @property
    def overdue(self) -> int:
        return sum(amount for _, _, amount in self.buckets)


@dataclass(frozen=True, slots=True)
class Account:
    """What the facts of one account say about a period."""

    period: Period
    figures: Figures
    movements: tuple[Movement, ...]
    open_lines: tuple[OpenLine, ...]
    aged: Aged


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything of the account up to the period's end."""

    items: Sequence[Posted] = ()
    settlements: Sequence[Cleared] = ()
    schedules: Sequence[Planned] = ()


#: An item's plans, by its id.
Plans = Mapping[int, Sequence[Planned]]


def account_of(facts: Facts, period: Period, days: Sequence[int]) -> Account:
    """The account over `period`; `days` are the upper edges of the aging buckets."""
    plans = _plans(facts)
    lines = sorted(_lines(facts, plans, period.until), key=_order)
    opening = sum(line.amount for line in lines if line.on < period.since)
    movements = _with_balances(opening, (line for line in lines if period.holds(line.on)))
    moved = {name: sum(line.amount for line in movements if line.category == name) for name in CATEGORIES}
    closing = movements[-1].balance if movements else opening
    open_lines = _open_lines(facts, plans, period.until, days)
    figures = Figures(opening, moved[INVOICED], moved[RETURNED], moved[PAID], moved[OTHER], closing)
    return Account(period, figures, movements, open_lines, _aged(open_lines, days))


def _lines(facts: Facts, plans: Plans, until: date) -> Iterable[Movement]:
    """Every posting, and every settlement that crosses the account's border, before balances are known."""
    own = {item.item_id: item for item in facts.items}
    for item in facts.items:
        yield Movement(
            on=item.posting_date,
            category=category_of(item.kind),
            kind=item.kind,
            item_id=item.item_id,
            document_number=item.document_number,
            document_date=item.document_date,
            due_date=_due_date(item, plans.get(item.item_id, ()), until),
            amount=item.sign * item.amount,
            balance=0,
            is_settlement=False,
            is_reversal=item.reversal_of is not None,
        )
    for settled in facts.settlements:
        if settled.within:
            continue
        yield Movement(
            on=settled.effective_on,
            category=category_of(settled.credit_kind),
            kind=settled.credit_kind,
            item_id=settled.item_id,
            document_number=settled.other_document or own[settled.item_id].document_number,
            document_date=None,
            due_date=None,
            amount=-own[settled.item_id].sign * settled.amount,
            balance=0,
            is_settlement=True,
            is_reversal=settled.amount < 0,
            settled_with=settled.other_customer,
        )


def _order(line: Movement) -> tuple[date, bool, int, int]:
    """By day; on one day postings first, as they were numbered."""
    return (line.on, line.is_settlement, line.item_id, line.amount)


def _with_balances(opening: int, lines: Iterable[Movement]) -> tuple[Movement, ...]:
    told, balance = [], opening
    for line in lines:
        balance += line.amount
        told.append(replace(line, balance=balance))
    return tuple(told)


def _plans(facts: Facts) -> Plans:
    """The plans by item."""
    plans: dict[int, list[Planned]] = {}
    for line in facts.schedules:
        plans.setdefault(line.item, []).append(line)
    return plans


def _due_date(item: Posted, plan: Sequence[Planned], until: date) -> date | None:
    """When a document falls due as its open line says it: by the plan that governs at the end, where that has one
    date; of instalments the day first agreed, since each stands among the open lines with its own."""
    if item.side != "debit":
        return None
    lines = governing(item.item_id, plan, until, _ALWAYS)
    return lines[0].due_date if len(lines) == 1 else item.due_date


def _open_lines(facts: Facts, plans: Plans, until: date, days: Sequence[int]) -> tuple[OpenLine, ...]:
    cleared: dict[int, int] = {}
    for settled in facts.settlements:
        if settled.effective_on <= until:
            cleared[settled.item_id] = cleared.get(settled.item_id, 0) + settled.amount
    found: list[OpenLine] = []
    for item in facts.items:
        still_open = item.amount - cleared.get(item.item_id, 0)
        if still_open and item.posting_date <= until:
            found += _parts(item, still_open, plans.get(item.item_id, ()), until, days)
    return tuple(sorted(found, key=lambda line: (line.side == "credit", line.due_date or date.max, line.item_id)))


def _parts(
    item: Posted, still_open: int, plan: Sequence[Planned], until: date, days: Sequence[int]
) -> Iterable[OpenLine]:
    """The item, or its instalments that are open: money pays the earliest date first."""
    lines = governing(item.item_id, plan, until, _ALWAYS) if item.side == "debit" else []
    parts = waterfall(still_open, [(line.due_date, line.amount) for line in lines]) if lines else []
    for due, part in parts or [(item.due_date if item.side == "debit" else None, still_open)]:
        if not part:
            continue
        yield OpenLine(
            item_id=item.item_id,
            kind=item.kind,
            side=item.side,
            document_number=item.document_number,
            document_date=item.document_date,
            due_date=due,
            awaits=item.awaits,
            amount=item.sign * item.amount,
            open_amount=item.sign * part,
            overdue_days=overdue_days(due, until) if due else 0,
            place=place_of(due, until, days, "due") if item.side == "debit" else None,
        )


def _aged(lines: Sequence[OpenLine], days: Sequence[int]) -> Aged:
    def at(place: int | None) -> int:
        return sum(abs(line.open_amount) for line in lines if line.place == place)

    layout = spans(days, "due")
    return Aged(
        not_due=at(NOT_DUE),
        awaiting=at(AWAITING),
        buckets=tuple((low, high, at(place)) for place, (low, high) in enumerate(layout)),
        credits=at(None),
    )
