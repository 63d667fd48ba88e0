"""Amounts as people and programs write them → exact thousandths of the unit, one text at a time."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from huikuan.kernel.errors import Refusal
from huikuan.kernel.money import LARGEST_MINOR, to_minor
from huikuan.kernel.text import plain

#: Amounts are carried in 1/1000 of the unit: every currency's minor unit is a multiple of it.
SCALE_DIGITS = 3

_CURRENCY_SIGN = r"(?:CNY|RMB|USD|EUR|HKD|JPY|GBP|CAD|AUD|US\$|HK\$|人民币|[¥￥$€£])"
_SIGN = re.compile(
    rf"^([+-]?)\s*{_CURRENCY_SIGN}?\s*([+-]?)\s*(.*?)\s*(?:{_CURRENCY_SIGN}|元|圆)?\s*([+-]?)$", re.IGNORECASE
)
_PLAIN_NUMBER = re.compile(r"^(?:\d+|\d{1,3}(?:,\d{3})+)?(?:\.\d*)?$")
_SCIENTIFIC = re.compile(r"^\d(?:\.\d+)?E[+-]?\d{1,3}$", re.IGNORECASE)
_MINUS = str.maketrans({"−": "-", "–": "-", "—": "-", "﹣": "-", "，": ",", "'": "", "’": ""})
#: Beside its code, what a currency is written with in a form.
_OWN_SIGNS = {
    "CNY": ("RMB", "人民币", "[¥￥]", "元", "圆"),
    "JPY": ("[¥￥]",),
    "USD": (r"US\$", r"\$"),
    "HKD": (r"HK\$",),
    "EUR": ("€",),
    "GBP": ("£",),
}
_TYPED = str.maketrans({"−": "-", "–": "-", "—": "-", "﹣": "-", "，": ","})
#: From this many significant digits on, the last ones of a spreadsheet's number are binary noise.
_NOISY_DIGITS = 15
_NOISE = Decimal("1e-12")


@dataclass(frozen=True, slots=True)
class Style:
    """How a file writes amounts. `decimal` is '.' or ','; `unit` multiplies (10000 for 万元)."""

    decimal: str = "."
    unit: int = 1


def read_amount(text: str, digits: int, style: Style = Style()) -> int | str:
    """Thousandths of `text`, or the code of what is wrong with it. `digits`: the currency's decimals."""
    number = _decimal(plain(text).translate(_MINUS), style)
    if number is None:
        return "amount_unreadable"
    number *= style.unit
    # Before anything is expanded: 1E+999999 must not become a million digits.
    if number and number.adjusted() > 15:
        return "amount_too_large"
    exact = _without_noise(number, digits)
    if exact is None:
        return "amount_too_fine"
    if abs(exact) * 10**digits > LARGEST_MINOR:
        return "amount_too_large"
    return int(exact.scaleb(SCALE_DIGITS))


def typed_minor(text: str, currency: str) -> int:
    """Minor units of what a person typed in a form: thousands apart or not, full-width, with the currency's own sign:
    '５０，０００' and '¥50,000元' are 5000000 fen. Refuses what is no amount, or is not exact in the currency."""
    own = "|".join([re.escape(currency), *_OWN_SIGNS.get(currency, ())])
    found = re.fullmatch(rf"([+-]?)\s*(?:{own})?\s*(\S*?)\s*(?:{own})?", plain(text).translate(_TYPED), re.IGNORECASE)
    if found is None or not _PLAIN_NUMBER.match(found[2]) or not any(one.isdigit() for one in found[2]):
        raise Refusal("amount_unreadable", value=text)
    try:
        return to_minor(found[1] + found[2].replace(",", ""), currency)
    except Refusal as refusal:
        raise Refusal(refusal.code, value=text, currency=currency) from refusal


def typed_positive_minor(text: str, currency: str) -> int:
    """`typed_minor` of an amount above 0; refuses 0 and less by what they are."""
    minor = typed_minor(text, currency)
    if minor <= 0:
        raise Refusal("amount_not_above_zero", value=text)
    return minor


def _decimal(text: str, style: Style) -> Decimal | None:
    negative = False
    if text.startswith("(") and text.endswith(")"):
        negative, text = True, text[1:-1].strip()
    signed = _SIGN.match(text)
    if signed is None:
        return None
    signs = [sign for sign in (signed[1], signed[2], signed[4]) if sign]
    if len(signs) > 1 or (signs and negative):
        return None
    body = signed[3].replace(" ", "")
    if style.decimal == ",":
        body = body.translate({ord("."): ",", ord(","): "."})
    if not any(character.isdigit() for character in body) or not (
        _PLAIN_NUMBER.match(body) or _SCIENTIFIC.match(body)
    ):
        return None
    try:
        number = Decimal(body.replace(",", ""))
    except InvalidOperation:
        return None
    return -number if negative or signs == ["-"] else number


def _without_noise(number: Decimal, digits: int) -> Decimal | None:
    """`number` in whole minor units; None when it says more than that.

    A spreadsheet saves 0.1 + 0.2 as 0.30000000000000004. Only a number of at least 15 significant
    digits that lies within 1e-12 (relative) of a whole minor unit counts as such noise.
    """
    step = Decimal(1).scaleb(-digits)
    rounded = number.quantize(step) if number.adjusted() > -20 else Decimal(0)
    if rounded == number:
        return rounded
    noisy = len(number.as_tuple().digits) >= _NOISY_DIGITS and abs(rounded - number) <= _NOISE * abs(number)
    return rounded if noisy else None
