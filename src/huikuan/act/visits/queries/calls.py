"""Calls as they were written down."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import QuerySet

from huikuan.act.visits.domain.calls import REACHED
from huikuan.act.visits.models import Call
from huikuan.mechanisms.audit.queries import personal
from huikuan.mechanisms.identity.domain.scope import Scope
from huikuan.mechanisms.notices.queries.voices import voices_on
from huikuan.record.customers.models import ContactVersion
from huikuan.record.customers.queries import among, narrowed, seen
from huikuan.record.customers.queries.merging import merged, one_with, with_merged

_FEW = 50


@dataclass(frozen=True, slots=True)
class CallRow:
    """A call. `person`: the name of the person called, '' where nobody of the register or erased; `note` '' where it
    was erased or nothing was said."""

    id: int
    company_id: int
    customer_id: int
    person_id: int | None
    person: str
    result: str
    note: str
    incoming: bool
    called_on: date
    again_on: date | None
    recorded_at: datetime
    actor: str


@dataclass(frozen=True, slots=True)
class LastCall:
    """The last call with a customer, and how many in a row up to it reached nobody."""

    result: str
    called_on: date
    again_on: date | None
    unreached: int


@dataclass(frozen=True, slots=True)
class CallFilter:
    """What a list of calls is narrowed to; None and '': not. `since`, `until`: days, both included."""

    company_id: int | None = None
    customer_id: int | None = None
    result: str = ""
    since: date | None = None
    until: date | None = None


def calls_page(chosen: CallFilter, *, scope: Scope, before: int | None = None, limit: int = _FEW) -> list[CallRow]:
    """The calls of the scope, the last written down first, before the id `before`."""
    said = {
        "company_id": chosen.company_id,
        "customer_id__in": None if chosen.customer_id is None else one_with(chosen.customer_id),
        "result": chosen.result or None,
        "called_on__gte": chosen.since,
        "called_on__lte": chosen.until,
        "pk__lt": before,
    }
    rows = Call.objects.filter(**{name: value for name, value in said.items() if value is not None})
    return _rows(narrowed(rows, seen(scope)).order_by("-pk")[:limit])


def calls_of(customer_id: int, *, scope: Scope, limit: int | None = _FEW) -> tuple[CallRow, ...]:
    """The latest calls with the customer and with those that are one with it, in the reader's scope."""
    rows = Call.objects.filter(customer_id__in=one_with(customer_id))
    return tuple(_rows(narrowed(rows, seen(scope)).order_by("-called_on", "-recorded_at", "-id")[:limit]))


def written_as(request_key: str) -> int | None:
    """The call that was written down under a form's key."""
    return Call.objects.filter(request_key=request_key).values_list("id", flat=True).first()


def reached_on(customer_ids: Collection[int], day: date) -> int:
    """How many of our calls reached somebody there on the day, people's and a voice's: what the cap counts, for
    whatever company of ours."""
    return _effective(customer_ids).filter(called_on=day).count() + voices_on(customer_ids, day)


def called_since(customer_id: int, _company_id: int, since: datetime) -> list[datetime]:
    """When people's calls reached somebody at the customer, or at one that is one with it: what counts with the calls
    of a voice, for whatever company of ours."""
    ours = _effective(one_with(customer_id)).filter(recorded_at__gte=since)
    return list(ours.values_list("recorded_at", flat=True))


def _effective(customer_ids: Collection[int]) -> QuerySet[Call]:
    return Call.objects.filter(customer_id__in=list(customer_ids), incoming=False, result__in=REACHED)


def last_calls(company_id: int, customer_ids: Iterable[int], *, until: date) -> dict[int, LastCall]:
    """Customer, as shown → the last call by the day to those that are one with it, of those that were called; one
    question for all of them."""
    shown = merged()
    asked = among(_together(customer_ids, shown))
    facts = Call.objects.filter(company_id=company_id, customer_id__in=asked, called_on__lte=until)
    values = facts.order_by("-called_on", "-id").values_list("customer_id", "result", "called_on", "again_on")
    found: dict[int, LastCall] = {}
    counting: dict[int, int] = {}
    over: set[int] = set()
    for called, result, called_on, again_on in values:
        customer_id = shown.get(called, called)
        found.setdefault(customer_id, LastCall(result, called_on, again_on, 0))
        if customer_id not in over and result not in REACHED:
            counting[customer_id] = counting.get(customer_id, 0) + 1
        else:
            over.add(customer_id)
    return {
        customer: LastCall(one.result, one.called_on, one.again_on, counting.get(customer, 0))
        for customer, one in found.items()
    }


def unreached_since(company_id: int, since: date, until: date) -> dict[int, int]:
    """Customer, as shown → how many calls in a row, up to the last one to those that are one with it, reached nobody;
    those of whom the last one did are left out."""
    facts = Call.objects.filter(company_id=company_id, called_on__gte=since, called_on__lte=until)
    counted: dict[int, int] = {}
    shown = merged()
    for called, result in facts.order_by("called_on", "id").values_list("customer_id", "result"):
        customer_id = shown.get(called, called)
        counted[customer_id] = 0 if result in REACHED else counted.get(customer_id, 0) + 1
    return {customer_id: times for customer_id, times in counted.items() if times}


def called_on(company_id: int, day: date, *, actor: str | None = None) -> frozenset[int]:
    """The customers somebody, or `actor`, had a call with on the day."""
    facts = Call.objects.filter(company_id=company_id, called_on=day)
    return frozenset((facts if actor is None else facts.filter(actor=actor)).values_list("customer_id", flat=True))


def put_off(company_id: int, day: date) -> dict[int, date]:
    """Customer, as shown → the day after `day` its last call said to call again; a later call takes it back, also one
    to whoever it is one with."""
    later = set(Call.objects.filter(company_id=company_id, again_on__gt=day).values_list("customer_id", flat=True))
    if not later:
        return {}
    shown = merged()
    facts = Call.objects.filter(company_id=company_id, customer_id__in=among(_together(later, shown)))
    facts = facts.filter(called_on__lte=day)
    latest = facts.order_by("called_on", "id").values_list("customer_id", "again_on")
    last = {shown.get(customer, customer): on for customer, on in latest}
    return {customer: on for customer, on in last.items() if on is not None and on > day}


def _together(customer_ids: Iterable[int], shown: Mapping[int, int]) -> set[int]:
    """These customers and all that are one with them."""
    return with_merged({shown.get(one, one) for one in customer_ids}, shown)


def persons_named(person_ids: Iterable[int]) -> dict[int, str]:
    """Person of the register → how they are called; those erased are left out."""
    ids = list(person_ids)
    return {pk: said.get("name", "") for pk, said in personal(ContactVersion, ids).items()} if ids else {}


def _rows(found: Iterable[Call]) -> list[CallRow]:
    facts = list(found)
    said = personal(Call, [fact.pk for fact in facts])
    names = persons_named({fact.person_id for fact in facts if fact.person_id})
    return [_row(fact, said.get(fact.pk, {}).get("note", ""), names) for fact in facts]


def _row(fact: Call, note: str, names: dict[int, str]) -> CallRow:
    return CallRow(
        fact.pk, fact.company_id, fact.customer_id, fact.person_id, names.get(fact.person_id or 0, ""), fact.result,
        note, fact.incoming, fact.called_on, fact.again_on, fact.recorded_at, fact.actor,
    )  # fmt: skip
