"""A mail written on the workbench: to whom it goes, and into the outbox with it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from huikuan.act.collection.guards import DESK
from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.notices.domain.wanted import EMAIL, REMINDER
from huikuan.mechanisms.notices.operations.queueing import Wanted, queue_notice
from huikuan.record.customers.queries.people import ContactRow

LONGEST_SUBJECT, LONGEST_TEXT = 200, 4_000
_REFUSED = "refused"
_LANGUAGES = {"en": "en"}


def mail_customer(
    *,
    company_id: int,
    customer_id: int,
    contacts: Sequence[ContactRow],
    number: int | None,
    subject: str,
    text: str,
    key: str,
    actor: str,
    at: datetime,
) -> int:
    """Queue it for the contact with this number, or for whoever is in charge of paying; answers the notice. Sent again
    with the same `key` it is the same one. Refuses a mail that says nothing, a person named who cannot or does not
    want to be written to, and where nobody else can be either."""
    if not subject.strip() or not text.strip() or len(subject) > LONGEST_SUBJECT or len(text) > LONGEST_TEXT:
        raise Refusal("desk_mail_bad", subject=LONGEST_SUBJECT, text=LONGEST_TEXT)
    one = _chosen(contacts, number)
    wanted = Wanted(
        company_id=company_id,
        customer_id=customer_id,
        case=f"{DESK}:{customer_id}",
        step=f"mail:{key}"[:40],
        channel=EMAIL,
        purpose=REMINDER,
        to=one.contact.email,
        language=_LANGUAGES.get(one.contact.language, "zh-hans"),
        subject=" ".join(subject.split()),
        text=text,
        person_id=one.number if one.customer_id == customer_id else None,
    )
    return queue_notice(wanted=wanted, actor=actor, at=at)


def _chosen(contacts: Sequence[ContactRow], number: int | None) -> ContactRow:
    """Whoever was named, and nobody in their stead; else the one in charge of paying."""
    found = [one for one in contacts if one.contact.active and one.contact.email and one.contact.consent != _REFUSED]
    if number is not None:
        found = [one for one in found if one.number == number]
        if not found:
            raise Refusal("desk_contact_unreachable")
    if not found:
        raise Refusal("desk_nobody_to_mail")
    return min(found, key=lambda one: (one.contact.role != "payables", one.number))
