"""What of the bank's lines still waits to be applied, and how far a day is worked through."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar

from django.db.models import QuerySet

from huikuan.record.banking.models import BankLine, OpenLine
from huikuan.record.banking.queries.lines import LineRow, rows_of
from huikuan.record.cash.domain.book import Verdict
from huikuan.record.cash.models import Application, Suggestion, Undoing

#: By what the queue is sorted: the newest day first, or the most money first.
NEWEST, MOST = "newest", "most"
#: How long money has been lying there: name → days from … through (None: without end).
AGES: dict[str, tuple[int, int | None]] = {"week": (0, 7), "month": (8, 30), "older": (31, None)}
#: A suggestion that holds nothing back is one of a line that matching would have applied, had it been let to.
_SUGGESTED = (Verdict.SUGGESTED.value, Verdict.APPLIED.value)
_E6 = 1_000_000

#: The companies whose lines are looked at; None: every one.
Companies = frozenset[int] | None
_Rows = TypeVar("_Rows", bound="QuerySet[Any]")


@dataclass(frozen=True, slots=True)
class QueueFilter:
    """Which lines. Empty or None does not narrow; `verdict` of matching: 'suggested' or 'left'; `age` of AGES."""

    companies: frozenset[int] | None
    account_id: int | None = None
    day: date | None = None
    verdict: str = ""
    age: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class QueueRow:
    """An open line as it waits: what matching makes of it (`probability_e6` of its best proposal, 0 without one), and
    how many days it has been lying there."""

    line: LineRow
    verdict: str
    probability_e6: int
    customer_id: int | None
    days: int

    @property
    def suggested(self) -> bool:
        return self.verdict == Verdict.SUGGESTED

    @property
    def percent(self) -> int:
        """Rounded down: what is not quite sure never reads as sure."""
        return self.probability_e6 * 100 // _E6


@dataclass(frozen=True, slots=True)
class Sum:
    """So many lines, and what is left of them, in one currency."""

    currency: str
    count: int
    left: int


@dataclass(frozen=True, slots=True)
class Queue:
    """The first rows, and the ids of all in the same order; `sums` over all of them, `rest` over those not shown."""

    rows: tuple[QueueRow, ...]
    ids: tuple[int, ...]
    sums: tuple[Sum, ...]
    rest: tuple[Sum, ...]

    def after(self, line_id: int) -> int | None:
        """The line that comes next, from the last one the one before it; None: there is no other."""
        if line_id not in self.ids:
            return self.ids[0] if self.ids else None
        place = self.ids.index(line_id)
        others = (*self.ids[place + 1 :], *reversed(self.ids[:place]))
        return others[0] if others else None

    def before(self, line_id: int) -> int | None:
        """The line before it; None of the first."""
        place = self.ids.index(line_id) if line_id in self.ids else 0
        return self.ids[place - 1] if place else None


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a day's receipts are: each line counts once. `automatic` and `people` are used up, `suggested` and
    `left` wait; sums of the whole amount of the lines, in `currency`."""

    day: date
    accounts: int
    currency: str
    lines: int
    amount: int
    automatic: int
    automatic_amount: int
    people: int
    suggested: int
    left: int


def queue(wanted: QueueFilter, *, today: date, order: str = NEWEST, limit: int = 100) -> Queue:
    """Money that came in and of which something is left, as a clerk works through it."""
    found = _of(OpenLine.objects.filter(left__gt=0), wanted.companies)
    if wanted.account_id is not None:
        found = found.filter(account_id=wanted.account_id)
    if wanted.day is not None:
        found = found.filter(booked_on=wanted.day)
    if wanted.text:
        found = found.filter(line_id__in=_naming(wanted))
    told = _told(wanted.companies)
    opened = [one for one in found if _fits(one, told.get(one.line_id), wanted, today)]
    first, second = (_most, _newest) if order == MOST else (_newest, _most)
    opened.sort(key=lambda one: (*first(one), *second(one), one.line_id))
    shown = opened[:limit]
    lines = {row.id: row for row in rows_of(list(BankLine.objects.defer("raw").filter(id__in=_ids(shown))))}
    return Queue(
        rows=tuple(_row(lines[one.line_id], told.get(one.line_id), today) for one in shown),
        ids=tuple(_ids(opened)),
        sums=_sums(opened),
        rest=_sums(opened[limit:]),
    )


def sure_of(companies: Companies, *, least_e6: int) -> list[int]:
    """Open lines whose best suggestion is at least so probable, closes its claims without a difference and leaves
    nothing over, with nothing against it that a person has to look at: those that may be accepted together."""
    found = _of(Suggestion.objects.filter(verdict__in=_SUGGESTED, probability_e6__gte=least_e6), companies)
    return [one.line_id for one in found.order_by("line_id") if _plain(one.answer)]


