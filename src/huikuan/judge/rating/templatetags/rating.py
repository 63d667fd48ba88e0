"""How ratings are told: factors and their values, sources, cards, grades."""

from __future__ import annotations

from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from huikuan.judge.rating import messages, telling
from huikuan.judge.rating.queries.calls import CallRow
from huikuan.judge.rating.queries.drafts import Cell, Migration
from huikuan.judge.rating.web import words
from huikuan.mechanisms.pages.forms import Form

register = template.Library()
register.filter("factor_title", telling.factor_title)
register.filter("card_title", telling.card_title)
register.filter("factor_value", telling.factor_value)


@register.filter
def source_name(name: str) -> str:
    return _(messages.SOURCES[name]) if name in messages.SOURCES else name


@register.filter
def cause_name(cause: str) -> str:
    return _(words.CAUSES[cause])


@register.filter
def reliability_name(level: int) -> str:
    return _(words.RELIABILITIES[level]) if level in words.RELIABILITIES else ""


@register.filter
def override_state(state: str) -> str:
    return _(words.OVERRIDES[state])


@register.simple_tag
def grade_tag(grade: str) -> SafeString:
    """The grade as a small label; none is a dash."""
    if not grade:
        return format_html('<span class="quiet" title="{}">–</span>', _("no grade"))
    return format_html('<span class="tag {}">{}</span>', words.TONES.get(grade, ""), grade)


@register.simple_tag
def review_tag(state: str) -> SafeString:
    """Whether the review has come."""
    if not state:
        return SafeString("")
    return format_html('<span class="tag {}">{}</span>', words.STATE_TONES[state], _(words.STATES[state]))


@register.inclusion_tag("rating/parts/tick.html")
def tick(form: Form, name: str, label: str) -> dict[str, Any]:
    """A box of the form that is ticked where the document says so."""
    return {"name": name, "label": label, "ticked": bool(form.text(name)), "problem": form.problems.get(name, "")}


@register.inclusion_tag("rating/parts/row_deeds.html")
def row_deeds(place: str, title: str, moves: bool = True) -> dict[str, Any]:
    """Buttons that move a row of the form up or down, or take it out."""
    return {"place": place, "title": title, "moves": moves}


@register.simple_tag
def cell_of(migration: Migration, before: str, after: str) -> Cell | None:
    """What stands where a row and a column of the migration table cross."""
    return migration.cells.get((before, after))


@register.filter
def status_name(status: str) -> str:
    return _(words.STATUSES[status])


@register.filter
def class_name(value_class: str) -> str:
    return _(words.CLASSES[value_class])


@register.filter
def answer_name(answer: str) -> str:
    return _(messages.ANSWERS[answer]) if answer in messages.ANSWERS else answer


@register.filter
def policy_state(state: str) -> str:
    return _(words.POLICY_STATES[state])


@register.simple_tag
def field_text(form: Form, name: str) -> str:
    """What stands in a field."""
    return form.text(name)


@register.filter
def call_told(call: CallRow) -> str:
    """What calls for another look, and since when."""
    return f"{telling.told_call(call.cause, call.detail)}, {call.on:%Y-%m-%d}"
