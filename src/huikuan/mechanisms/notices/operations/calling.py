"""Calls by a voice bot, in batches: a list goes out as a file, results and transcripts come back as one.

Handing out the list is sending: in one transaction every call on it is claimed, with all that could speak against it
(paid meanwhile, quiet time, too many calls, wants no more), and taken down as handed over with the list's hash.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from huikuan.kernel.dates import aware, parse_date
from huikuan.kernel.errors import Place, Refusal
from huikuan.mechanisms.files.exports import write_csv
from huikuan.mechanisms.files.operations import keep_bytes, store_kept
from huikuan.mechanisms.identity.domain.roles import Permission
from huikuan.mechanisms.identity.queries import require_whole
from huikuan.mechanisms.notices.addressing import digest_of
from huikuan.mechanisms.notices.domain.call_results import REACHED, STOPPED, CallResult, call_results
from huikuan.mechanisms.notices.domain.lifecycle import BOUNCED, DELIVERED, QUEUED, SENT
from huikuan.mechanisms.notices.domain.wanted import VOICE
from huikuan.mechanisms.notices.models import Notice, NoticeStand
from huikuan.mechanisms.notices.operations.claiming import Claimed, claim
from huikuan.mechanisms.notices.operations.consenting import GATEWAY, record_consent
from huikuan.mechanisms.notices.operations.reporting import day_told, report
from huikuan.mechanisms.notices.operations.steps import stand_held, take_step

#: Calls on one list.
MOST = 500
HEADERS = ("key", "phone", "language", "purpose", "script")
_BOT = "voice bot"


@dataclass(frozen=True, slots=True)
class CallList:
    """A list handed out. `content`: csv; `sha256`: under which it is kept, to be had again; `calls` on it."""

    content: bytes
    sha256: str
    calls: int


@dataclass(frozen=True, slots=True)
class Heard:
    """What a file of results came to."""

    new: int
    known: int
    stopped: int


def hand_out_calls(*, company_id: int, actor: str, at: datetime) -> CallList:
    """Hand out what is due to be called; a list with no call on it where nothing is. The list is the whole company's:
    refuses who reaches only some of its customers."""
    require_whole(actor, Permission.SEND_NOTICES, company_id=company_id, at=at)
    at = aware(at)
    with transaction.atomic():
        waiting = NoticeStand.objects.filter(company_id=company_id, channel=VOICE, state=QUEUED, due_at__lte=at)
        ids = list(waiting.order_by("due_at", "pk").values_list("pk", flat=True)[:MOST])
        claimed = [one for number in ids if (one := claim(number, at=at))]
        kept = keep_bytes(_written(claimed))
        stored = store_kept(kept, f"calls-{at:%Y%m%d-%H%M%S}.csv", media_type="text/csv", actor=actor, at=at)
        for one in claimed:
            stand = stand_held(one.notice.id)
            take_step(stand, SENT, reference=stored.sha256, sha256=stored.sha256, sender=_BOT, actor=actor, at=at)
    return CallList(_written(claimed), stored.sha256, len(claimed))


def hear_calls(*, content: bytes, company_id: int, actor: str, at: datetime) -> Heard:
    """Take in a file of results, all of it or nothing; the same rows again change nothing. Refuses a row about a call
    that is none of the company's, or went to another number, and who reaches only some of its customers."""
    require_whole(actor, Permission.SEND_NOTICES, company_id=company_id, at=at)
    found = call_results(content)
    with transaction.atomic():
        calls = {one.notice_id: _call(one, company_id) for one in found}
        strange = [Place(row=one.row, column="key") for one in found if calls[one.notice_id] is None]
        if strange:
            raise Refusal("call_results_bad", where=strange[:50])
        heard = [_heard(one, calls[one.notice_id], actor, aware(at)) for one in found]
    return Heard(*(heard.count(what) for what in ("new", "known", "stopped")))


def _call(one: CallResult, company_id: int) -> Notice | None:
    digest = digest_of(VOICE, one.phone)
    handed = Notice.objects.filter(
        pk=one.notice_id, company_id=company_id, channel=VOICE, stand__address_digest=digest
    )
    return handed.exclude(stand__state=QUEUED).first()


def _heard(one: CallResult, call: Notice | None, actor: str, at: datetime) -> str:
    reached = one.result in (REACHED, STOPPED)
    new = report(
        notice_id=one.notice_id,
        step=DELIVERED if reached else BOUNCED,
        reason="" if reached else "bounced",
        answer=one.transcript,
        sha256=one.sha256,
        note=f"{one.result} {one.called_at} {one.seconds}s",
        on=day_told(one.notice_id, _called_on(one), at),
        actor=actor,
        at=at,
    )
    if one.result == STOPPED and call is not None:
        same = {name: getattr(call, name) for name in ("company_id", "customer_id", "person_id")}
        record_consent(
            wanted=False, channel=VOICE, source=GATEWAY, address=one.phone, note=f"notice {call.pk}", actor=actor,
            at=at, **same,
        )  # fmt: skip
        return "stopped" if new else "known"
    return "new" if new else "known"


def _called_on(one: CallResult) -> date | None:
    try:
        return parse_date(one.called_at[:10])
    except Refusal:
        return None


def _written(claimed: list[Claimed]) -> bytes:
    rows = [(one.notice.key, one.words.to, one.notice.language, one.notice.purpose, one.words.text) for one in claimed]
    text = io.StringIO(newline="")
    write_csv(text, HEADERS, rows)
    return text.getvalue().encode("utf-8-sig")
