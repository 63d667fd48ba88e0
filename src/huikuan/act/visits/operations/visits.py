"""Planning a visit, standing there, and what came of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction

from huikuan.act.visits.domain.visits import (
    CALLED_OFF,
    MOST_PHOTOS,
    Ended,
    check_end,
    check_place,
    check_plan,
    picture_type,
)
from huikuan.act.visits.models import CheckIn, Outcome, Photo, Visit
from huikuan.act.visits.work import FOLLOW_UP, VISIT, visit_key
from huikuan.kernel.dates import business_date
from huikuan.kernel.errors import Refusal
from huikuan.kernel.text import tidy
from huikuan.mechanisms.audit.operations import record
from huikuan.mechanisms.audit.queries import personal
from huikuan.mechanisms.events.operations import announce
from huikuan.mechanisms.files.operations import Kept, keep_bytes, store_kept
from huikuan.mechanisms.identity.domain.roles import Permission
from huikuan.mechanisms.identity.models import User
from huikuan.mechanisms.identity.queries import company_zone, scope
from huikuan.mechanisms.store.transactions import retrying
from huikuan.mechanisms.work.operations import Wanted, cancel_items, open_item
from huikuan.record.customers.models import ContactVersion
from huikuan.record.customers.operations.people import held
from huikuan.record.customers.queries import customers_by_id, seen
from huikuan.record.customers.queries.merging import one_with


def plan_visit(
    *,
    customer_id: int,
    company_id: int,
    planned_on: date,
    visitor: str,
    purpose: str,
    note: str = "",
    follows: int | None = None,
    request_key: str | None = None,
    actor: str,
    at: datetime,
) -> int:
    """Plan that `visitor`, a user, goes there on a day; it stands in their inbox until it is ended. Answers its id;
    asked again with the same `request_key`, the same. `follows`: the visit to this customer that it returns to.
    Refuses a visitor who does not see the customer."""
    note = _said(note)

    def work() -> int:
        held(customer_id)
        known = Visit.objects.filter(request_key=request_key).first() if request_key else None
        if known is not None:
            return _as_asked(known, customer_id, planned_on, visitor)
        check_plan(purpose=purpose, planned_on=planned_on, today=_today(company_id, at), note=note)
        if not User.objects.filter(username=visitor, is_active=True).exists():
            raise Refusal("visit_visitor_unknown", username=visitor)
        if not seen(scope(visitor, Permission.VIEW_WORK, at=at)).has(company_id, customer_id):
            raise Refusal("mention_unseen", username=visitor)
        ones = one_with(customer_id)
        if follows is not None and not Visit.objects.filter(pk=follows, customer_id__in=ones).exists():
            raise Refusal("visit_unknown", visit=follows)
        row = {
            "company_id": company_id, "customer_id": customer_id, "planned_on": planned_on, "visitor": visitor,
            "purpose": purpose, "follows": follows, "request_key": request_key, "actor": actor, "note": note,
        }  # fmt: skip
        try:
            with transaction.atomic():
                number = record(Visit, [row], at=at)[0]
        except IntegrityError:
            return _as_asked(Visit.objects.get(request_key=request_key), customer_id, planned_on, visitor)
        shown = {"visit": number, "customer": customers_by_id({customer_id})[customer_id].name, "purpose": purpose}
        wanted = Wanted(visit_key(number), company_id, customer_id, shown, owner=visitor, due_on=planned_on)
        open_item(kind=VISIT.name, wanted=wanted, actor=actor, at=at)
        _tell("visits.planned", number, company_id, customer_id, at, planned_on=planned_on.isoformat())
        return number

    return retrying(work)


def check_in(
    *,
    visit_id: int,
    place: str = "",
    latitude_e6: int | None = None,
    longitude_e6: int | None = None,
    actor: str,
    at: datetime,
) -> int:
    """Say that somebody stands there now; answers the fact's id, the first one's when it was said before."""
    place = tidy(place)
    check_place(place, latitude_e6, longitude_e6)

    def work() -> int:
        visit = _visit(visit_id)
        known = CheckIn.objects.filter(visit_id=visit_id).first()
        if known is not None:
            return int(known.pk)
        _require_going_on(visit)
        row = {**_of(visit, actor), "arrived_at": at, "place": place, "latitude_e6": latitude_e6,
               "longitude_e6": longitude_e6}  # fmt: skip
        try:
            with transaction.atomic():
                number = record(CheckIn, [row], at=at)[0]
        except IntegrityError:
            return int(CheckIn.objects.get(visit_id=visit_id).pk)
        _tell("visits.checked_in", visit_id, visit.company_id, visit.customer_id, at)
        return number

    return retrying(work)


def add_photos(*, visit_id: int, pictures: Iterable[tuple[str, bytes]], actor: str, at: datetime) -> list[int]:
    """Keep photographs (name, content) of the visit as they came, all or none; answers the facts' ids in their order,
    of a picture that is kept already the first one's. Refuses what is no picture, one too many, and a visit that is
    over."""
    sent = [(name, picture_type(content), keep_bytes(content)) for name, content in pictures]

    def work() -> list[int]:
        visit = _visit(visit_id)
        ids = dict(Photo.objects.filter(visit_id=visit_id).values_list("sha256", "id"))
        fresh: dict[str, tuple[str, str, Kept]] = {}
        for one in sent:
            if one[-1].sha256 not in ids:
                fresh.setdefault(one[-1].sha256, one)
        if fresh:
            _require_going_on(visit)
            if len(ids) + len(fresh) > MOST_PHOTOS:
                raise Refusal("visit_photos_enough", most=MOST_PHOTOS)
            rows = [_photo(visit, *one, actor, at) for one in fresh.values()]
            ids |= zip(fresh, record(Photo, rows, at=at), strict=True)
        return [ids[kept.sha256] for _name, _media_type, kept in sent]

    return retrying(work)


def _photo(visit: Visit, name: str, media_type: str, kept: Kept, actor: str, at: datetime) -> dict[str, Any]:
    stored = store_kept(kept, name, media_type=media_type, actor=actor, at=at)
    return {**_of(visit, actor), "sha256": stored.sha256, "file_name": stored.name, "media_type": media_type}


def add_photo(*, visit_id: int, content: bytes, name: str, actor: str, at: datetime) -> int:
    """Keep one photograph of the visit: `add_photos`."""
    return add_photos(visit_id=visit_id, pictures=[(name, content)], actor=actor, at=at)[0]


def finish_visit(*, visit_id: int, ended: Ended, actor: str, at: datetime) -> int:
    """Write down how the visit ended; a day to follow it up stands in its visitor's inbox. Answers the fact's id.
    Said again alike it is the same; otherwise refused: what came of a visit is said once."""

    def work() -> int:
        visit = _visit(visit_id)
        known = Outcome.objects.filter(visit_id=visit_id).first()
        if known is not None:
            if _ended(known) == replace(ended, note=_said(ended.note), others=tidy(ended.others)):
                return int(known.pk)
            raise Refusal("visit_over", visit=visit_id)
        today = _today(visit.company_id, at)
        persons = ContactVersion.objects.filter(customer_id__in=one_with(visit.customer_id), id__in=ended.people)
        arrived = CheckIn.objects.filter(visit_id=visit_id).exists()
        check_end(ended, today=today, arrived=arrived, people=list(persons.values_list("id", flat=True)))
        row = {
            **_of(visit, actor), "outcome": ended.outcome, "sights": list(ended.sights), "people": list(ended.people),
            "satisfaction": ended.satisfaction, "ended_on": today, "follow_up_on": ended.follow_up_on,
            "note": _said(ended.note), "others": tidy(ended.others),
        }  # fmt: skip
        number = record(Outcome, [row], at=at)[0]
        cancel_items(kind=VISIT.name, keys=[visit_key(visit_id)], because="", actor=actor, at=at)
        if ended.follow_up_on and ended.outcome != CALLED_OFF:
            shown = {"visit": visit_id, "customer": customers_by_id({visit.customer_id})[visit.customer_id].name}
            key, whose = visit_key(visit_id), visit.visitor
            wanted = Wanted(key, visit.company_id, visit.customer_id, shown, whose, ended.follow_up_on)
            open_item(kind=FOLLOW_UP.name, wanted=wanted, actor=actor, at=at)
        _tell("visits.finished", visit_id, visit.company_id, visit.customer_id, at, outcome=ended.outcome)
        return number

    return retrying(work)


def _visit(visit_id: int) -> Visit:
    """The visit; its customer's row is held, so that the steps of its visits come one after the other."""
    found = Visit.objects.filter(pk=visit_id).first()
    if found is None:
        raise Refusal("visit_unknown", visit=visit_id)
    held(found.customer_id)
    return found