def last_day(companies: Companies) -> date | None:
    """The newest day on which money came in; None: none ever did."""
    came_in = _of(BankLine.objects.filter(amount__gt=0), companies)
    return came_in.order_by("-booked_on").values_list("booked_on", flat=True).first()


def progress(companies: Companies, day: date, currency: str) -> Progress:
    """How far the receipts of a day in one currency are."""
    came_in = _of(BankLine.objects.filter(booked_on=day, amount__gt=0, currency=currency), companies)
    lines = list(came_in.values_list("id", "account_id", "amount"))
    ids = [line_id for line_id, _, _ in lines]
    opened = set(OpenLine.objects.filter(line_id__in=ids).values_list("line_id", flat=True))
    suggested = set(
        Suggestion.objects.filter(line_id__in=opened, verdict__in=_SUGGESTED).values_list("line_id", flat=True)
    )
    by_itself = _applied_by_itself(ids) - opened
    amounts = {line_id: amount for line_id, _, amount in lines}
    return Progress(
        day=day,
        accounts=len({account for _, account, _ in lines}),
        currency=currency,
        lines=len(lines),
        amount=sum(amounts.values()),
        automatic=len(by_itself),
        automatic_amount=sum(amounts[line_id] for line_id in by_itself),
        people=len(lines) - len(opened) - len(by_itself),
        suggested=len(suggested),
        left=len(opened) - len(suggested),
    )


def _of(rows: _Rows, companies: Companies) -> _Rows:
    return rows if companies is None else rows.filter(company_id__in=companies)


def _applied_by_itself(line_ids: Collection[int]) -> set[int]:
    found = Application.objects.filter(line_id__in=line_ids, kind=Application.Kind.AUTOMATIC)
    ids = dict(found.values_list("id", "line_id"))
    undone = Undoing.objects.filter(application_id__in=list(ids)).values_list("application_id", flat=True)
    return {line_id for one, line_id in ids.items() if one not in set(undone) and line_id is not None}


def _naming(wanted: QueueFilter) -> list[int]:
    """Lines whose payer, memo or reference has the text in it."""
    lines = _of(BankLine.objects.filter(amount__gt=0), wanted.companies)
    named = lines.filter(counterparty_name__icontains=wanted.text) | lines.filter(memo__icontains=wanted.text)
    named |= lines.filter(bank_reference__icontains=wanted.text)
    return list(named.values_list("id", flat=True))


def _told(companies: Companies) -> dict[int, tuple[str, int, int | None]]:
    found = _of(Suggestion.objects.all(), companies)
    return {
        line_id: (Verdict.SUGGESTED.value if verdict in _SUGGESTED else verdict, probability, customer_id)
        for line_id, verdict, probability, customer_id in found.values_list(
            "line_id", "verdict", "probability_e6", "customer_id"
        )
    }


def _fits(line: OpenLine, told: tuple[str, int, int | None] | None, wanted: QueueFilter, today: date) -> bool:
    verdict = told[0] if told else Verdict.LEFT.value
    if wanted.verdict and wanted.verdict != verdict:
        return False
    if wanted.age in AGES:
        first, last = AGES[wanted.age]
        days = (today - line.booked_on).days
        return days >= first and (last is None or days <= last)
    return True


def _row(line: LineRow, told: tuple[str, int, int | None] | None, today: date) -> QueueRow:
    verdict, probability, customer_id = told or (Verdict.LEFT.value, 0, None)
    return QueueRow(line, verdict, probability, customer_id, max((today - line.booked_on).days, 0))


def _newest(line: OpenLine) -> tuple[int, ...]:
    return (-line.booked_on.toordinal(),)


def _most(line: OpenLine) -> tuple[int, ...]:
    return (-line.left,)


def _ids(lines: Iterable[OpenLine]) -> list[int]:
    return [line.line_id for line in lines]


def _sums(lines: Sequence[OpenLine]) -> tuple[Sum, ...]:
    found: dict[str, tuple[int, int]] = {}
    for line in lines:
        count, left = found.get(line.currency, (0, 0))
        found[line.currency] = count + 1, left + line.left
    return tuple(Sum(currency, count, left) for currency, (count, left) in sorted(found.items()))


#: What holds a suggestion back for not being sure enough alone. All else (a stranger pays, the bank takes it back,
#: other claims fit as well, somebody undid it …) is looked at one by one.
_OF_DEGREE = frozenset(("below_automatic", "payer_not_sure"))


def _plain(answer: dict[str, object]) -> bool:
    proposals = answer.get("proposals")
    if not isinstance(proposals, list) or not proposals:
        return False
    best, reasons = proposals[0], answer.get("reasons")
    against = {one.get("code") for one in reasons if not one.get("met")} if isinstance(reasons, list) else set()
    return not best.get("differences") and not best.get("rest") and against <= _OF_DEGREE
