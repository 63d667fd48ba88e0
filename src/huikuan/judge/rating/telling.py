"""Factors and cards in the reader's words."""

from __future__ import annotations

from django.utils.translation import gettext as _

from huikuan.judge.rating.domain.factors import STANDINGS
from huikuan.judge.rating.messages import ANSWERS, CALLS, CARDS, FACTORS


def factor_title(name: str) -> str:
    """A factor as people call it; one that no longer is, by its name."""
    if name in STANDINGS:
        return _("%(ratio)s, points in its industry") % {"ratio": _(FACTORS[STANDINGS[name]])}
    return _(FACTORS[name]) if name in FACTORS else name


def card_title(name: str) -> str:
    """A card as shipped in words; one of the company's own by its name."""
    return _(CARDS[name]) if name in CARDS else name


def told_call(cause: str, detail: str) -> str:
    """What calls for another look at a customer."""
    said = _(CALLS[cause]) % {"detail": detail}
    factor, _equal, answer = detail.partition("=")
    return f"{said}: {factor_title(factor)} – {_(ANSWERS.get(answer, answer))}" if answer else said
