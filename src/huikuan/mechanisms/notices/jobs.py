"""Background work: sending what is due, fetching what came back."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from huikuan.mechanisms.identity.actors import SYSTEM
from huikuan.mechanisms.jobs.operations import enqueue
from huikuan.mechanisms.jobs.work import Work
from huikuan.mechanisms.notices.channels.mailbox import box_set_up
from huikuan.mechanisms.notices.operations.fetching import fetch as fetch_from
from huikuan.mechanisms.notices.operations.sending import send_due

SEND = "notices.send"


def send(work: Work) -> dict[str, Any]:
    """One turn of sending; asked for again at once where something due is left."""
    turn = send_due(fence=work.step)
    if turn.more:
        enqueue(SEND, at=datetime.now(UTC))
    return turn.as_json()


def fetch(work: Work) -> dict[str, Any]:
    """One turn of reading the mailbox; where none is named, nothing."""
    box = box_set_up()
    if box is None:
        return {}
    return fetch_from(box, clock=lambda: datetime.now(UTC), actor=SYSTEM, fence=work.step).as_json()
