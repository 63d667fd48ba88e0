"""How a customer's events are told, in a line each."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from huikuan.kernel.money import to_text
from huikuan.mechanisms.pages.figures import grouped, rounded
from huikuan.record.customers.templatetags.customers import dimension_name, field_name, paper_kind, told
from huikuan.record.receivables.templatetags.receivables import kind_name
from huikuan.see.dossiers.queries.timeline import Event
from huikuan.see.dossiers.web.words import HAND_OVER_STATES, HAND_OVER_TONES

register = template.Library()

TITLES = {
    "created": gettext_noop("Customer created"),
    "changed": gettext_noop("Data changed"),
    "merged": gettext_noop("Merged"),
    "unmerged": gettext_noop("Merge undone"),
    "care": gettext_noop("How we deal with the customer changed"),
    "contact_added": gettext_noop("Contact added"),
    "contact_changed": gettext_noop("Contact changed"),
    "contact_gone": gettext_noop("Contact left"),
    "paper_added": gettext_noop("Paper kept"),
    "paper_renewed": gettext_noop("Paper renewed"),
    "paper_withdrawn": gettext_noop("Paper taken back"),
    "affiliated": gettext_noop("Belongs from a day on"),
    "hand_over": gettext_noop("Hand-over drawn up"),
    "received": gettext_noop("Money received"),
    "issued": gettext_noop("Statement issued"),
}
ICONS = {
    "data": "file-text",
    "people": "users",
    "papers": "shield-check",
    "belongs": "user",
    "money": "cash",
    "statements": "file-invoice",
}


@register.filter
def event_title(event: Event) -> str:
    if event.what == "affiliated":
        return f"{dimension_name(event.fact.dimension)} → {event.fact.value or _('(none)')}"
    if event.what == "received":
        return kind_name(event.fact.kind)
    if event.kind == "collecting":
        return str(event.fact.title)
    return _(TITLES[event.what])


@register.filter
def event_icon(event: Event) -> str:
    if event.kind == "collecting":
        return str(event.fact.icon)
    return ICONS[event.kind]


@register.filter
def event_words(event: Event) -> str:
    """What changed, in one line of text."""
    if event.changes:
        return "；".join(
            f"{field_name(one.field)}: {told(one.field, one.before)} → {told(one.field, one.after)}"
            for one in event.changes
        )
    if event.kind == "collecting":
        return " · ".join(filter(None, [event.fact.note, event.fact.tag]))
    teller = _TELLERS.get(event.what) or _TELLERS.get(event.kind)
    return teller(event.fact) if teller else ""


def _created(fact: Any) -> str:
    return f"{fact['code']} {fact['name']}"


def _merged(fact: Any) -> str:
    sides = ((fact.from_code, fact.from_name), (fact.into_code, fact.into_name))
    one, other = (f"{code} {name}".strip() or _("a customer you do not see") for code, name in sides)
    return f"{one} → {other}" + (f" · {fact.reason}" if fact.reason else "")


def _person(fact: Any) -> str:
    return f"{fact.contact.name} {fact.contact.position}".strip()


def _paper(fact: Any) -> str:
    until = _("until %(day)s") % {"day": fact.expires_on.isoformat()} if fact.expires_on else ""
    said = [f"{paper_kind(fact.kind)} {fact.title or fact.file_name}", until, fact.note]
    return " · ".join(part for part in said if part)


def _affiliated(fact: Any) -> str:
    return _("from %(day)s on") % {"day": fact.effective_on.isoformat()}


def _handed(fact: Any) -> str:
    return f"{fact.from_owner} → {fact.to_owner} · {fact.effective_on:%Y-%m-%d}"


def _received(fact: Any) -> str:
    amount = grouped(to_text(fact.amount, fact.currency))
    return f"{fact.document_number} · {fact.currency} {amount} · {fact.posting_date:%Y-%m-%d}"


def _stated(fact: Any) -> str:
    closing = grouped(to_text(fact.closing, fact.currency))
    return f"{fact.number} · {fact.since:%Y-%m-%d} – {fact.until:%Y-%m-%d} · {fact.currency} {closing}"


_TELLERS: dict[str, Callable[[Any], str]] = {
    "created": _created,
    "merged": _merged,
    "unmerged": _merged,
    "people": _person,
    "papers": _paper,
    "affiliated": _affiliated,
    "hand_over": _handed,
    "received": _received,
    "issued": _stated,
}


@register.filter
def days(value: Decimal | None) -> str:
    """17.3; nothing is –."""
    return "–" if value is None else rounded(abs(value), 1)


@register.simple_tag
def hand_over_state(state: str) -> SafeString:
    """To be signed, handed over, called off."""
    return format_html('<span class="tag {}">{}</span>', HAND_OVER_TONES[state], _(HAND_OVER_STATES[state]))
