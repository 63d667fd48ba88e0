"""Which grade holds on a day: what the scorecard said last, unless an approved override stands."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from huikuan.kernel.dates import month_end
from huikuan.kernel.errors import Refusal

#: What an approval of an override is called.
KIND = "rating.override"
APPROVED, DECLINED, ENDED = "approved", "declined", "ended"
DRAWN_UP = "drawn_up"


@dataclass(frozen=True, slots=True)
class OverrideState:
    """An override with what became of it: `approved_on` None while nobody approved it, `ended_on` the day from which
    it no longer stands though `until` is later."""

    id: int
    grade: str
    until: date
    declined: bool = False
    approved_on: date | None = None
    ended_on: date | None = None

    def stands(self, day: date) -> bool:
        """Whether it governs on the day."""
        if self.approved_on is None or not self.approved_on <= day <= self.until:
            return False
        return self.ended_on is None or day < self.ended_on

    def waits(self, day: date) -> bool:
        """Whether somebody still has to decide about it."""
        return self.approved_on is None and not self.declined and day <= self.until

    @property
    def state(self) -> str:
        if self.declined:
            return DECLINED
        if self.ended_on is not None:
            return ENDED
        return APPROVED if self.approved_on else DRAWN_UP


def governing(overrides: Iterable[OverrideState], day: date) -> OverrideState | None:
    """The override that governs on the day: of several the one approved last, of those the one drawn up last."""
    standing = [one for one in overrides if one.stands(day)]
    return max(standing, key=lambda one: (one.approved_on or date.min, one.id), default=None)


def review_day(assessed: date, months: int) -> date:
    """The same day so many months later; where that month is shorter, its last day."""
    count = assessed.year * 12 + assessed.month - 1 + months
    first = date(count // 12, count % 12 + 1, 1)
    return first.replace(day=min(assessed.day, month_end(first).day))


def raises_much(grade: str, found: str, grades: Sequence[str]) -> bool:
    """Whether `grade` is more than one better than the one the scorecard found, or it found none. `grades`: all of
    them, the best first."""
    return found not in grades or grades.index(grade) < grades.index(found) - 1


def check_override(*, grade: str, reason: str, until: date, today: date, grades: Sequence[str], latest: date) -> None:
    """Refuse a grade there is not, no reason, a past end, and one after `latest` (the review of the grade)."""
    if grade not in grades:
        raise Refusal("grade_unknown", grade=grade, known=", ".join(grades))
    if not reason.strip():
        raise Refusal("override_reason_missing")
    if not today <= until <= latest:
        raise Refusal(
            "override_until_bad", until=until.isoformat(), earliest=today.isoformat(), latest=latest.isoformat()
        )
