"""Marking customers due for another look when something happens: after the commit, once an occasion."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from huikuan.judge.rating.domain.calling import Occasions, occasions_of
from huikuan.judge.rating.models import Information, ReviewCall
from huikuan.judge.rating.policies import REASSESSMENT
from huikuan.judge.rating.queries.behaviour import behaviours
from huikuan.judge.rating.queries.calls import calls_on
from huikuan.judge.rating.queries.ratings import latest_assessments
from huikuan.kernel.dates import business_date
from huikuan.mechanisms.audit.operations import record
from huikuan.mechanisms.events.operations import announce_all
from huikuan.mechanisms.events.subscribers import Announced
from huikuan.mechanisms.policies.queries import in_force

Cause = ReviewCall.Cause
ORDER_DECIDED, INFORMED, FLAGGED = "credit.order_decided", "rating.informed", "customers.conduct_flagged"
#: What may call for a look.
CALLING = frozenset({ORDER_DECIDED, INFORMED, FLAGGED})
_HOLD = "hold"


def occasions_in_force(at: datetime) -> Occasions:
    """What calls for a look, by the policy in force; customers are rated once for all companies."""
    return occasions_of(in_force(REASSESSMENT.name, company_id=None, at=at).document)


def call_for_review(event: Announced) -> None:
    """After-commit subscriber: mark the event's customer due, if the policy says so and nothing of the kind stands.
    Told of the same event again it does nothing."""
    found = _occasion(event)
    if found is None or event.customer_id is None:
        return
    cause, detail = found
    today = business_date(event.recorded_at)
    theirs = ReviewCall.objects.filter(customer_id=event.customer_id)
    # An order that is released is decided about once more: it calls once.
    told = theirs.filter(cause=cause, detail=detail) if cause == Cause.HELD else theirs.filter(event_id=event.id)
    standing = calls_on(today, customer_ids=[event.customer_id]).get(event.customer_id, [])
    if told.exists() or any((one.cause, one.detail) == (cause, detail) for one in standing):
        return
    _record([_row(event.customer_id, cause, detail, today, event.id)], event.recorded_at)


def call_overdue(*, as_of: date, at: datetime) -> int:
    """Mark those due whose oldest claim came to be overdue for longer than the policy lets it, and who were not
    assessed since; answers how many. Asked again on the same facts it marks nobody."""
    occasions = occasions_in_force(at)
    crossed = {
        customer_id: since
        for customer_id, one in behaviours(as_of=as_of).items()
        if (since := occasions.crossed_on(_whole(one.values["longest_overdue"]), as_of))
    }
    assessed = dict(latest_assessments(as_of).values_list("customer_id", "as_of"))
    called = {
        customer_id for customer_id, rows in calls_on(as_of).items() if any(row.cause == Cause.OVERDUE for row in rows)
    }
    detail = str(occasions.overdue_days)
    rows = [
        _row(customer_id, Cause.OVERDUE, detail, since, None)
        for customer_id, since in sorted(crossed.items())
        if customer_id not in called and assessed.get(customer_id, date.min) < since
    ]
    _record(rows, at)
    return len(rows)


def _occasion(event: Announced) -> tuple[str, str] | None:
    """Cause and detail of what the event is an occasion of; None: of nothing the policy names."""
    occasions = occasions_in_force(event.recorded_at)
    if event.kind == ORDER_DECIDED:
        held = occasions.order_held and event.payload["decision"] == _HOLD
        return (Cause.HELD.value, str(event.payload["order_id"])) if held else None
    if event.kind == FLAGGED:
        return (Cause.FLAGGED.value, "") if occasions.conduct_flagged else None
    told = Information.objects.filter(pk=event.payload.get("information", 0)).first()
    if told is None or not occasions.is_severe(told.factor, told.value):
        return None
    return Cause.INFORMED.value, f"{told.factor}={told.value}"


def _row(customer_id: int, cause: str, detail: str, on: date, event_id: int | None) -> dict[str, Any]:
    return {"customer_id": customer_id, "cause": str(cause), "detail": detail, "on_date": on, "event_id": event_id}


def _record(rows: Sequence[dict[str, Any]], at: datetime) -> None:
    if not rows:
        return
    record(ReviewCall, rows, at=at)
    announce_all("rating.review_called", [(None, row["customer_id"], {"cause": row["cause"]}) for row in rows], at=at)


def _whole(days: Any) -> int | None:
    return None if days is None else int(days)
