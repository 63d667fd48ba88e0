"""How pages name what promises, plans and freezes are."""

from __future__ import annotations

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from huikuan.record.promises.messages import (
    BARTER_STATES,
    FREEZES,
    FROZEN,
    INTERESTS,
    ON_MISS,
    PLAN_STATES,
    SOURCES,
    STATES,
)
from huikuan.record.promises.queries.freezes import Frozen

register = template.Library()

_TONES = {
    "kept": "ok",
    "paid": "ok",
    "partly": "warn",
    "missed": "warn",
    "broken": "bad",
    "delivered": "ok",
    "late": "warn",
    "failed": "bad",
}


@register.simple_tag
def promise_state(state: str) -> SafeString:
    return format_html('<span class="tag {}">{}</span>', _TONES.get(state, ""), _(STATES[state]))


@register.simple_tag
def plan_state(state: str) -> SafeString:
    return format_html('<span class="tag {}">{}</span>', _TONES.get(state, ""), _(PLAN_STATES[state]))


@register.simple_tag
def barter_state(state: str) -> SafeString:
    return format_html('<span class="tag {}">{}</span>', _TONES.get(state, ""), _(BARTER_STATES[state]))


@register.filter
def heard(source: str) -> str:
    return _(SOURCES[source])


@register.filter
def on_miss(name: str) -> str:
    return _(ON_MISS[name])


@register.filter
def plan_interest(name: str) -> str:
    return _(INTERESTS[name])


@register.filter
def freeze_kind(kind: str) -> str:
    return _(FREEZES[kind])


@register.filter
def frozen_since(frozen: Frozen) -> str:
    return _(FROZEN[frozen.kind]) % {"day": frozen.since.isoformat()}
