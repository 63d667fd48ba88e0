"""Whom to contact first: how much more money a contact is expected to bring within two weeks.

A rule of thumb with numbers one can look at (docs/algorithms/worklist.md), no model learned from data, and the page
says so. Shares are whole thousandths or millionths, so that the columns and Python agree to the cent.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

#: The money is counted that comes within so many days.
DAYS_AHEAD = 14
BUCKETS = 4
#: So many calls in a row that reached nobody halve what the next one is expected to bring.
UNREACHED = 3
_MOST_E6 = 950_000
_ONE_E3, _HALF_E3, _ONE_E6, _E3_PERCENT = 1_000, 500, 1_000_000, 10


@dataclass(frozen=True, slots=True)
class Rates:
    """The figures of the rule, by bucket. `ends`: days past due at which a bucket ends, beyond the last is the last
    bucket; `comes`: per cent that come within the days without a contact, of a customer that pays as most do; `lifts`:
    per cent of what would not come that a contact brings, of a customer that keeps its word as most do."""

    ends: tuple[int, ...] = (30, 60, 90)
    comes: tuple[int, ...] = (35, 25, 15, 6)
    lifts: tuple[int, ...] = (12, 18, 15, 6)

    @property
    def thousandths(self) -> list[tuple[int, int]]:
        """By bucket: what comes alone, and what a contact brings of the rest."""
        return [
            (comes * _E3_PERCENT, lifts * _E3_PERCENT) for comes, lifts in zip(self.comes, self.lifts, strict=True)
        ]

    def bucket_of(self, days_late: int) -> int:
        """The place among BUCKETS of something so many days late, at least 1."""
        return next((place for place, end in enumerate(self.ends) if days_late <= end), len(self.ends))


def rates_of(document: Mapping[str, Any]) -> Rates:
    """A checked document as the figures it says."""
    return Rates(*(tuple(document[name]) for name in ("ends", "comes", "lifts")))


@dataclass(frozen=True, slots=True)
class Habits:
    """What is known of how a customer pays. `in_time` of `due`: money that fell due in the year before, and what of it
    came by its day; promises judged; `unreached`: calls in a row that reached nobody."""

    due: int = 0
    in_time: int = 0
    kept: int = 0
    partly: int = 0
    broken: int = 0
    unreached: int = 0

    @property
    def punctual_e3(self) -> int:
        """500 … 1,500: half of what most bring where nothing came in time, half as much again where all did; 1,000
        where nothing fell due."""
        if self.due <= 0:
            return _ONE_E3
        return min(_HALF_E3 + _ONE_E3, _HALF_E3 + _ONE_E3 * max(self.in_time, 0) // self.due)

    @property
    def word_e3(self) -> int:
        """500 … 1,500 by the share of promises kept (in part: half), as if one had been kept and one broken before: a
        single promise does not decide. 1,000 where none was judged."""
        judged = self.kept + self.partly + self.broken
        return _HALF_E3 + _ONE_E3 * (2 * self.kept + self.partly + 2) // (2 * judged + 4)

    @property
    def reach_e3(self) -> int:
        return _HALF_E3 if self.unreached >= UNREACHED else _ONE_E3


@dataclass(frozen=True, slots=True)
class Expected:
    """Minor units that come within the days: without a contact, and what one adds."""

    alone: int
    more: int

    @property
    def contacted(self) -> int:
        return self.alone + self.more


NOTHING_EXPECTED = Expected(0, 0)


def expected(overdue: Sequence[int], habits: Habits, rates: Rates) -> Expected:
    """Of what is overdue by bucket, minor units."""
    alone = more = 0
    for amount, (comes_e3, lifts_e3) in zip(overdue, rates.thousandths, strict=True):
        comes_e6 = min(_MOST_E6, comes_e3 * habits.punctual_e3)
        lifts_e6 = lifts_e3 * habits.word_e3 * habits.reach_e3 // _ONE_E3
        alone += amount * comes_e6 // _ONE_E6
        more += amount * ((_ONE_E6 - comes_e6) * lifts_e6 // _ONE_E6) // _ONE_E6
    return Expected(alone, more)


def more_sql(rates: Rates) -> str:
    """`expected(…, rates).more` of a customer that promised nothing and is reached, over late_0 … late_3, due,
    in_time."""
    share = f"{_ONE_E3} * GREATEST(CAST(in_time AS HUGEINT), 0) // due"
    most = _HALF_E3 + _ONE_E3
    punctual = f"CASE WHEN COALESCE(due, 0) <= 0 THEN {_ONE_E3} ELSE LEAST({most}, {_HALF_E3} + {share}) END"
    parts = [
        f"CAST(late_{place} AS HUGEINT) * (({_ONE_E6} - LEAST({_MOST_E6}, {comes} * ({punctual})))"
        f" * {lifts * _ONE_E3} // {_ONE_E6}) // {_ONE_E6}"
        for place, (comes, lifts) in enumerate(rates.thousandths)
    ]
    return f"CAST({' + '.join(parts)} AS BIGINT)"
