"""体检: what in the receivables deserves a look, each rule with the open lines it rests on.

Rules and worked numbers: docs/algorithms/findings.md. A finding's amount is the sum of its lines, so it opens to
exactly what it says. A line may lie in several findings; findings are never added up.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from huikuan.kernel.dates import month_end

#: Money that came and waits to be applied.
CASH = ("receipt", "advance")
#: How many findings a checkup names.
MOST = 10
#: How far 今日 looks ahead.
DAYS_AHEAD = 7


@dataclass(frozen=True, slots=True)
class Line:
    """One open line as of the day. `value`: the open amount in the checkup's currency, None without a rate."""

    item_id: int
    line: int
    company_id: int
    customer_id: int
    kind: str
    side: str
    currency: str
    document_date: date
    posting_date: date
    due_date: date | None
    open_amount: int
    value: int | None


@dataclass(frozen=True, slots=True)
class Thresholds:
    """From when a rule speaks; days, and whole per cent of all open receivables. Of the policies findings and
    concentration."""

    long_overdue_days: int = 90
    stale_cash_days: int = 30
    awaiting_days: int = 180
    longest_term_days: int = 180
    big_balance_percent: int = 1
    pace_days: int = 90
    slower_by_days: int = 15
    customer_cap_percent: int = 20

    @classmethod
    def of(cls, document: Mapping[str, Any], cap_percent: int) -> Thresholds:
        return cls(**document, customer_cap_percent=cap_percent)


@dataclass(frozen=True, slots=True)
class Pace:
    """What a customer paid in money, and Σ amount × days after the first due date, in the newest window and in the
    three before it. Paid early counts negative."""

    paid: int = 0
    days: int = 0
    paid_before: int = 0
    days_before: int = 0

    def slower_by(self, days: int) -> bool:
        """Whether the newest payments came at least `days` later, weighted by amount, than those before.

        1,000 paid on average 40 days late against 3,000 at 20 days: 20 later. Without payments in both: no.
        """
        if self.paid <= 0 or self.paid_before <= 0:
            return False
        later = self.days * self.paid_before - self.days_before * self.paid
        return later >= days * self.paid * self.paid_before


@dataclass(frozen=True, slots=True)
class Windows:
    """The newest payments are those after `newest` until the day; the ones before, after `earlier` until `newest`."""

    earlier: date
    newest: date

    @classmethod
    def before(cls, as_of: date, days: int) -> Windows:
        return cls(as_of - timedelta(days=4 * days), as_of - timedelta(days=days))


@dataclass(frozen=True, slots=True)
class Book:
    """All the rules look at. `locked`: company → last locked day. `unrated`: currencies without a rate of the day."""

    as_of: date
    lines: tuple[Line, ...]
    owned: frozenset[int] = frozenset()
    registered: frozenset[int] = frozenset()
    paces: Mapping[int, Pace] = field(default_factory=dict)
    locked: Mapping[int, date] = field(default_factory=dict)
    unrated: frozenset[str] = frozenset()

    def valued(self, side: str) -> Iterator[Line]:
        return (line for line in self.lines if line.side == side and line.value is not None)

    def totals(self) -> Counter[int]:
        """Customer → open debits."""
        totals: Counter[int] = Counter()
        for line in self.valued("debit"):
            totals[line.customer_id] += line.value or 0
        return totals


Rule = Callable[[Book, Thresholds], Iterable[Line]]


def long_overdue(book: Book, set_at: Thresholds) -> Iterable[Line]:
    """More than 90 days past the due date: on the 91st day."""
    return _due_before(book, book.as_of - timedelta(days=set_at.long_overdue_days))


def newly_overdue(book: Book, _: Thresholds) -> Iterable[Line]:
    """Overdue now, and on the last day of the month before not yet."""
    before = month_before(book.as_of)
    return (line for line in _due_before(book, book.as_of) if line.due_date and line.due_date >= before)


def over_concentration(book: Book, set_at: Thresholds) -> Iterable[Line]:
    """What customers owe who hold more than the cap of all open debits; exactly at the cap is within it."""
    totals = book.totals()
    whole = totals.total()
    over = {customer for customer, held in totals.items() if held * 100 > whole * set_at.customer_cap_percent}
    return (line for line in book.valued("debit") if line.customer_id in over)


def usable_credits(book: Book, _: Thresholds) -> Iterable[Line]:
    """Credits of a customer who is overdue with the same company in the same currency."""
    late = {(line.company_id, line.customer_id, line.currency) for line in _due_before(book, book.as_of)}
    return (line for line in book.valued("credit") if (line.company_id, line.customer_id, line.currency) in late)


def stale_cash(book: Book, set_at: Thresholds) -> Iterable[Line]:
    """Money that has waited more than 30 days to be applied."""
    cut = book.as_of - timedelta(days=set_at.stale_cash_days)
    return (line for line in book.valued("credit") if line.kind in CASH and line.posting_date < cut)


def suspected_duplicates(book: Book, _: Thresholds) -> Iterable[Line]:
    """Invoices of one customer, company and document date with the same open amount and currency: all of them."""
    invoices = [line for line in book.valued("debit") if line.kind == "invoice" and line.line == 0]
    times = Counter(map(_likeness, invoices))
    return (line for line in invoices if times[_likeness(line)] > 1)


def without_due_date(book: Book, set_at: Thresholds) -> Iterable[Line]:
    """Claims still awaiting the event that makes them due, more than 180 days after their document."""
    cut = book.as_of - timedelta(days=set_at.awaiting_days)
    return (line for line in book.valued("debit") if line.due_date is None and line.document_date < cut)


