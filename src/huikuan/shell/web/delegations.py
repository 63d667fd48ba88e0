"""Who decides for whom: one's own delegations, and for those who see every company everybody's."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from huikuan.kernel.dates import day_end, parse_date
from huikuan.mechanisms.approvals import operations
from huikuan.mechanisms.approvals.queries import DelegationRow, delegations
from huikuan.mechanisms.files.exports import Cell
from huikuan.mechanisms.identity.domain.roles import ADMINISTRATOR, ROLES, Permission
from huikuan.mechanisms.identity.queries import UserRow, shown_names, users
from huikuan.mechanisms.pages.access import may, needs, scope_of
from huikuan.mechanisms.pages.forms import Form, typed_in
from huikuan.mechanisms.pages.reading import reading_of
from huikuan.mechanisms.pages.tables import send_table
from huikuan.shell.web.acting import act
from huikuan.shell.web.proving import sensitive


@needs(Permission.VIEW_REQUESTS)
@require_GET
def show_delegations(request: HttpRequest) -> HttpResponse:
    """Delegations, the newest first; and the form to lend one's own right."""
    now, me = timezone.now(), request.user.get_username()
    rows = _seen(request)
    names = shown_names({name for row in rows for name in (row.giver, row.delegate)})
    page = {
        "rows": [
            {
                "row": row,
                "giver": names[row.giver],
                "delegate": names[row.delegate],
                "state": _state(row, now),
                "mine": me in (row.giver, row.delegate),
            }
            for row in rows
        ],
        "gives": may(request, Permission.APPROVE_REQUESTS),
        "people": [row for row in users(at=now) if row.username != me and row.active and _may_decide_for_others(row)],
        "today": reading_of(request).today,
        "until": reading_of(request).today + timedelta(days=7),
    }
    return render(request, "shell/delegations.html", page)


@needs(Permission.VIEW_REQUESTS)
@require_GET
def export_delegations(request: HttpRequest) -> HttpResponseBase:
    """The same as a file."""
    now = timezone.now()
    headers = [_("Number"), _("Lent by"), _("Lent to"), _("From"), _("Until"), _("State"), _("Reason")]
    rows: list[list[Cell]] = [
        [row.id, row.giver, row.delegate, row.begins_at.isoformat(), row.ends_at.isoformat(), _state(row, now)[1],
         row.reason]
        for row in _seen(request)
    ]  # fmt: skip
    return send_table(request.GET.get("format", ""), _("delegations"), headers, rows, title=_("delegations"))


@needs(Permission.APPROVE_REQUESTS)
@require_POST
@sensitive
def give(request: HttpRequest) -> HttpResponse:
    """Lend one's own right, from the beginning of one day to the end of another."""
    form, at, me = Form(typed_in(request)), timezone.now(), request.user.get_username()
    zone = reading_of(request).zone

    def work() -> None:
        begins, ends = (parse_date(form.text(name)) for name in ("from", "until"))
        operations.delegate(
            giver=me,
            to=form.text("to"),
            begins_at=datetime.combine(begins, time(), ZoneInfo(zone)),
            ends_at=day_end(ends, zone),
            reason=form.text("reason"),
            actor=me,
            at=at,
        )

    return act(request, work, done=_("It is recorded who decides for you."), then=reverse("shell:delegations"))


@needs(Permission.VIEW_REQUESTS)
@require_POST
@sensitive
def end(request: HttpRequest, delegation_id: int) -> HttpResponse:
    """End a delegation one gave or received."""
    actor, at = request.user.get_username(), timezone.now()
    return act(
        request,
        lambda: operations.end_delegation(delegation_id=delegation_id, actor=actor, at=at),
        done=_("The delegation is over."),
        then=reverse("shell:delegations"),
    )


def _seen(request: HttpRequest) -> list[DelegationRow]:
    everybody = scope_of(request, Permission.VIEW_REQUESTS).everything
    return delegations(None if everybody else request.user.get_username())


def _may_decide_for_others(row: UserRow) -> bool:
    """Whether the person is worth offering; whether their duties allow it is asked when it is recorded."""
    roles = {grant.role for grant in row.roles}
    return bool(roles) and ADMINISTRATOR not in roles and not any(ROLES[role].guest for role in roles)


def _state(row: DelegationRow, now: datetime) -> tuple[str, str]:
    if row.ended_at or row.ends_at <= now:
        return "over", _("over")
    return ("to_come", _("to come")) if row.begins_at > now else ("alive", _("in force"))
