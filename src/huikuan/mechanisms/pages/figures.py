"""Figures in words: amounts in the reader's unit, shares, the names and shades of ages."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from huikuan.kernel.money import divide_half_up, minor_digits, to_text

#: How a person may read amounts: name → power of ten above the currency's unit. Chinese counts by 万 and 亿, English
#: by the thousand and the million: the middle and the large unit are each language's own.
UNITS = {"yuan": 0, "wan": 4, "yi": 8}
_IN_ENGLISH = {"yuan": 0, "wan": 3, "yi": 6}

#: A whole value, or several: what people wrote among other words stays as they wrote it.
_ONE = re.compile(r"([A-Z]{3}) (-?\d+(?:\.\d+)?)", re.ASCII)
_AMOUNTS = re.compile(rf"{_ONE.pattern}(?:, {_ONE.pattern})*", re.ASCII)
#: The ramp's last class; a policy with more buckets repeats it.
DARKEST = 5


def in_unit(minor: int, currency: str, unit: str) -> str:
    """2483570012 fen in 'wan' → '2,483.57' (in English, by the thousand: '24,835.70').

    Ledger precision where the unit is the currency itself."""
    power = power_of(unit)
    if power == 0:
        return grouped(to_text(minor, currency))
    hundredths = divide_half_up(minor * 100, 10 ** (power + minor_digits(currency)))
    return grouped(to_text(hundredths, "CNY"))


def power_of(unit: str) -> int:
    """The power of ten that a unit stands for in the language spoken now; 0 for one that is none."""
    english = (get_language() or "").startswith("en")
    return (_IN_ENGLISH if english else UNITS).get(unit, 0)


def grouped(text: str) -> str:
    """Thousands grouped, with a true minus: '-1234.50' → '−1,234.50'."""
    negative, digits = text.startswith("-"), text.lstrip("-")
    whole, dot, rest = digits.partition(".")
    return f"{'−' if negative else ''}{int(whole):,}{dot}{rest}"


def amounts_apart(shown: Mapping[str, Any]) -> dict[str, Any]:
    """What a document says, its amounts as people read them: CNY 2946000.00 → CNY 2,946,000.00. The document keeps
    them as they were written: what was shown is what was signed."""
    return {name: _apart(value) if isinstance(value, str) else value for name, value in shown.items()}


def _apart(text: str) -> str:
    return _ONE.sub(lambda found: f"{found[1]} {grouped(found[2])}", text) if _AMOUNTS.fullmatch(text) else text


def unit_name(currency: str, unit: str) -> str:
    names = {
        "yuan": (_("CNY"), "%s"),
        "wan": (_("CNY thousand"), pgettext("the middle unit of a currency", "%s thousand")),
        "yi": (_("CNY million"), pgettext("the large unit of a currency", "%s million")),
    }
    own, other = names.get(unit, names["yuan"])
    return own if currency == "CNY" else other % currency


def percent(share: Decimal | None, places: int = 1) -> str:
    """0.2194 → 21.9%; nothing to divide by → 不适用."""
    if share is None:
        return _("n/a")
    return f"{rounded(share * 100, places)}%"


def used_of(used: int | None, limit: int | None) -> str:
    """Used ÷ limit in percent with one decimal, rounded up: what is over a mark never reads as on it; '–' without
    a limit, '' where nobody knows one of them."""
    if used is None or limit is None:
        return ""
    if limit <= 0:
        return "–"
    return f"{grouped(percent_up(-(-max(0, used) * 10_000 // limit)))} %"


def percent_up(share_e4: int) -> str:
    """Ten-thousandths → percent with one decimal, rounded up: 8671 → 86.8. At least 0."""
    tenths = -(-share_e4 // 10)
    return f"{tenths // 10}.{tenths % 10}"


def change(difference: int, before: int) -> str:
    """−5.0 %, +12.5 %: by how much something moved; '' from nothing."""
    if not before or not difference:
        return ""
    return f"{'+' if difference > 0 else ''}{rounded(Decimal(difference * 100) / before, 1)} %"


def rounded(value: Decimal, places: int) -> str:
    rounded = value.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
    return f"{rounded:,}".replace("-", "−")


def bucket_name(code: str, from_days: int | None = None, to_days: int | None = None) -> str:
    """未到期, 待触发, 1–30 天, 90 天以上."""
    if code == "not_due":
        return _("Not due")
    if code == "awaiting":
        return _("Awaiting event")
    if code == "overdue":
        return _("Overdue")
    if to_days is None:
        return _("Over %(days)s days") % {"days": (from_days or 1) - 1}
    return _("%(from)s–%(to)s days") % {"from": from_days, "to": to_days}


def shade(code: str, place: int, basis: str) -> str:
    """The ramp's class for a bucket: `place` counts the buckets of code days from 0."""
    if code == "not_due":
        return "0"
    if code == "awaiting":
        return "w"
    return str(min(place + (1 if basis == "due" else 0), DARKEST))
