"""What is heard of notices that went out: by mail, from gateways; each report once."""

from __future__ import annotations

import hashlib
import logging
import mailbox
import re
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from django.db import InterfaceError, OperationalError, transaction
from django.db.models import Q

from huikuan.kernel.dates import business_date
from huikuan.kernel.errors import Refusal
from huikuan.kernel.text import recordable
from huikuan.mechanisms.identity.models import Company
from huikuan.mechanisms.notices.channels.mail import message_mac
from huikuan.mechanisms.notices.domain.hearing import BOUNCED, DELAYED, Heard, heard
from huikuan.mechanisms.notices.domain.lifecycle import SENT, leads_on
from huikuan.mechanisms.notices.domain.wanted import EMAIL
from huikuan.mechanisms.notices.models import Notice, NoticeStep
from huikuan.mechanisms.notices.operations.consenting import REPLY, record_consent
from huikuan.mechanisms.notices.operations.steps import stand_held, take_step
from huikuan.mechanisms.notices.queries.rows import words
from huikuan.mechanisms.store.transactions import retrying

log = logging.getLogger(__name__)

#: What a mail is that could not be heard: nothing is known of it, it is left to people.
STRANGE = "strange"
#: More than a mailbox of replies ever is; a larger file is refused unread.
MOST_BYTES = 100 * 1024 * 1024
MOST_MESSAGES = 20_000
_OURS = re.compile(r"<?(notice-([1-9]\d{0,17}))\.([0-9a-f]{20})(?:@|\Z)")


@dataclass(frozen=True, slots=True)
class Noted:
    """One message: what it was (as `Heard`, or STRANGE), about which notice (None: none of ours), and whether it was
    new."""

    what: str
    notice: int | None
    new: bool
    stop: bool = False


def report(
    *,
    notice_id: int,
    step: str,
    reason: str = "",
    reference: str = "",
    answer: str = "",
    sha256: str = "",
    note: str = "",
    on: date | None = None,
    actor: str,
    at: datetime,
) -> bool:
    """Note what was heard of a notice: delivered, bounced or replied (domain.lifecycle); gateways' reports come by
    this door. `sha256`: of the message heard; the same again, or another copy under its `reference`, is noted once.
    `on`: the day it happened; None: when it is noted. False: it was known, or cannot be."""

    reference = recordable(reference)[:300]

    def work() -> bool:
        stand = stand_held(notice_id)
        same = Q(sha256=sha256) | (Q(reference=reference) if reference else Q())
        known = NoticeStep.objects.filter(same, notice_id=notice_id, step=step)
        if not leads_on(stand.state, step) or (sha256 and known.exists()):
            return False
        said: dict[str, Any] = {"reason": reason, "reference": reference, "sha256": sha256, "note": note}
        take_step(stand, step, actor=actor, at=at, answer=answer, on=on, **said)
        return True

    return retrying(work)


def hear_file(*, path: Path, actor: str, at: datetime) -> list[Noted]:
    """Hear every message of an mbox, or the one of an eml file. Refuses a file that is too large or none."""
    return [hear_mail(content=content, actor=actor, at=at) for content in _messages(path)]


def hear_mail(*, content: bytes, actor: str, at: datetime) -> Noted:
    """Hear one mail: a report, a reply, a wish to stop. What names none of our notices changes nothing.

    Strangers write what they like, so here is the one guard: what cannot be read or recorded is logged by its hash,
    changes nothing and is answered as STRANGE, and the next mail is heard. A database that fails is no mail's fault
    and is raised.
    """

    def work() -> Noted:
        try:
            with transaction.atomic():
                return _heard(content, actor=actor, at=at)
        except (OperationalError, InterfaceError):
            raise
        except Exception as error:
            digest = hashlib.sha256(content).hexdigest()
            log.warning("a mail could not be heard", extra={"sha256": digest, "error": type(error).__name__})
            return Noted(STRANGE, None, new=False)

    return retrying(work)


def _heard(content: bytes, *, actor: str, at: datetime) -> Noted:
    said = heard(content)
    notice_id = next((number for one in said.about if (number := notice_of(one))), None)
    if notice_id is None or said.what == DELAYED:
        return Noted(said.what, notice_id, new=False)
    new = report(
        notice_id=notice_id,
        step=said.what,
        reason=_reason(said),
        reference=said.own,
        answer=said.words,
        sha256=hashlib.sha256(content).hexdigest(),
        note=said.status,
        on=day_told(notice_id, said.dated, at),
        actor=actor,
        at=at,
    )
    if said.stop:
        _stop(notice_id, actor=actor, at=at)
    return Noted(said.what, notice_id, new, said.stop)


def day_told(notice_id: int, said: date | None, at: datetime) -> date | None:
    """The day, in the notice's company, on which what was heard is `said` to have happened, a day or an instant
    (None: nobody says): no day ahead of us, and none before the notice went out."""
    if said is None:
        return None
    notice = Notice.objects.select_related("stand").get(pk=notice_id)
    zone = Company.objects.get(pk=notice.company_id).time_zone
    sent = NoticeStep.objects.filter(notice_id=notice_id, step=SENT).order_by("number").first()
    # Of one sent again the first that went out may be meant.
    earliest = business_date((sent.recorded_at if sent else notice.stand.sent_at) or at, zone)
    day = business_date(said, zone) if isinstance(said, datetime) else said
    return min(max(day, earliest), business_date(at, zone))


def notice_of(message_id: str) -> int | None:
    """The notice a Message-ID names, or what stands of one in a subject; None where it is none we made."""
    found = _OURS.match(message_id)
    if found is None or message_mac(found[1]) != found[3]:
        return None
    number = int(found[2])
    return number if Notice.objects.filter(pk=number, channel=EMAIL).exists() else None


def _reason(said: Heard) -> str:
    if said.what == BOUNCED:
        return "bounced"
    return "automatic" if said.automatic else ""


def _stop(notice_id: int, *, actor: str, at: datetime) -> None:
    notice = Notice.objects.get(pk=notice_id)
    known = words([notice_id]).get(notice_id)
    if known is None:
        return
    same = {name: getattr(notice, name) for name in ("company_id", "customer_id", "person_id", "channel")}
    record_consent(
        wanted=False, source=REPLY, address=known.to, note=f"notice {notice_id}", actor=actor, at=at, **same
    )


def _messages(path: Path) -> Iterator[bytes]:
    try:
        size = path.stat().st_size
    except OSError as error:
        raise Refusal("mail_file_missing", name=path.name) from error
    if size > MOST_BYTES:
        raise Refusal("mail_file_too_large", most=MOST_BYTES)
    with path.open("rb") as file:
        if file.read(5) != b"From ":
            file.seek(0)
            yield file.read()
            return
    # mailbox wants to own its file: a copy, so that the original is never locked or written.
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "mbox"
        copy.write_bytes(path.read_bytes())
        box = mailbox.mbox(copy, create=False)
        try:
            for count, key in enumerate(box.iterkeys()):
                if count >= MOST_MESSAGES:
                    raise Refusal("mail_file_too_large", most=MOST_MESSAGES)
                yield box.get_bytes(key)
        finally:
            box.close()
