"""Background work of the API: telling webhooks, forgetting old answers."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

from django.conf import settings

from huikuan.connect.api.domain.messages import GONE, accepted, signed, wait_after
from huikuan.connect.api.models import Delivery, Webhook
from huikuan.connect.api.operations.answers import tidy_answers
from huikuan.connect.api.operations.webhooks import SEND, disable_webhook, may_still_see, secret_of
from huikuan.connect.api.sending import Sent, deliver
from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.events.models import Event
from huikuan.mechanisms.identity.models import Company
from huikuan.mechanisms.jobs.operations import enqueue
from huikuan.mechanisms.jobs.work import Work
from huikuan.mechanisms.outgoing.addresses import target_of
from huikuan.record.customers.models import Customer

#: Messages of one turn, so that one webhook does not keep the worker from the others.
_TURN = 50
#: Deliveries are remembered this long.
KEPT = timedelta(days=90)
_LOOKED_AT = 1_000


def send_waiting(work: Work) -> dict[str, Any]:
    """Tell one webhook what waits for it and is due, of each customer the oldest first."""
    done = 0
    for _ in range(_TURN):
        webhook = Webhook.objects.filter(pk=int(work.key), removed_at=None, disabled_at=None).first()
        delivery = _next(webhook.pk, datetime.now(UTC)) if webhook else None
        if webhook is None or delivery is None:
            return {"sent": done}
        work.progress(done, 0)
        sent = _send(webhook, delivery)
        with work.step(done):
            _note(webhook, delivery, sent, at=datetime.now(UTC))
        done += 1
    enqueue(SEND, key=work.key, at=datetime.now(UTC))
    return {"sent": done}


def wake(work: Work) -> dict[str, Any]:
    """Have every webhook with something due told of it: what waited for its next attempt, what a crash left."""
    due = Delivery.objects.filter(state=Delivery.State.WAITING, next_at__lte=work.at)
    alive = Webhook.objects.filter(removed_at=None, disabled_at=None).values("pk")
    waiting = sorted(set(due.filter(webhook_id__in=alive).values_list("webhook_id", flat=True)))
    for webhook_id in waiting:
        enqueue(SEND, key=str(webhook_id), at=work.at)
    return {"webhooks": len(waiting)}


def tidy(work: Work) -> dict[str, Any]:
    """Forget answers nobody asks for and deliveries long past."""
    old = Delivery.objects.exclude(state=Delivery.State.WAITING).filter(tried_at__lt=work.at - KEPT)
    return {"answers": tidy_answers(at=work.at), "deliveries": old.delete()[0]}


def _next(webhook_id: int, now: datetime) -> Delivery | None:
    """The oldest message that is due and behind no other of its customer."""
    waiting = Delivery.objects.filter(webhook_id=webhook_id, state=Delivery.State.WAITING)
    blocked: set[int] = set()
    for delivery in waiting.order_by("event_tx", "event_id")[:_LOOKED_AT]:
        if delivery.customer_id in blocked:
            continue
        if delivery.next_at <= now:
            return delivery
        if delivery.customer_id is not None:
            blocked.add(delivery.customer_id)
    return None


def _send(webhook: Webhook, delivery: Delivery) -> Sent:
    event = Event.objects.get(pk=delivery.event_id)
    now = datetime.now(UTC)
    if not may_still_see(webhook, event, at=now):
        return Sent(None, "not_permitted")
    body = json.dumps(_message(event), ensure_ascii=False, separators=(",", ":")).encode()
    message_id, timestamp = f"evt_{event.pk}", int(now.timestamp())
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "Huikuan-Webhooks/1",
        "webhook-id": message_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": signed(secret_of(webhook), message_id=message_id, timestamp=timestamp, body=body),
    }
    local = settings.WEBHOOKS_LOCAL
    try:
        return deliver(target_of(webhook.url, local=local), headers, body, local=local)
    except Refusal as refusal:
        return Sent(None, refusal.code)


def _message(event: Event) -> dict[str, Any]:
    company = Company.objects.filter(pk=event.company_id or 0).values_list("code", flat=True).first()
    customer = Customer.objects.filter(pk=event.customer_id or 0).values_list("code", flat=True).first()
    data = {"id": event.pk, "company": company, "customer": customer, "payload": event.payload}
    return {"type": event.kind, "timestamp": event.recorded_at.isoformat(), "data": data}


def _note(webhook: Webhook, delivery: Delivery, sent: Sent, *, at: datetime) -> None:
    """Write down what came of an attempt; after the last one the webhook is disabled."""
    attempts = delivery.attempts + 1
    took = sent.status is not None and accepted(sent.status)
    wait = wait_after(attempts)
    state = Delivery.State.DELIVERED if took else Delivery.State.WAITING
    if not took and (sent.error == "not_permitted" or wait is None):
        state = Delivery.State.DEAD
    Delivery.objects.filter(pk=delivery.pk).update(
        state=state,
        attempts=attempts,
        status=sent.status,
        error=sent.error,
        tried_at=at,
        next_at=at + wait if wait else at,
    )
    if sent.status == GONE:
        disable_webhook(webhook, reason="gone", at=at)
    elif not took and wait is None:
        disable_webhook(webhook, reason="failing", at=at)
