"""How pages name the steps of a strategy."""

from __future__ import annotations

from django import template

from huikuan.act.collection.telling import step_text

register = template.Library()


@register.filter
def step(code: str) -> str:
    """A step in words."""
    return step_text(code)
