"""How imports are named."""

from __future__ import annotations

from django import template
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

register = template.Library()

KINDS = {
    "customers": gettext_noop("Customers"),
    "items": gettext_noop("Receivables"),
    "receipts": gettext_noop("Receipts"),
    "open-items": gettext_noop("Open items (snapshot)"),
    "contracts": gettext_noop("Contracts"),
    "orders": gettext_noop("Orders"),
    "contacts": gettext_noop("Contacts"),
}
#: What a file of each kind holds, one row of it.
ABOUT = {
    "items": gettext_noop("One row is an invoice, with or without what settled it."),
    "open-items": gettext_noop("What was open on one day. What is missing from it was settled since."),
    "receipts": gettext_noop("One row is money that came in."),
    "customers": gettext_noop("One row is a customer: code, name, group, owner."),
    "contacts": gettext_noop("One row is a person at a customer: name, function, telephone, e-mail."),
    "contracts": gettext_noop("One row is a contract: number, amount, milestones, clauses."),
    "orders": gettext_noop("One row is a line of a sales order, with what was delivered so far."),
}
STATES = {
    "checked": (gettext_noop("checked"), ""),
    "refused": (gettext_noop("refused"), "bad"),
    "committed": (gettext_noop("committed"), "ok"),
    "undone": (gettext_noop("undone"), "warn"),
}
CHANGES = {
    "new": gettext_noop("New"),
    "smaller": gettext_noop("Partly settled"),
    "gone": gettext_noop("Settled since"),
    "back": gettext_noop("Open again"),
    "due_moved": gettext_noop("Due date moved"),
    "conflict": gettext_noop("In conflict"),
    "same": gettext_noop("Unchanged"),
}
COUNTS = {
    "read": gettext_noop("Rows read"),
    "created": gettext_noop("Taken over"),
    "duplicates": gettext_noop("Already there"),
    "conflicts": gettext_noop("In conflict"),
    "rejected": gettext_noop("Rejected"),
}


@register.filter
def import_kind(kind: str) -> str:
    return _(KINDS.get(kind, kind))


@register.simple_tag
def import_kinds() -> list[tuple[str, str, str]]:
    """The kinds of file as the first step offers them: (name, title, what a row is), the usual one first."""
    ordered = [*ABOUT, *(kind for kind in KINDS if kind not in ABOUT)]
    return [(kind, _(KINDS[kind]), _(ABOUT[kind]) if kind in ABOUT else "") for kind in ordered]


@register.filter
def change_name(change: str) -> str:
    """How a snapshot differs from the ledger, in words."""
    return _(CHANGES.get(change, change))


@register.filter
def state_name(state: str) -> str:
    return _(STATES.get(state, (state, ""))[0])


@register.filter
def state_tone(state: str) -> str:
    return STATES.get(state, ("", ""))[1]


@register.filter
def count_lines(counts: dict[str, object]) -> list[tuple[str, int]]:
    """The five counts in rows, those that are there."""
    return [(_(title), value) for name, title in COUNTS.items() if isinstance(value := counts.get(name), int)]
