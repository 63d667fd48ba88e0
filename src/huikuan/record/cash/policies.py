"""Rules of cash application a company may set: what matching does by itself, and which differences it accepts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.translation import gettext_noop

from huikuan.kernel.errors import Place, Refusal
from huikuan.mechanisms.policies.kinds import Kind, register

KIND = "cash_matching"

#: Docs: docs/algorithms/matching.md. Shares and amounts are decimal strings, amounts in the currency of the payment.
DEFAULT: dict[str, Any] = {
    "automatic": "0.995",
    "suggest": "0.5",
    "bank_fee": "50.00",
    "tolerance": "10.00",
    "tolerance_percent": "0.1",
    "duplicate_days": 60,
    "discounts": True,
    "parts": True,
}
_FINEST_AMOUNT, _FINEST_SHARE = 2, 6
_MOST_DAYS = 3_650
#: Below even chances a payment is not applied by itself, whatever a company thinks of its payers.
_LEAST_AUTOMATIC = Decimal("0.9")


def check_matching(document: Mapping[str, Any]) -> None:
    """Refuse a document that lacks something, says too much, or whose thresholds are in the wrong order."""
    places = list(_names(document)) or [*_shares(document), *_amounts(document), *_choices(document)]
    if places:
        raise Refusal("policy_document_bad", where=places, kind=KIND)


def _names(document: Mapping[str, Any]) -> Iterable[Place]:
    for name in DEFAULT.keys() - document.keys():
        yield Place(column=name, reason=gettext_noop("This is missing."), fix=str(DEFAULT[name]))
    for name in document.keys() - DEFAULT.keys():
        yield Place(column=name, reason=gettext_noop("Nobody knows this."), fix=", ".join(DEFAULT))


def _shares(document: Mapping[str, Any]) -> Iterable[Place]:
    automatic, suggest = (_decimal(document[name], _FINEST_SHARE) for name in ("automatic", "suggest"))
    if automatic is None or not _LEAST_AUTOMATIC <= automatic <= 1:
        yield _bad(document, "automatic", gettext_noop("A share from 0.9 to 1 is needed."))
    if suggest is None or not 0 <= suggest <= (automatic or 1):
        yield _bad(document, "suggest", gettext_noop("A share from 0 to the automatic one is needed."))


def _amounts(document: Mapping[str, Any]) -> Iterable[Place]:
    for name in ("bank_fee", "tolerance"):
        if _decimal(document[name], _FINEST_AMOUNT) is None:
            yield _bad(document, name, gettext_noop("An amount in quotes is needed."))
    percent = _decimal(document["tolerance_percent"], _FINEST_SHARE)
    if percent is None or percent > 1:
        yield _bad(document, "tolerance_percent", gettext_noop("A percentage from 0 to 1 is needed."))


def _choices(document: Mapping[str, Any]) -> Iterable[Place]:
    days = document["duplicate_days"]
    if not isinstance(days, int) or isinstance(days, bool) or not 0 <= days <= _MOST_DAYS:
        yield _bad(document, "duplicate_days", gettext_noop("A whole number of days is needed."))
    for name in ("discounts", "parts"):
        if not isinstance(document[name], bool):
            yield _bad(document, name, gettext_noop("true or false is needed."))


def _bad(document: Mapping[str, Any], name: str, reason: str) -> Place:
    return Place(column=name, value=str(document[name]), reason=reason, fix=str(DEFAULT[name]))


def _decimal(value: object, finest: int) -> Decimal | None:
    """A decimal text ≥ 0 with so many decimals at most; None where it is no such text."""
    if not isinstance(value, str):
        return None
    try:
        number = Decimal(value)
    except InvalidOperation:
        return None
    exponent = number.as_tuple().exponent
    return number if isinstance(exponent, int) and -finest <= exponent <= 0 and number >= 0 else None


CASH_MATCHING = register(
    Kind(
        name=KIND,
        title=gettext_noop("Matching of payments"),
        default=DEFAULT,
        check=check_matching,
    )
)
