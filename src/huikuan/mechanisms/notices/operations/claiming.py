"""Claiming a notice for sending: said in a transaction of its own, before anything leaves the house.

What speaks against it is asked in that very transaction: a customer who paid since it was queued gets none.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from huikuan.mechanisms.files.operations import store_file
from huikuan.mechanisms.identity.actors import SYSTEM
from huikuan.mechanisms.notices import guards
from huikuan.mechanisms.notices.domain.caps import CAPPED
from huikuan.mechanisms.notices.domain.lifecycle import CANCELLED, CLAIMED, IN_DOUBT, QUEUED, SENDING
from huikuan.mechanisms.notices.domain.patience import SENDER_LOST
from huikuan.mechanisms.notices.letters.setting import PDF_TYPE, Sheet
from huikuan.mechanisms.notices.models import Notice, NoticeStand
from huikuan.mechanisms.notices.operations.steps import stand_held, take_step
from huikuan.mechanisms.notices.queries.consents import stopped
from huikuan.mechanisms.notices.queries.rows import Attachment, NoticeRow, Words, row_of, words_to_send
from huikuan.mechanisms.notices.queries.timing import when
from huikuan.mechanisms.store.transactions import exclusive

#: Of each channel looked at at once; what is put off or cancelled is not looked at again.
_LOOKED_AT = 100


@dataclass(frozen=True, slots=True)
class Claimed:
    """A notice that is this sender's to send: at most this once. `files`: the letters set for it. `claim`: the number
    of the step that says so, `at` its instant."""

    notice: NoticeRow
    words: Words
    files: tuple[Attachment, ...]
    claim: int
    attempt: int
    at: datetime


def channels_due(channels: Collection[str], *, at: datetime) -> list[str]:
    """Those of the channels by which something is due, however much waits for one of them."""
    waiting = NoticeStand.objects.filter(state=QUEUED, due_at__lte=at, channel__in=channels)
    return sorted(waiting.order_by().values_list("channel", flat=True).distinct())


def due(channels: Collection[str], *, at: datetime) -> list[tuple[int, str]]:
    """What waits to be sent by these channels, with its channel, the longest due first; so many of each, so that what
    stays due of one hides nothing of another. A look takes no lock."""
    waiting = NoticeStand.objects.filter(state=QUEUED, due_at__lte=at).order_by("due_at", "pk")
    rows = [
        row
        for channel in channels
        for row in waiting.filter(channel=channel).values_list("due_at", "pk", "channel")[:_LOOKED_AT]
    ]
    return [(number, channel) for _, number, channel in sorted(rows)]


def claim(notice_id: int, *, at: datetime, sheets: Sequence[Sheet] = ()) -> Claimed | None:
    """Claim a notice, with the letters set for it; None: it is somebody else's, is put off, or is not wanted any more,
    which is then said."""
    with transaction.atomic():
        stand = mine(notice_id)
        if stand is None or stand.state != QUEUED or stand.due_at > at:
            return None
        notice = row_of(Notice.objects.select_related("stand").get(pk=notice_id))
        said = words_to_send([notice_id]).get(notice_id, Words())
        if reason := against(notice, said, at):
            take_step(stand, CANCELLED, reason=reason, actor=SYSTEM, at=at)
            return None
        with counting_alone(notice) as alone:
            if not alone or _put_off(stand, at):
                return None
            files = keep_sheets(sheets, actor=SYSTEM, at=at)
            take_step(stand, CLAIMED, files=files, actor=SYSTEM, at=at)
        return Claimed(notice, said, tuple(files), stand.claim, stand.attempts, at)


def keep_sheets(sheets: Sequence[Sheet], *, actor: str, at: datetime) -> list[Attachment]:
    """The letters set for a notice, kept as originals: in the transaction that says they go out, when nothing speaks
    against it any more, so that none of a notice that waits or was erased lies on the disk."""
    kept = [(one, store_file(one.content, one.name, media_type=PDF_TYPE, actor=actor, at=at)) for one in sheets]
    return [Attachment(one.name, stored.sha256) for one, stored in kept]


def counting_alone(notice: NoticeRow) -> AbstractContextManager[bool]:
    """Two senders count what one customer was sent by a channel one after the other; False: another counts now, and
    the notice's turn comes later. What counts for no cap waits for nobody."""
    if notice.purpose not in CAPPED:
        return nullcontext(True)
    return exclusive(f"notices:{notice.customer_id or notice.address_digest}:{notice.channel}")


def against(notice: NoticeRow, said: Words, at: datetime) -> str:
    """Why it is not to be sent at all; '' nothing."""
    if said.erased:
        return "erased"
    if reason := guards.why_not(notice, at):
        return reason
    same = {name: getattr(notice, name) for name in ("channel", "purpose", "customer_id", "person_id")}
    return "stopped" if stopped(**same, digest=notice.address_digest) else ""


def _put_off(stand: NoticeStand, at: datetime) -> bool:
    """Whether it is not the hour, or the customer was written to often enough: then it waits."""
    same = ("company_id", "customer_id", "address_digest", "purpose", "channel")
    found = when(**{name: getattr(stand, name) for name in same}, at=at)
    if found.at > at:
        stand.due_at, stand.waits = found.at, found.waits
        stand.save(update_fields=["due_at", "waits"])
    return found.at > at


def mine(notice_id: int) -> NoticeStand | None:
    """The notice's row, held until commit; None: another sender holds it."""
    return NoticeStand.objects.select_for_update(skip_locked=True).filter(pk=notice_id).first()


def doubt_lost(*, at: datetime, after: timedelta = SENDER_LOST) -> list[int]:
    """Put in doubt what a sender claimed and never said anything of again: it died, or is held up. Answers which."""
    lost = NoticeStand.objects.filter(state=SENDING, changed_at__lt=at - after).order_by("pk")
    found = list(lost.values_list("pk", flat=True))
    return [number for number in found if _doubt(number, at=at, before=at - after)]


def _doubt(notice_id: int, *, at: datetime, before: datetime) -> bool:
    with transaction.atomic():
        stand = stand_held(notice_id)
        if stand.state != SENDING or stand.changed_at >= before:
            return False
        take_step(stand, IN_DOUBT, reason="sender_lost", actor=SYSTEM, at=at)
        return True
