"""What gateways of short messages tell of them: arrived or not, answered, no more of them. Each entry counts once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.notices.addressing import digest_of
from huikuan.mechanisms.notices.domain.gateway_reports import Arrival, Wrote, entries
from huikuan.mechanisms.notices.domain.lifecycle import BOUNCED, DELIVERED, GONE_OUT, REPLIED
from huikuan.mechanisms.notices.domain.wanted import SMS, address_of
from huikuan.mechanisms.notices.models import Notice
from huikuan.mechanisms.notices.operations.consenting import GATEWAY, record_consent
from huikuan.mechanisms.notices.operations.reporting import report


@dataclass(frozen=True, slots=True)
class Told:
    """What one call came to. `strange`: entries that fit no message of ours."""

    new: int
    known: int
    stopped: int
    strange: int


def hear_gateway(*, content: bytes, actor: str, at: datetime) -> Told:
    """Take in one call of a gateway; refuses a body that is none, and then nothing of it counts."""
    found = entries(content)
    with transaction.atomic():
        heard = [_arrival(one, actor, at) if isinstance(one, Arrival) else _wrote(one, actor, at) for one in found]
    return Told(*(heard.count(what) for what in ("new", "known", "stopped", "strange")))


def _arrival(one: Arrival, actor: str, at: datetime) -> str:
    """A report counts where the number it names is the one the notice went to: a key alone is easily guessed."""
    digest = _digest(one.phone)
    if one.notice_id is None or not digest:
        return "strange"
    notice = Notice.objects.filter(pk=one.notice_id, channel=SMS, address_digest=digest).first()
    if notice is None:
        return "strange"
    new = report(
        notice_id=notice.pk,
        step=DELIVERED if one.arrived else BOUNCED,
        reason="" if one.arrived else "bounced",
        reference=one.reference,
        answer=one.words,
        sha256=one.sha256,
        note=one.code,
        actor=actor,
        at=at,
    )
    return "new" if new else "known"


def _wrote(one: Wrote, actor: str, at: datetime) -> str:
    """An answer is one to the message that went to this number last; a wish to stop counts without any."""
    digest = _digest(one.phone)
    if not digest:
        return "strange"
    went = Notice.objects.filter(channel=SMS, address_digest=digest, stand__state__in=GONE_OUT)
    last = went.order_by("-stand__sent_at", "-pk").first()
    new = last is not None and report(
        notice_id=last.pk, step=REPLIED, answer=one.words, sha256=one.sha256, actor=actor, at=at
    )
    if one.stop and _stop(one.phone, last, actor, at):
        return "stopped"
    return "new" if new else "strange" if last is None else "known"


def _stop(phone: str, last: Notice | None, actor: str, at: datetime) -> bool:
    same = {name: getattr(last, name, None) for name in ("company_id", "customer_id", "person_id")}
    note = f"notice {last.pk}" if last else ""
    kept = record_consent(
        wanted=False, channel=SMS, source=GATEWAY, address=phone, note=note, actor=actor, at=at, **same
    )
    return kept is not None


def _digest(phone: str) -> str:
    """The number as notices are known by; '' for none."""
    try:
        return digest_of(SMS, address_of(SMS, phone))
    except Refusal:
        return ""
