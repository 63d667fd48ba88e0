"""How limits and proposals are told."""

from __future__ import annotations

from fractions import Fraction

from django import template
from django.utils.translation import gettext as _

from huikuan.judge.credit.domain.calculation import text_of
from huikuan.judge.credit.messages import DEPARTURES

register = template.Library()


@register.filter
def departure(name: str) -> str:
    """In what a request goes beyond the policy."""
    return _(DEPARTURES[name]) if name in DEPARTURES else name


@register.filter
def share(value: Fraction) -> str:
    """A fraction of one in percent."""
    return text_of("share", value, "")
