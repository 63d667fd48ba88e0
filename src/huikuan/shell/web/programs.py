"""Programs: everybody's tokens, and the webhooks that are told of events, with what became of each message."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Count, Max, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.http import require_GET, require_POST

from huikuan.connect.api.models import Delivery, Webhook
from huikuan.connect.api.operations import webhooks
from huikuan.connect.api.queries import FAMILIES, KINDS, family_of
from huikuan.kernel.dates import parse_date
from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.identity import tokens
from huikuan.mechanisms.identity.domain.roles import Permission
from huikuan.mechanisms.pages.access import may, needs
from huikuan.mechanisms.pages.deeds import posted_from
from huikuan.mechanisms.pages.forms import Form, typed_in
from huikuan.mechanisms.pages.reading import reading_of
from huikuan.mechanisms.pages.tables import send_table
from huikuan.shell.web.acting import act
from huikuan.shell.web.proving import sensitive

_SHOWN = 50
#: Rows of a file that are read at a time.
_AT_ONCE = 2_000
#: States of a delivery as people know them.
DELIVERED = {
    "waiting": gettext_noop("waiting"),
    "delivered": gettext_noop("delivered"),
    "dead": gettext_noop("given up"),
}


@needs(Permission.MANAGE_WEBHOOKS)
@require_GET
def show_programs(request: HttpRequest) -> HttpResponse:
    """Every token and webhook the reader may manage."""
    return render(request, "shell/programs.html", _programs(request, Form({})))


@needs(Permission.MANAGE_WEBHOOKS)
@posted_from("shell:programs")
@sensitive
def add_webhook(request: HttpRequest) -> HttpResponse:
    """Have an address told of events as the reader sees them; its secret is on the answer's page, once."""
    form, at = Form(typed_in(request)), timezone.now()
    kinds = [kind for kind in request.POST.getlist("kinds") if kind in KINDS]
    try:
        number = webhooks.add_webhook(
            url=form.text("url"), kinds=kinds, note=form.text("note")[:200], actor=_actor(request), at=at
        )
    except Refusal as refusal:
        form.blame("url" if refusal.code.startswith(("webhook_", "address_")) else "", refusal)
        page = _programs(request, form) | {"ticked": kinds}
        return render(request, "shell/programs.html", page, status=400)
    return _with_secret(request, Webhook.objects.get(pk=number))


@needs(Permission.MANAGE_WEBHOOKS)
@require_GET
def show_webhook(request: HttpRequest, webhook_id: int) -> HttpResponse:
    """One webhook: its state, and what it was told, the newest first."""
    return render(request, "shell/webhook.html", _webhook_page(request, _named(request, webhook_id)))


@needs(Permission.MANAGE_WEBHOOKS)
@require_GET
def export_deliveries(request: HttpRequest, webhook_id: int) -> HttpResponseBase:
    """Exactly the deliveries of the list."""
    found = _deliveries(request, _named(request, webhook_id))
    headers = [_("Event"), _("What happened"), _("State"), _("Attempts"), _("Answer"), _("Error"), _("Last tried")]
    rows = (
        [row.event_id, row.kind, _(DELIVERED[row.state]), row.attempts, row.status, row.error, row.tried_at]
        for row in found.iterator(chunk_size=_AT_ONCE)
    )
    return send_table(request.GET.get("format", ""), _("deliveries"), headers, rows, title=_("deliveries"))


@needs(Permission.MANAGE_WEBHOOKS)
@posted_from("shell:webhook", "webhook_id")
@sensitive
def renew_secret(request: HttpRequest, webhook_id: int) -> HttpResponse:
    """Sign with another secret from now on; it is on the answer's page, once. Only for the webhook's owner."""
    webhook = _named(request, webhook_id)
    if webhook.username != _actor(request):
        raise Http404
    webhooks.renew_secret(webhook)
    webhook.refresh_from_db()
    return _with_secret(request, webhook)


@needs(Permission.MANAGE_WEBHOOKS)
@require_POST
def change_state(request: HttpRequest, webhook_id: int) -> HttpResponse:
    """Send nothing any more, send again, or take it off."""
    webhook, at = _named(request, webhook_id), timezone.now()
    wanted: dict[str, tuple[Callable[[], object], str, str]] = {
        "disabled": (
            lambda: webhooks.disable_webhook(webhook, reason="by hand", at=at),
            _("Nothing is sent to it until it is enabled."),
            _page(webhook),
        ),
        "enabled": (
            lambda: webhooks.enable_webhook(webhook, at=at),
            _("It is told again, beginning with what waits."),
            _page(webhook),
        ),
        "removed": (
            lambda: webhooks.remove_webhook(webhook, at=at),
            _("The webhook was taken off."),
            reverse("shell:programs"),
        ),
    }
    if request.POST.get("state") not in wanted:
        raise Http404
    work, done, then = wanted[request.POST["state"]]
    return act(request, work, done=done, then=then)


