"""How a customer has behaved by a day, from the ledger alone (docs/algorithms/behaviour.md).

Two steps. `sums_of` adds up a customer's rows in one currency, in whole numbers; the set-based twin in
`queries.behaviour` gives the same numbers for all customers at once. `behaviour_of` makes of them the values a
scorecard reads.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from huikuan.kernel.money import divide_half_up

#: Claims count whose due date lies in the year before the day; its last days are compared with the rest.
YEAR_DAYS, RECENT_DAYS = 365, 90
#: A claim cleared more days late than this was paid very late (the line at which credit risk counts as risen).
VERY_LATE_DAYS = 30
#: With fewer days before the recent ones, invoices then and now are not compared.
LEAST_EARLIER_DAYS = 90
MONTH_DAYS = 30


@dataclass(frozen=True, slots=True)
class Clearing:
    """On a day so much of a posting was cleared (a reversal: negative), by an item of a kind; how it counts:
    `money` that came, or what stands for it (`cleared`: offset, barter, write-off). Neither: it was withdrawn."""

    on: date
    amount: int
    money: bool
    cleared: bool


@dataclass(frozen=True, slots=True)
class Posting:
    """An item in the ledger by the day, with what cleared it by then. `claim`: a claim whose payment is looked at;
    `sale`: 1 a sale, -1 what takes one back, 0 neither; `returned`: 1 goods or price taken back, -1 the reversal of
    that, 0 neither; `invoice`: 1 an invoice, -1 its reversal, 0 neither."""

    amount: int
    document_date: date
    posting_date: date
    due_date: date | None
    claim: bool
    sale: int
    returned: int
    invoice: int
    clearings: tuple[Clearing, ...] = ()


@dataclass(frozen=True, slots=True)
class OpenLine:
    """What is open of a claim by the schedule that governs it."""

    amount: int
    due_date: date | None


@dataclass(frozen=True, slots=True)
class Sums:
    """What a customer's rows in one currency add up to; amounts in minor units, `_days` amounts times days.

    `claims` fell due in the year before the day and were not withdrawn: `punctual` of them were cleared by the due
    date, `very_late` more than 30 days after it (or are open for longer), `worst` is the most days; `owed` is their
    amount, `late` what of it was not cleared by the due date, `late_days` amounts times days past due (below zero:
    early). `paid` is the money of the year, `paid_days` times its days since the document. `recent_…`: of the last 90
    days. `sold`, `returned`, `invoices` were posted in the year. `open` and `overdue` stand by the day.
    """

    claims: int = 0
    punctual: int = 0
    very_late: int = 0
    worst: int | None = None
    owed: int = 0
    late: int = 0
    late_days: int = 0
    recent_owed: int = 0
    recent_late_days: int = 0
    paid: int = 0
    paid_days: int = 0
    recent_paid: int = 0
    recent_paid_days: int = 0
    sold: int = 0
    returned: int = 0
    invoices: int = 0
    recent_invoices: int = 0
    open: int = 0
    overdue: int = 0
    longest_overdue: int | None = None
    first_on: date | None = None


@dataclass(frozen=True, slots=True)
class Behaviour:
    """Factor → value as of the day, None where the ledger cannot say. `unvalued`: currencies without a rate, whose
    amounts are in none of the shares and averages."""

    as_of: date
    values: Mapping[str, Decimal | None]
    unvalued: tuple[str, ...] = ()


def sums_of(postings: Iterable[Posting], lines: Iterable[OpenLine], as_of: date) -> Sums:
    """The definition, over one customer's rows in one currency that are effective by the day."""
    posted, still_open = list(postings), list(lines)
    begin, recent = periods(as_of)
    matured = [one for one in (_matured(each, begin, as_of) for each in posted) if one]
    young = [one for one in matured if one.due >= recent]
    days = [one.days for one in matured]
    money = [
        (part.on, part.amount, part.amount * (part.on - one.document_date).days)
        for one in posted
        if one.claim
        for part in one.clearings
        if part.money and part.on > begin
    ]
    lately = [part for part in money if part[0] > recent]
    of_year = [one for one in posted if one.posting_date > begin]
    overdue = [line for line in still_open if line.due_date and line.due_date < as_of]
    return Sums(
        claims=len(matured),
        punctual=sum(1 for late in days if late <= 0),
        very_late=sum(1 for late in days if late > VERY_LATE_DAYS),
        worst=max(days, default=None),
        owed=sum(one.owed for one in matured),
        late=sum(one.late for one in matured),
        late_days=sum(one.late_days for one in matured),
        recent_owed=sum(one.owed for one in young),
        recent_late_days=sum(one.late_days for one in young),
        paid=sum(amount for _, amount, _ in money),
        paid_days=sum(weighted for _, _, weighted in money),
        recent_paid=sum(amount for _, amount, _ in lately),
        recent_paid_days=sum(weighted for _, _, weighted in lately),
        sold=sum(one.sale * one.amount for one in of_year),
        returned=sum(one.returned * one.amount for one in of_year),
        invoices=sum(one.invoice for one in of_year),
        recent_invoices=sum(one.invoice for one in of_year if one.posting_date > recent),
        open=sum(line.amount for line in still_open),
        overdue=sum(line.amount for line in overdue),
        longest_overdue=max(((as_of - line.due_date).days for line in overdue if line.due_date), default=None),
        first_on=min((one.document_date for one in posted if one.claim), default=None),
    )


@dataclass(frozen=True, slots=True)
class _Matured:
    due: date
    owed: int
    late: int
    late_days: int
    days: int


