"""How pages name kinds and states of cover, and write shares."""

from __future__ import annotations

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from huikuan.record.cover.domain.pieces import AHEAD, ENDED, EXPIRING, RELEASED, percent_text
from huikuan.record.cover.messages import KINDS, STATES

register = template.Library()

_TONES = {AHEAD: "", EXPIRING: "warn", ENDED: "bad", RELEASED: ""}


@register.simple_tag
def cover_state(state: str) -> SafeString:
    return format_html('<span class="tag {}">{}</span>', _TONES.get(state, "ok"), _(STATES[state]))


@register.filter
def cover_kind(kind: str) -> str:
    return _(KINDS[kind])


@register.filter
def percent(share_e4: int) -> str:
    """8,000 → 80 %."""
    return f"{percent_text(share_e4)} %"
