"""Who is here, what they may do, and whose rows they see."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.contrib.sessions.models import Session
from django.db.models import Q
from django.utils.translation import gettext as _

from huikuan.kernel.dates import business_date
from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.identity.actors import GUEST, is_operator, operator_title
from huikuan.mechanisms.identity.domain.rights import Held, Rights
from huikuan.mechanisms.identity.domain.roles import Permission
from huikuan.mechanisms.identity.domain.scope import EVERYTHING, NOTHING, Reach, Scope
from huikuan.mechanisms.identity.domain.teams import Stay, members_on, with_those_below
from huikuan.mechanisms.identity.models import (
    Company,
    OpenSession,
    RoleGrant,
    SecondFactor,
    Team,
    TeamStay,
    User,
)


@dataclass(frozen=True, slots=True)
class CompanyRow:
    id: int
    code: str
    name: str
    currency: str
    time_zone: str


@dataclass(frozen=True, slots=True)
class GrantRow:
    """A role held now; `company`: its code, '' for all."""

    role: str
    company: str
    reach: str


@dataclass(frozen=True, slots=True)
class ToldRow:
    """A role given (`granted`) or taken away: when, by whom, and why if duties conflicted."""

    grant: GrantRow
    granted: bool
    at: datetime
    actor: str
    reason: str
    ends_at: datetime | None
    approved_by: str


@dataclass(frozen=True, slots=True)
class ExceptionRow:
    """A role given although it does not go with others: why, who approved it ('' nobody), until when (None: until it
    is taken away), and whether it is held now."""

    id: int
    username: str
    grant: GrantRow
    reason: str
    approved_by: str
    actor: str
    at: datetime
    ends_at: datetime | None
    held: bool


@dataclass(frozen=True, slots=True)
class UserRow:
    """A user with the roles and teams of now."""

    id: int
    username: str
    display_name: str
    owner_name: str
    active: bool
    second_factor: bool
    roles: tuple[GrantRow, ...]
    teams: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TeamRow:
    """A team, the code of the one above it ('' none), how deep it stands, and the names of its members."""

    id: int
    code: str
    name: str
    parent: str
    depth: int
    members: tuple[str, ...]


def companies() -> list[CompanyRow]:
    """Every company, by code."""
    return [_company(company) for company in Company.objects.order_by("code")]


def company_named(code: str) -> CompanyRow:
    """The company with this code; refuses an unknown one."""
    return _company(company_record(code))


def company_record(code: str) -> Company:
    """The record of the company with this code, for operations; refuses an unknown one."""
    found = Company.objects.filter(code=code).first()
    if found is None:
        raise Refusal("company_unknown", company=code)
    return found


def company_zone(company_id: int) -> str:
    """The time zone the company's days are counted in."""
    return str(Company.objects.values_list("time_zone", flat=True).get(pk=company_id))


def users(*, at: datetime, companies: Collection[int] | None = None) -> list[UserRow]:
    """Every user, by name. `companies`: for whoever administers these alone, those with a role there or for every
    company, and those without any; of their roles the same."""
    codes = dict(Company.objects.values_list("id", "code"))
    grants, teams = _grants_by_user(at), _teams_by_user(business_date(at))
    seen = {user: [one for one in of if _concerns(one.company_id, companies)] for user, of in grants.items()}
    confirmed = set(SecondFactor.objects.filter(confirmed_at__isnull=False).values_list("user_id", flat=True))
    return [
        UserRow(
            id=user.pk,
            username=user.username,
            display_name=user.display_name,
            owner_name=user.owner_name,
            active=user.is_active,
            second_factor=user.pk in confirmed,
            roles=tuple(sorted((_grant(one, codes) for one in seen.get(user.pk, ())), key=_by_role)),
            teams=teams.get(user.pk, ()),
        )
        for user in User.objects.order_by("username")
        if seen.get(user.pk) or not grants.get(user.pk)
    ]


def user_named(username: str, *, at: datetime, companies: Collection[int] | None = None) -> UserRow:
    """The user; refuses an unknown one, and one whom `users` does not list for these companies likewise."""
    for row in users(at=at, companies=companies):
        if row.username == username:
            return row
    raise Refusal("user_unknown", username=username)


def teams(*, at: datetime) -> list[TeamRow]:
    """Every team, each below the one it belongs to."""
    rows = list(Team.objects.order_by("code"))
    names = dict(User.objects.values_list("id", "username"))
    members = members_on(_stays(), business_date(at))
    found: list[TeamRow] = []

    def add(parent: Team | None, depth: int) -> None:
        for team in rows:
            if team.parent_id == (parent.pk if parent else None):
                people = tuple(sorted(names[user] for user in members.get(team.pk, ())))
                found.append(TeamRow(team.pk, team.code, team.name, parent.code if parent else "", depth, people))
                add(team, depth + 1)

    add(None, 0)
    return found


