"""Administration of users: the list, one user, their roles, teams and what proves who they are."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from huikuan.kernel.dates import parse_date
from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.duties.operations import ask_exception
from huikuan.mechanisms.identity import operations, tokens
from huikuan.mechanisms.identity.domain.roles import ROLES, Permission
from huikuan.mechanisms.identity.messages import REACH_TITLES, ROLE_TITLES
from huikuan.mechanisms.identity.queries import UserRow, grants_told, teams, user_named, users
from huikuan.mechanisms.pages.access import companies_offered, needs, permitted_companies
from huikuan.mechanisms.pages.tables import send_table
from huikuan.shell.templatetags.people import grant_told
from huikuan.shell.web.acting import act
from huikuan.shell.web.proving import sensitive

_STATES = ("", "active", "inactive")


@needs(Permission.MANAGE_USERS)
@require_GET
def show_users(request: HttpRequest) -> HttpResponse:
    """Every user, those found by part of a name, those of one role or state."""
    page = _asked(request) | {"roles_offered": _roles_offered(), "states": _STATES}
    return render(request, "shell/users.html", page)


@needs(Permission.MANAGE_USERS)
@require_GET
def export_users(request: HttpRequest) -> HttpResponseBase:
    """Exactly the users of the list."""
    headers = [
        _("User name"),
        _("Full name"),
        _("Name as owner"),
        _("Roles"),
        _("Teams"),
        _("Authenticator"),
        _("State"),
    ]
    rows = [
        [
            row.username,
            row.display_name,
            row.owner_name,
            "; ".join(grant_told(grant) for grant in row.roles),
            "; ".join(row.teams),
            _("set up") if row.second_factor else "",
            _("active") if row.active else _("deactivated"),
        ]
        for row in _asked(request)["found"]
    ]
    return send_table(request.GET.get("format", ""), _("users"), headers, rows, title=_("users"))


@needs(Permission.MANAGE_USERS)
@require_POST
@sensitive
def add_user(request: HttpRequest) -> HttpResponse:
    """A new user with a first password, told to them by other means."""
    name = request.POST.get("username", "").strip()
    given = {"display_name": request.POST.get("display_name", ""), "password": request.POST.get("password", "")}

    def work() -> None:
        operations.add_user(username=name, **given, actor=_actor(request), at=timezone.now())

    # A name that is refused has no page.
    page = _page(name) if name and "/" not in name else reverse("shell:users")
    return act(
        request, work, done=_("The user was added. Give them a role."), then=page, otherwise=reverse("shell:users")
    )


@needs(Permission.MANAGE_USERS)
@require_GET
def show_user(request: HttpRequest, username: str) -> HttpResponse:
    """One user: what they hold, and everything that can be done about it."""
    at = timezone.now()
    row, administered = _user(request, username), _administered(request)
    page = {
        "row": row,
        "roles_offered": _roles_offered(),
        "reaches": {name: _(title) for name, title in REACH_TITLES.items()},
        "all_of_them": companies_offered(request),
        "teams_offered": [team for team in teams(at=at) if team.code not in row.teams],
        "tokens": tokens.tokens_of(username, at=at),
        "history": grants_told(row.id, companies=administered),
    }
    return render(request, "shell/user.html", page)


@needs(Permission.MANAGE_USERS)
@require_POST
@sensitive
def grant(request: HttpRequest, username: str) -> HttpResponse:
    """Give a role; with a last day, ask for an exception to duties kept apart, which another approves."""
    given = request.POST
    if given.get("until"):
        return _do(
            request, username, lambda: _ask_exception(request, username), _("It was asked for; another decides.")
        )
    return _do(
        request,
        username,
        lambda: operations.grant_role(
            username=username,
            role=given.get("role", ""),
            company=given.get("company") or None,
            reach=given.get("reach") or None,
            reason=given.get("reason", ""),
            actor=_actor(request),
            at=timezone.now(),
        ),
        _("The role was given."),
    )


def _ask_exception(request: HttpRequest, username: str) -> int:
    given = request.POST
    return ask_exception(
        username=username,
        role=given.get("role", ""),
        company=given.get("company", ""),
        reason=given.get("reason", ""),
        until=parse_date(given.get("until", "")),
        actor=_actor(request),
        at=timezone.now(),
    )


@needs(Permission.MANAGE_USERS)
@require_POST
@sensitive
def revoke(request: HttpRequest, username: str) -> HttpResponse:
    """Take a role away."""
    role, company = request.POST.get("role", ""), request.POST.get("company") or None
    return _do(
        request,
        username,
        lambda: operations.revoke_role(
            username=username, role=role, company=company, actor=_actor(request), at=timezone.now()
        ),
        _("The role was taken away; their log-ins have ended."),
    )


@needs(Permission.MANAGE_USERS)
@require_POST
@sensitive
def change_team(request: HttpRequest, username: str) -> HttpResponse:
    """Into a team or out of it, from a day on."""
    leaving = request.POST.get("leave") == "1"
    change = operations.leave_team if leaving else operations.join_team
    day = request.POST.get("effective_on", "")
    return _do(
        request,
        username,
        lambda: change(
            username=username,
            team=request.POST.get("team", ""),
            effective_on=parse_date(day) if day else None,
            actor=_actor(request),
            at=timezone.now(),
        ),
        _("The team was changed."),
    )


@needs(Permission.MANAGE_USERS)
@require_POST
@sensitive
def change_names(request: HttpRequest, username: str) -> HttpResponse:
    """What the user is called, on screens and by the books."""
    given = {name: request.POST.get(name, "") for name in ("display_name", "owner_name")}
    return _do(
        request,
        username,
        lambda: operations.name_user(username=username, **given, actor=_actor(request), at=timezone.now()),
        _("The names were changed."),
    )


@needs(Permission.MANAGE_USERS)
@require_POST
@sensitive
def change_password(request: HttpRequest, username: str) -> HttpResponse:
    """A new first password."""
    password = request.POST.get("password", "")
    return _do(
        request,
        username,
        lambda: operations.set_password(
            username=username, password=password, actor=_actor(request), at=timezone.now()
        ),
        _("The password was set; their log-ins have ended."),
    )


@needs(Permission.MANAGE_USERS)
@require_POST
@sensitive
def change_state(request: HttpRequest, username: str) -> HttpResponse:
    """Close the account, or open it again."""
    change = operations.activate_user if request.POST.get("active") == "1" else operations.deactivate_user
    return _do(
        request,
        username,
        lambda: change(username=username, actor=_actor(request), at=timezone.now()),
        _("The account was changed."),
    )


@needs(Permission.MANAGE_USERS)
@require_POST
@sensitive
def reset_factor(request: HttpRequest, username: str) -> HttpResponse:
    """Forget a lost authenticator."""
    return _do(
        request,
        username,
        lambda: operations.reset_second_factor(username=username, actor=_actor(request), at=timezone.now()),
        _("The authenticator was reset; they set up another at the next log-in."),
    )


@needs(Permission.MANAGE_USERS)
@require_POST
@sensitive
def revoke_token(request: HttpRequest, username: str) -> HttpResponse:
    """End a token of the user's."""
    number = request.POST.get("token", "")
    return _do(
        request,
        username,
        lambda: tokens.revoke_token(
            token_id=int(number) if number.isascii() and number.isdigit() and len(number) < 19 else 0,
            actor=_actor(request),
            at=timezone.now(),
        ),
        _("The token was revoked."),
    )


