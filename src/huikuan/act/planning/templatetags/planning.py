"""How pages name methods, states and causes of delay, and write shares."""

from __future__ import annotations

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from huikuan.act.planning.domain.drafting import AGREED, EDITED
from huikuan.act.planning.messages import METHODS, SLIPS, STATES
from huikuan.act.planning.telling import percent

register = template.Library()

_TONES = {AGREED: "ok", EDITED: "warn"}


@register.simple_tag
def plan_state(state: str) -> SafeString:
    if not state:
        return format_html('<span class="tag bad">{}</span>', _("not planned"))
    return format_html('<span class="tag {}">{}</span>', _TONES.get(state, ""), _(STATES[state]))


@register.filter
def plan_method(method: str) -> str:
    return _(METHODS[method]) if method else ""


@register.filter
def plan_slip(slip: str) -> str:
    return _(SLIPS[slip]) if slip else ""


@register.filter
def in_percent(share_e4: int | None) -> str:
    """8,050 → 80.50 %; – where there is none."""
    text = percent(share_e4)
    return "–" if text is None else f"{text} %"
