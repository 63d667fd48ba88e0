"""Visits with where they stand."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from huikuan.act.visits.domain.visits import CALLED_OFF
from huikuan.act.visits.models import CheckIn, Outcome, Photo, Visit
from huikuan.act.visits.queries.calls import persons_named
from huikuan.kernel.dates import business_date, day_end
from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.audit.queries import personal
from huikuan.mechanisms.identity.domain.scope import Scope
from huikuan.mechanisms.identity.queries import company_zone
from huikuan.record.customers.queries import named_by_id, narrowed, seen
from huikuan.record.customers.queries.merging import one_with

PLANNED, THERE, ENDED, OFF = "planned", "there", "ended", "called_off"
STATES = (PLANNED, THERE, ENDED, OFF)
PAGE = 50


@dataclass(frozen=True, slots=True)
class Arrival:
    """Where somebody stood and when; what was erased is '' or None."""

    at: datetime
    place: str
    latitude_e6: int | None
    longitude_e6: int | None


@dataclass(frozen=True, slots=True)
class End:
    """What came of it; `people` by name."""

    outcome: str
    sights: tuple[str, ...]
    people: tuple[str, ...]
    others: str
    note: str
    satisfaction: int | None
    on: date
    follow_up_on: date | None
    actor: str


@dataclass(frozen=True, slots=True)
class PhotoRow:
    """A photograph of a visit."""

    id: int
    sha256: str
    file_name: str
    media_type: str


@dataclass(frozen=True, slots=True)
class VisitRow:
    """A visit whole. `state` one of STATES."""

    id: int
    company_id: int
    customer_id: int
    customer: str
    planned_on: date
    visitor: str
    purpose: str
    note: str
    follows: int | None
    recorded_at: datetime
    actor: str
    arrival: Arrival | None
    end: End | None
    photos: tuple[PhotoRow, ...]

    @property
    def state(self) -> str:
        if self.end is not None:
            return OFF if self.end.outcome == CALLED_OFF else ENDED
        return THERE if self.arrival else PLANNED

    def by(self, day: date) -> VisitRow:
        """The same as the day ended: what came of it later is not told."""
        arrived = self.arrival if self.arrival and business_date(self.arrival.at) <= day else None
        return replace(self, arrival=arrived, end=self.end if self.end and self.end.on <= day else None)

    def late_on(self, day: date) -> bool:
        """Whether it should have been by the day."""
        return self.state == PLANNED and self.planned_on < day


@dataclass(frozen=True, slots=True)
class VisitFilter:
    """What a list is narrowed to; None: not. `state` one of STATES, `visitor` a user."""

    company_id: int | None = None
    customer_id: int | None = None
    state: str | None = None
    visitor: str | None = None


@dataclass(frozen=True, slots=True)
class VisitsPage:
    """Some visits and how many there are; `after`: where the next begin, None: these are the last."""

    rows: tuple[VisitRow, ...]
    count: int
    after: int | None


def visit(visit_id: int, *, scope: Scope) -> VisitRow:
    """One visit; refuses an unknown one, and one out of the reader's scope likewise."""
    fact = narrowed(Visit.objects.filter(pk=visit_id), seen(scope)).first()
    if fact is None:
        raise Refusal("visit_unknown", visit=visit_id)
    return _rows([fact])[0]


def visits_of(customer_id: int, *, scope: Scope, limit: int | None = PAGE) -> tuple[VisitRow, ...]:
    """The latest visits to the customer and to those that are one with it."""
    rows = narrowed(Visit.objects.filter(customer_id__in=one_with(customer_id)), seen(scope))
    return _rows(rows.order_by("-planned_on", "-id")[:limit])


def visits_page(chosen: VisitFilter, *, scope: Scope, after: int = 0, limit: int = PAGE) -> VisitsPage:
    """The next visits: those still to be made by their day, then those made, the latest first."""
    rows = _narrowed(chosen, scope)
    count = rows.count()
    ended = Exists(Outcome.objects.filter(visit_id=OuterRef("pk")))
    order = ("-planned_on", "-id") if chosen.state in (ENDED, OFF) else ("planned_on", "id")
    facts = list(rows.annotate(over=ended).order_by("over", *order)[after : after + limit])
    return VisitsPage(_rows(facts), count, after + limit if after + limit < count else None)


def every_visit(chosen: VisitFilter, *, scope: Scope) -> tuple[VisitRow, ...]:
    """All of them, by day: what an export holds."""
    return _rows(_narrowed(chosen, scope).order_by("planned_on", "id"))