def _asked(request: HttpRequest) -> dict[str, Any]:
    text, role, state = (request.GET.get(name, "").strip() for name in ("q", "role", "state"))
    found = [
        row
        for row in users(at=timezone.now(), companies=_administered(request))
        if any(text.lower() in name.lower() for name in (row.username, row.display_name, row.owner_name))
        and (role not in ROLES or any(grant.role == role for grant in row.roles))
        and (state not in _STATES[1:] or row.active == (state == "active"))
    ]
    return {"found": found, "q": text, "role": role if role in ROLES else "", "state": state}


def _do(request: HttpRequest, username: str, work: Any, done: str) -> HttpResponse:
    _user(request, username)
    return act(request, work, done=done, then=_page(username))


def _user(request: HttpRequest, username: str) -> UserRow:
    """Whom the reader does not administer is as not there."""
    try:
        return user_named(username, at=timezone.now(), companies=_administered(request))
    except Refusal as refusal:
        raise Http404 from refusal


def _administered(request: HttpRequest) -> frozenset[int] | None:
    """The companies whose users the reader manages; None: every one."""
    return permitted_companies(request, Permission.MANAGE_USERS)


def _roles_offered() -> list[tuple[str, str]]:
    return [(name, _(ROLE_TITLES[name])) for name in ROLES]


def _actor(request: HttpRequest) -> str:
    return request.user.get_username()


def _page(username: str) -> str:
    return reverse("shell:user", args=[username])
