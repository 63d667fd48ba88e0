"""A scorecard: points for what is known of a customer, added up to a score, cut into grades, every step told.

docs/algorithms/scorecard.md has worked numbers. Scores are whole, 0 to 100; the better, the higher.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from huikuan.judge.rating.domain.factors import FactorValue, best, unrefuted
from huikuan.kernel.money import divide_half_up

_BEST = 100


@dataclass(frozen=True, slots=True)
class Cut:
    """Numbers from `low` to below `high` (None: without end), or one of `choices`."""

    low: Decimal | None = None
    high: Decimal | None = None
    choices: frozenset[str] = frozenset()

    def holds(self, value: Decimal | str) -> bool:
        if isinstance(value, str):
            return value in self.choices
        if self.choices:
            return False
        return (self.low is None or value >= self.low) and (self.high is None or value < self.high)


@dataclass(frozen=True, slots=True)
class Bin:
    """What falls inside `cut` gets `points`."""

    cut: Cut
    points: int


@dataclass(frozen=True, slots=True)
class Line:
    """One factor of a card. `most`: its weight, the most points it gives. `missing`: the points where nothing is known
    (None: the factor is left out and the others weigh more). `months`: older values count as not known."""

    factor: str
    most: int
    bins: tuple[Bin, ...]
    missing: int | None = None
    months: int | None = None


@dataclass(frozen=True, slots=True)
class KnockOut:
    """Whatever the points: where a value of the factor that no source has refuted is inside `cut`, the grade is
    `grade` at best."""

    factor: str
    cut: Cut
    grade: str
    months: int | None = None


@dataclass(frozen=True, slots=True)
class Card:
    """`needs`: per cent of the weight that must be known for a grade to be given; a score is told anyway."""

    name: str
    lines: tuple[Line, ...]
    knock_outs: tuple[KnockOut, ...]
    needs: int


@dataclass(frozen=True, slots=True)
class Band:
    """Scores from `low` to `high`, both included, are this grade, looked at again after `review_months`."""

    grade: str
    low: int
    high: int
    review_months: int


@dataclass(frozen=True, slots=True)
class Choice:
    """Customers of one of these states and value classes (none named: of any) are scored by `card`."""

    card: str
    statuses: frozenset[str] = frozenset()
    value_classes: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Scorecards:
    """The whole policy: cards, which of them for whom (the first that fits), and the grades, best first."""

    cards: Mapping[str, Card]
    choices: tuple[Choice, ...]
    bands: tuple[Band, ...]

    def card_for(self, *, status: str, value_class: str) -> Card:
        """The first choice's that fits; the last one fits everybody."""
        for choice in self.choices:
            if choice.statuses and status not in choice.statuses:
                continue
            if choice.value_classes and value_class not in choice.value_classes:
                continue
            return self.cards[choice.card]
        raise LookupError("the last choice fits everybody")  # domain.reading has made sure

    @property
    def factors(self) -> frozenset[str]:
        """All that any card asks about."""
        of = self.cards.values()
        return frozenset(line.factor for card in of for line in card.lines) | frozenset(
            out.factor for card in of for out in card.knock_outs
        )

    def band(self, grade: str) -> Band:
        return next(band for band in self.bands if band.grade == grade)


@dataclass(frozen=True, slots=True)
class Reason:
    """One factor's part in a score: `points` of `most`. `value` None: nothing is known, and `points` are what the
    card gives then; both 0: the factor was left out, or it is a knock-out (`grade` says at best which)."""

    factor: str
    value: str | None
    points: int
    most: int
    source: str = ""
    on: date | None = None
    reliability: int = 0
    grade: str = ""


@dataclass(frozen=True, slots=True)
class Result:
    """`score` None: nothing the card asks is known. `grade` '': too little is known to give one. `known`: per cent of
    the weight that rests on values."""

    card: str
    score: int | None
    grade: str
    known: int
    reasons: tuple[Reason, ...]


def score(card: Card, bands: Sequence[Band], values: Mapping[str, Sequence[FactorValue]], *, as_of: date) -> Result:
    """The score by the day. Left-out factors do not count: 100 × points ÷ weight of those that do, rounded half up.

    A knock-out lowers a better score to the upper end of its grade, so that score and grade never disagree.
    """
    reasons = [_reason(line, values, as_of) for line in card.lines]
    struck = [reason for one in card.knock_outs if (reason := _struck(one, values, as_of))]
    counted = sum(reason.most for reason in reasons)
    ceiling = min((band.high for band in bands for reason in struck if band.grade == reason.grade), default=_BEST)
    points = divide_half_up(100 * sum(reason.points for reason in reasons), counted) if counted else None
    points = points if points is None else min(points, ceiling)
    known = _known(card, reasons)
    graded = bool(struck) or (points is not None and known >= card.needs)
    level = ceiling if points is None else points
    grade = next(band.grade for band in bands if band.low <= level <= band.high) if graded else ""
    return Result(card.name, points, grade, known, (*reasons, *struck))


def _reason(line: Line, values: Mapping[str, Sequence[FactorValue]], as_of: date) -> Reason:
    found = best(values.get(line.factor, ()), as_of=as_of, months=line.months)
    if found is None:
        left_out = line.missing is None
        return Reason(line.factor, None, line.missing or 0, 0 if left_out else line.most)
    points = next(bin_.points for bin_ in line.bins if bin_.cut.holds(found.value))
    return _told(found, points, line.most)


def _struck(knock_out: KnockOut, values: Mapping[str, Sequence[FactorValue]], as_of: date) -> Reason | None:
    """What strikes, the best of it: bad news is not outweighed by better proven, older good news."""
    standing = unrefuted(values.get(knock_out.factor, ()), as_of=as_of, months=knock_out.months)
    found = next((one for one in standing if knock_out.cut.holds(one.value)), None)
    return None if found is None else _told(found, 0, 0, knock_out.grade)


def _told(found: FactorValue, points: int, most: int, grade: str = "") -> Reason:
    value = found.value if isinstance(found.value, str) else f"{found.value:f}"
    return Reason(found.factor, value, points, most, found.source, found.on, int(found.reliability), grade)


def _known(card: Card, reasons: Sequence[Reason]) -> int:
    """Per cent of the card's weight, rounded down: 49.9 % known is not half."""
    whole = sum(line.most for line in card.lines)
    found = sum(line.most for line, reason in zip(card.lines, reasons, strict=True) if reason.value is not None)
    return 100 * found // whole
