"""How limits and proposals are told."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from django import template
from django.utils.translation import gettext as _

from huikuan.judge.credit.domain.calculation import text_of
from huikuan.judge.credit.messages import DEPARTURES
from huikuan.mechanisms.pages.figures import grouped

register = template.Library()


@register.filter
def departure(name: str) -> str:
    """In what a request goes beyond the policy."""
    return _(DEPARTURES[name]) if name in DEPARTURES else name


@register.filter
def share(value: Fraction) -> str:
    """A fraction of one in percent."""
    return text_of("share", value, "")


@register.filter
def whole_percent(value: int) -> str:
    """−100 → '−100%', with a true minus."""
    return f"{grouped(str(value))}%"


@register.filter
def named(names: Mapping[int, str], key: int) -> str:
    """What something of this id is called."""
    return names.get(key, "")
