"""Whom to ask at a customer."""

from __future__ import annotations

from dataclasses import dataclass

from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.audit.queries import personal
from huikuan.record.customers.domain.contacts import Contact
from huikuan.record.customers.models import ContactVersion
from huikuan.record.customers.queries.people import ContactRow, contact_from, contact_of, contacts
from huikuan.see.confirmations.domain.people import check_reachable
from huikuan.see.confirmations.models import Invitation

#: Who of several is asked: whoever pays, then whoever decides, then anybody.
_FIRST = ("payables", "decides")


def reachable(customer_id: int, channel: str) -> list[ContactRow]:
    """The contacts that may be asked by this channel, the most fitting first; personal data clear."""
    return sorted(
        (row for row in contacts(customer_id, clear=True) if _can_be_asked(row, channel)),
        key=lambda row: (_FIRST.index(row.contact.role) if row.contact.role in _FIRST else len(_FIRST), row.number),
    )


@dataclass(frozen=True, slots=True)
class Asked:
    """Who was asked to confirm an account: as they are now, and as they were then."""

    now: ContactRow
    then: Contact


def contact_asked(invited: Invitation) -> Asked:
    """Who was asked; a refusal once their data were erased."""
    fact = ContactVersion.objects.get(pk=invited.contact_id)
    known = personal(ContactVersion, [fact.pk]).get(fact.pk)
    if known is None:
        raise Refusal("confirmation_contact_gone")
    return Asked(contact_of(fact.customer_id, fact.number, clear=True), contact_from(fact, known))


def number_at(row: ContactRow, customer_id: int) -> int | None:
    """The contact's number at the customer, under which their wishes are kept. None where they belong to another
    customer that is one with it: there the number is somebody else's, and their address speaks for them."""
    return row.number if row.customer_id == customer_id else None


def person_for(customer_id: int, channel: str) -> int | None:
    """The number of the contact that is asked when nobody chooses; None: there is nobody."""
    found = reachable(customer_id, channel)
    return found[0].number if found else None


def _can_be_asked(row: ContactRow, channel: str) -> bool:
    try:
        check_reachable(row.contact, channel)
    except Refusal:
        return False
    return True
