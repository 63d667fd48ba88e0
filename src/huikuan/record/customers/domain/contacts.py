"""People at a customer: what is said of one, and what is no way to reach anybody."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from huikuan.kernel.errors import Refusal

ROLES = ("payables", "decides", "purchasing", "warehouse", "legal", "other")
LANGUAGES = ("zh", "en")
CONSENTS = ("given", "refused")

_LONGEST = {"name": 100, "phone": 40, "email": 200, "position": 100}
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_PHONE = re.compile(r"\+?[0-9][0-9 ()\-]{4,}(?:\s?(?:ext|转)\.?\s?[0-9]+)?")


@dataclass(frozen=True, slots=True)
class Contact:
    """A person as stated. Meaning as in models.ContactVersion; '' is not said."""

    name: str
    position: str = ""
    role: str = ""
    phone: str = ""
    email: str = ""
    language: str = ""
    consent: str = ""
    consent_on: date | None = None
    active: bool = True


def check_contact(contact: Contact) -> None:
    """Refuse one without a name, an unknown choice, a number or an address that reaches nobody."""
    if not contact.name:
        raise Refusal("contact_name_missing")
    for name, longest in _LONGEST.items():
        if len(getattr(contact, name)) > longest:
            raise Refusal("customer_field_too_long", field=name, longest=longest)
    for value, known in ((contact.role, ROLES), (contact.language, LANGUAGES), (contact.consent, CONSENTS)):
        if value and value not in known:
            raise Refusal("care_choice_unknown", value=value, known=", ".join(known))
    if contact.phone and not is_phone(contact.phone):
        raise Refusal("contact_phone_unreadable", value=contact.phone)
    if contact.email and not is_email(contact.email):
        raise Refusal("contact_email_unreadable", value=contact.email)
    if contact.consent and contact.consent_on is None:
        raise Refusal("contact_consent_undated")


def is_phone(text: str) -> bool:
    """Whether somebody can be called under it."""
    return _PHONE.fullmatch(text) is not None


def is_email(text: str) -> bool:
    """Whether somebody can be written to under it."""
    return _EMAIL.fullmatch(text) is not None
