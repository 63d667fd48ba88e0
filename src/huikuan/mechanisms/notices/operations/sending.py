"""Sending what is due: claim, hand over, say what came of it; the first and the last in a transaction each.

Killed before the claim commits, nothing happened. Killed after it, the notice is in doubt, whatever the other side
has: nothing sends it again by itself. See docs/algorithms/notices.md.
"""

from __future__ import annotations

import logging
import time
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import transaction

from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.identity.actors import SYSTEM
from huikuan.mechanisms.notices.channels import (
    Channel,
    Closed,
    Message,
    Receipt,
    Refused,
    Unsure,
    known_channels,
    open_channel,
)
from huikuan.mechanisms.notices.domain.lifecycle import IN_DOUBT, PUT_OFF, QUEUED, REFUSED, SENDING, SENT
from huikuan.mechanisms.notices.domain.patience import SENDER_LOST, wait_after
from huikuan.mechanisms.notices.letters.setting import Sheet, sheets_to_send
from huikuan.mechanisms.notices.models import Notice
from huikuan.mechanisms.notices.operations.claiming import Claimed, channels_due, claim, doubt_lost, due, mine
from huikuan.mechanisms.notices.operations.steps import stand_held, take_step
from huikuan.mechanisms.notices.queries.enclosing import enclosed
from huikuan.mechanisms.notices.queries.rows import NoticeRow, row_of
from huikuan.mechanisms.store.transactions import retrying

log = logging.getLogger(__name__)

#: One turn of the job ends after so long, or so many: other work waits.
TURN = timedelta(seconds=20)
_MOST = 500
#: What was put off because the other side could not be reached.
CLOSED = "closed"
_REOPENED_AFTER = timedelta(minutes=1)
#: What was put off because the letter that goes with it could not be set.
UNSET = "unset"
#: Without a font, without room on the disk it waits, and what has no letter goes.
_NOT_ITS_FAULT = ("document_font_missing", "file_not_stored")
_SET_AGAIN_AFTER = timedelta(minutes=10)
Clock = Callable[[], datetime]
Fence = Callable[[], AbstractContextManager[object]]


@dataclass(slots=True)
class Turn:
    """What one turn did: how many by the step that came of it; which channels were closed, or could
    carry no letters, with the words why; how many of dead senders it put in doubt. `more`: something due is left."""

    done: Counter[str] = field(default_factory=Counter)
    closed: dict[str, str] = field(default_factory=dict)
    lost: int = 0
    more: bool = False

    def as_json(self) -> dict[str, Any]:
        counted = {step: self.done[step] for step in (SENT, PUT_OFF, REFUSED, IN_DOUBT)}
        return {**counted, "lost": self.lost, "closed": self.closed}


def send_due(
    *, fence: Fence = transaction.atomic, clock: Clock = lambda: datetime.now(UTC), lost_after: timedelta = SENDER_LOST
) -> Turn:
    """Send what is due by the channels that are set up, for the length of one turn. Any number may do so at once.

    `fence`: the transaction each claim stands in; a job's one says that the job is still its own.
    """
    turn = Turn(lost=len(doubt_lost(at=clock(), after=lost_after)))
    until = time.monotonic() + TURN.total_seconds()
    with ExitStack() as closing:
        ways = _opened(turn, closing, clock())
        seen: list[tuple[int, str]] = []
        # What stays due is in another sender's hands.
        while (found := due(ways, at=clock())) != seen:
            seen = found
            for number, channel in found:
                if time.monotonic() > until or turn.done.total() >= _MOST:
                    turn.more = True
                    return turn
                if channel in ways:
                    _one(number, ways, turn, fence, clock)
    return turn


def _opened(turn: Turn, closing: ExitStack, at: datetime) -> dict[str, Channel]:
    """The ways out by which something is due and that can be gone."""
    ways: dict[str, Channel] = {}
    for name in channels_due(known_channels(), at=at):
        try:
            way = open_channel(name)
        except Closed as closed:
            turn.closed[name] = closed.answer
            log.warning("channel closed", extra={"channel": name, "answer": closed.answer})
            continue
        if way is not None:
            closing.callback(way.close)
            ways[name] = way
    return ways


def _one(number: int, ways: dict[str, Channel], turn: Turn, fence: Fence, clock: Clock) -> None:
    notice = row_of(Notice.objects.select_related("stand").get(pk=number))
    channel = notice.channel
    try:
        sheets, unset = _set(notice)
        taken = _claimed(number, sheets, fence, clock)
    except Refusal as refusal:
        if refusal.code not in _NOT_ITS_FAULT:
            raise
        turn.closed.setdefault(channel, str(refusal))
        _wait_unset(number, fence, clock)
        return
    if taken is None:
        return
    if unset is not None:
        turn.done[settle(taken, *_refused(taken, unset, clock(), because=UNSET), at=clock())] += 1
        return
    try:
        step, said = _handed_over(ways[channel], taken, clock)
    except Closed as closed:
        del ways[channel]
        turn.closed[channel] = closed.answer
        step, said = PUT_OFF, {"reason": CLOSED, "answer": closed.answer, "again_at": clock() + _REOPENED_AFTER}
    turn.done[settle(taken, step, said, at=clock())] += 1


