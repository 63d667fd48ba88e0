"""The people at a customer and how it is dealt with, as known now, and how that came to be."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace
from datetime import date, datetime

from django.db.models import Max, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from huikuan.kernel.dates import business_date
from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.audit.queries import personal
from huikuan.mechanisms.identity import masking
from huikuan.mechanisms.identity.domain.roles import Permission
from huikuan.record.customers.domain.care import FIELDS, Care
from huikuan.record.customers.domain.contacts import Contact
from huikuan.record.customers.models import CareVersion, ContactVersion, Customer
from huikuan.record.customers.queries.merging import under

_PERSONAL = ("name", "phone", "email")
_PLAIN = tuple(field.name for field in fields(Contact) if field.name not in _PERSONAL)


@dataclass(frozen=True, slots=True)
class CareRow:
    """How a customer is dealt with, since when and by whose word; version 0: never said."""

    version: int
    care: Care
    recorded_at: datetime | None = None
    actor: str = ""


@dataclass(frozen=True, slots=True)
class ContactRow:
    """One state of a contact. `clear`: nothing is masked. `erased`: who it was is not known any more."""

    id: int
    customer_id: int
    number: int
    version: int
    contact: Contact
    erased: bool
    clear: bool
    recorded_at: datetime
    actor: str


def care_of(customer_id: int) -> CareRow:
    """What holds now."""
    found = care_versions(customer_id)
    return found[-1] if found else CareRow(0, Care())


def care_versions(customer_id: int) -> list[CareRow]:
    """Everything ever said, oldest first."""
    facts = CareVersion.objects.filter(customer_id=customer_id).order_by("version")
    return [_care(fact) for fact in facts]


def care_held(customer_id: int) -> CareRow:
    """What holds now: its own, or where nothing was ever said of it, what was said of a customer merged into it (as
    version 0: a change makes it its own)."""
    own = care_of(customer_id)
    return own if own.version else CareRow(0, care_by_customer([customer_id]).get(customer_id, own.care))


def care_by_customer(
    customer_ids: Iterable[int] | None = None, *, on: date | None = None, known: int | None = None
) -> dict[int, Care]:
    """Customer id → what holds now, or held at the end of the day `on`: of whom it was said later only, what was said
    first. Those never said anything of are left out, unless something was said of one that is merged into them.
    `customer_ids` None: of every one. `known`: a horizon (None: everything known now)."""
    asked = None if customer_ids is None else list(customer_ids)
    into = under(asked)
    facts = CareVersion.objects.order_by("version")
    if asked is not None:
        facts = facts.filter(customer_id__in=[*asked, *into])
    if known is not None:
        facts = facts.filter(tx__lt=known)
    said: dict[int, Care] = {}
    for fact in facts:
        if fact.customer_id not in said or on is None or business_date(fact.recorded_at) <= on:
            said[fact.customer_id] = _care(fact).care
    return {**{shown: said[one] for one, shown in into.items() if one in said}, **said}


def of_class(rows: QuerySet[Customer], value_class: str) -> QuerySet[Customer]:
    """Those of the customers that are of this value class now; '': those of none. As `care_by_customer` says it."""
    said = CareVersion.objects.filter(customer_id=OuterRef("pk")).order_by("-version").values("value_class")[:1]
    # Few customers are shown for others too: what holds of these is looked up.
    shared = {*under().values()}
    held = care_by_customer(shared)
    theirs = [one for one in shared if held.get(one, Care()).value_class == value_class]
    own = Q(value_class=value_class) & ~Q(pk__in=shared)
    return rows.alias(value_class=Coalesce(Subquery(said), Value(""))).filter(own | Q(pk__in=theirs))


def contacts(customer_id: int, *, clear: bool) -> list[ContactRow]:
    """Each contact as it is now, those still there first. `clear` false: personal data masked."""
    latest = {row.number: row for row in contact_versions(customer_id, clear=clear)}
    return sorted(latest.values(), key=lambda row: (not row.contact.active, row.number))


def contact_of(customer_id: int, number: int, *, clear: bool) -> ContactRow:
    """One contact as it is now; refuses an unknown one."""
    found = [row for row in contact_versions(customer_id, clear=clear) if row.number == number]
    if not found:
        raise Refusal("contact_unknown", number=number)
    return found[-1]


def last_contact(customer_id: int) -> int:
    """The number of the customer's contact added last; 0: there is none."""
    return ContactVersion.objects.filter(customer_id=customer_id).aggregate(last=Max("number"))["last"] or 0


def contact_versions(customer_id: int, *, clear: bool) -> list[ContactRow]:
    """Every state of every contact of the customer, by number and version."""
    facts = list(ContactVersion.objects.filter(customer_id=customer_id).order_by("number", "version"))
    known = personal(ContactVersion, [fact.pk for fact in facts])
    return [_contact(fact, known.get(fact.pk), clear) for fact in facts]


def customers_with_contact(customer_ids: Iterable[int] | None = None) -> set[int]:
    """Those of the customers that have somebody to turn to, be it of a customer merged into them. None: of all."""
    asked = None if customer_ids is None else list(customer_ids)
    into = under(asked)
    facts = ContactVersion.objects.order_by("version")
    if asked is not None:
        facts = facts.filter(customer_id__in=[*asked, *into])
    latest = {(customer, number): active for customer, number, active in
              facts.values_list("customer_id", "number", "active")}  # fmt: skip
    there = {customer for (customer, _), active in latest.items() if active}
    return there | {into[one] for one in there & into.keys()}


def _care(fact: CareVersion) -> CareRow:
    care = Care(**{name: getattr(fact, name) for name in FIELDS})
    return CareRow(fact.version, care, fact.recorded_at, fact.actor)


def _contact(fact: ContactVersion, known: dict[str, str] | None, clear: bool) -> ContactRow:
    contact = contact_from(fact, known or dict.fromkeys(_PERSONAL, ""))
    if not clear:
        contact = masked(contact)
    of = (fact.pk, fact.customer_id, fact.number, fact.version)
    return ContactRow(*of, contact, known is None, clear, fact.recorded_at, fact.actor)


def contact_from(fact: ContactVersion, who: Mapping[str, str]) -> Contact:
    """The contact a fact says, with the personal values it was recorded with."""
    plain = {name: getattr(fact, name) for name in _PLAIN}
    return Contact(name=who["name"], phone=who["phone"], email=who["email"], **plain)


def masked(contact: Contact) -> Contact:
    """As those see it who need not use it."""
    nobody: tuple[Permission, ...] = ()
    return replace(
        contact,
        name=masking.shown("name", contact.name, nobody),
        phone=masking.shown("phone", contact.phone, nobody),
        email=masking.shown("email", contact.email, nobody),
    )
