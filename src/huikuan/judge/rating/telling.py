"""Factors and cards in the reader's words."""

from __future__ import annotations

from django.utils.translation import gettext as _

from huikuan.judge.rating.domain.factors import STANDINGS
from huikuan.judge.rating.messages import CARDS, FACTORS


def factor_title(name: str) -> str:
    """A factor as people call it; one that no longer is, by its name."""
    if name in STANDINGS:
        return _("%(ratio)s, points in its industry") % {"ratio": _(FACTORS[STANDINGS[name]])}
    return _(FACTORS[name]) if name in FACTORS else name


def card_title(name: str) -> str:
    """A card as shipped in words; one of the company's own by its name."""
    return _(CARDS[name]) if name in CARDS else name
