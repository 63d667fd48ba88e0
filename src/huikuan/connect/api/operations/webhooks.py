"""Webhooks: added, given a new secret, disabled and enabled, removed; what they are told is queued, also again."""

from __future__ import annotations

import base64
from collections.abc import Iterable
from datetime import datetime

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.db import transaction
from django.db.models import F

from huikuan.connect.api.domain.messages import PREFIX
from huikuan.connect.api.models import Delivery, Webhook
from huikuan.connect.api.queries import FAMILIES, events_seen, family_of, sees
from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.events.models import Event
from huikuan.mechanisms.events.operations import announce
from huikuan.mechanisms.events.queries import BEGINNING, events_after
from huikuan.mechanisms.events.subscribers import Announced
from huikuan.mechanisms.identity.domain.roles import Permission
from huikuan.mechanisms.identity.domain.scope import NOTHING, Scope
from huikuan.mechanisms.identity.queries import rights, scope_under
from huikuan.mechanisms.jobs.operations import enqueue
from huikuan.mechanisms.outgoing.addresses import target_of

SEND = "api.send"
#: Webhooks one installation has, and events one replay queues.
MOST, MOST_AGAIN = 50, 10_000
_AT_ONCE = 500


def add_webhook(*, url: str, kinds: Iterable[str], note: str, actor: str, at: datetime) -> int:
    """An address that is told of events as `actor` sees them; answers its number.

    Refuses an address that is not the open internet's, and kinds nobody is told of.
    """
    target_of(url, local=settings.WEBHOOKS_LOCAL)
    wanted = sorted(set(kinds))
    if unknown := [kind for kind in wanted if family_of(kind) not in FAMILIES]:
        raise Refusal("webhook_kind_unknown", kind=unknown[0], known=", ".join(FAMILIES))
    with transaction.atomic():
        if Webhook.objects.filter(removed_at=None).count() >= MOST:
            raise Refusal("webhooks_too_many", most=MOST)
        made = Webhook.objects.create(username=actor, url=url, kinds=wanted, note=note, created_at=at)
        announce("api.webhook_added", at=at, payload={"webhook": made.pk, "actor": actor})
    return int(made.pk)


def secret_of(webhook: Webhook) -> str:
    """What its messages are signed with: derived, so that no database or backup holds it."""
    purpose = f"huikuan webhook {webhook.pk} {webhook.secret_generation}".encode()
    key = HKDF(algorithm=SHA256(), length=32, salt=None, info=purpose).derive(settings.SECRET_KEY.encode())
    return PREFIX + base64.b64encode(key).decode()


def renew_secret(webhook: Webhook) -> None:
    """From now on another secret; messages signed with the old one are not sent again."""
    Webhook.objects.filter(pk=webhook.pk).update(secret_generation=F("secret_generation") + 1)


def disable_webhook(webhook: Webhook, *, reason: str, at: datetime) -> None:
    """Send nothing any more; what is queued waits. Announced, so that somebody notices."""
    with transaction.atomic():
        if Webhook.objects.filter(pk=webhook.pk, disabled_at=None).update(disabled_at=at, disabled_reason=reason):
            announce("api.webhook_disabled", at=at, payload={"webhook": webhook.pk, "reason": reason})


def enable_webhook(webhook: Webhook, *, at: datetime) -> None:
    """Send again, beginning with what waits. What happened meanwhile comes by `replay_since`."""
    with transaction.atomic():
        Webhook.objects.filter(pk=webhook.pk, removed_at=None).update(disabled_at=None, disabled_reason="")
        Delivery.objects.filter(webhook_id=webhook.pk, state=Delivery.State.WAITING).update(attempts=0, next_at=at)
        enqueue(SEND, key=str(webhook.pk), at=at)


def remove_webhook(webhook: Webhook, *, at: datetime) -> None:
    """Take it off; what was delivered stays on record, what waits goes."""
    with transaction.atomic():
        Webhook.objects.filter(pk=webhook.pk, removed_at=None).update(removed_at=at)
        Delivery.objects.filter(webhook_id=webhook.pk, state=Delivery.State.WAITING).delete()


def queue_event(event: Announced) -> None:
    """Told of every committed event: queue it for each webhook that wants and may see it. Idempotent by event."""
    if family_of(event.kind) not in FAMILIES:
        return
    for webhook in Webhook.objects.filter(removed_at=None, disabled_at=None):
        wanted = not webhook.kinds or event.kind in webhook.kinds
        if wanted and sees(_Scopes(webhook.username, event.recorded_at), event):
            _queue(webhook, [event], at=event.recorded_at)


def replay(delivery: Delivery, *, actor: str, at: datetime) -> None:
    """Send one message again, by hand, under the same id; refused while its webhook is disabled."""
    with transaction.atomic():
        webhook = Webhook.objects.filter(pk=delivery.webhook_id, removed_at=None).first()
        if webhook is None or webhook.disabled_at is not None:
            raise Refusal("webhook_disabled", webhook=delivery.webhook_id)
        Delivery.objects.filter(pk=delivery.pk).update(
            state=Delivery.State.WAITING, attempts=0, next_at=at, asked_by=actor
        )
        enqueue(SEND, key=str(webhook.pk), at=at)


def replay_since(webhook: Webhook, *, since: datetime, actor: str, at: datetime) -> int:
    """Send again all it should have been told since an instant; answers how many messages."""
    kinds = list(webhook.kinds) or None
    rows = events_seen(_Scopes(webhook.username, at), kinds).filter(recorded_at__gte=since)
    place, count = BEGINNING, 0
    with transaction.atomic():
        if webhook.disabled_at is not None:
            raise Refusal("webhook_disabled", webhook=webhook.pk)
        while events := events_after(rows, after=place, limit=_AT_ONCE):
            _queue(webhook, events, at=at)
            again = Delivery.objects.filter(webhook_id=webhook.pk, event_id__in=[event.id for event in events])
            count += again.update(state=Delivery.State.WAITING, attempts=0, next_at=at, asked_by=actor)
            place = (events[-1].tx, events[-1].id)
            if count > MOST_AGAIN:
                raise Refusal("replay_too_long", most=MOST_AGAIN)
        enqueue(SEND, key=str(webhook.pk), at=at)
    return count


def may_still_see(webhook: Webhook, event: Event, *, at: datetime) -> bool:
    """Whether its owner may still be told this: roles and scopes change between queueing and sending."""
    told = Announced(
        event.pk, event.tx, event.kind, event.company_id, event.customer_id, event.payload, event.recorded_at
    )
    return sees(_Scopes(webhook.username, at), told)


def _queue(webhook: Webhook, events: Iterable[Announced], *, at: datetime) -> None:
    rows = [
        Delivery(
            webhook_id=webhook.pk,
            event_id=event.id,
            event_tx=event.tx,
            kind=event.kind,
            customer_id=event.customer_id,
            next_at=at,
        )
        for event in events
    ]
    Delivery.objects.bulk_create(rows, ignore_conflicts=True)
    enqueue(SEND, key=str(webhook.pk), at=at)


class _Scopes:
    """The scopes of a webhook's owner at an instant, while they may manage webhooks at all."""

    def __init__(self, username: str, at: datetime) -> None:
        self._username, self._at = username, at
        self._rights = rights(username, at=at)

    def __call__(self, permission: Permission) -> Scope:
        if Permission.MANAGE_WEBHOOKS not in self._rights.anywhere():
            return NOTHING
        return scope_under(self._rights, self._username, permission, at=self._at)
