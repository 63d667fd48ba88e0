"""Proof of what was sent: the mail as it went out, made again from the facts, and its hash as the fact says it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from email.policy import SMTP
from email.utils import parseaddr

from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.files.queries import open_original
from huikuan.mechanisms.identity.domain.scope import Scope
from huikuan.mechanisms.notices.channels import Message
from huikuan.mechanisms.notices.channels.mail import written_mail
from huikuan.mechanisms.notices.domain.lifecycle import AGAIN, CLAIMED, SENT
from huikuan.mechanisms.notices.domain.wanted import EMAIL, SECRET
from huikuan.mechanisms.notices.letters.setting import Sheet, sheets
from huikuan.mechanisms.notices.queries.enclosing import enclosed
from huikuan.mechanisms.notices.queries.rows import NoticeRow, StepRow, history, notice, words_queued


@dataclass(frozen=True, slots=True)
class Proof:
    """The mail as it went out at `at`; `proven`: its hash is the one recorded when it was sent."""

    content: bytes
    sha256: str
    at: datetime
    answer: str
    reference: str
    proven: bool


def mail_sent(notice_id: int, *, scope: Scope) -> Proof:
    """The mail of a notice, byte for byte as it was handed over. Refuses one that was not sent by us as mail, one
    whose addressee was erased, and one whose words are secret."""
    row = notice(notice_id, scope=scope)
    if row.purpose in SECRET:
        raise Refusal("notice_secret", notice=notice_id)
    steps = history(notice_id)
    found, said = _sent(steps), words_queued([notice_id]).get(notice_id)
    if row.channel != EMAIL or found is None or said is None:
        raise Refusal("notice_no_proof", notice=notice_id)
    claimed, sent = found
    name, sender = parseaddr(sent.sender)
    to = _address(steps, sent.number) or said.to
    message = Message(
        key=row.key, notice_id=row.id, company_id=row.company_id, purpose=row.purpose, to=to,
        language=row.language, subject=said.subject, text=said.text,
        attachments=tuple(enclosed(one) for one in (*row.attachments, *claimed.files)), at=claimed.at,
    )  # fmt: skip
    content, digest = _written(message, name, sender, sent.sha256)
    return Proof(content, digest, sent.at, sent.answer, sent.reference, digest == sent.sha256)


def _written(message: Message, name: str, sender: str, recorded: str) -> tuple[bytes, str]:
    """The mail with its hash, in the way mails are or were written that has the recorded one; else as today."""
    contents = [written_mail(message, name, sender, named=named).as_bytes(policy=SMTP) for named in (True, False)]
    found = [(content, hashlib.sha256(content).hexdigest()) for content in contents]
    return next((one for one in found if one[1] == recorded), found[0])


def letters_of(row: NoticeRow) -> list[Sheet]:
    """The letters that go with a notice: the kept ones that went out last, else as they would go out now; none once
    its addressee was erased, though what was kept stays kept. For whoever may see personal data."""
    said = words_queued([row.id]).get(row.id)
    if said is None:
        return []
    claimed = [one for one in history(row.id) if one.files]
    if claimed:
        return [Sheet(one.name, open_original(one.sha256).read_bytes()) for one in claimed[-1].files]
    return sheets(row, said)


def _sent(steps: tuple[StepRow, ...]) -> tuple[StepRow, StepRow] | None:
    """The last sending of which the channel said that it was taken, with its claim."""
    sent = next((one for one in reversed(steps) if one.step == SENT and one.sha256), None)
    if sent is None:
        return None
    claims = [one for one in steps if one.step == CLAIMED and one.number < sent.number]
    return (claims[-1], sent) if claims else None


def _address(steps: tuple[StepRow, ...], before: int) -> str:
    """The other address somebody had it sent to before that step; '' none."""
    return next(
        (one.answer for one in reversed(steps) if one.step == AGAIN and one.number < before and one.answer), ""
    )
