"""How pages name statuses, events, clauses and quantities of contracts and orders."""

from __future__ import annotations

from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from huikuan.kernel.rates import SCALE
from huikuan.mechanisms.pages.forms import Form
from huikuan.record.contracts.domain.interest import LPR, LateInterest
from huikuan.record.contracts.domain.milestones import Milestone, event_named, fold
from huikuan.record.contracts.domain.orders import quantity_text
from huikuan.record.contracts.messages import EVENTS, STATES, STATUSES
from huikuan.record.contracts.operations.contracts import SIGNED

register = template.Library()

_TONES = {
    "active": "",
    "partly": "warn",
    "delivered": "ok",
    "completed": "ok",
    "terminated": "warn",
    "void": "bad",
}


@register.simple_tag
def order_state(state: str) -> SafeString:
    return format_html('<span class="tag {}">{}</span>', _TONES.get(state, ""), _(STATES.get(state, state)))


@register.simple_tag
def contract_status(status: str) -> SafeString:
    return format_html('<span class="tag {}">{}</span>', _TONES.get(status, ""), _(STATUSES.get(status, status)))


@register.filter
def milestone_name(milestone: Milestone) -> str:
    """The title people gave it, else its event."""
    return milestone.title or _(EVENTS[milestone.event])


@register.filter
def awaited(name: str) -> str:
    """What an item awaits, in words where the event is known by that name."""
    event = event_named(name)
    return _(EVENTS[event]) if fold(name) == event else name


@register.filter
def reason_of(reason: str) -> str:
    """Why a version was recorded: our own words in the reader's language, people's as they are."""
    return {SIGNED: _("Registered"), "import": _("By an import"), "undo": _("Import undone")}.get(reason, reason)


@register.filter
def late_interest(clause: LateInterest | None) -> str:
    """0.05 % a day, 15.4 % a year, LPR × 1.5."""
    if clause is None:
        return ""
    rate = f"{clause.rate_e8 / SCALE:.10g}" if clause.basis == LPR else f"{clause.rate_e8 * 100 / SCALE:.10g}"
    if clause.basis == LPR:
        return f"LPR × {rate}"
    return (_("%(rate)s %% a day") if clause.basis == "daily" else _("%(rate)s %% a year")) % {"rate": rate}


@register.filter
def quantity(quantity_e4: Any) -> str:
    return quantity_text(quantity_e4)


@register.filter
def add_text(text: str, more: object) -> str:
    """Both in one: the name of a row's field."""
    return f"{text}{more}"


@register.filter
def typed(form: Form, name: str) -> str:
    """What stands in a field of the form."""
    return form.text(name)
