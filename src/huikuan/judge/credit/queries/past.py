"""A company's past as a replay walks through it: orders, what moved exposure, when claims fell due, how they ended.

Set-based over the mirrored ledger: a handful of questions however many invoices there are.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from huikuan.judge.credit.domain.exposure import component_of
from huikuan.judge.credit.domain.outcomes import LOST, PAID, WITHDRAWN, Claim, Clearing, Outcome, outcome_of
from huikuan.judge.credit.domain.pasts import Debt, Telling
from huikuan.judge.credit.domain.replay import ORDER, Ask, Change, Dues
from huikuan.mechanisms.audit.models import Head
from huikuan.mechanisms.columns.queries import asking_columns
from huikuan.mechanisms.columns.tables import ALWAYS_KNOWN
from huikuan.mechanisms.identity.domain.scope import EVERYTHING
from huikuan.record.contracts.domain.histories import OrderHistory
from huikuan.record.contracts.queries.histories import order_histories
from huikuan.record.customers.queries.merging import merged
from huikuan.record.receivables.domain.schedules import earliest_due, governing
from huikuan.record.receivables.queries.contract_items import contract_numbers
from huikuan.record.receivables.queries.history import CASH_KINDS, LOSS_KINDS
from huikuan.record.receivables.queries.open_lines import Moment, counted, moment_of
from huikuan.record.receivables.queries.schedules import rescheduled, versions_of

_DEBTS = """SELECT item_id, customer_id, kind, currency, document_number, document_date, posting_date, due_date,
    by_kind, amount, effective_on
FROM counted WHERE side = 'debit' ORDER BY effective_on, item_id, by_kind, amount"""
#: What is held for customers; advances one by one, since each nets its own contract alone.
_CREDITS = """SELECT customer_id, kind, currency, effective_on,
    CASE WHEN kind = 'advance' THEN item_id ELSE 0 END AS item, CAST(SUM(amount) AS BIGINT) AS amount
FROM counted WHERE side = 'credit' GROUP BY 1, 2, 3, 4, 5 ORDER BY 4, 1, 2, 3, 5"""
_Credit = tuple[int, str, str, date, int, int]


@dataclass(frozen=True, slots=True)
class Period:
    """Which orders are asked about: those of `since` to `until`, looked at on the day `on`, as known by a head; whose
    claims are late `late_over` days past due."""

    since: date
    until: date
    on: date
    late_over: int
    known: Head | None = None

    @property
    def horizon(self) -> int:
        return self.known.horizon if self.known else ALWAYS_KNOWN


@dataclass(slots=True)
class Past:
    """`outcomes`: what became of each ask, by its key."""

    asks: list[Ask] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    outcomes: dict[int, Outcome] = field(default_factory=dict)
    dues: Dues = field(default_factory=lambda: Dues({}))

    @property
    def orders(self) -> int:
        """Of how many asks an order is known; the others are invoices that stand for theirs."""
        return sum(one.document == ORDER for one in self.asks)


def past(company_id: int, period: Period, *, contracts: bool = False) -> Past:
    """The company's past. `contracts`: whether an order under no contract is told from others."""
    debts, held = _ledger(moment_of(period.on, period.known, company_id, EVERYTHING), period.since)
    histories = _orders(company_id, period)
    advanced = {customer_id for customer_id, kind, *_ in held if kind == "advance"}
    numbers = contract_numbers(company_id) if contracts or advanced or histories else {}
    owners = _owners(debts, histories, numbers)
    telling, found = Telling(numbers, frozenset(advanced)), Past(dues=_dues(debts, period))
    found.changes += [telling.credit(*row) for row in held if component_of(row[1], "credit")]
    taken: dict[int, list[Debt]] = defaultdict(list)
    for debt in debts:
        if debt.item in owners:
            taken[owners[debt.item]].append(debt)
        else:
            _place(found, *telling.invoice(debt), [debt], period)
    for history in histories:
        of = taken[history.order_id]
        _place(found, *telling.order(history, of), of, period)
    return found


