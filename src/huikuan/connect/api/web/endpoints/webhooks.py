"""Webhooks: who is told of what, what became of each message, and sending it again."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_noop

from huikuan.connect.api.domain.fields import Choice, Instant, Listed, Maybe, Part, Record, Text, Whole, answered
from huikuan.connect.api.models import Delivery, Webhook
from huikuan.connect.api.operations import webhooks
from huikuan.connect.api.web.calls import Call, Endpoint, Reply
from huikuan.connect.api.web.endpoints.events import KIND
from huikuan.connect.api.web.shapes import ID, instant
from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.identity.domain.roles import Permission

_MANAGE = Permission.MANAGE_WEBHOOKS

WEBHOOK = answered(
    id=ID, url=Text(500), kinds=Listed(Text(60)), note=Text(200), created_at=Instant(),
    disabled_at=Maybe(Instant()), disabled_reason=Text(40),
)  # fmt: skip
DELIVERY = answered(
    id=ID, event=ID, kind=Text(60), state=Choice(tuple(Delivery.State.values)), attempts=Whole(0),
    status=Maybe(Whole(100, 999)), error=Text(200), next_at=Maybe(Instant()), tried_at=Maybe(Instant()),
)  # fmt: skip
_SECRET = answered(secret=Text(100))
_COUNT = answered(queued=Whole(0))


def list_webhooks(call: Call) -> Reply:
    """The caller's webhooks."""
    rows = _own(call).order_by("pk").filter(pk__gt=int(call.place[0]) if call.place else 0)[: call.limit + 1]
    shown = list(rows)
    more = [shown[call.limit - 1].pk] if len(shown) > call.limit else None
    return Reply({"data": [webhook_json(row) for row in shown[: call.limit]]}, next=more)


def show_webhook(call: Call) -> Reply:
    """One of them."""
    return Reply(webhook_json(_named(call)))


def add(call: Call) -> Reply:
    """Add one."""
    said = call.body
    number = webhooks.add_webhook(
        url=said["url"], kinds=said["kinds"], note=said["note"], actor=call.caller.actor, at=call.at
    )
    return Reply(webhook_json(Webhook.objects.get(pk=number)))


def show_secret(call: Call) -> Reply:
    """What its messages are signed with."""
    return Reply({"secret": webhooks.secret_of(_named(call))})


def renew_secret(call: Call) -> Reply:
    """Sign with another secret from now on. The secret itself is read, so that no kept answer holds it."""
    webhook = _named(call)
    webhooks.renew_secret(webhook)
    return Reply(webhook_json(webhook))


def change_state(call: Call) -> Reply:
    """Disable or enable it."""
    webhook = _named(call)
    if call.body["state"] == "enabled":
        webhooks.enable_webhook(webhook, at=call.at)
    else:
        webhooks.disable_webhook(webhook, reason="by hand", at=call.at)
    return Reply(webhook_json(_named(call)))


def remove(call: Call) -> Reply:
    """Take it off."""
    webhook = _named(call)
    webhooks.remove_webhook(webhook, at=call.at)
    return Reply(webhook_json(webhook))


def list_deliveries(call: Call) -> Reply:
    """What it was told, the newest first."""
    rows = Delivery.objects.filter(webhook_id=_named(call).pk).order_by("-pk")
    if call.query["state"]:
        rows = rows.filter(state=call.query["state"])
    if call.place:
        rows = rows.filter(pk__lt=int(call.place[0]))
    shown = list(rows[: call.limit + 1])
    more = [shown[call.limit - 1].pk] if len(shown) > call.limit else None
    return Reply({"data": [delivery_json(row) for row in shown[: call.limit]]}, next=more)


def send_again(call: Call) -> Reply:
    """Send one message again under its own id."""
    webhook = _named(call)
    delivery = Delivery.objects.filter(pk=call.path["delivery"], webhook_id=webhook.pk).first()
    if delivery is None:
        raise Refusal("not_found")
    webhooks.replay(delivery, actor=call.caller.actor, at=call.at)
    return Reply(delivery_json(Delivery.objects.get(pk=delivery.pk)))


