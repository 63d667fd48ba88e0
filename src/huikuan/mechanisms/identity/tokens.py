"""API tokens: made and shown once, found again by their digest, worth no more than the user behind them."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from huikuan.kernel.errors import Refusal
from huikuan.kernel.text import tidy
from huikuan.mechanisms.identity.domain.areas import CHOICES, allowed_by
from huikuan.mechanisms.identity.domain.roles import Permission
from huikuan.mechanisms.identity.domain.scope import NOTHING, Scope
from huikuan.mechanisms.identity.models import ApiToken
from huikuan.mechanisms.identity.operations.people import announce_user, locked_user
from huikuan.mechanisms.identity.queries import permissions as permissions_of_user
from huikuan.mechanisms.identity.queries import require_anywhere
from huikuan.mechanisms.identity.queries import scope as scope_of_user

PREFIX = "hk"
LONGEST_DAYS = 366
_LONGEST_NAME = 100
#: How often a token's use is written down: not with every call, so that reading seldom writes.
_NOTED = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class TokenRow:
    """A token without its secret. `state`: active, expired or revoked."""

    id: int
    username: str
    name: str
    handle: str
    areas: tuple[str, ...]
    created_at: datetime
    expires_at: datetime
    last_used_at: datetime | None
    state: str

    def permissions(self, *, company_id: int | None, at: datetime) -> frozenset[Permission]:
        """What its areas allow and its user may do at `at`."""
        return allowed_by(self.areas) & permissions_of_user(self.username, company_id=company_id, at=at)

    def scope(self, permission: Permission, *, at: datetime) -> Scope:
        """The rows on which the token may do this at `at`."""
        return scope_of_user(self.username, permission, at=at) if permission in allowed_by(self.areas) else NOTHING


def create_token(*, username: str, name: str, areas: Iterable[str], days: int, at: datetime) -> tuple[int, str]:
    """A token of the user's own: its id, and the text that is shown once and kept nowhere.

    Refuses without the permission to use the API, without a name or areas, and for longer than a year.
    """
    require_anywhere(username, Permission.USE_API, at=at)
    title, chosen = tidy(name), sorted(set(areas))
    if not title or len(title) > _LONGEST_NAME:
        raise Refusal("name_too_long", longest=_LONGEST_NAME)
    if not chosen or not set(chosen) <= set(CHOICES):
        raise Refusal("token_areas_bad", known=", ".join(CHOICES))
    if not 1 <= days <= LONGEST_DAYS:
        raise Refusal("token_days_bad", longest=LONGEST_DAYS)
    handle, secret = secrets.token_hex(6), secrets.token_urlsafe(32)
    with transaction.atomic():
        user = locked_user(username)
        token = ApiToken.objects.create(
            user=user,
            name=title,
            handle=handle,
            digest=_digest(secret),
            areas=chosen,
            created_at=at,
            expires_at=at + timedelta(days=days),
        )
        announce_user("identity.token_created", user, actor=username, at=at)
    return token.pk, f"{PREFIX}_{handle}_{secret}"


def revoke_token(*, token_id: int, actor: str, at: datetime) -> None:
    """End a token at once. By its user, or somebody who manages users; to others it does not exist."""
    with transaction.atomic():
        token = ApiToken.objects.select_for_update(of=("self",)).select_related("user").filter(pk=token_id).first()
        manages = Permission.MANAGE_USERS in permissions_of_user(actor, company_id=None, at=at)
        if token is None or not (token.user.username == actor or manages):
            raise Refusal("token_unknown")
        if token.revoked_at is None:
            token.revoked_at = at
            token.save(update_fields=["revoked_at"])
            announce_user("identity.token_revoked", token.user, actor=actor, at=at)


def authenticate(raw: str, *, at: datetime) -> TokenRow | None:
    """The token a caller presents, None when it is none of ours, over, or its user's account is closed."""
    prefix, _, rest = raw.partition("_")
    handle, _, secret = rest.partition("_")
    found = ApiToken.objects.select_related("user").filter(handle=handle).first() if prefix == PREFIX else None
    # Compared also where none was found: how long it takes tells nothing.
    same = hmac.compare_digest(bytes(found.digest) if found else bytes(32), _digest(secret))
    if found is None or not same or not found.user.is_active or _state(found, at) != "active":
        return None
    if found.last_used_at is None or at - found.last_used_at > _NOTED:
        ApiToken.objects.filter(pk=found.pk).update(last_used_at=at)
    return _row(found, at)


def tokens_of(username: str, *, at: datetime) -> list[TokenRow]:
    """The user's tokens, the newest first."""
    found = ApiToken.objects.select_related("user").filter(user__username=username).order_by("-created_at", "-id")
    return [_row(token, at) for token in found]


def every_token(*, at: datetime) -> list[TokenRow]:
    """Everybody's tokens, those in force first, the newest first."""
    found = ApiToken.objects.select_related("user").order_by("-created_at", "-id")
    return sorted((_row(token, at) for token in found), key=lambda row: row.state != "active")


def _row(token: ApiToken, at: datetime) -> TokenRow:
    return TokenRow(
        id=token.pk,
        username=token.user.username,
        name=token.name,
        handle=token.handle,
        areas=tuple(token.areas),
        created_at=token.created_at,
        expires_at=token.expires_at,
        last_used_at=token.last_used_at,
        state=_state(token, at),
    )


def _state(token: ApiToken, at: datetime) -> str:
    if token.revoked_at is not None:
        return "revoked"
    return "active" if at < token.expires_at else "expired"


def _digest(secret: str) -> bytes:
    # 256 random bits need no slow hash.
    return hashlib.sha256(secret.encode()).digest()