def unknown_big_customers(book: Book, set_at: Thresholds) -> Iterable[Line]:
    """What customers owe who hold at least 1 % of all open debits and lack a registered USCC or an owner."""
    lacking = set(big_customers(book.totals(), set_at)) - (book.owned & book.registered)
    return (line for line in book.valued("debit") if line.customer_id in lacking)


def big_customers(totals: Mapping[int, int], set_at: Thresholds) -> Iterator[int]:
    whole = sum(totals.values())
    return (customer for customer, held in totals.items() if held and held * 100 >= whole * set_at.big_balance_percent)


def retention_due(book: Book, _: Thresholds) -> Iterable[Line]:
    """Retention money whose warranty is over: past its due date."""
    return (line for line in _due_before(book, book.as_of) if line.kind == "retention")


def odd_terms(book: Book, set_at: Thresholds) -> Iterable[Line]:
    """Invoices, never rescheduled, due before they were issued or more than 180 days after."""
    longest = timedelta(days=set_at.longest_term_days)
    return (
        line
        for line in book.valued("debit")
        if line.kind == "invoice"
        and line.line == 0
        and line.due_date is not None
        and not timedelta(0) <= line.due_date - line.document_date <= longest
    )


def slowing_customers(book: Book, set_at: Thresholds) -> Iterable[Line]:
    """What customers owe whose payments come at least 15 days later than before (see Pace)."""
    slower = {customer for customer, pace in book.paces.items() if pace.slower_by(set_at.slower_by_days)}
    return (line for line in book.valued("debit") if line.customer_id in slower)


def back_dated(book: Book, _: Thresholds) -> Iterable[Line]:
    """Invoices dated in a locked period that were posted after it."""
    return (
        line
        for line in book.valued("debit")
        if line.kind == "invoice"
        and line.company_id in book.locked
        and line.document_date <= book.locked[line.company_id] < line.posting_date
    )


def without_rate(book: Book, _: Thresholds) -> Iterable[Line]:
    """Claims in a currency that has no rate on or before the day: in no total of the company's currency."""
    return (line for line in book.lines if line.side == "debit" and line.currency in book.unrated)


#: Every rule, by the code its finding goes under.
RULES: dict[str, Rule] = {
    rule.__name__: rule
    for rule in (
        long_overdue, newly_overdue, over_concentration, slowing_customers, usable_credits, stale_cash,
        suspected_duplicates, without_due_date, unknown_big_customers, retention_due, odd_terms, back_dated,
        without_rate,
    )
}  # fmt: skip


def due_today(book: Book, _: Thresholds) -> Iterable[Line]:
    """Due on the day itself: not yet overdue."""
    return (line for line in book.valued("debit") if line.due_date == book.as_of)


def due_this_week(book: Book, _: Thresholds) -> Iterable[Line]:
    """Due on one of the seven days after."""
    until = book.as_of + timedelta(days=DAYS_AHEAD)
    return (line for line in book.valued("debit") if line.due_date is not None and book.as_of < line.due_date <= until)


def overdue_since_yesterday(book: Book, _: Thresholds) -> Iterable[Line]:
    """On their first day overdue: due yesterday."""
    return (line for line in book.valued("debit") if line.due_date == book.as_of - timedelta(days=1))


def awaiting_an_event(book: Book, _: Thresholds) -> Iterable[Line]:
    """Without a due date until something happens."""
    return (line for line in book.valued("debit") if line.due_date is None)


#: What 今日 counts each morning: no faults, hence no findings, but opened the same way.
WATCHES: dict[str, Rule] = {
    rule.__name__: rule for rule in (overdue_since_yesterday, due_today, due_this_week, awaiting_an_event)
}


@dataclass(frozen=True, slots=True)
class Finding:
    """What one rule found: Σ of its lines in `currency`, how many lines of how many customers, and who weighs most."""

    code: str
    currency: str
    amount: int
    lines: int
    customers: int
    largest: int
    largest_amount: int


def ranked(found: Iterable[Finding], currency: str) -> tuple[Finding, ...]:
    """The ten that weigh most. Those in another currency than the checkup's cannot be compared; they lead and none is
    dropped, because what they tell of is in no other figure of the page."""
    present = sorted(
        (finding for finding in found if finding.lines), key=lambda one: (-one.amount, one.code, one.currency)
    )
    apart = [finding for finding in present if finding.currency != currency]
    return tuple([*apart, *(finding for finding in present if finding.currency == currency)][: MOST + len(apart)])


def paces(paid: Iterable[tuple[int, date, date, int]], as_of: date, set_at: Thresholds) -> dict[int, Pace]:
    """Customer → pace, of (customer, first due date, day, amount; a reversal negative)."""
    windows = Windows.before(as_of, set_at.pace_days)
    sums: dict[int, list[int]] = {}
    for customer, due, on, amount in paid:
        if not windows.earlier < on <= as_of:
            continue
        place = 0 if on > windows.newest else 2
        held = sums.setdefault(customer, [0, 0, 0, 0])
        held[place] += amount
        held[place + 1] += amount * (on - due).days
    return {customer: Pace(*held) for customer, held in sums.items()}


def month_before(as_of: date) -> date:
    """The last day of the month before."""
    return month_end(as_of.replace(day=1) - timedelta(days=1))


def is_registered(name: str, uscc: str) -> bool:
    """Whether a customer has the register's code; a name without Chinese characters is foreign and has none."""
    return bool(uscc) or not any("一" <= letter <= "鿿" for letter in name)


def _due_before(book: Book, cut: date) -> Iterator[Line]:
    return (line for line in book.valued("debit") if line.due_date is not None and line.due_date < cut)


def _likeness(line: Line) -> tuple[int, int, str, date, int]:
    return (line.company_id, line.customer_id, line.currency, line.document_date, line.open_amount)