def send_since(call: Call) -> Reply:
    """Send again everything since an instant."""
    count = webhooks.replay_since(_named(call), since=call.body["since"], actor=call.caller.actor, at=call.at)
    return Reply({"queued": count})


def webhook_json(row: Webhook) -> dict[str, Any]:
    """A webhook without its secret."""
    return {
        **{name: getattr(row, name) for name in ("url", "kinds", "note", "disabled_reason")},
        "id": row.pk,
        "created_at": instant(row.created_at),
        "disabled_at": instant(row.disabled_at) if row.disabled_at else None,
    }


def delivery_json(row: Delivery) -> dict[str, Any]:
    """What became of one message; `next_at` while it waits."""
    waits = row.state == Delivery.State.WAITING
    return {
        **{name: getattr(row, name) for name in ("kind", "state", "attempts", "status", "error")},
        "id": row.pk,
        "event": row.event_id,
        "next_at": instant(row.next_at) if waits else None,
        "tried_at": instant(row.tried_at) if row.tried_at else None,
    }


def _own(call: Call) -> Any:
    return Webhook.objects.filter(username=call.caller.actor, removed_at=None)


def _named(call: Call) -> Webhook:
    found = _own(call).filter(pk=call.path["id"]).first()
    if not isinstance(found, Webhook):
        raise Refusal("not_found")
    return found


_ONE = {"id": ID}

ENDPOINTS = (
    Endpoint(
        "listWebhooks", "GET", "/webhooks", gettext_noop("Your webhooks"), _MANAGE, list_webhooks, WEBHOOK, paged=True
    ),
    Endpoint(
        "addWebhook", "POST", "/webhooks", gettext_noop("Have an address told of events"), _MANAGE, add, WEBHOOK,
        status=201,
        body=Record({
            "url": Part(Text(500, 8), gettext_noop("https, port 443 or 8443"), required=True),
            "kinds": Part(Listed(KIND, 20), gettext_noop("only these kinds; all if left out"), otherwise=()),
            "note": Part(Text(200), otherwise=""),
        }),
    ),
    Endpoint(
        "showWebhook", "GET", "/webhooks/{id}", gettext_noop("One webhook"), _MANAGE, show_webhook, WEBHOOK,
        params=_ONE,
    ),
    Endpoint(
        "removeWebhook", "DELETE", "/webhooks/{id}", gettext_noop("Take a webhook off"), _MANAGE, remove, WEBHOOK,
        params=_ONE,
    ),
    Endpoint(
        "changeWebhookState", "POST", "/webhooks/{id}/state", gettext_noop("Disable or enable a webhook"), _MANAGE,
        change_state, WEBHOOK, params=_ONE,
        body=Record({"state": Part(Choice(("enabled", "disabled")), required=True)}),
    ),
    Endpoint(
        "showWebhookSecret", "GET", "/webhooks/{id}/secret", gettext_noop("What its messages are signed with"),
        _MANAGE, show_secret, _SECRET, params=_ONE,
    ),
    Endpoint(
        "renewWebhookSecret", "POST", "/webhooks/{id}/secret", gettext_noop("Sign with another secret from now on"),
        _MANAGE, renew_secret, WEBHOOK, params=_ONE,
    ),
    Endpoint(
        "listDeliveries", "GET", "/webhooks/{id}/deliveries", gettext_noop("What a webhook was told, newest first"),
        _MANAGE, list_deliveries, DELIVERY, params=_ONE, paged=True,
        query=Record({"state": Part(Choice(tuple(Delivery.State.values)), gettext_noop("only these"), otherwise="")}),
    ),
    Endpoint(
        "sendAgain", "POST", "/webhooks/{id}/deliveries/{delivery}/replay",
        gettext_noop("Send a message again under its own id"), _MANAGE, send_again, DELIVERY, status=202,
        params={"id": ID, "delivery": ID},
    ),
    Endpoint(
        "sendSince", "POST", "/webhooks/{id}/replay", gettext_noop("Send again everything since an instant"), _MANAGE,
        send_since, _COUNT, status=202, params=_ONE, body=Record({"since": Part(Instant(), required=True)}),
    ),
)  # fmt: skip
