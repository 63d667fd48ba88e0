"""Factors and cards in the reader's words."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from huikuan.judge.rating.domain.factors import FACTORS as KNOWN
from huikuan.judge.rating.domain.factors import STANDINGS
from huikuan.judge.rating.messages import ANSWERS, CALLS, CARDS, FACTORS
from huikuan.mechanisms.pages.figures import percent, rounded


def factor_title(name: str) -> str:
    """A factor as people call it; one that no longer is, by its name."""
    if name in STANDINGS:
        return _("%(ratio)s, points in its industry") % {"ratio": _(FACTORS[STANDINGS[name]])}
    return _(FACTORS[name]) if name in FACTORS else name


def card_title(name: str) -> str:
    """A card as shipped in words; one of the company's own by its name."""
    return _(CARDS[name]) if name in CARDS else name


def factor_value(value: str | None, name: str) -> str:
    """88.2%, 2.4 days, deregistered; nothing known is said so."""
    if value is None:
        return _("not known")
    if value == "":
        return _("taken back")
    if value in ANSWERS:
        return _(ANSWERS[value])
    try:
        number = Decimal(value)
    except InvalidOperation:
        return value
    return _measured(number, KNOWN[name].unit if name in KNOWN else "number")


def _measured(number: Decimal, unit: str) -> str:
    if unit == "share":
        return percent(number)
    places = 0 if number == number.to_integral_value() else min(-int(number.as_tuple().exponent), 2)
    told = rounded(number, places)
    plural = 1 if number == 1 else 2
    return {
        "days": ngettext("%(number)s day", "%(number)s days", plural),
        "months": ngettext("%(number)s month", "%(number)s months", plural),
        "years": ngettext("%(number)s year", "%(number)s years", plural),
    }.get(unit, "%(number)s") % {"number": told}


def told_call(cause: str, detail: str) -> str:
    """What calls for another look at a customer."""
    said = _(CALLS[cause]) % {"detail": detail}
    factor, _equal, answer = detail.partition("=")
    return f"{said}: {factor_title(factor)} – {_(ANSWERS.get(answer, answer))}" if answer else said