def planned_by(company_id: int, day: date, *, until: date, purpose: str) -> dict[int, date]:
    """Customer id → the day, from `day` to `until`, of the next visit for the purpose, as the day ended: planned by
    then, and nothing had come of it."""
    by_then = day_end(day, company_zone(company_id))
    facts = Visit.objects.filter(company_id=company_id, purpose=purpose, recorded_at__lt=by_then)
    over = Outcome.objects.filter(visit_id=OuterRef("pk"), ended_on__lte=day)
    going = facts.filter(~Exists(over), planned_on__range=(day, until)).order_by("-planned_on")
    return dict(going.values_list("customer_id", "planned_on"))


def photo_of(visit_id: int, photo_id: int, *, scope: Scope) -> PhotoRow:
    """One photograph of a visit the reader sees; refuses any other."""
    found = next((one for one in visit(visit_id, scope=scope).photos if one.id == photo_id), None)
    if found is None:
        raise Refusal("visit_unknown", visit=visit_id)
    return found


def _narrowed(chosen: VisitFilter, scope: Scope) -> QuerySet[Visit]:
    rows = narrowed(Visit.objects.all(), seen(scope))
    if chosen.company_id is not None:
        rows = rows.filter(company_id=chosen.company_id)
    if chosen.customer_id is not None:
        rows = rows.filter(customer_id__in=one_with(chosen.customer_id))
    if chosen.visitor is not None:
        rows = rows.filter(visitor=chosen.visitor)
    if chosen.state is None:
        return rows
    arrived = CheckIn.objects.filter(visit_id=OuterRef("pk"))
    ended = Outcome.objects.filter(visit_id=OuterRef("pk"))
    off = ended.filter(outcome=CALLED_OFF)
    wanted = {
        PLANNED: ~Q(Exists(arrived)) & ~Q(Exists(ended)),
        THERE: Q(Exists(arrived)) & ~Q(Exists(ended)),
        ENDED: Q(Exists(ended)) & ~Q(Exists(off)),
        OFF: Q(Exists(off)),
    }
    return rows.filter(wanted[chosen.state])


def _rows(found: Iterable[Visit]) -> tuple[VisitRow, ...]:
    facts = list(found)
    ids = [fact.pk for fact in facts]
    notes = personal(Visit, ids)
    names = named_by_id({fact.customer_id for fact in facts})
    arrivals, ends, photos = _arrivals(ids), _ends(ids), _photos(ids)
    return tuple(
        VisitRow(
            fact.pk, fact.company_id, fact.customer_id, names[fact.customer_id].name, fact.planned_on, fact.visitor,
            fact.purpose, notes.get(fact.pk, {}).get("note", ""), fact.follows, fact.recorded_at, fact.actor,
            arrivals.get(fact.pk), ends.get(fact.pk), tuple(photos.get(fact.pk, ())),
        )
        for fact in facts
    )  # fmt: skip


def _arrivals(visit_ids: Sequence[int]) -> dict[int, Arrival]:
    facts = list(CheckIn.objects.filter(visit_id__in=visit_ids))
    said = personal(CheckIn, [fact.pk for fact in facts])
    return {fact.visit_id: _arrival(fact, said.get(fact.pk, {})) for fact in facts}


def _arrival(fact: CheckIn, said: Mapping[str, Any]) -> Arrival:
    return Arrival(fact.arrived_at, said.get("place", ""), said.get("latitude_e6"), said.get("longitude_e6"))


def _ends(visit_ids: Sequence[int]) -> dict[int, End]:
    facts = list(Outcome.objects.filter(visit_id__in=visit_ids))
    said = personal(Outcome, [fact.pk for fact in facts])
    names = persons_named({one for fact in facts for one in fact.people})
    return {
        fact.visit_id: End(
            fact.outcome, tuple(fact.sights), tuple(names[one] for one in fact.people if one in names),
            said.get(fact.pk, {}).get("others", ""), said.get(fact.pk, {}).get("note", ""), fact.satisfaction,
            fact.ended_on, fact.follow_up_on, fact.actor,
        )
        for fact in facts
    }  # fmt: skip


def _photos(visit_ids: Sequence[int]) -> dict[int, list[PhotoRow]]:
    found: dict[int, list[PhotoRow]] = {}
    for fact in Photo.objects.filter(visit_id__in=visit_ids).order_by("id"):
        found.setdefault(fact.visit_id, []).append(PhotoRow(fact.pk, fact.sha256, fact.file_name, fact.media_type))
    return found
