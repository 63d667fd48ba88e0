"""Making users, changing passwords, ending sessions."""

from __future__ import annotations

import re
from datetime import datetime

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F, Q

from huikuan.kernel.errors import Refusal
from huikuan.kernel.text import tidy
from huikuan.mechanisms.events.operations import announce
from huikuan.mechanisms.identity.actors import CLI, SYSTEM
from huikuan.mechanisms.identity.domain.roles import ADMINISTRATOR, Permission
from huikuan.mechanisms.identity.models import ApiToken, User
from huikuan.mechanisms.identity.queries import require, roles_of
from huikuan.mechanisms.identity.telling import tell

_USERNAME = re.compile(r"[\w.@+-]{1,150}")
_LONGEST_NAME = 100


def add_user(
    *,
    username: str,
    password: str,
    display_name: str = "",
    owner_name: str | None = None,
    language: str = "zh-hans",
    actor: str,
    at: datetime,
) -> int:
    """A new user, without roles. Refuses a taken name and a weak password.

    `owner_name`: how the books call them as an owner of customers (None: by the display name).
    """
    require(actor, Permission.MANAGE_USERS, at=at)
    if not _USERNAME.fullmatch(username) or username == SYSTEM or username.startswith(CLI):
        raise Refusal("username_bad", username=username)
    shown = _name(display_name)
    user = User(username=username, display_name=shown, language=language)
    user.owner_name = shown if owner_name is None else _name(owner_name)
    check_password(password, user)
    user.set_password(password)
    with transaction.atomic():
        locked()
        if User.objects.filter(username__iexact=username).exists():
            raise Refusal("user_exists", username=username)
        _require_free_names(user)
        user.save()
        announce_user("identity.user_added", user, actor=actor, at=at)
    return user.pk


def name_user(*, username: str, display_name: str, owner_name: str, actor: str, at: datetime) -> None:
    """Change what a user is called: on screens, and by the books as an owner of customers."""
    require(actor, Permission.MANAGE_USERS, at=at)
    with transaction.atomic():
        user = locked_user(username)
        user.display_name, user.owner_name = _name(display_name), _name(owner_name)
        _require_free_names(user)
        user.save(update_fields=["display_name", "owner_name"])
        announce_user("identity.user_named", user, actor=actor, at=at)


def set_password(*, username: str, password: str, actor: str, at: datetime) -> None:
    """A new password, by the user or somebody who manages users; ends every session. Set by somebody else it
    also revokes the user's tokens: what an intruder made with the old one ends with it."""
    if actor != username:
        require(actor, Permission.MANAGE_USERS, at=at)
    with transaction.atomic():
        user = locked_user(username)
        check_password(password, user)
        user.set_password(password)
        user.save(update_fields=["password"])
        end_sessions_of(user)
        if actor != username:
            revoke_tokens_of(user, at=at)
        announce_user("identity.password_changed", user, actor=actor, at=at)


def deactivate_user(*, username: str, actor: str, at: datetime) -> None:
    """The user can no longer log in; sessions end. Refuses the last active administrator."""
    _set_active(username, active=False, actor=actor, at=at)


def activate_user(*, username: str, actor: str, at: datetime) -> None:
    """The user can log in again."""
    _set_active(username, active=True, actor=actor, at=at)


def _set_active(username: str, *, active: bool, actor: str, at: datetime) -> None:
    with transaction.atomic():
        user = locked_user(username)
        require(actor, Permission.MANAGE_USERS, at=at)
        if user.is_active == active:
            return
        if not active and ADMINISTRATOR in roles_of(user.pk, company_id=None, at=at):
            keep_one_administrator(user, at=at)
        user.is_active = active
        user.save(update_fields=["is_active"])
        end_sessions_of(user)
        announce_user("identity.activated" if active else "identity.deactivated", user, actor=actor, at=at)


def keep_one_administrator(leaving: User, *, at: datetime) -> None:
    """Refuse when nobody else administers everything."""
    others = User.objects.filter(is_active=True).exclude(pk=leaving.pk)
    if not any(ADMINISTRATOR in roles_of(user.pk, company_id=None, at=at) for user in others):
        raise Refusal("last_administrator", username=leaving.username)


def locked() -> dict[str, User]:
    """Everybody by name, while nobody else changes who is who: two administrators who remove each other
    at the same moment would leave none, so every change holds all users' rows, in one order."""
    return {user.username: user for user in User.objects.select_for_update().order_by("pk")}


def locked_user(username: str) -> User:
    """The user under the same lock; refuses an unknown one."""
    everybody = locked()
    if username not in everybody:
        raise Refusal("user_unknown", username=username)
    return everybody[username]


def end_sessions_of(user: User) -> None:
    """Whoever is logged in as the user is so no longer, from their next request on."""
    User.objects.filter(pk=user.pk).update(session_epoch=F("session_epoch") + 1)


def revoke_tokens_of(user: User, *, at: datetime) -> None:
    """No program acts for the user any longer."""
    ApiToken.objects.filter(user=user, revoked_at=None).update(revoked_at=at)


def check_password(password: str, user: User) -> None:
    """Refuse a password that is too short, common, or made of the user's names."""
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise Refusal("password_weak", why=" ".join(error.messages)) from None


def announce_user(kind: str, user: User, *, actor: str, at: datetime) -> None:
    """Tell the trail what was done to a user."""
    announce(kind, payload={"user_id": user.pk, "actor": actor}, at=at)
    tell(kind.removeprefix("identity."), user_id=user.pk)


def _require_free_names(user: User) -> None:
    """Nobody else answers to the user's names: whoever is named as a customer's owner is one person."""
    names = [name for name in (user.username, user.owner_name) if name]
    taken = User.objects.filter(Q(username__in=names) | Q(owner_name__in=names)).exclude(pk=user.pk)
    if taken.exists():
        raise Refusal("owner_name_taken", name=user.owner_name or user.username)


def _name(text: str) -> str:
    name = tidy(text)
    if len(name) > _LONGEST_NAME:
        raise Refusal("name_too_long", longest=_LONGEST_NAME)
    return name
