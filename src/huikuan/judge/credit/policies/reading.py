"""What the checks of this context's policy documents have in common."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import ROUND_FLOOR, Decimal
from typing import Any

from django.utils.translation import gettext_noop

from huikuan.kernel.errors import Place, Refusal
from huikuan.kernel.money import LARGEST_MINOR, minor_digits, to_minor, to_text

#: What amounts are called in the documents of this context.
_AMOUNTS = frozenset({"overdue_amount", "cap", "amount"})


def names(document: object, known: Sequence[str], inside: str) -> Iterable[Place]:
    """Names that lack, and names nobody knows; `inside` begins each place."""
    if not isinstance(document, dict):
        yield Place(column=inside, value=str(document), reason=gettext_noop("This has to be an object."))
        return
    for name in known:
        if name not in document:
            yield Place(column=f"{inside}{name}", reason=gettext_noop("This is missing."))
    for name in document:
        if name not in known:
            yield Place(column=f"{inside}{name}", reason=gettext_noop("Nobody knows this."), fix=", ".join(known))


def is_whole(value: object, least: int, most: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and least <= value <= most


def is_amount(value: object) -> bool:
    """A decimal text, in hundredths at the finest, so that it fits every company's currency but a few."""
    if not isinstance(value, str):
        return False
    try:
        return to_minor(value, "CNY") >= 0
    except Refusal:
        return False


def minor_at_most(text: str, currency: str) -> int:
    """An amount of a document in whole minor units of a currency it was not checked in: the most that does not exceed
    it, which beside whole amounts says the same."""
    scaled = Decimal(text).scaleb(minor_digits(currency)).to_integral_value(ROUND_FLOOR)
    return min(int(scaled), LARGEST_MINOR)


def check_amounts(document: Mapping[str, Any], currency: str, *, kind: str) -> None:
    """Refuse amounts of an otherwise good document that are finer than the company's currency."""
    places = [
        Place(
            column=column,
            value=text,
            reason=gettext_noop("The company's currency has fewer decimals."),
            fix=to_text(minor_at_most(text, currency), currency),
        )
        for column, text in _amounts(document, "")
        if minor_at_most(text, currency) != Decimal(text).scaleb(minor_digits(currency))
    ]
    if places:
        raise Refusal("policy_document_bad", where=places, kind=kind)


def _amounts(said: object, column: str) -> Iterable[tuple[str, str]]:
    """Each amount with its place: `order.overdue_amount`, `points[0].amount`."""
    if isinstance(said, list):
        for number, one in enumerate(said):
            yield from _amounts(one, f"{column}[{number}]")
    elif isinstance(said, dict):
        for name, one in said.items():
            inside = f"{column}.{name}" if column else name
            if name in _AMOUNTS and isinstance(one, str):
                yield inside, one
            else:
                yield from _amounts(one, inside)
