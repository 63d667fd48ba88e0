"""The limit of a replay where none was granted: the credit policy's, or by what the customer carried before.

`carried`: what it had out at most at the end of a day of the year before, times a factor of its grade (示例; without a
grade the lowest). Of newcomers, who show nobody yet how they buy, nothing is proposed.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from huikuan.judge.credit.domain.methods import Proposed, Step, final

BY_POLICY, CARRIED = "policy", "carried"
METHODS = (BY_POLICY, CARRIED)

YEAR_DAYS = 365
#: With fewer days since the first invoice nobody knows how a customer buys.
LEAST_DAYS = 90
#: Factors of the grades (示例).
FACTORS = {"A": Fraction(6, 5), "B": Fraction(1), "C": Fraction(1, 2)}


@dataclass(frozen=True, slots=True)
class Bought:
    """How a customer bought in one currency up to a day: since when, and the most it had out at once in the year
    before, minor units."""

    currency: str
    first_on: date
    carried: int


def is_newcomer(first_on: date | None, on: date) -> bool:
    """Whether too little was seen of the customer by the day to propose it a limit."""
    return first_on is None or (on - first_on).days < LEAST_DAYS


def carried_limit(bought: Bought, grade: str) -> Proposed:
    """What it has shown it can carry, by grade."""
    base = Proposed(CARRIED, max(0, bought.carried), (Step(CARRIED, Fraction(bought.carried)),))
    return final([base], grade_factor=FACTORS.get(grade, min(FACTORS.values())))