@dataclass(frozen=True, slots=True)
class SessionRow:
    """A place where a user is logged in now. `here`: the one that asks."""

    id: int
    began_at: datetime
    seen_at: datetime
    address: str
    browser: str
    here: bool


def sessions_of(user: User, *, key: str, at: datetime) -> list[SessionRow]:
    """The user's sessions that are not over, the one last used first. `key`: of the session that asks."""
    alive = Session.objects.filter(expire_date__gt=at).values("session_key")
    found = OpenSession.objects.filter(user=user, epoch=user.session_epoch, session_key__in=alive)
    return [
        SessionRow(one.pk, one.began_at, one.seen_at, one.address, one.browser, one.session_key == key)
        for one in found.order_by("-seen_at", "-id")
    ]


def rights(actor: str, *, at: datetime) -> Rights:
    """Everything `actor` held at `at`; nothing when unknown or deactivated."""
    if is_operator(actor):
        return Rights(operator=True)
    user = User.objects.filter(username=actor, is_active=True).values_list("pk", flat=True).first()
    return Rights() if user is None else Rights(held(user, at=at))


def grants_told(user_id: int, *, companies: Collection[int] | None = None) -> list[ToldRow]:
    """Every role the user was given or lost, the newest first; `companies` as in `users`."""
    codes = dict(Company.objects.values_list("id", "code"))
    return [
        ToldRow(
            GrantRow(fact.role, codes[fact.company_id] if fact.company_id else "", fact.reach),
            fact.granted,
            fact.recorded_at,
            fact.actor,
            fact.reason,
            fact.ends_at,
            fact.approved_by or "",
        )
        for fact in RoleGrant.objects.filter(user_id=user_id).order_by("-tx", "-id")
        if _concerns(fact.company_id, companies)
    ]


def exceptions(*, at: datetime) -> list[ExceptionRow]:
    """Every role that was given although it does not go with others, the newest first."""
    codes = dict(Company.objects.values_list("id", "code"))
    names = dict(User.objects.values_list("id", "username"))
    latest: dict[tuple[int, str, int | None], int] = {
        (fact.user_id, fact.role, fact.company_id): fact.pk for fact in RoleGrant.objects.order_by("tx", "id")
    }
    return [
        ExceptionRow(
            fact.pk,
            names[fact.user_id],
            GrantRow(fact.role, codes[fact.company_id] if fact.company_id else "", fact.reach),
            fact.reason,
            fact.approved_by or "",
            fact.actor,
            fact.recorded_at,
            fact.ends_at,
            latest[fact.user_id, fact.role, fact.company_id] == fact.pk
            and (fact.ends_at is None or fact.ends_at > at),
        )
        for fact in RoleGrant.objects.filter(granted=True).exclude(reason="").order_by("-tx", "-id")
    ]


def roles_of(user_id: int, *, company_id: int | None, at: datetime) -> frozenset[str]:
    """The roles a user held at `at` for the company: those given for it and those given for all."""
    return Rights(held(user_id, at=at)).roles(company_id)


def permissions(actor: str, *, company_id: int | None, at: datetime, apart: bool = True) -> frozenset[Permission]:
    """What `actor` may do for the company at `at`; nothing when unknown or deactivated.

    `apart`: see domain.roles.permissions_of.
    """
    return rights(actor, at=at).permissions(company_id, apart=apart)


def companies_with(actor: str, permission: Permission, *, at: datetime) -> frozenset[int] | None:
    """The companies for which `actor` may do this at `at`; None: for every one, also those added later."""
    return rights(actor, at=at).companies_with(permission)


def require(actor: str, permission: Permission, *, company_id: int | None = None, at: datetime) -> None:
    """Refuse unless `actor` may do this for the company now. Ask again in the transaction that acts."""
    if permission not in permissions(actor, company_id=company_id, at=at):
        raise Refusal("not_permitted", actor=actor, permission=permission.value)


def require_whole(actor: str, permission: Permission, *, company_id: int, at: datetime) -> None:
    """Refuse unless `actor` may do this for every customer of the company now: what concerns all of them at once is
    not for those whose grant reaches some."""
    require(actor, permission, company_id=company_id, at=at)
    if not scope(actor, permission, at=at).whole(company_id):
        raise Refusal("not_permitted_for_all", actor=actor, permission=permission.value)


def require_anywhere(actor: str, permission: Permission, *, at: datetime) -> None:
    """Refuse unless `actor` may do this for some company now."""
    if permission not in rights(actor, at=at).anywhere():
        raise Refusal("not_permitted", actor=actor, permission=permission.value)


def scope(actor: str, permission: Permission, *, at: datetime) -> Scope:
    """The rows on which `actor` may do this at `at`."""
    return scope_under(rights(actor, at=at), actor, permission, at=at)