def _place(found: Past, ask: Ask | None, moves: list[Change], debts: Sequence[Debt], period: Period) -> None:
    """Among the asks where it was asked for in the period; else among what simply happened."""
    if ask is None or not period.since <= ask.day <= period.until:
        found.changes += [replace(one, ask=None) for one in moves]
        return
    at_once = tuple(one for one in moves if one.day <= ask.day)
    found.changes += [one for one in moves if one.day > ask.day]
    found.asks.append(replace(ask, at_once=at_once, on_credit=sum(one.amount for one in at_once)))
    claims = (_claim(debt, found.dues) for debt in debts)
    found.outcomes[ask.key] = outcome_of(ask.amount, claims, on=period.on, late_over=period.late_over)


def _ledger(moment: Moment, since: date) -> tuple[list[Debt], list[_Credit]]:
    """Items owed to us with their moves, and what was held for customers day by day; of what was closed before the
    period nothing need be known."""
    with asking_columns() as engine:
        sql = f"WITH {counted(engine, moment, since=since - timedelta(days=1))} "
        rows = zip(*engine.columns(sql + _DEBTS, moment.parameters()), strict=True)
        held = list(zip(*engine.columns(sql + _CREDITS, moment.parameters()), strict=True))
    debts: dict[int, Debt] = {}
    for item, customer_id, kind, currency, number, document, posted, due, by_kind, amount, day in rows:
        debt = debts.get(item)
        if debt is None:
            debt = debts[item] = Debt(item, customer_id, kind, currency, number, document, posted, due, [])
        debt.moves.append((day, amount, by_kind))
    return list(debts.values()), held


def _orders(company_id: int, period: Period) -> list[OrderHistory]:
    """Orders under the customers they are shown under."""
    shown = merged(period.known.horizon if period.known else None)
    found = order_histories(company_id, until=period.until, known=period.horizon)
    return [replace(one, customer_id=shown.get(one.customer_id, one.customer_id)) for one in found]


def _owners(debts: Iterable[Debt], histories: Iterable[OrderHistory], numbers: Mapping[int, str]) -> dict[int, int]:
    """Item → the order it came of: the one whose invoicing names its number; else under whose contract it stands, of
    several the one placed last by then."""
    named: dict[tuple[int, str], int] = {}
    under: dict[tuple[int, str], list[OrderHistory]] = defaultdict(list)
    for order in sorted(histories, key=lambda one: (one.ordered_on, one.order_id)):
        named |= {
            (order.customer_id, one.document_number): order.order_id for one in order.steps if one.document_number
        }
        if order.contract_number:
            under[order.customer_id, order.contract_number].append(order)
    found = {}
    for debt in debts if named or under else ():
        placed = under.get((debt.customer_id, numbers.get(debt.item, "")), ())
        by_then = [one for one in placed if one.ordered_on <= debt.document_date] or placed[:1]
        order_id = named.get((debt.customer_id, debt.number)) or (by_then[-1].order_id if by_then else None)
        if order_id is not None:
            found[debt.item] = order_id
    return found


def _dues(debts: Iterable[Debt], period: Period) -> Dues:
    first = {debt.item: debt.due_date for debt in debts}
    horizon = period.known.horizon if period.known else None
    return Dues(first, versions_of(rescheduled(first, period.horizon), known=horizon))


def _claim(debt: Debt, dues: Dues) -> Claim:
    """An extension granted later makes nobody punctual: the first due date counts, of what awaited an event the day
    the event gave it."""
    due = debt.due_date
    if due is None and debt.item in dues.plans:
        due = earliest_due(governing(dues.plans[debt.item]).lines)
    cleared = tuple(
        Clearing(day, -amount, _HOW.get(by_kind, WITHDRAWN)) for day, amount, by_kind in debt.moves if by_kind
    )
    return Claim(debt.amount, due, cleared)


#: What clears a claim as money does; what is given up; everything else withdraws it.
_HOW = {**dict.fromkeys((*CASH_KINDS, *LOSS_KINDS), PAID), "write_off": LOST}
