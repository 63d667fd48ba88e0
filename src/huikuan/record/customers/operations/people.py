"""The people at a customer, and how we deal with it: each change the whole of what holds from then on."""

from __future__ import annotations

from dataclasses import asdict, replace
from datetime import datetime
from typing import Any

from huikuan.kernel.errors import Refusal
from huikuan.kernel.text import plain, tidy
from huikuan.mechanisms.audit.operations import erase_personal, record
from huikuan.mechanisms.events.operations import announce
from huikuan.mechanisms.store.transactions import retrying
from huikuan.record.customers.domain.care import Care, check_care
from huikuan.record.customers.domain.contacts import Contact, check_contact
from huikuan.record.customers.models import CareVersion, ContactVersion, Customer
from huikuan.record.customers.queries.people import care_of, contact_of


def change_care(*, customer_id: int, version: int, care: Care, actor: str, at: datetime) -> int:
    """Say how the customer is dealt with, read at `version` (0: never said). Answers the new version, or the
    old one when nothing differs. Refuses when somebody changed it since."""
    plan = "\n".join(tidy(line) for line in care.plan.splitlines()).strip()
    stated = replace(care, plan=plan, delivery_address=tidy(care.delivery_address))
    check_care(stated)

    def work() -> int:
        code = held(customer_id)
        known = care_of(customer_id)
        if known.version != version:
            raise Refusal("customer_changed_since", customer=code, seen=version, now=known.version)
        if known.care == stated:
            return version
        row = {"customer_id": customer_id, "version": version + 1, **asdict(stated), "actor": actor}
        record(CareVersion, [row], at=at)
        announce("customers.changed", at=at, customer_id=customer_id, payload={"fields": ["care"]})
        return version + 1

    return retrying(work)


def add_contact(*, customer_id: int, contact: Contact, actor: str, at: datetime, seen: int | None = None) -> int:
    """A person at the customer; answers their number. Refuses what `check_contact` refuses, and when another was
    added after the one with the number `seen` (0: there was none; None: nobody looked)."""
    stated = _tidy(contact)
    check_contact(stated)

    def work() -> int:
        code = held(customer_id)
        latest = ContactVersion.objects.filter(customer_id=customer_id).order_by("-number").first()
        if seen is not None and seen != (latest.number if latest else 0):
            raise Refusal("customer_contact_added_since", customer=code)
        number = latest.number + 1 if latest else 1
        _record(customer_id, number, 1, stated, actor, at)
        return number

    return retrying(work)


def change_contact(*, customer_id: int, number: int, version: int, contact: Contact, actor: str, at: datetime) -> int:
    """What holds of the person now, read at `version`. Answers the new version, or the old one when nothing
    differs. Refuses an unknown one, and when somebody changed it since."""
    stated = _tidy(contact)
    check_contact(stated)

    def work() -> int:
        code = held(customer_id)
        known = contact_of(customer_id, number, clear=True)
        if known.version != version:
            raise Refusal("customer_changed_since", customer=code, seen=version, now=known.version)
        if known.contact == stated:
            return version
        _record(customer_id, number, version + 1, stated, actor, at)
        return version + 1

    return retrying(work)


def erase_contact(*, customer_id: int, number: int, reason: str, actor: str, at: datetime) -> int:
    """Erase who the person was and how to reach them, in every version, for good; answers how many versions.

    Only of one who is no longer there.
    """
    if not reason.strip():
        raise Refusal("contact_erasure_reason")

    def work() -> int:
        held(customer_id)
        if contact_of(customer_id, number, clear=True).contact.active:
            raise Refusal("contact_still_there")
        ids = ContactVersion.objects.filter(customer_id=customer_id, number=number).values_list("id", flat=True)
        for fact_id in ids:
            erase_personal(ContactVersion, fact_id, reason=tidy(reason), actor=actor, at=at)
        return len(ids)

    return retrying(work)


def held(customer_id: int) -> str:
    """The customer's code; its row is held until the transaction ends, so that versions come one after another."""
    code = Customer.objects.select_for_update().filter(pk=customer_id).values_list("code", flat=True).first()
    if code is None:
        raise Refusal("customer_unknown", customer=customer_id)
    return code


def _record(customer_id: int, number: int, version: int, contact: Contact, actor: str, at: datetime) -> None:
    row: dict[str, Any] = {"customer_id": customer_id, "number": number, "version": version, "actor": actor}
    record(ContactVersion, [{**row, **asdict(contact)}], at=at)
    announce("customers.changed", at=at, customer_id=customer_id, payload={"fields": ["contacts"]})


def _tidy(contact: Contact) -> Contact:
    return replace(
        contact,
        name=tidy(contact.name),
        position=tidy(contact.position),
        phone=plain(contact.phone),
        email=plain(contact.email),
        consent_on=contact.consent_on if contact.consent else None,
    )
