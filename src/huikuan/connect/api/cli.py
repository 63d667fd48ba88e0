"""`huikuan webhook`: who is told of what happens, what became of each message, and sending it again."""

from __future__ import annotations

import argparse
import json
from datetime import UTC, datetime
from typing import Any

from django.utils.translation import gettext as _

from huikuan.kernel.dates import parse_instant
from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.identity.actors import add_command
from huikuan.mechanisms.identity.commanding import commander
from huikuan.mechanisms.identity.domain.roles import Permission


def add_commands(subparsers: Any) -> None:
    """Add this context's commands to `huikuan`."""
    parser = subparsers.add_parser("webhook", help=_("webhooks: who is told of what happens, and what became of it"))
    actions = parser.add_subparsers(dest="action", required=True, parser_class=type(parser))
    add_command(actions, "list", _list, _("every webhook"))
    add = add_command(actions, "add", _add, _("have an address told of events"))
    add.add_argument("url")
    add.add_argument("--user", required=True, metavar="NAME", help=_("the user whose rows it is told of"))
    add.add_argument("--kind", action="append", default=[], help=_("only this kind; may be given again"))
    deliveries = add_command(actions, "deliveries", _deliveries, _("what a webhook was told, newest first"))
    deliveries.add_argument("--limit", type=int, default=50)
    replay = add_command(actions, "replay", _replay, _("send everything since an instant again"))
    replay.add_argument(
        "--since", required=True, metavar="INSTANT", help=_("the instant, like 2026-11-21T08:00:00+08:00")
    )
    others = [
        add_command(actions, "disable", _disable, _("send nothing to it until it is enabled")),
        add_command(actions, "enable", _enable, _("send to it again")),
        add_command(actions, "remove", _remove, _("take it off")),
    ]
    for one in (deliveries, replay, *others):
        one.add_argument("webhook", type=int)


def _list(options: argparse.Namespace) -> int:
    from huikuan.connect.api.models import Webhook  # models exist only after set-up; so below

    commander(options, Permission.MANAGE_WEBHOOKS, at=datetime.now(UTC))
    rows = [_row(one) for one in Webhook.objects.filter(removed_at=None).order_by("pk")]
    return _show(options, {"webhooks": rows}, [_line(row) for row in rows])


def _add(options: argparse.Namespace) -> int:
    from huikuan.connect.api.models import Webhook
    from huikuan.connect.api.operations.webhooks import add_webhook
    from huikuan.mechanisms.identity.queries import require_anywhere

    at = datetime.now(UTC)
    commander(options, Permission.MANAGE_WEBHOOKS, at=at)
    require_anywhere(options.user, Permission.MANAGE_WEBHOOKS, at=at)
    number = add_webhook(url=options.url, kinds=options.kind, note="", actor=options.user, at=at)
    row = _row(Webhook.objects.get(pk=number))
    return _show(options, row, [_("Webhook %(webhook)s is there.") % {"webhook": number}])


def _deliveries(options: argparse.Namespace) -> int:
    from huikuan.connect.api.models import Delivery

    webhook = _named(options)
    found = Delivery.objects.filter(webhook_id=webhook.pk).order_by("-pk")[: max(0, options.limit)]
    names = ("event_id", "kind", "state", "attempts", "status", "error")
    rows = [{"id": one.pk, **{name: getattr(one, name) for name in names}} for one in found]
    return _show(options, {"deliveries": rows}, ["\t".join(str(value) for value in row.values()) for row in rows])


def _replay(options: argparse.Namespace) -> int:
    from huikuan.connect.api.operations.webhooks import replay_since

    webhook, at = _named(options), datetime.now(UTC)
    actor = commander(options, Permission.MANAGE_WEBHOOKS, at=at)
    count = replay_since(webhook, since=parse_instant(options.since), actor=actor, at=at)
    return _show(options, {"queued": count}, [_("%(count)s messages will be sent again.") % {"count": count}])


def _disable(options: argparse.Namespace) -> int:
    from huikuan.connect.api.operations.webhooks import disable_webhook

    disable_webhook(_named(options), reason="by hand", at=datetime.now(UTC))
    return _shown(options)


def _enable(options: argparse.Namespace) -> int:
    from huikuan.connect.api.operations.webhooks import enable_webhook

    enable_webhook(_named(options), at=datetime.now(UTC))
    return _shown(options)


def _remove(options: argparse.Namespace) -> int:
    from huikuan.connect.api.operations.webhooks import remove_webhook

    webhook = _named(options)
    remove_webhook(webhook, at=datetime.now(UTC))
    return _show(options, _row(webhook), [_line(_row(webhook))])


def _named(options: argparse.Namespace) -> Any:
    from huikuan.connect.api.models import Webhook

    commander(options, Permission.MANAGE_WEBHOOKS, at=datetime.now(UTC))
    found = Webhook.objects.filter(pk=options.webhook, removed_at=None).first()
    if found is None:
        raise Refusal("webhook_unknown", webhook=options.webhook)
    return found


def _row(webhook: Any) -> dict[str, Any]:
    names = ("url", "username", "kinds", "note", "disabled_reason")
    return {"id": webhook.pk, **{name: getattr(webhook, name) for name in names}}


def _line(row: dict[str, Any]) -> str:
    state = _("disabled (%(reason)s)") % {"reason": row["disabled_reason"]} if row["disabled_reason"] else ""
    return "\t".join([str(row["id"]), row["url"], row["username"], ", ".join(row["kinds"]), state])


def _shown(options: argparse.Namespace) -> int:
    row = _row(_named(options))
    return _show(options, row, [_line(row)])


def _show(options: argparse.Namespace, body: dict[str, Any], lines: list[str]) -> int:
    print(json.dumps(body, ensure_ascii=False) if options.json else "\n".join(lines))
    return 0
