"""Holding collecting back and letting it go on; and saying why a customer is late."""

from __future__ import annotations

from datetime import date, datetime

from django.db import IntegrityError, transaction

from huikuan.act.collection.models import Hold, HoldEnd, LateCause
from huikuan.act.collection.telling import CAUSES
from huikuan.kernel.dates import business_date
from huikuan.kernel.errors import Refusal
from huikuan.kernel.text import tidy
from huikuan.mechanisms.audit.operations import record
from huikuan.mechanisms.events.operations import announce
from huikuan.mechanisms.identity.models import Company
from huikuan.mechanisms.store.transactions import retrying

LONGEST = 200


def hold(
    *,
    company: Company,
    customer_id: int,
    item_id: int | None = None,
    reason: str,
    until: date | None = None,
    actor: str,
    at: datetime,
) -> int:
    """Hold collecting back: of one item, or of the customer with all it owes; up to and with `until`, or until it is
    released. Answers the hold. Refuses one without a reason, and one that is over before it begins."""
    today = business_date(at, company.time_zone)
    if until is not None and until < today:
        raise Refusal("collection_hold_over", until=until, today=today)
    row = {
        "company_id": company.pk,
        "customer_id": customer_id,
        "item_id": item_id,
        "reason": _said(reason),
        "from_on": today,
        "until": until,
        "actor": actor,
    }

    def work() -> int:
        number = record(Hold, [row], at=at)[0]
        _tell("collection.held", number, company.pk, customer_id, item_id, at)
        return number

    return retrying(work)


def release(*, hold_id: int, reason: str = "", actor: str, at: datetime) -> None:
    """Let collecting go on from today. Refuses a hold nobody knows and one that was released."""
    found = Hold.objects.filter(pk=hold_id).first()
    if found is None:
        raise Refusal("collection_hold_unknown", hold=hold_id)
    zone = Company.objects.get(pk=found.company_id).time_zone
    row = {"hold_id": hold_id, "on_date": business_date(at, zone), "reason": tidy(reason)[:LONGEST], "actor": actor}

    def work() -> None:
        try:
            with transaction.atomic():
                record(HoldEnd, [row], at=at)
        except IntegrityError as error:
            raise Refusal("collection_hold_released", hold=hold_id) from error
        _tell("collection.released", hold_id, found.company_id, found.customer_id, found.item_id, at)

    retrying(work)


def say_cause(*, company: Company, customer_id: int, cause: str, note: str = "", actor: str, at: datetime) -> int:
    """From today on, why the customer pays late; '' takes back what was said. Refuses a cause nobody knows."""
    if cause not in CAUSES:
        raise Refusal("collection_cause_unknown", cause=cause, known=", ".join(one for one in CAUSES if one))
    row = {
        "company_id": company.pk,
        "customer_id": customer_id,
        "cause": cause,
        "on_date": business_date(at, company.time_zone),
        "note": tidy(note)[:LONGEST],
        "actor": actor,
    }
    return retrying(lambda: record(LateCause, [row], at=at)[0])


def _said(reason: str) -> str:
    said = tidy(reason)
    if not said:
        raise Refusal("collection_reason_missing")
    if len(said) > LONGEST:
        raise Refusal("collection_reason_long", longest=LONGEST)
    return said


def _tell(kind: str, hold_id: int, company_id: int, customer_id: int, item_id: int | None, at: datetime) -> None:
    payload = {"hold": hold_id, "item": item_id}
    announce(kind, company_id=company_id, customer_id=customer_id, payload=payload, at=at)
