"""Contacts out of a file: who is at which customer, and how they are reached, cell by cell."""

from __future__ import annotations

import polars as pl

from huikuan.connect.connectors.domain.columns import Columns
from huikuan.connect.connectors.domain.vocabulary import (
    CONTACT_CONSENTS,
    CONTACT_LANGUAGES,
    CONTACT_ROLES,
    CONTACT_STATUSES,
)
from huikuan.record.customers.domain.contacts import is_email, is_phone

_CHOICES = {
    "role": (CONTACT_ROLES, "role_unknown"),
    "language": (CONTACT_LANGUAGES, "language_unknown"),
    "consent": (CONTACT_CONSENTS, "consent_unknown"),
    "status": (CONTACT_STATUSES, "contact_status_unknown"),
}

Values = dict[str, pl.Series]


def read_contacts(columns: Columns) -> Values:
    """The fields of a contact, '' or null where the file says nothing. A customer goes by code or by name."""
    values: Values = {name: columns.read_text(name) for name in ("customer_code", "customer_name", "position")}
    unsaid = (values["customer_code"] == "") & (values["customer_name"] == "")
    named = "customer_code" if columns.given("customer_code") else "customer_name"
    columns.blame(unsaid.arg_true(), named, "missing", field="customer")
    values["person"] = columns.read_text("person", required=True)
    for name, fits, code in (("phone", is_phone, "phone_unreadable"), ("email", is_email, "email_unreadable")):
        texts = values[name] = columns.read_text(name)
        wrong = [text for text in texts.unique() if text and not fits(text)]
        columns.blame(texts.is_in(wrong).arg_true(), name, code)
    for name, (words, code) in _CHOICES.items():
        values[name] = columns.read_choice(name, words, code)
    values["consent_on"] = columns.read_date("consent_on")
    undated = (values["consent"] != "") & (columns.texts("consent_on") == "")
    columns.blame(undated.arg_true(), "consent_on", "consent_undated")
    return values