def _matured(posting: Posting, begin: date, as_of: date) -> _Matured | None:
    """A claim that fell due in the year; None if it did not, or was withdrawn whole."""
    due = posting.due_date
    if not posting.claim or due is None or not begin <= due < as_of:
        return None
    cleared = [part for part in posting.clearings if part.cleared or part.money]
    owed = posting.amount - sum(part.amount for part in posting.clearings if not (part.cleared or part.money))
    still_open = owed - sum(part.amount for part in cleared)
    if owed <= 0:
        return None
    last = as_of if still_open else max(part.on for part in cleared)
    in_time = sum(part.amount for part in cleared if part.on <= due)
    weighted = sum(part.amount * (part.on - due).days for part in cleared) + still_open * (as_of - due).days
    return _Matured(due, owed, max(owed - in_time, 0), weighted, (last - due).days)


def periods(as_of: date) -> tuple[date, date]:
    """Where the year before the day begins, and its recent days."""
    return as_of - timedelta(days=YEAR_DAYS), as_of - timedelta(days=RECENT_DAYS)


def behaviour_of(by_currency: Mapping[str, Sums], worth: Mapping[str, int], as_of: date) -> Behaviour:
    """The values of one customer. `worth`: what a minor unit of each currency weighs, in whole numbers; a customer of
    one currency needs none. Shares are rounded to 0.0001, days to 0.1, half up."""
    alone = len(by_currency) == 1
    weighed = {currency: 1 if alone else worth.get(currency, 0) for currency in by_currency}
    together = _together(by_currency, weighed)
    values = {
        "paid_on_time_amount": _share(together.owed - together.late, together.owed),
        "paid_on_time_count": _share(together.punctual, together.claims),
        "average_days_late": _days(together.late_days, together.owed),
        "worst_days_late": _whole(together.worst),
        "very_late_share": _share(together.very_late, together.claims),
        "days_late_change": _change(
            (together.recent_late_days, together.recent_owed), (together.late_days, together.owed)
        ),
        "payment_cycle_change": _change(
            (together.recent_paid_days, together.recent_paid), (together.paid_days, together.paid)
        ),
        "return_rate": _share(together.returned, together.sold),
        "overdue_share": _share(together.overdue, together.open) if together.open else _nothing_open(together),
        "longest_overdue": _whole(together.longest_overdue or (0 if together.first_on else None)),
        **_custom(together, as_of),
    }
    unvalued = tuple(sorted(currency for currency, weight in weighed.items() if not weight))
    return Behaviour(as_of, values, unvalued)


def _together(by_currency: Mapping[str, Sums], weighed: Mapping[str, int]) -> Sums:
    rows = [(sums, weighed[currency]) for currency, sums in by_currency.items()]
    counted = ("claims", "punctual", "very_late", "invoices", "recent_invoices")
    amounts = (
        "owed", "late", "late_days", "recent_owed", "recent_late_days", "paid", "paid_days", "recent_paid",
        "recent_paid_days", "sold", "returned", "open", "overdue",
    )  # fmt: skip
    return Sums(
        **{name: sum(getattr(sums, name) for sums, _ in rows) for name in counted},
        **{name: sum(getattr(sums, name) * weight for sums, weight in rows) for name in amounts},
        worst=max((sums.worst for sums, _ in rows if sums.worst is not None), default=None),
        longest_overdue=max((sums.longest_overdue for sums, _ in rows if sums.longest_overdue), default=None),
        first_on=min((sums.first_on for sums, _ in rows if sums.first_on), default=None),
    )


def _custom(sums: Sums, as_of: date) -> dict[str, Decimal | None]:
    """How long it has been a customer and how often it buys."""
    begin, recent = periods(as_of)
    if sums.first_on is None:
        return dict.fromkeys(("months_known", "invoices_a_month", "invoices_change"))
    known = max((as_of - sums.first_on).days, 0)
    counted = min(max(known, MONTH_DAYS), YEAR_DAYS)
    before = (recent - max(begin, sums.first_on)).days
    earlier = sums.invoices - sums.recent_invoices
    compared = before >= LEAST_EARLIER_DAYS and earlier > 0
    return {
        "months_known": Decimal(known // MONTH_DAYS),
        "invoices_a_month": _rounded(sums.invoices * MONTH_DAYS, counted, 1),
        # As often a day as before is 0, half as often −0.5.
        "invoices_change": _rounded(sums.recent_invoices * before - RECENT_DAYS * earlier, RECENT_DAYS * earlier, 4)
        if compared
        else None,
    }


def _nothing_open(sums: Sums) -> Decimal | None:
    return Decimal(0) if sums.first_on else None


def _share(part: int, whole: int) -> Decimal | None:
    return _rounded(part, whole, 4) if whole > 0 else None


def _days(weighted: int, amount: int) -> Decimal | None:
    return _rounded(weighted, amount, 1) if amount > 0 else None


def _change(recent: tuple[int, int], whole: tuple[int, int]) -> Decimal | None:
    """The average of the recent days less that of the days before them; above zero: slower."""
    days, amount = whole[0] - recent[0], whole[1] - recent[1]
    if recent[1] <= 0 or amount <= 0:
        return None
    return _rounded(recent[0] * amount - days * recent[1], recent[1] * amount, 1)


def _whole(days: int | None) -> Decimal | None:
    return None if days is None else Decimal(days)


def _rounded(numerator: int, denominator: int, places: int) -> Decimal:
    return Decimal(divide_half_up(numerator * 10**places, denominator)).scaleb(-places)