def _require_going_on(visit: Visit) -> None:
    if Outcome.objects.filter(visit_id=visit.pk).exists():
        raise Refusal("visit_over", visit=visit.pk)


def _of(visit: Visit, actor: str) -> dict[str, Any]:
    return {
        "visit_id": visit.pk, "company_id": visit.company_id, "customer_id": visit.customer_id, "actor": actor,
    }  # fmt: skip


def _as_asked(known: Visit, customer_id: int, planned_on: date, visitor: str) -> int:
    if (known.customer_id, known.planned_on, known.visitor) != (customer_id, planned_on, visitor):
        raise Refusal("visit_key_taken")
    return int(known.pk)


def _tell(kind: str, visit_id: int, company_id: int, customer_id: int, at: datetime, **more: Any) -> None:
    payload = {"visit": visit_id, **more}
    announce(kind, at=at, company_id=company_id, customer_id=customer_id, payload=payload)


def _ended(known: Outcome) -> Ended:
    said = personal(Outcome, [known.pk]).get(known.pk, {})
    return Ended(
        known.outcome, said.get("note", ""), tuple(known.sights), tuple(known.people), said.get("others", ""),
        known.satisfaction, known.follow_up_on,
    )  # fmt: skip


def _today(company_id: int, at: datetime) -> date:
    return business_date(at, company_zone(company_id))


def _said(note: str) -> str:
    return "\n".join(line.strip() for line in note.splitlines()).strip()
