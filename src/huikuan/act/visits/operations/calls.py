"""Writing down a call."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.db import IntegrityError, transaction

from huikuan.act.visits.domain.calls import REACHED, Called, check_call
from huikuan.act.visits.models import Call
from huikuan.act.visits.queries.calls import reached_on
from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.audit.operations import record
from huikuan.mechanisms.events.operations import announce
from huikuan.mechanisms.identity.queries import company_zone
from huikuan.mechanisms.store.transactions import retrying
from huikuan.record.customers.models import ContactVersion
from huikuan.record.customers.operations.people import held
from huikuan.record.customers.queries.merging import one_with, shown_as


def record_call(
    *,
    customer_id: int,
    company_id: int,
    person_id: int | None,
    result: str,
    note: str = "",
    again_on: date | None = None,
    incoming: bool = False,
    request_key: str | None = None,
    actor: str,
    at: datetime,
) -> int:
    """Write down a call made just now; answers its id. Asked again with the same `request_key` the same id, nothing
    is written twice. Refuses what `check_call` refuses, and a person who is none of the customer's."""
    local = at.astimezone(ZoneInfo(company_zone(company_id)))
    called = Called(result, "\n".join(line.strip() for line in note.splitlines()).strip(), again_on, incoming)

    def work() -> int:
        # One debtor's calls one after the other: of two at once the second counts the first.
        held(shown_as(customer_id))
        known = Call.objects.filter(request_key=request_key).first() if request_key else None
        if known is not None:
            return _as_asked(known, customer_id, called)
        ones = one_with(customer_id)
        reached = reached_on(ones, local.date()) if result in REACHED else 0
        check_call(called, today=local.date(), clock=local.time(), reached=reached)
        if person_id is not None and not ContactVersion.objects.filter(pk=person_id, customer_id__in=ones).exists():
            raise Refusal("visit_person_unknown")
        row = {
            "company_id": company_id, "customer_id": customer_id, "person_id": person_id, "result": result,
            "incoming": incoming, "called_on": local.date(), "again_on": again_on, "request_key": request_key,
            "actor": actor, "note": called.note,
        }  # fmt: skip
        try:
            with transaction.atomic():
                number = record(Call, [row], at=at)[0]
        except IntegrityError:
            return _as_asked(Call.objects.get(request_key=request_key), customer_id, called)
        told = {"call": number, "result": result, "again_on": again_on.isoformat() if again_on else None}
        announce("visits.called", at=at, company_id=company_id, customer_id=customer_id, payload=told)
        return number

    return retrying(work)


def _as_asked(known: Call, customer_id: int, called: Called) -> int:
    if (known.customer_id, known.result, known.again_on) != (customer_id, called.result, called.again_on):
        raise Refusal("visit_key_taken")
    return int(known.pk)
