"""What late interest comes to: simple, day by day, rounded once at the end.

Sources: Civil Code of the PRC, article 585; Judicial Interpretation on Sales Contracts (2020), article 18. The day of
payment bears nothing unless both ends are counted.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from fractions import Fraction

from huikuan.kernel.errors import Place, Refusal
from huikuan.kernel.money import divide_half_up
from huikuan.kernel.rates import SCALE
from huikuan.record.contracts.domain.interest import DAILY, LPR, LateInterest
from huikuan.record.interest.domain.prime import PrimeRates

BASES = (365, 360)
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Counting:
    """How days count. `base`: days of a year; `fixed_at_breach`: the LPR of the first day late holds throughout, else
    that of each day; `both_ends`: the day of payment counts too."""

    base: int = 365
    fixed_at_breach: bool = False
    both_ends: bool = False

    def __post_init__(self) -> None:
        if self.base not in BASES:
            where = [Place(column="base", value=str(self.base), fix="365, 360")]
            raise Refusal("interest_base_unknown", value=self.base, where=where)


@dataclass(frozen=True, slots=True)
class Owed:
    """So much fell due on a day; `paid`: what was paid of it and when. Minor units of one currency."""

    due: date
    principal: int
    paid: Sequence[tuple[date, int]] = field(default=())


@dataclass(frozen=True, slots=True)
class Segment:
    """The days from `first` to `last`, both counted, over which neither principal nor rate moved. `rate`: a year, or a
    day where the rule is daily. `amount`: minor units; those of all segments sum to the whole."""

    first: date
    last: date
    days: int
    principal: int
    rate: Fraction
    amount: int


@dataclass(frozen=True, slots=True)
class Computed:
    amount: int
    segments: tuple[Segment, ...]


#: A stretch before rounding: first day, day after the last, principal, rate, exact interest.
_Stretch = tuple[date, date, int, Fraction, Fraction]


def late_interest(
    owed: Sequence[Owed],
    rule: LateInterest,
    rates: PrimeRates,
    counting: Counting,
    until: date,
    *,
    since: date | None = None,
) -> Computed:
    """Interest on what is `owed` from the day after each falls due, paid on `until`. `since`: no day before it counts
    (it was claimed).

    Simple: no interest on interest. Rounded half up once, over everything; a segment shows what it adds to the rounded
    whole, so that the sheet adds up.
    """
    end = until + DAY if counting.both_ends else until
    stretches = [one for debt in owed for one in _stretches(debt, rule, rates, counting, since, end)]
    exact, before, segments = Fraction(0), 0, []
    for first, after, principal, rate, interest in stretches:
        exact += interest
        rounded = _rounded(exact)
        segments.append(Segment(first, after - DAY, (after - first).days, principal, rate, rounded - before))
        before = rounded
    return Computed(before, tuple(segments))


def _stretches(
    debt: Owed, rule: LateInterest, rates: PrimeRates, counting: Counting, since: date | None, end: date
) -> Iterator[_Stretch]:
    breach = debt.due + DAY
    first = max(breach, since or breach)
    if first >= end:
        return
    lag = DAY if counting.both_ends else timedelta(0)
    paid = sorted((day + lag, amount) for day, amount in debt.paid)
    floats = rule.basis == LPR and not counting.fixed_at_breach
    turns = {day for day, _ in paid if first < day < end} | set(rates.days_between(first, end) if floats else ())
    pending: tuple[date, int, Fraction] | None = None
    for day in [first, *sorted(turns)]:
        principal = max(0, debt.principal - sum(amount for since_day, amount in paid if since_day <= day))
        rate = _rate(rule, rates, day if floats else breach)
        if pending and pending[1:] == (principal, rate):
            continue
        if pending:
            yield from _stretch(pending, day, rule, counting)
        pending = (day, principal, rate)
    if pending:
        yield from _stretch(pending, end, rule, counting)


def _stretch(
    of: tuple[date, int, Fraction], after: date, rule: LateInterest, counting: Counting
) -> Iterator[_Stretch]:
    first, principal, rate = of
    if principal:
        a_day = rate if rule.basis == DAILY else rate / counting.base
        yield first, after, principal, rate, principal * a_day * (after - first).days


def _rate(rule: LateInterest, rates: PrimeRates, day: date) -> Fraction:
    of = Fraction(rule.rate_e8, SCALE)
    return of * Fraction(rates.on(day), SCALE) if rule.basis == LPR else of


def _rounded(exact: Fraction) -> int:
    return divide_half_up(exact.numerator, exact.denominator)


def spread(dues: Sequence[tuple[date, int]], paid: Sequence[tuple[date, int]]) -> list[Owed]:
    """What falls due on several days, each with what was paid of it: whoever pays without saying pays what fell due
    earliest first (Civil Code, article 560)."""
    left = sorted(paid)
    owed = []
    for due, principal in sorted(dues):
        mine, open_amount = [], principal
        while left and open_amount:
            day, amount = left.pop(0)
            taken = min(amount, open_amount)
            mine.append((day, taken))
            open_amount -= taken
            if amount > taken:
                left.insert(0, (day, amount - taken))
        owed.append(Owed(due, principal, tuple(mine)))
    return owed
