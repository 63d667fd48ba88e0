"""How pages name causes, states, steps and outcomes of disputes."""

from __future__ import annotations

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from huikuan.record.disputes.domain.life import ANSWERED, RESOLVED
from huikuan.record.disputes.messages import OUTCOMES, REASONS, SOURCES, STATES, STEPS

register = template.Library()

_TONES = {ANSWERED: "warn", RESOLVED: "ok"}


@register.simple_tag
def dispute_state(state: str) -> SafeString:
    return format_html('<span class="tag {}">{}</span>', _TONES.get(state, ""), _(STATES[state]))


@register.filter
def dispute_reason(reason: str) -> str:
    return _(REASONS[reason])


@register.filter
def dispute_source(source: str) -> str:
    return _(SOURCES[source])


@register.filter
def dispute_step(step: str) -> str:
    return _(STEPS[step])


@register.filter
def dispute_outcome(outcome: str) -> str:
    return _(OUTCOMES[outcome]) if outcome else ""
