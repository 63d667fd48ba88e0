"""Making companies and users, giving and taking roles, ending sessions."""

from __future__ import annotations

import re
from datetime import datetime
from zoneinfo import available_timezones

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F

from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.audit.operations import record
from huikuan.mechanisms.events.operations import announce
from huikuan.mechanisms.identity.actors import CLI, SYSTEM
from huikuan.mechanisms.identity.domain.roles import ADMINISTRATOR, ROLES, Permission
from huikuan.mechanisms.identity.models import Company, RoleGrant, User
from huikuan.mechanisms.identity.queries import CompanyRow, company_named, require, roles_of

_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,19}")
_USERNAME = re.compile(r"[\w.@+-]{1,150}")
_CURRENCY = re.compile(r"[A-Z]{3}")


def add_company(*, code: str, name: str, currency: str, time_zone: str) -> CompanyRow:
    """A new company. Its currency and zone stay: books are kept in them from the first entry on."""
    if not _CODE.fullmatch(code):
        raise Refusal("company_code_bad", company=code)
    if not _CURRENCY.fullmatch(currency):
        raise Refusal("currency_bad", currency=currency)
    if time_zone not in available_timezones():
        raise Refusal("time_zone_unknown", zone=time_zone)
    fields = {"name": name, "currency": currency, "time_zone": time_zone}
    _, created = Company.objects.get_or_create(code=code, defaults=fields)
    if not created:
        raise Refusal("company_exists", company=code)
    return company_named(code)


def add_user(
    *, username: str, password: str, display_name: str = "", language: str = "zh-hans", actor: str, at: datetime
) -> int:
    """A new user, without roles. Refuses a taken name and a weak password."""
    require(actor, Permission.MANAGE_USERS, at=at)
    if not _USERNAME.fullmatch(username) or username == SYSTEM or username.startswith(CLI):
        raise Refusal("username_bad", username=username)
    user = User(username=username, display_name=display_name, language=language)
    _check_password(password, user)
    user.set_password(password)
    with transaction.atomic():
        if User.objects.filter(username__iexact=username).exists():
            raise Refusal("user_exists", username=username)
        user.save()
        _announce("identity.user_added", user, actor=actor, at=at)
    return user.pk


def grant_role(*, username: str, role: str, company: str | None = None, actor: str, at: datetime) -> bool:
    """Give a role for one company (code) or all; False if it was held already."""
    return _set_role(username, role, company, granted=True, actor=actor, at=at)


def revoke_role(*, username: str, role: str, company: str | None = None, actor: str, at: datetime) -> bool:
    """Take a role away and end the user's sessions; False if it was not held.

    Refuses to take the last active administrator's.
    """
    return _set_role(username, role, company, granted=False, actor=actor, at=at)


def set_password(*, username: str, password: str, actor: str, at: datetime) -> None:
    """A new password, by the user or somebody who manages users; ends every session."""
    if actor != username:
        require(actor, Permission.MANAGE_USERS, at=at)
    with transaction.atomic():
        user = _locked(username)
        _check_password(password, user)
        user.set_password(password)
        user.save(update_fields=["password"])
        _end_sessions(user)
        _announce("identity.password_changed", user, actor=actor, at=at)


def deactivate_user(*, username: str, actor: str, at: datetime) -> None:
    """The user can no longer log in; sessions end. Refuses the last active administrator."""
    _set_active(username, active=False, actor=actor, at=at)


def activate_user(*, username: str, actor: str, at: datetime) -> None:
    """The user can log in again."""
    _set_active(username, active=True, actor=actor, at=at)


def _set_role(username: str, role: str, company: str | None, *, granted: bool, actor: str, at: datetime) -> bool:
    if role not in ROLES:
        raise Refusal("role_unknown", role=role, known=", ".join(ROLES))
    company_id = company_named(company).id if company else None
    with transaction.atomic():
        user = _locked(username)
        require(actor, Permission.MANAGE_USERS, at=at)
        held = _grant_in_force(user.pk, role, company_id)
        if held == granted:
            return False
        if not granted and role == ADMINISTRATOR:
            _keep_one_administrator(user, at=at)
        row = {"user_id": user.pk, "company_id": company_id, "role": role, "granted": granted, "actor": actor}
        record(RoleGrant, [row], at=at)
        if not granted:
            _end_sessions(user)
    return True


def _grant_in_force(user_id: int, role: str, company_id: int | None) -> bool:
    grants = RoleGrant.objects.filter(user_id=user_id, role=role, company_id=company_id).order_by("tx", "id")
    latest = grants.last()
    return latest is not None and latest.granted


def _set_active(username: str, *, active: bool, actor: str, at: datetime) -> None:
    with transaction.atomic():
        user = _locked(username)
        require(actor, Permission.MANAGE_USERS, at=at)
        if user.is_active == active:
            return
        if not active and ADMINISTRATOR in roles_of(user.pk, company_id=None, at=at):
            _keep_one_administrator(user, at=at)
        user.is_active = active
        user.save(update_fields=["is_active"])
        _end_sessions(user)
        _announce("identity.activated" if active else "identity.deactivated", user, actor=actor, at=at)


def _keep_one_administrator(leaving: User, *, at: datetime) -> None:
    """Refuse when nobody else administers everything."""
    others = User.objects.filter(is_active=True).exclude(pk=leaving.pk)
    if not any(ADMINISTRATOR in roles_of(user.pk, company_id=None, at=at) for user in others):
        raise Refusal("last_administrator", username=leaving.username)


def _locked(username: str) -> User:
    """The user, while nobody else changes who is who: two administrators who remove each other at
    the same moment would leave none, so every change holds all users' rows, in one order."""
    everybody = {user.username: user for user in User.objects.select_for_update().order_by("pk")}
    if username not in everybody:
        raise Refusal("user_unknown", username=username)
    return everybody[username]


def _end_sessions(user: User) -> None:
    User.objects.filter(pk=user.pk).update(session_epoch=F("session_epoch") + 1)


def _check_password(password: str, user: User) -> None:
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise Refusal("password_weak", why=" ".join(error.messages)) from None


def _announce(kind: str, user: User, *, actor: str, at: datetime) -> None:
    announce(kind, payload={"user_id": user.pk, "actor": actor}, at=at)
