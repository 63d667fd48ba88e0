"""Reviews that come, those that have passed, and what calls for one: kept as work for people."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta

from huikuan.judge.rating.queries.calendar import Review, reviews_until
from huikuan.judge.rating.queries.calls import calls_on
from huikuan.judge.rating.work import CALLED, EXPIRED, REVIEW
from huikuan.kernel.dates import business_date
from huikuan.mechanisms.work.operations import Wanted, keep_items

#: How long before a review somebody is told.
AHEAD = timedelta(days=14)


def keep_reviews(*, at: datetime) -> dict[str, int]:
    """Have a work item for each review that comes within a fortnight, for each that has passed, and for each customer
    something calls for; what was assessed again needs none. Answers how many; asked again it does no more."""
    day, done = business_date(at), {"opened": 0, "cancelled": 0}
    for kind, wanted in _KEEPING.items():
        for what, count in keep_items(kind=kind, wanted=list(wanted(day)), at=at).items():
            done[what] += count
    return done


def _coming(day: date) -> Iterator[Wanted]:
    for one in reviews_until(day + AHEAD, day=day):
        if one.review_on > day:
            yield _of(one, due_on=one.review_on)


def _passed(day: date) -> Iterator[Wanted]:
    for one in reviews_until(day, day=day):
        yield _of(one, due_on=None)


def _called(day: date) -> Iterator[Wanted]:
    """Of a customer one item, from the first call nothing has answered."""
    for customer_id, calls in calls_on(day).items():
        told = [{"cause": one.cause, "detail": one.detail} for one in calls]
        key = f"customer:{customer_id}:{calls[0].recorded_at.isoformat()}"
        yield Wanted(key, None, customer_id, {"calls": told})


def _of(one: Review, due_on: date | None) -> Wanted:
    """Of an assessment one item of each kind for each day it is to be reviewed: an override may say an earlier one."""
    shown = {"grade": one.grade, "review_on": one.review_on.isoformat()}
    return Wanted(f"assessment:{one.assessment_id}:{one.review_on}", None, one.customer_id, shown, due_on=due_on)


_KEEPING: dict[str, Callable[[date], Iterator[Wanted]]] = {
    REVIEW.name: _coming,
    EXPIRED.name: _passed,
    CALLED.name: _called,
}
