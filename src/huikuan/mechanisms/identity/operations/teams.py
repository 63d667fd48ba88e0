"""Making teams, and who is in one from which day on."""

from __future__ import annotations

import re
from datetime import date, datetime

from django.db import transaction

from huikuan.kernel.dates import business_date
from huikuan.kernel.errors import Refusal
from huikuan.kernel.text import tidy
from huikuan.mechanisms.audit.operations import record
from huikuan.mechanisms.events.operations import announce
from huikuan.mechanisms.identity.domain.roles import Permission
from huikuan.mechanisms.identity.domain.teams import Stay, members_on, stands_below
from huikuan.mechanisms.identity.models import Team, TeamStay
from huikuan.mechanisms.identity.operations.people import end_sessions_of, locked, locked_user
from huikuan.mechanisms.identity.queries import require

_CODE = re.compile(r"[\w.-]{1,20}")
_LONGEST_NAME = 100


def add_team(*, code: str, name: str, parent: str = "", actor: str, at: datetime) -> int:
    """A new team, below another one if `parent` (code) names it."""
    require(actor, Permission.MANAGE_USERS, at=at)
    title = tidy(name)
    if not _CODE.fullmatch(code):
        raise Refusal("team_code_bad", team=code)
    if not title or len(title) > _LONGEST_NAME:
        raise Refusal("name_too_long", longest=_LONGEST_NAME)
    with transaction.atomic():
        locked()
        above = _team(parent) if parent else None
        team, fresh = Team.objects.get_or_create(code=code, defaults={"name": title, "parent": above})
        if not fresh:
            raise Refusal("team_exists", team=code)
        _announce("identity.team_added", team, actor=actor, at=at)
    return int(team.pk)


def move_team(*, code: str, parent: str = "", actor: str, at: datetime) -> None:
    """Put a team, with all below it, below another one ('': below none). Refuses a circle."""
    require(actor, Permission.MANAGE_USERS, at=at)
    with transaction.atomic():
        locked()
        team, above = _team(code), _team(parent) if parent else None
        parents = dict(Team.objects.values_list("id", "parent_id"))
        if above is not None and stands_below(above.pk, team.pk, parents):
            raise Refusal("team_circle", team=code, parent=parent)
        team.parent = above
        team.save(update_fields=["parent"])
        _announce("identity.team_moved", team, actor=actor, at=at)


def join_team(*, username: str, team: str, effective_on: date | None = None, actor: str, at: datetime) -> bool:
    """The user is in the team from a day on (None: today); False if they are then already."""
    return _stay(username, team, effective_on, member=True, actor=actor, at=at)


def leave_team(*, username: str, team: str, effective_on: date | None = None, actor: str, at: datetime) -> bool:
    """The user is no longer in the team from a day on (None: today); sessions end. False if they are not then."""
    return _stay(username, team, effective_on, member=False, actor=actor, at=at)


def _stay(username: str, code: str, on: date | None, *, member: bool, actor: str, at: datetime) -> bool:
    require(actor, Permission.MANAGE_USERS, at=at)
    day = on or business_date(at)
    with transaction.atomic():
        user, team = locked_user(username), _team(code)
        facts = TeamStay.objects.filter(user_id=user.pk, team_id=team.pk).order_by("tx", "id")
        stays = [Stay(*fact) for fact in facts.values_list("user_id", "team_id", "effective_on", "member")]
        if (user.pk in members_on(stays, day).get(team.pk, frozenset())) == member:
            return False
        row = {"user_id": user.pk, "team_id": team.pk, "effective_on": day, "member": member, "actor": actor}
        record(TeamStay, [row], at=at)
        if not member:
            end_sessions_of(user)
    return True


def _team(code: str) -> Team:
    team = Team.objects.filter(code=code).first()
    if team is None:
        raise Refusal("team_unknown", team=code)
    return team


def _announce(kind: str, team: Team, *, actor: str, at: datetime) -> None:
    announce(kind, payload={"team_id": team.pk, "actor": actor}, at=at)
