"""The grades that hold on a day, of many customers at once, without what they were found by."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from huikuan.judge.rating.models import Override
from huikuan.judge.rating.queries.ratings import latest_assessments, ratings_of
from huikuan.mechanisms.audit.models import Head
from huikuan.mechanisms.identity.domain.scope import EVERYTHING
from huikuan.record.customers.queries import among


@dataclass(frozen=True, slots=True)
class Graded:
    """A grade that holds ('': none could be given), the last score, its day, and when it is looked at again."""

    grade: str
    score: int | None
    as_of: date
    review_on: date


def grades_of(customer_ids: Collection[int], *, day: date, known: Head | None = None) -> dict[int, Graded]:
    """Customer → its grade on the day, of those ever assessed by then; whoever asks. Where an override was ever drawn
    up, as `ratings_of` finds it."""
    asked = among(customer_ids)
    columns = ("customer_id", "grade", "score", "as_of", "review_on")
    latest = latest_assessments(day, known).filter(customer_id__in=asked).values_list(*columns)
    found = {customer_id: Graded(*row) for customer_id, *row in latest}
    overridden = set(Override.objects.filter(customer_id__in=asked).values_list("customer_id", flat=True))
    for customer_id, one in ratings_of(overridden, day=day, scope=EVERYTHING, known=known).items():
        last = one.assessment
        found[customer_id] = Graded(one.grade, last.score, last.as_of, one.review_on)
    return found
