"""Who is here, and what they may do."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.identity.actors import is_operator
from huikuan.mechanisms.identity.domain.roles import ADMINISTRATOR, OPERATOR, Permission, permissions_of
from huikuan.mechanisms.identity.models import Company, RoleGrant, User


@dataclass(frozen=True, slots=True)
class CompanyRow:
    id: int
    code: str
    name: str
    currency: str
    time_zone: str


@dataclass(frozen=True, slots=True)
class UserRow:
    """A user with their roles now; `roles` are (role, company code or '' for all)."""

    id: int
    username: str
    display_name: str
    active: bool
    roles: tuple[tuple[str, str], ...]


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


def users(*, at: datetime) -> list[UserRow]:
    """Every user, by name."""
    codes = dict(Company.objects.values_list("id", "code"))
    return [
        UserRow(
            id=user.pk,
            username=user.username,
            display_name=user.display_name,
            active=user.is_active,
            roles=tuple(sorted((role, codes[company] if company else "") for role, company in _held(user.pk, at=at))),
        )
        for user in User.objects.order_by("username")
    ]


def roles_of(user_id: int, *, company_id: int | None, at: datetime) -> frozenset[str]:
    """The roles a user held at `at` for the company: those given for it and those given for all."""
    return frozenset(role for role, company in _held(user_id, at=at) if company is None or company == company_id)


def permissions(actor: str, *, company_id: int | None, at: datetime, apart: bool = True) -> frozenset[Permission]:
    """What `actor` may do for the company at `at`; nothing when unknown or deactivated.

    `apart`: see domain.roles.permissions_of.
    """
    if is_operator(actor):
        return OPERATOR
    user = User.objects.filter(username=actor, is_active=True).first()
    if user is None:
        return frozenset()
    return _permitted(_held(user.pk, at=at), company_id, apart=apart)


def companies_with(actor: str, permission: Permission, *, at: datetime) -> frozenset[int] | None:
    """The companies for which `actor` may do this at `at`; None: for every one, also those added later."""
    if is_operator(actor):
        return None if permission in OPERATOR else frozenset()
    user = User.objects.filter(username=actor, is_active=True).first()
    held = _held(user.pk, at=at) if user else set()
    if permission in _permitted(held, None, apart=True):
        return None
    named = {company for _, company in held if company is not None}
    return frozenset(company for company in named if permission in _permitted(held, company, apart=True))


def require(actor: str, permission: Permission, *, company_id: int | None = None, at: datetime) -> None:
    """Refuse unless `actor` may do this for the company now. Ask again in the transaction that acts."""
    if permission not in permissions(actor, company_id=company_id, at=at):
        raise Refusal("not_permitted", actor=actor, permission=permission.value)


def _permitted(held: set[tuple[str, int | None]], company_id: int | None, *, apart: bool) -> frozenset[Permission]:
    """What these (role, company) pairs allow for the company together."""
    roles = {role for role, company in held if company is None or company == company_id}
    if apart and any(role == ADMINISTRATOR for role, _ in held):
        roles.add(ADMINISTRATOR)  # of one company or all: apart from approving anywhere
    return permissions_of(roles, apart=apart)


def _held(user_id: int, *, at: datetime) -> set[tuple[str, int | None]]:
    """(role, company) pairs whose latest grant at `at` gave the role."""
    latest: dict[tuple[str, int | None], bool] = {}
    grants = RoleGrant.objects.filter(user_id=user_id, recorded_at__lte=at).order_by("tx", "id")
    for role, company_id, granted in grants.values_list("role", "company_id", "granted"):
        latest[role, company_id] = granted
    return {pair for pair, granted in latest.items() if granted}


def _company(company: Company) -> CompanyRow:
    return CompanyRow(company.pk, company.code, company.name, company.currency, company.time_zone)
