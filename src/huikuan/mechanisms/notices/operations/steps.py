"""Recording a step of a notice: the one place that does."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from django.db import IntegrityError, transaction

from huikuan.kernel.errors import Refusal
from huikuan.kernel.text import recordable, tidy
from huikuan.mechanisms.audit.operations import record
from huikuan.mechanisms.events.operations import announce
from huikuan.mechanisms.identity.queries import company_zone
from huikuan.mechanisms.notices.domain.lifecycle import (
    BOUNCED,
    CANCELLED,
    CLAIMED,
    DELIVERED,
    GONE_OUT,
    IN_DOUBT,
    REFUSED,
    REPLIED,
    SENT,
    require,
    state_after,
)
from huikuan.mechanisms.notices.models import Notice, NoticeStand, NoticeStep
from huikuan.mechanisms.notices.queries.rows import Attachment
from huikuan.mechanisms.notices.work import follow

LONGEST_NOTE, LONGEST_ANSWER = 500, 20_000
#: Steps others are told of, by which event.
TOLD = {
    SENT: "notices.sent",
    DELIVERED: "notices.delivered",
    BOUNCED: "notices.bounced",
    REPLIED: "notices.replied",
    REFUSED: "notices.refused",
    IN_DOUBT: "notices.in_doubt",
    CANCELLED: "notices.cancelled",
}


def stand_held(notice_id: int) -> NoticeStand:
    """Where the notice stands, its row held until commit; refuses an unknown one."""
    found = NoticeStand.objects.select_for_update().filter(pk=notice_id).first()
    if found is None:
        raise Refusal("notice_unknown", notice=notice_id)
    return found


def take_step(
    stand: NoticeStand,
    step: str,
    *,
    actor: str,
    at: datetime,
    answer: str = "",
    on: date | None = None,
    files: Sequence[Attachment] = (),
    **said: Any,
) -> None:
    """Record the step that follows where `stand` says the notice is, move it there and tell of it. `on`: the day it
    happened where that was said; None: when it is recorded. `files`: letters that were set for it.

    Refuses one that does not follow. Somebody who took another step at the same moment was first, or is second: the
    database takes each number once, and the second is refused.
    """
    require(stand.state, step, notice=stand.pk)
    number = next_number(stand)
    row = {"notice_id": stand.pk, "number": number, "step": step, "actor": actor, **said}
    row["files"] = [asdict(one) for one in files] or None
    row |= {"note": tidy(str(said.get("note", "")))[:LONGEST_NOTE], "answer": recordable(answer)[:LONGEST_ANSWER]}
    row |= {name: recordable(str(said[name])) for name in ("reference", "sender") if name in said}
    try:
        with transaction.atomic():
            record(NoticeStep, [row], at=at)
    except IntegrityError as error:
        raise Refusal("notice_changed", notice=stand.pk) from error
    before = stand.state
    _move(stand, step, number, on, at)
    if stand.state != before or step in TOLD:
        _tell(stand, before, step, reason=str(said.get("reason", "")), on=on, actor=actor, at=at)


def next_number(stand: NoticeStand) -> int:
    """The number of the step that follows."""
    return stand.steps + 1


def _move(stand: NoticeStand, step: str, number: int, on: date | None, at: datetime) -> None:
    before, stand.state, stand.steps = stand.state, state_after(stand.state, step), number
    if step == CLAIMED:
        stand.claim, stand.attempts = number, stand.attempts + 1
    if stand.state in GONE_OUT and before not in GONE_OUT:
        # Sent again, or posted before it was written down, it counts on its real day.
        stand.sent_at = at if on is None else min(at, _noon(stand.company_id, on))
    if stand.state != before:
        stand.waits, stand.changed_at = "", at
    stand.save()


def _noon(company_id: int, day: date) -> datetime:
    return datetime.combine(day, time(12), ZoneInfo(company_zone(company_id)))


def _tell(
    stand: NoticeStand, before: str, step: str, *, reason: str, on: date | None, actor: str, at: datetime
) -> None:
    """Announce what became of the notice, and have people asked what it asks of them. Neither the address nor the
    words are in it."""
    notice = Notice.objects.get(pk=stand.pk)
    follow(notice, before, stand.state, reason=reason, actor=actor, at=at)
    if step not in TOLD:
        return
    same = {name: getattr(notice, name) for name in ("case", "step", "channel", "purpose", "items", "person_id")}
    announce(
        TOLD[step],
        company_id=notice.company_id,
        customer_id=notice.customer_id,
        payload={"notice": notice.pk, **same, "reason": reason} | ({"on": on.isoformat()} if on else {}),
        at=at,
    )