@needs(Permission.MANAGE_WEBHOOKS)
@require_POST
def replay(request: HttpRequest, webhook_id: int) -> HttpResponse:
    """Send one message again under its own id, or everything since a day."""
    webhook, at, form = _named(request, webhook_id), timezone.now(), Form(typed_in(request))

    def work() -> None:
        if form.text("delivery"):
            webhooks.replay(_delivery(webhook, form.text("delivery")), actor=_actor(request), at=at)
        else:
            since = _midnight(form.text("since"), reading_of(request).zone)
            webhooks.replay_since(webhook, since=since, actor=_actor(request), at=at)

    return act(request, work, done=_("It is sent again; look here in a moment."), then=_page(webhook))


@needs(Permission.MANAGE_WEBHOOKS)
@require_POST
def revoke_token(request: HttpRequest, token_id: int) -> HttpResponse:
    """End a token at once: one's own, or anybody's for whoever manages users."""
    return act(
        request,
        lambda: tokens.revoke_token(token_id=token_id, actor=_actor(request), at=timezone.now()),
        done=_("The token was revoked."),
        then=reverse("shell:programs"),
    )


def _programs(request: HttpRequest, form: Form) -> dict[str, Any]:
    at, everybody = timezone.now(), may(request, Permission.MANAGE_USERS)
    found = list(_webhooks(request))
    counts = {
        row["webhook_id"]: row
        for row in Delivery.objects.filter(webhook_id__in=[one.pk for one in found])
        .values("webhook_id")
        .annotate(
            waiting=Count("pk", filter=Q(state=Delivery.State.WAITING)),
            dead=Count("pk", filter=Q(state=Delivery.State.DEAD)),
            last=Max("tried_at"),
        )
    }
    sees = [kind for kind in KINDS if may(request, FAMILIES[family_of(kind)])]
    return {
        "form": form,
        "everybody": everybody,
        "tokens": tokens.every_token(at=at) if everybody else tokens.tokens_of(_actor(request), at=at),
        "webhooks": [(one, counts.get(one.pk, {})) for one in found],
        "kinds": [(kind, _(KINDS[kind])) for kind in sees],
        "may_use_api": may(request, Permission.USE_API),
    }


def _webhook_page(request: HttpRequest, webhook: Webhook) -> dict[str, Any]:
    rows = _deliveries(request, webhook)
    before = request.GET.get("before", "")
    if before.isascii() and before.isdigit() and len(before) <= 18:
        rows = rows.filter(pk__lt=int(before))
    found = list(rows[: _SHOWN + 1])
    return {
        "webhook": webhook,
        "own": webhook.username == _actor(request),
        "kinds": [_(KINDS.get(kind, kind)) for kind in webhook.kinds],
        "deliveries": [(row, _(KINDS.get(row.kind, row.kind)), _(DELIVERED[row.state])) for row in found[:_SHOWN]],
        "next": found[_SHOWN - 1].pk if len(found) > _SHOWN else "",
        "state": request.GET.get("state", ""),
        "states": [("", _("All")), *((state, _(title)) for state, title in DELIVERED.items())],
    }


def _with_secret(request: HttpRequest, webhook: Webhook) -> HttpResponse:
    page = _webhook_page(request, webhook) | {"secret": webhooks.secret_of(webhook)}
    return render(request, "shell/webhook.html", page)


def _webhooks(request: HttpRequest) -> Any:
    """The reader's own; everybody's for whoever manages users."""
    rows = Webhook.objects.filter(removed_at=None).order_by("pk")
    return rows if may(request, Permission.MANAGE_USERS) else rows.filter(username=_actor(request))


def _named(request: HttpRequest, webhook_id: int) -> Webhook:
    found = _webhooks(request).filter(pk=webhook_id).first()
    if not isinstance(found, Webhook):
        raise Http404
    return found


def _deliveries(request: HttpRequest, webhook: Webhook) -> Any:
    rows = Delivery.objects.filter(webhook_id=webhook.pk).order_by("-pk")
    state = request.GET.get("state", "")
    return rows.filter(state=state) if state in DELIVERED else rows


def _delivery(webhook: Webhook, text: str) -> Delivery:
    number = int(text) if text.isascii() and text.isdigit() and len(text) <= 18 else 0
    found = Delivery.objects.filter(pk=number, webhook_id=webhook.pk).first()
    if found is None:
        raise Http404
    return found


def _midnight(text: str, zone: str) -> datetime:
    return datetime.combine(parse_date(text), time.min, tzinfo=ZoneInfo(zone)).astimezone(UTC)


def _page(webhook: Webhook) -> str:
    return reverse("shell:webhook", args=[webhook.pk])


def _actor(request: HttpRequest) -> str:
    return request.user.get_username()
