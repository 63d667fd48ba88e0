"""When customers are to be looked at again, and the list of ratings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import OuterRef, Q, QuerySet, Subquery

from huikuan.judge.rating.models import Assessment, Override
from huikuan.judge.rating.queries.calls import CallRow, calls_on
from huikuan.judge.rating.queries.ratings import Rating, latest_assessments, ratings_of
from huikuan.kernel.dates import month_end
from huikuan.mechanisms.audit.models import Head
from huikuan.mechanisms.identity.domain.scope import EVERYTHING, Scope
from huikuan.record.customers.models import Customer
from huikuan.record.customers.queries import named_like, seen, standing_seen
from huikuan.record.customers.queries.merging import merged
from huikuan.record.receivables.models import Item

#: States of a rating in the calendar, as the list can be narrowed to.
DUE_STATES = ("due", "soon", "never")
SOON = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class RatingFilter:
    """`text` is found in code or names; `grade` of the last assessment ('none': none could be given); `state`: its
    review has come or something called for one (due), it comes within 30 days (soon), or nobody ever assessed it
    (never); `month`: its first day, of
    those `review_months` counts in it."""

    text: str = ""
    grade: str = ""
    card: str = ""
    state: str = ""
    month: date | None = None


@dataclass(frozen=True, slots=True)
class RatedRow:
    """A customer of the list; `rating` None: never assessed by the day. `calls`: what calls for a look."""

    customer_id: int
    code: str
    name: str
    status: str
    rating: Rating | None
    calls: tuple[CallRow, ...] = ()

    def state(self, day: date) -> str:
        """Where it stands in the calendar; '': nothing is due."""
        if self.rating is None:
            return "never"
        if self.calls or self.rating.assessment.review_on <= day:
            return "due"
        return "soon" if self.rating.assessment.review_on <= day + SOON else ""


@dataclass(frozen=True, slots=True)
class Review:
    """A customer's review: of which assessment, which grade holds ('' none), and the day."""

    customer_id: int
    assessment_id: int
    grade: str
    review_on: date


@dataclass(frozen=True, slots=True)
class Month:
    """How many reviews come in a month."""

    first: date
    reviews: int


def ratings_page(
    chosen: RatingFilter, *, day: date, scope: Scope, known: Head | None = None, after: str = "", limit: int = 50
) -> list[RatedRow]:
    """The next customers by code after `after`, with their ratings on the day."""
    rows = list(_customers(chosen, day, scope, known).filter(code__gt=after).order_by("code")[:limit])
    return _rated(rows, day, scope, known)


def count_ratings(
    chosen: RatingFilter, *, day: date, scope: Scope, known: Head | None = None, most: int = 10_001
) -> int:
    """How many customers the list holds; `most` at the most."""
    return len(_customers(chosen, day, scope, known).values_list("pk")[:most])


def due_customers(day: date, *, known: Head | None = None) -> list[int]:
    """Customers whose review has come by the day, those something calls for, and those with claims nobody ever
    assessed; by id."""
    latest = latest_assessments(day, known)
    standing = {one.customer_id: one.review_on for one in latest.only("customer_id", "review_on")}
    due = {customer_id for customer_id, review_on in standing.items() if review_on <= day}
    buying = Item.objects.filter(posting_date__lte=day, side="debit").values_list("customer_id", flat=True).distinct()
    ones = merged(known.horizon if known else None)
    shown = {ones.get(customer_id, customer_id) for customer_id in buying}
    return sorted((due - ones.keys()) | (shown - standing.keys()) | calls_on(day, known=known).keys())


def reviews_until(until: date, *, day: date) -> list[Review]:
    """The customers whose review, as it stands on `day`, comes by `until` or has passed, by id: by their assessment's
    day, or the end of the override that governs, where that is sooner."""
    latest = latest_assessments(day).filter(review_on__lte=until).values_list("customer_id", flat=True)
    overridden = Override.objects.filter(until__lte=until).values_list("customer_id", flat=True)
    found = ratings_of({*latest, *overridden} - merged(None).keys(), day=day, scope=EVERYTHING)
    return [
        Review(customer_id, rating.assessment.id, rating.grade, rating.review_on)
        for customer_id, rating in sorted(found.items())
        if rating.review_on <= until
    ]


def review_months(*, day: date, scope: Scope, known: Head | None = None, count: int = 13) -> list[Month]:
    """Reviews month by month from the day's own on; those overdue stand in the first."""
    ids = standing_seen(seen(scope), known.horizon if known else None).values("pk")
    latest = latest_assessments(day, known).filter(customer_id__in=ids)
    start = day.year * 12 + day.month - 1
    months = [date(at // 12, at % 12 + 1, 1) for at in range(start, start + count)]
    counts = dict.fromkeys(months, 0)
    for review_on in latest.values_list("review_on", flat=True):
        first = max(review_on.replace(day=1), months[0])
        if first in counts:
            counts[first] += 1
    return [Month(first, counted) for first, counted in counts.items()]


def _rated(rows: Sequence[Customer], day: date, scope: Scope, known: Head | None) -> list[RatedRow]:
    ids = [row.pk for row in rows]
    found = ratings_of(ids, day=day, scope=scope, known=known)
    calls = calls_on(day, customer_ids=ids, known=known)
    return [
        RatedRow(row.pk, row.code, row.name, row.status, found.get(row.pk), tuple(calls.get(row.pk, ())))
        for row in rows
    ]


def _customers(chosen: RatingFilter, day: date, scope: Scope, known: Head | None) -> QuerySet[Customer]:
    rows = standing_seen(seen(scope), known.horizon if known else None)
    if chosen.text:
        rows = named_like(rows, chosen.text)
    if not (chosen.grade or chosen.card or chosen.state or chosen.month):
        return rows
    by_then = Assessment.objects.filter(customer_id=OuterRef("pk"), as_of__lte=day)
    if known is not None:
        by_then = by_then.filter(tx__lt=known.horizon)
    last = by_then.order_by("-as_of", "-tx", "-id")
    rows = rows.annotate(
        last_grade=Subquery(last.values("grade")[:1]),
        last_card=Subquery(last.values("card")[:1]),
        last_review=Subquery(last.values("review_on")[:1]),
    )
    return rows.filter(_condition(chosen, day, known))


def _condition(chosen: RatingFilter, day: date, known: Head | None) -> Q:
    wanted = Q()
    if chosen.grade:
        wanted &= Q(last_grade="" if chosen.grade == "none" else chosen.grade)
    if chosen.card:
        wanted &= Q(last_card=chosen.card)
    if chosen.state == "never":
        wanted &= Q(last_review__isnull=True)
    elif chosen.state == "due":
        wanted &= Q(last_review__lte=day) | Q(last_review__isnull=False, pk__in=calls_on(day, known=known))
    elif chosen.state == "soon":
        wanted &= Q(last_review__gt=day, last_review__lte=day + SOON) & ~Q(pk__in=calls_on(day, known=known))
    if chosen.month:
        wanted &= Q(last_review__lte=month_end(chosen.month))
        # What is overdue stands in the day's own month.
        wanted &= Q() if chosen.month <= day.replace(day=1) else Q(last_review__gte=chosen.month)
    return wanted
