"""A write is done once, however often it is sent: its effect and its answer commit together, or neither does."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from huikuan.connect.api.models import KeptAnswer
from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.store.transactions import exclusive, retrying

#: How long a repeated write is answered the same.
KEPT = timedelta(days=7)
_AT_ONCE = 5_000


@dataclass(frozen=True, slots=True)
class Asked:
    """A write as it is told apart: whose, under which key, asking what."""

    token_id: int
    key: str
    fingerprint: str


@dataclass(frozen=True, slots=True)
class Made:
    """An answer as it is sent."""

    status: int
    text: str
    etag: str = ""
    again: bool = False


def answer_once(asked: Asked, work: Callable[[], Made], *, at: datetime) -> Made:
    """What `work` answers, or answered when the same write came before.

    Refuses a key that was used for another write, and one that is being worked on: on PostgreSQL at once; on
    SQLite, which has one writer, the second waits for the first and gets its answer.
    """

    def turn() -> Made:
        with _alone(asked) as ours:
            if not ours:
                raise Refusal("request_in_flight")
            known = answered_before(asked)
            if known is not None:
                return known
            made = work()
            _keep(asked, made, at)
            return made

    return retrying(turn)


def answered_before(asked: Asked) -> Made | None:
    """The answer the same write had; refuses a key that was used for another one."""
    known = KeptAnswer.objects.filter(token_id=asked.token_id, key=asked.key).first()
    if known is None:
        return None
    if known.fingerprint != asked.fingerprint:
        raise Refusal("idempotency_key_reused")
    return Made(known.status, known.body, known.etag, again=True)


def tidy_answers(*, at: datetime) -> int:
    """Forget answers nobody will ask for any more."""
    gone = 0
    while old := list(KeptAnswer.objects.filter(answered_at__lt=at - KEPT).values_list("pk", flat=True)[:_AT_ONCE]):
        with transaction.atomic():
            gone += KeptAnswer.objects.filter(pk__in=old).delete()[0]
    return gone


def _alone(asked: Asked) -> AbstractContextManager[bool]:
    return exclusive(f"api answer {asked.token_id} {asked.key}")


def _keep(asked: Asked, made: Made, at: datetime) -> None:
    KeptAnswer.objects.create(
        token_id=asked.token_id,
        key=asked.key,
        fingerprint=asked.fingerprint,
        status=made.status,
        body=made.text,
        etag=made.etag,
        answered_at=at,
    )
