"""Handing a message over to be sent: links and codes, to the address on file and nowhere else."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from huikuan.mechanisms.notices.operations.queueing import Wanted, queue_notice

CONFIRMATION, CODE = "confirmation", "code"


@dataclass(frozen=True, slots=True)
class Message:
    """One message to one person at a customer. `case` and `step`: it is sent once for them. `language` as Django calls
    it; `contact`: the number of the person at this customer."""

    company_id: int
    customer_id: int
    case: str
    step: str
    channel: str
    purpose: str
    to: str
    language: str
    subject: str
    text: str
    contact: int | None


def send(message: Message, *, actor: str, at: datetime) -> None:
    """Queue it with what the caller writes: it goes out if that is committed."""
    wanted = Wanted(
        company_id=message.company_id,
        customer_id=message.customer_id,
        case=message.case,
        step=message.step,
        channel=message.channel,
        purpose=message.purpose,
        to=message.to,
        language=message.language,
        subject=message.subject,
        text=message.text,
        person_id=message.contact,
    )
    queue_notice(wanted=wanted, actor=actor, at=at)