def _set(notice: NoticeRow) -> tuple[Sequence[Sheet], Refused | None]:
    """The letters that go with it; or why they cannot be set: nobody knows what typesetting raises of data it did not
    foresee, and it holds up this notice and no other. Refuses where it is not the notice's fault."""
    try:
        return sheets_to_send(notice), None
    except Exception as error:
        if isinstance(error, Refusal) and error.code in _NOT_ITS_FAULT:
            raise
        log.exception("a letter could not be set", extra={"notice": notice.id})
        return (), Refused(f"{type(error).__name__}: {error}", permanent=False)


def _claimed(number: int, sheets: Sequence[Sheet], fence: Fence, clock: Clock) -> Claimed | None:
    def work() -> Claimed | None:
        with fence():
            return claim(number, at=clock(), sheets=sheets)

    return retrying(work)


def _wait_unset(number: int, fence: Fence, clock: Clock) -> None:
    """Have a notice wait for its letter, unless it is another sender's."""

    def work() -> None:
        with fence():
            stand = mine(number)
            if stand is not None and stand.state == QUEUED:
                stand.due_at, stand.waits = clock() + _SET_AGAIN_AFTER, UNSET
                stand.save(update_fields=["due_at", "waits"])

    retrying(work)


def _handed_over(way: Channel, taken: Claimed, clock: Clock) -> tuple[str, dict[str, Any]]:
    """Which step follows from handing it over, and what it says; raises Closed."""
    try:
        message = message_of(taken)
    except Refusal as refusal:
        return REFUSED, {"reason": "attachment_lost", "answer": str(refusal)}
    try:
        receipt = way.send(message)
    except Refused as refused:
        return _refused(taken, refused, clock())
    except Unsure as unsure:
        return IN_DOUBT, {"reason": "unsure", "answer": unsure.answer}
    except Closed:
        raise
    except Exception as error:
        # Whatever else a channel raises: nobody knows how far it had come.
        log.exception("sending broke off", extra={"notice": taken.notice.id})
        return IN_DOUBT, {"reason": "broke_off", "answer": f"{type(error).__name__}: {error}"}
    return SENT, _told(receipt)


def _told(receipt: Receipt) -> dict[str, Any]:
    return {
        "answer": receipt.answer,
        "reference": receipt.reference[:300],
        "sha256": receipt.sha256,
        "sender": receipt.sender[:300],
    }


def _refused(taken: Claimed, refused: Refused, at: datetime, because: str = "") -> tuple[str, dict[str, Any]]:
    """`because`: the reason where it was not the other side that refused."""
    wait = wait_after(taken.attempt)
    if refused.permanent or wait is None:
        reason = because or ("not_taken" if refused.permanent else "too_many_attempts")
        return REFUSED, {"reason": reason, "answer": refused.answer}
    return PUT_OFF, {"reason": because or "not_now", "answer": refused.answer, "again_at": at + wait}


def settle(taken: Claimed, step: str, said: dict[str, Any], *, at: datetime) -> str:
    """Say what came of a claim; answers the step. One that was taken for lost meanwhile may still say so; one that a
    person has had sent again may not, and what it knows goes to the log."""

    def work() -> str:
        stand = stand_held(taken.notice.id)
        if stand.claim != taken.claim or stand.state not in (SENDING, IN_DOUBT):
            log.error("a sender came late", extra={"notice": stand.pk, "claim": taken.claim, "step": step})
            return "late"
        if stand.state == IN_DOUBT == step:
            return step
        if step == PUT_OFF:
            stand.due_at = said["again_at"]
        take_step(stand, step, actor=SYSTEM, at=at, **said)
        if step == PUT_OFF:
            stand.waits = str(said["reason"])
            # It says nothing of the message that there was no way.
            stand.attempts -= said["reason"] == CLOSED
            stand.save(update_fields=["waits", "attempts"])
        return step

    return retrying(work)


def message_of(taken: Claimed) -> Message:
    """The message as a channel takes it; refuses an attachment whose original is lost."""
    notice = taken.notice
    return Message(
        key=notice.key,
        notice_id=notice.id,
        company_id=notice.company_id,
        purpose=notice.purpose,
        to=taken.words.to,
        language=notice.language,
        subject=taken.words.subject,
        text=taken.words.text,
        attachments=tuple(enclosed(one) for one in (*notice.attachments, *taken.files)),
        at=taken.at,
    )