def scope_under(held_rights: Rights, actor: str, permission: Permission, *, at: datetime) -> Scope:
    """The same for rights that were asked for already."""
    if held_rights.operator:
        return EVERYTHING
    if permission not in held_rights.anywhere():
        return NOTHING
    reaches = {one.reach for one in held_rights.held}
    names = owner_names(actor) if reaches & {Reach.OWN, Reach.TEAM} else frozenset()
    today = business_date(at)
    return held_rights.scope(
        permission, own=names, team=_team_names(actor, today) if Reach.TEAM in reaches else (), on=today
    )


def held(user_id: int, *, at: datetime) -> frozenset[Held]:
    """The grants whose latest word at `at` gave the role."""
    return frozenset(_grants_by_user(at, user_id).get(user_id, ()))


def _grants_by_user(at: datetime, user_id: int | None = None) -> dict[int, list[Held]]:
    latest: dict[tuple[int, str, int | None], tuple[str, bool]] = {}
    columns = ("user_id", "role", "company_id", "reach", "granted", "ends_at")
    grants = RoleGrant.objects.filter(recorded_at__lte=at).order_by("tx", "id")
    if user_id is not None:
        grants = grants.filter(user_id=user_id)
    for user, role, company, reach, granted, ends_at in grants.values_list(*columns):
        latest[user, role, company] = (reach, granted and (ends_at is None or ends_at > at))
    found: dict[int, list[Held]] = {}
    for (user, role, company), (reach, granted) in latest.items():
        if granted:
            found.setdefault(user, []).append(Held(role, company, Reach(reach)))
    return found


def owner_names(actor: str) -> frozenset[str]:
    """How the books may call the actor as an owner of customers."""
    found = User.objects.filter(username=actor).values_list("username", "owner_name")
    return frozenset(name for names in found for name in names if name)


def called(names: Iterable[str]) -> frozenset[str]:
    """Who is meant by names of owners as the books have them: users, by their user name."""
    wanted = set(names)
    found = User.objects.filter(Q(username__in=wanted) | Q(owner_name__in=wanted - {""}))
    return frozenset(found.values_list("username", flat=True))


def user_of_owner(name: str) -> str:
    """The user whom the books call so as an owner of customers; '' where nobody active is."""
    named = User.objects.filter(Q(owner_name=name) | Q(username=name), is_active=True) if name else User.objects.none()
    # An owner's name is said on purpose, and nobody else has it.
    return next((one.username for one in sorted(named, key=lambda one: one.owner_name != name)), "")


def shown_names(actors: Collection[str], *, machinery: bool = True) -> dict[str, str]:
    """Actor → the name people know them by; those without one by what is recorded, who answered from outside by that.
    The product itself and commands on the machine by what is recorded too, or, for those who are not told the
    `machinery`, by what they are."""
    named = User.objects.filter(username__in=actors).exclude(display_name="")
    recorded = {actor: _("the customer, online") if actor.startswith(GUEST) else actor for actor in actors}
    hidden = {} if machinery else {actor: operator_title(actor) for actor in actors if is_operator(actor)}
    return {**recorded, **hidden, **dict(named.values_list("username", "display_name"))}


def _team_names(actor: str, today: date) -> frozenset[str]:
    """How the books call everybody in the actor's teams and the teams below."""
    user_id = User.objects.values_list("pk", flat=True).get(username=actor)
    members = members_on(_stays(), today)
    mine = [team for team, people in members.items() if user_id in people]
    below = with_those_below(mine, dict(Team.objects.values_list("id", "parent_id")))
    people = frozenset().union(*(members.get(team, frozenset()) for team in below))
    named = User.objects.filter(pk__in=people).values_list("username", "owner_name")
    return frozenset(name for names in named for name in names if name)


def _stays() -> list[Stay]:
    facts = TeamStay.objects.order_by("tx", "id").values_list("user_id", "team_id", "effective_on", "member")
    return [Stay(*fact) for fact in facts]


def _teams_by_user(today: date) -> dict[int, tuple[str, ...]]:
    codes = dict(Team.objects.values_list("id", "code"))
    found: dict[int, list[str]] = {}
    for team, people in members_on(_stays(), today).items():
        for user in people:
            found.setdefault(user, []).append(codes[team])
    return {user: tuple(sorted(named)) for user, named in found.items()}


def _concerns(company_id: int | None, companies: Collection[int] | None) -> bool:
    """Whether a grant for this company (None: for all) is known to whoever administers those."""
    return companies is None or company_id is None or company_id in companies


def _company(company: Company) -> CompanyRow:
    return CompanyRow(company.pk, company.code, company.name, company.currency, company.time_zone)


def _grant(one: Held, codes: dict[int, str]) -> GrantRow:
    return GrantRow(one.role, codes[one.company_id] if one.company_id else "", one.reach.value)


def _by_role(row: GrantRow) -> tuple[str, str]:
    return row.role, row.company
