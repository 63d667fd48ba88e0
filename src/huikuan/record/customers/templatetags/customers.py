"""How customers' fields, choices, people and papers are named on pages."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from huikuan.record.customers.domain.care import VALUE_CLASSES
from huikuan.record.customers.web import words

register = template.Library()

_TONES = {VALUE_CLASSES[0]: "ok", VALUE_CLASSES[1]: "ok"}


@register.filter
def field_name(name: str) -> str:
    return _(words.FIELDS.get(name, name))


@register.filter
def dimension_name(name: str) -> str:
    return _(words.DIMENSIONS.get(name, name))


@register.filter
def question(name: str) -> str:
    return _(words.QUESTIONS[name])


@register.filter
def questions(names: Sequence[str]) -> str:
    """What is lacking, as a list."""
    return _(", ").join(_(words.QUESTIONS[name]) for name in names)


@register.filter
def paper_kind(kind: str) -> str:
    return _(words.PAPERS.get(kind, kind))


@register.filter
def contact_role(role: str) -> str:
    return _(words.ROLES[role]) if role in words.ROLES else ""


@register.filter
def consent_name(consent: str) -> str:
    return _(words.CONSENTS[consent]) if consent in words.CONSENTS else _("Not asked yet")


@register.filter
def value_class(name: str) -> str:
    return _(words.VALUE_CLASSES[name]) if name in words.VALUE_CLASSES else ""


@register.filter
def channel_name(name: str) -> str:
    return _(words.CHANNELS[name]) if name in words.CHANNELS else ""


@register.filter
def language_of(name: str) -> str:
    return _(words.LANGUAGES[name]) if name in words.LANGUAGES else ""


@register.simple_tag
def status_tag(status: str, value: str = "") -> SafeString:
    """Prospects say so; of customers the value class, ordinary ones without a word."""
    if status == "prospect":
        return format_html('<span class="tag warn">{}</span>', _("Prospect"))
    if value in _TONES:
        return format_html('<span class="tag {}">{}</span>', _TONES[value], _(words.VALUE_CLASSES[value]))
    return SafeString("")


@register.simple_tag
def validity_tag(state: str) -> SafeString:
    name, tone = words.VALIDITY[state]
    return format_html('<span class="tag {}">{}</span>', tone, _(name))


@register.simple_tag
def expiry_days(expires_on: date, day: date) -> str:
    """还有 12 天, 今天到期, 过期 3 天."""
    left = (expires_on - day).days
    if left == 0:
        return _("Its last day is today")
    if left > 0:
        return ngettext("%(days)s day left", "%(days)s days left", left) % {"days": left}
    return ngettext("expired %(days)s day ago", "expired %(days)s days ago", -left) % {"days": -left}


@register.simple_tag
def told(field: str, value: Any) -> str:
    """A field's value as people say it; nothing is （空）."""
    if value is True or value is False:
        return _("yes") if value else _("no")
    if value in (None, "", [], ()):
        return _("(empty)")
    if field in words.VALUES:
        return _(words.VALUES[field].get(value, value))
    if isinstance(value, (list, tuple)):
        return _(", ").join(map(str, value))
    return str(value)
