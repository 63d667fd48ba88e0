"""Dated exchange rates."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from huikuan.kernel.rates import SCALE
from huikuan.record.receivables.models import ExchangeRate


@dataclass(frozen=True, slots=True)
class Rate:
    """One unit of `currency` was rate_e8 / 10^8 of `quote_currency` from `on_date`."""

    currency: str
    quote_currency: str
    on_date: date
    rate_e8: int
    source: str


def rate_on(currency: str, quote: str, day: date, *, known: int | None = None) -> Rate | None:
    """The latest rate on or before `day` (None: none yet). A correction of a day replaces it."""
    if currency == quote:
        return Rate(currency, quote, day, SCALE, "")
    rows = ExchangeRate.objects.filter(currency=currency, quote_currency=quote, on_date__lte=day)
    if known is not None:
        rows = rows.filter(tx__lt=known)
    found = rows.order_by("-on_date", "-tx", "-id").first()
    return Rate(currency, quote, found.on_date, found.rate_e8, found.source) if found else None


def rates_on(wanted: Iterable[tuple[str, date]], quote: str) -> dict[tuple[str, date], int | None]:
    """The rate × 10^8 into `quote` of each (currency, day); one look-up per distinct pair."""
    answers: dict[tuple[str, date], int | None] = {}
    for currency, day in set(wanted):
        found = rate_on(currency, quote, day)
        answers[currency, day] = found.rate_e8 if found else None
    return answers


def rates(currency: str = "", quote: str = "") -> list[ExchangeRate]:
    """All rates recorded, newest day first, corrections before what they correct."""
    rows = ExchangeRate.objects.order_by("currency", "quote_currency", "-on_date", "-tx", "-id")
    if currency:
        rows = rows.filter(currency=currency)
    return list(rows.filter(quote_currency=quote) if quote else rows)
