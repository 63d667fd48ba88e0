"""How complete a customer's data are: weights per question, what is lacking, and what went stale.

The weights and why: docs/algorithms/completeness.md. They add up to 100.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

#: Question → points. In the order in which to ask.
WEIGHTS = {
    "uscc": 20,
    "contact": 20,
    "owner": 15,
    "licence": 15,
    "industry": 8,
    "region": 7,
    "value_class": 5,
    "delivery": 5,
    "address": 5,
}

#: Nobody said anything about the customer for so long: its data are asked again.
STALE = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class Answers:
    """Which questions have an answer: `uscc` one that passes its check or is kept with a reason; `contact` somebody
    still there; `licence` one that holds; `delivery` the language and channel of statements."""

    uscc: bool = False
    contact: bool = False
    owner: bool = False
    licence: bool = False
    industry: bool = False
    region: bool = False
    value_class: bool = False
    delivery: bool = False
    address: bool = False


@dataclass(frozen=True, slots=True)
class Completeness:
    """`score` 0 to 100; `lacking` the open questions, the heaviest first."""

    score: int
    lacking: tuple[str, ...]


def completeness_of(answers: Answers) -> Completeness:
    """The points of what is answered."""
    lacking = tuple(name for name in WEIGHTS if not getattr(answers, name))
    return Completeness(100 - sum(WEIGHTS[name] for name in lacking), lacking)


def is_stale(last_said: date | None, day: date) -> bool:
    """Whether nothing was said since a year before the day; None: never."""
    return last_said is None or last_said < day - STALE
