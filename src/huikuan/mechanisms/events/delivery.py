"""Telling subscribers what has been committed: at least once, in order per customer.

A subscriber's position advances by the transaction horizon, never by the highest id seen: a
transaction that commits late has low ids, and a watermark on ids would pass it by.
An event that cannot be handled is set aside together with its customer's later ones; the rest go
on, and what was set aside is tried again until it succeeds.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta

from django.db import DatabaseError, transaction
from django.db.models import Q, QuerySet

from huikuan.mechanisms.events.models import Event, Position, SetAside
from huikuan.mechanisms.events.subscribers import Announced, Subscriber
from huikuan.mechanisms.store.transactions import horizon

log = logging.getLogger(__name__)

_BATCH = 200


def deliver_all(subscribers: Sequence[Subscriber], *, clock: Callable[[], datetime] | None = None) -> dict[str, int]:
    """Deliver to each subscriber in turn; returns how many events each one handled."""
    now = clock or (lambda: datetime.now(UTC))
    return {subscriber.name: deliver(subscriber, at=now()) for subscriber in subscribers}


def deliver(subscriber: Subscriber, *, at: datetime) -> int:
    """Tell `subscriber` all it has not been told yet; returns how many events it handled."""
    Position.objects.get_or_create(subscriber=subscriber.name)
    handled = _retry_set_aside(subscriber, at=at)
    while True:
        with transaction.atomic():
            position = Position.objects.select_for_update().get(subscriber=subscriber.name)
            events = _following(position, horizon())
            handled += sum(_hand_over(subscriber, event, at=at) for event in events)
            if events:
                position.tx, position.event_id = events[-1].tx, events[-1].id
                position.save()
        if len(events) < _BATCH:
            return handled


def _following(position: Position, known: int) -> list[Announced]:
    """The next events after `position` whose transactions are all final."""
    after = Q(tx__gt=position.tx) | Q(tx=position.tx, id__gt=position.event_id)
    rows = Event.objects.filter(after, tx__gte=position.tx, tx__lt=known).order_by("tx", "id")
    return [announced_of(event) for event in rows[:_BATCH]]


def _hand_over(subscriber: Subscriber, event: Announced, *, at: datetime) -> int:
    """Handle one event, or set it aside; 1 if it was handled."""
    if not subscriber.wants(event.kind):
        return 0
    if event.customer_id is not None and _aside(subscriber).filter(customer_id=event.customer_id).exists():
        _set_aside(subscriber, event, attempts=0, error="", at=at)
        return 0
    error = _failure(subscriber, event)
    if error is None:
        return 1
    _set_aside(subscriber, event, attempts=1, error=error, at=at)
    return 0


def _retry_set_aside(subscriber: Subscriber, *, at: datetime) -> int:
    """Try again what was set aside, oldest first; a customer's later events wait for the earlier."""
    handled = 0
    blocked: set[int] = set()
    for aside_id, customer_id in list(
        _aside(subscriber).order_by("event_tx", "event_id").values_list("id", "customer_id")
    ):
        if customer_id in blocked:
            continue
        with transaction.atomic():
            aside = _aside(subscriber).select_for_update().filter(pk=aside_id).first()
            if aside is None:
                continue  # another worker has just done it
            done = aside.retry_at <= at and _try_again(subscriber, aside, at=at)
        handled += done
        if not done and customer_id is not None:
            blocked.add(customer_id)
    return handled


def _try_again(subscriber: Subscriber, aside: SetAside, *, at: datetime) -> bool:
    error = _failure(subscriber, announced_of(Event.objects.get(pk=aside.event_id)))
    if error is None:
        aside.delete()
        return True
    aside.attempts += 1
    aside.error, aside.retry_at = error, at + _wait_before(aside.attempts)
    aside.save()
    return False


def _failure(subscriber: Subscriber, event: Announced) -> str | None:
    """Why handling failed, or None; what a failed handler wrote is undone."""
    try:
        with transaction.atomic():
            subscriber.handle(event)
    except DatabaseError as error:
        if _connection_is_gone():
            raise  # nobody's fault: the whole batch is delivered again
        return _logged(subscriber, event, error)
    except Exception as error:
        # Whatever a subscriber raises concerns this one event.
        return _logged(subscriber, event, error)
    return None


def _connection_is_gone() -> bool:
    connection = transaction.get_connection()
    return connection.connection is None or not connection.is_usable()


def _logged(subscriber: Subscriber, event: Announced, error: Exception) -> str:
    log.exception("event not handled", extra={"subscriber": subscriber.name, "event": event.id})
    return f"{type(error).__name__}: {error}"


def _set_aside(subscriber: Subscriber, event: Announced, *, attempts: int, error: str, at: datetime) -> None:
    SetAside.objects.create(
        subscriber=subscriber.name,
        event_tx=event.tx,
        event_id=event.id,
        customer_id=event.customer_id,
        attempts=attempts,
        error=error,
        retry_at=at + _wait_before(attempts) if attempts else at,
    )


def _aside(subscriber: Subscriber) -> QuerySet[SetAside]:
    return SetAside.objects.filter(subscriber=subscriber.name)


def _wait_before(attempt: int) -> timedelta:
    """10 s after the first failure, doubling up to an hour."""
    return timedelta(seconds=min(10 * 2 ** min(attempt - 1, 10), 3600))


def announced_of(event: Event) -> Announced:
    """The recorded event as subscribers see it."""
    return Announced(
        id=event.pk,
        tx=event.tx,
        kind=event.kind,
        company_id=event.company_id,
        customer_id=event.customer_id,
        payload=event.payload,
        recorded_at=event.recorded_at,
    )
