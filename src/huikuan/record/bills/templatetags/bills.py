"""How pages name kinds, states, moves and acceptors of bills."""

from __future__ import annotations

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from huikuan.record.bills.domain.life import DISHONOURED, PAID, PASSED_ON
from huikuan.record.bills.messages import CLASSES, DONE, KINDS, STATES

register = template.Library()

_TONES = {PAID: "ok", DISHONOURED: "bad", **dict.fromkeys(PASSED_ON, "warn")}


@register.simple_tag
def bill_state(state: str) -> SafeString:
    return format_html('<span class="tag {}">{}</span>', _TONES.get(state, ""), _(STATES[state]))


@register.filter
def bill_kind(kind: str) -> str:
    return _(KINDS[kind])


@register.filter
def breakable(number: str) -> SafeString:
    """A long number that may go on in the next line after every fifth digit."""
    pieces = ((number[at : at + 5],) for at in range(0, len(number), 5))
    return format_html_join(SafeString("<wbr>"), "{}", pieces)


@register.filter
def acceptor_class(name: str) -> str:
    return _(CLASSES[name])


@register.filter
def bill_done(move: str) -> str:
    """A move as what happened."""
    return _(DONE[move])
