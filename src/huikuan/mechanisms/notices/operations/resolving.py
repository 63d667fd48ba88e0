"""What people do about notices: say what became of one in doubt, have one sent again, cancel one."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from huikuan.kernel.dates import aware
from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.identity.domain.roles import Permission
from huikuan.mechanisms.identity.queries import require
from huikuan.mechanisms.notices.addressing import digest_of
from huikuan.mechanisms.notices.domain.lifecycle import AGAIN, BY_HAND, CANCELLED, SENT
from huikuan.mechanisms.notices.domain.wanted import SECRET, address_of
from huikuan.mechanisms.notices.models import NoticeStand
from huikuan.mechanisms.notices.operations.steps import stand_held, take_step


def confirm_sent(*, notice_id: int, note: str = "", actor: str, at: datetime) -> None:
    """Say of a notice in doubt that it went out. Refuses any other state."""
    with transaction.atomic():
        take_step(_theirs(notice_id, actor, at), SENT, reason=BY_HAND, note=note, actor=actor, at=aware(at))


def send_again(*, notice_id: int, to: str = "", note: str = "", actor: str, at: datetime) -> None:
    """Have a notice sent again that is in doubt, was refused or came back; `to`: to another address ('' the same).

    Whoever does it for one in doubt takes upon themselves that it may arrive twice: it is recorded who did. Refuses
    another address for what is secret: it would prove whoever reads there.
    """
    with transaction.atomic():
        stand = _theirs(notice_id, actor, at)
        if to and stand.purpose in SECRET:
            raise Refusal("notice_secret", notice=notice_id)
        address = address_of(stand.channel, to) if to else ""
        if address:
            stand.address_digest = digest_of(stand.channel, address)
        stand.due_at, stand.attempts = aware(at), 0
        take_step(stand, AGAIN, reason=BY_HAND, note=note, answer=address, actor=actor, at=aware(at))


def cancel_notice(*, notice_id: int, note: str = "", actor: str, at: datetime) -> None:
    """Cancel a notice that waits, or one in doubt that nobody will look after any more."""
    with transaction.atomic():
        take_step(_theirs(notice_id, actor, at), CANCELLED, reason=BY_HAND, note=note, actor=actor, at=aware(at))


def _theirs(notice_id: int, actor: str, at: datetime) -> NoticeStand:
    stand = stand_held(notice_id)
    require(actor, Permission.SEND_NOTICES, company_id=stand.company_id, at=at)
    return stand
