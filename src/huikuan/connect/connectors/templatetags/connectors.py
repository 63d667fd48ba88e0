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
}
STATES = {
    "checked": (gettext_noop("checked"), ""),
    "refused": (gettext_noop("refused"), "bad"),
    "committed": (gettext_noop("committed"), "ok"),
    "undone": (gettext_noop("undone"), "warn"),
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
