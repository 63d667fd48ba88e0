"""Where users are logged in: noted at log-in, listed for them, ended by them."""

from __future__ import annotations

from datetime import datetime

from django.contrib.sessions.models import Session
from django.db import transaction

from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.identity.models import OpenSession, User


def note_session(*, user: User, session_key: str, address: str, browser: str, at: datetime) -> None:
    """Write down that a session of the user is in use now; begins it when it is new, and forgets those over."""
    alive = Session.objects.filter(expire_date__gt=at).values("session_key")
    OpenSession.objects.filter(user=user).exclude(session_key__in=alive).exclude(session_key=session_key).delete()
    OpenSession.objects.update_or_create(
        session_key=session_key,
        defaults={"user": user, "seen_at": at, "epoch": user.session_epoch},
        create_defaults={
            "user": user,
            "epoch": user.session_epoch,
            "began_at": at,
            "seen_at": at,
            "address": address,
            "browser": browser[:200],
        },
    )


def end_session(*, user: User, session_id: int) -> None:
    """End one of the user's own sessions at once; refuses what is not one of theirs."""
    with transaction.atomic():
        found = OpenSession.objects.filter(user=user, pk=session_id).first()
        if found is None:
            raise Refusal("session_unknown")
        Session.objects.filter(session_key=found.session_key).delete()
        found.delete()
