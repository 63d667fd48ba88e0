"""How far limits stand from what the credit policy would give today (额度偏离), and what else is to be seen to.

The standing limit is compared: a temporary one goes beyond the policy on purpose, and ends.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from huikuan.judge.credit.domain.limits import EXPIRED, GRANTED, NONE, Limit

#: In the order they are told. Over and under: by more than so many percent of what the policy gives.
OVER, UNDER, EXPIRED_LIMIT, EXPIRING, DROPPED = "over", "under", "expired", "expiring", "grade_dropped"
WITHOUT_LIMIT, NOT_PROPOSED, WITHOUT_RATE, BELOW_USE = "without_limit", "not_proposed", "without_rate", "below_use"
SIGNS = (OVER, UNDER, EXPIRED_LIMIT, EXPIRING, DROPPED, WITHOUT_LIMIT, NOT_PROPOSED, WITHOUT_RATE, BELOW_USE)


@dataclass(frozen=True, slots=True)
class Measure:
    """From where on a limit counts as drifted: percent of what the policy gives, days before it ends."""

    percent: int = 10
    soon_days: int = 30


@dataclass(frozen=True, slots=True)
class Drift:
    """`stands` and `given` in the company's currency: the standing limit (None: no rate of the day) and what the
    policy gives (None: nothing can be worked out); `signs` is empty where there is nothing to see to."""

    stands: int | None
    given: int | None
    signs: tuple[str, ...]

    @property
    def only_lacks(self) -> bool:
        """Whether no limit was ever granted, and that is all there is to see to."""
        return self.signs == (WITHOUT_LIMIT,)

    @property
    def difference(self) -> int | None:
        """How much more stands than the policy gives; below 0: less."""
        return None if self.stands is None or self.given is None else self.stands - self.given

    @property
    def percent(self) -> int | None:
        """The same in whole percent of what the policy gives, away from zero; None where that is nothing."""
        if self.difference is None or not self.given:
            return None
        whole = -(-abs(self.difference) * 100 // self.given)
        return whole if self.difference > 0 else -whole


def drift_of(
    limit: Limit,
    *,
    stands: int | None,
    given: int | None,
    day: date,
    measure: Measure,
    dropped: bool = False,
    used: int | None = None,
) -> Drift:
    """What is to be seen to about a limit on `day`. `dropped`: the grade is given less now than the one it was asked
    for with; `used`: what is out (of a group: its members together), where that has to fit in."""
    signs = set()
    if limit.state == EXPIRED:
        signs.add(EXPIRED_LIMIT)
    elif limit.state == NONE:
        signs |= {WITHOUT_LIMIT} if given else set()
    else:
        signs |= _compared(stands, given, measure)
        if limit.until_on is not None and limit.until_on <= day + timedelta(days=measure.soon_days):
            signs.add(EXPIRING)
        if dropped and limit.standing:
            signs.add(DROPPED)
    if limit.state == GRANTED and used is not None and used > limit.amount:
        signs.add(BELOW_USE)
    return Drift(stands, given, tuple(sign for sign in SIGNS if sign in signs))


def _compared(stands: int | None, given: int | None, measure: Measure) -> set[str]:
    if stands is None:
        return {WITHOUT_RATE}
    if given is None:
        return {NOT_PROPOSED} if stands else set()
    if abs(stands - given) * 100 <= given * measure.percent:
        return set()
    return {OVER if stands > given else UNDER}
