"""The second factor: enrolling an authenticator, taking its codes, standing in with recovery codes."""

from __future__ import annotations

import base64
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.contrib.auth.hashers import check_password, make_password
from django.db import transaction
from django.db.models import F

from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.identity.domain import totp
from huikuan.mechanisms.identity.domain.roles import Permission
from huikuan.mechanisms.identity.models import RecoveryCode, SecondFactor, User
from huikuan.mechanisms.identity.operations.people import (
    announce_user,
    end_sessions_of,
    locked_user,
    revoke_tokens_of,
)
from huikuan.mechanisms.identity.queries import require
from huikuan.mechanisms.identity.vault import locked_away, taken_out

RECOVERY_CODES = 10
#: Base32 characters of a recovery code: 60 bits.
_LENGTH = 12
#: So many wrong codes in a row, and the next is looked at only after the pause. Whoever gives them knew the
#: password, so no stranger can lock anybody out.
MOST_WRONG = 10
PAUSE = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Offer:
    """What an app needs to enrol: the secret to type, or the address for the picture."""

    secret: str
    address: str


def offer_second_factor(*, user: User, issuer: str) -> Offer:
    """A new secret for the user's app, instead of any offered before and not confirmed. Refuses one in use."""
    with transaction.atomic():
        locked_user(user.username)
        if SecondFactor.objects.filter(user=user, confirmed_at__isnull=False).exists():
            raise Refusal("second_factor_in_use")
        fresh = locked_away(secrets.token_bytes(totp.SECRET_BYTES))
        factor, _ = SecondFactor.objects.update_or_create(user=user, defaults={"secret": fresh})
    return _offer(factor, issuer)


def standing_offer(*, user: User, issuer: str) -> Offer | None:
    """The secret offered last, for whoever mistyped its first code; None where none waits to be confirmed."""
    factor = SecondFactor.objects.filter(user=user, confirmed_at=None).first()
    return _offer(factor, issuer) if factor else None


def _offer(factor: SecondFactor, issuer: str) -> Offer:
    text = base64.b32encode(taken_out(factor.secret)).decode().rstrip("=")
    return Offer(text, totp.address(text, account=factor.user.username, issuer=issuer))


def confirm_second_factor(*, user: User, code: str, at: datetime) -> list[str]:
    """Take the authenticator into use by its first code; answers the recovery codes, which are never shown again."""
    with transaction.atomic():
        locked_user(user.username)
        factor = SecondFactor.objects.filter(user=user, confirmed_at=None).first()
        if factor is None:
            raise Refusal("second_factor_in_use")
        step = totp.step_shown(taken_out(factor.secret), _digits(code), at=at, after=0)
        if step is None:
            raise Refusal("code_wrong")
        factor.confirmed_at, factor.last_step, factor.wrong = at, step, 0
        factor.save(update_fields=["confirmed_at", "last_step", "wrong"])
        announce_user("identity.second_factor_confirmed", user, actor=user.username, at=at)
        return _fresh_codes(user)


def renew_recovery_codes(*, user: User, at: datetime) -> list[str]:
    """New recovery codes; the old ones end."""
    with transaction.atomic():
        locked_user(user.username)
        if not SecondFactor.objects.filter(user=user, confirmed_at__isnull=False).exists():
            raise Refusal("second_factor_missing")
        announce_user("identity.recovery_codes_renewed", user, actor=user.username, at=at)
        return _fresh_codes(user)


def take_code(*, user: User, code: str, at: datetime) -> bool:
    """Whether this code of the authenticator, or recovery code, proves the user; each does so once.

    Refuses to look after too many wrong ones in a row.
    """
    with transaction.atomic():
        factor = SecondFactor.objects.select_for_update().filter(user=user, confirmed_at__isnull=False).first()
        if factor is None:
            return False
        if factor.wrong >= MOST_WRONG and factor.wrong_at is not None and at < factor.wrong_at + PAUSE:
            raise Refusal("codes_paused")
        if _taken(factor, code, at) or _recovered(user, code, at):
            SecondFactor.objects.filter(pk=factor.pk).update(wrong=0, wrong_at=None)
            return True
        SecondFactor.objects.filter(pk=factor.pk).update(wrong=F("wrong") + 1, wrong_at=at)
        return False


def reset_second_factor(*, username: str, actor: str, at: datetime) -> None:
    """Forget a user's authenticator and recovery codes, and end their sessions: they enrol anew. By the user
    (who proved themselves just now) or somebody who manages users."""
    if actor != username:
        require(actor, Permission.MANAGE_USERS, at=at)
    with transaction.atomic():
        user = locked_user(username)
        SecondFactor.objects.filter(user=user).delete()
        RecoveryCode.objects.filter(user=user).delete()
        end_sessions_of(user)
        if actor != username:
            revoke_tokens_of(user, at=at)
        announce_user("identity.second_factor_reset", user, actor=actor, at=at)


def _taken(factor: SecondFactor, code: str, at: datetime) -> bool:
    step = totp.step_shown(taken_out(factor.secret), _digits(code), at=at, after=factor.last_step)
    if step is None:
        return False
    # Conditional, so that of two requests with one code one is late.
    return SecondFactor.objects.filter(pk=factor.pk, last_step__lt=step).update(last_step=step) == 1


def _recovered(user: User, code: str, at: datetime) -> bool:
    typed = _plain(code)
    if len(typed) != _LENGTH:
        return False
    for kept in RecoveryCode.objects.filter(user=user):
        if check_password(typed, kept.digest) and RecoveryCode.objects.filter(pk=kept.pk).delete()[0]:
            announce_user("identity.recovery_code_used", user, actor=user.username, at=at)
            return True
    return False


def _fresh_codes(user: User) -> list[str]:
    RecoveryCode.objects.filter(user=user).delete()
    codes = [base64.b32encode(secrets.token_bytes(8)).decode()[:_LENGTH] for _ in range(RECOVERY_CODES)]
    RecoveryCode.objects.bulk_create(RecoveryCode(user=user, digest=make_password(code)) for code in codes)
    return ["-".join(code[place : place + 4] for place in range(0, _LENGTH, 4)) for code in codes]


def _digits(code: str) -> str:
    return "".join(code.split())


def _plain(code: str) -> str:
    return "".join(character for character in code.upper() if character.isalnum())
