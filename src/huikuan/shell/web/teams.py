"""Administration of teams: the tree, a new team, a team put below another."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from huikuan.mechanisms.identity import operations
from huikuan.mechanisms.identity.domain.roles import Permission
from huikuan.mechanisms.identity.queries import teams
from huikuan.mechanisms.pages.access import needs
from huikuan.mechanisms.pages.tables import send_table
from huikuan.shell.web.acting import act
from huikuan.shell.web.proving import sensitive


@needs(Permission.MANAGE_USERS)
@require_GET
def show_teams(request: HttpRequest) -> HttpResponse:
    """Every team below the one it belongs to, with its members."""
    return render(request, "shell/teams.html", {"found": teams(at=timezone.now())})


@needs(Permission.MANAGE_USERS)
@require_GET
def export_teams(request: HttpRequest) -> HttpResponseBase:
    """The same as a file."""
    headers = [_("Team code"), _("Team"), _("Part of"), _("Members")]
    rows = [[row.code, row.name, row.parent, "; ".join(row.members)] for row in teams(at=timezone.now())]
    return send_table(request.GET.get("format", ""), _("teams"), headers, rows, title=_("teams"))


@needs(Permission.MANAGE_USERS)
@require_POST
@sensitive
def add_team(request: HttpRequest) -> HttpResponse:
    """A new team."""
    code, name, parent = (request.POST.get(field, "").strip() for field in ("code", "name", "parent"))
    return act(
        request,
        lambda: operations.add_team(code=code, name=name, parent=parent, actor=_actor(request), at=timezone.now()),
        done=_("The team was added."),
        then=reverse("shell:teams"),
    )


@needs(Permission.MANAGE_USERS)
@require_POST
@sensitive
def move_team(request: HttpRequest) -> HttpResponse:
    """Put a team, with all below it, below another one or below none."""
    code, parent = (request.POST.get(field, "").strip() for field in ("code", "parent"))
    return act(
        request,
        lambda: operations.move_team(code=code, parent=parent, actor=_actor(request), at=timezone.now()),
        done=_("The team was moved."),
        then=reverse("shell:teams"),
    )


def _actor(request: HttpRequest) -> str:
    return request.user.get_username()
