"""One reporting currency for several: every item converted by itself, so that a sum equals the sum of its rows."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from huikuan.kernel.errors import Refusal
from huikuan.kernel.money import minor_digits
from huikuan.kernel.rates import SCALE, convert
from huikuan.record.receivables.models import ExchangeRate

_CURRENCY = re.compile(r"[A-Z]{3}")


@dataclass(frozen=True, slots=True)
class UsedRate:
    """One unit of `currency` is rate_e8 ÷ 10⁸ of the reporting currency; the rate is that of `on_date`."""

    currency: str
    rate_e8: int
    on_date: date


@dataclass(frozen=True, slots=True)
class Valuation:
    """Amounts in `currency`; those of other currencies at `rates`. A currency without a rate has no value."""

    currency: str
    rates: tuple[UsedRate, ...] = ()

    def __post_init__(self) -> None:
        """Refuse anything but three capitals: `sql` writes the currencies out."""
        for currency in (self.currency, *(rate.currency for rate in self.rates)):
            if not _CURRENCY.fullmatch(currency):
                raise Refusal("currency_bad", currency=currency)

    def covers(self, currencies: Iterable[str]) -> bool:
        known = {self.currency, *(rate.currency for rate in self.rates)}
        return known.issuperset(currencies)

    def value(self, minor: int, currency: str) -> int | None:
        """`minor` of `currency` in the reporting currency, rounded half up; None without a rate."""
        if currency == self.currency:
            return minor
        found = [rate.rate_e8 for rate in self.rates if rate.currency == currency]
        return convert(minor, currency, found[0], self.currency) if found else None

    def sql(self, amount: str) -> str:
        """The same as an exact expression over `amount` and `currency`, for the columns engine."""
        cases = "".join(
            f" WHEN currency = '{rate.currency}' THEN {self._converted(amount, rate)}" for rate in self.rates
        )
        return f"CAST(CASE WHEN currency = '{self.currency}' THEN {amount}{cases} END AS BIGINT)"

    def _converted(self, amount: str, rate: UsedRate) -> str:
        shift = minor_digits(self.currency) - minor_digits(rate.currency)
        numerator, denominator = rate.rate_e8 * 10 ** max(shift, 0), SCALE * 10 ** max(-shift, 0)
        # 128-bit integers: an amount times a rate passes 64 bits. Halves go away from zero, as in kernel.money.
        whole = f"(2 * ABS(CAST({amount} AS HUGEINT)) * {numerator} + {denominator}) // {2 * denominator}"
        return f"SIGN({amount}) * ({whole})"


def valuation(currency: str, others: Iterable[str], as_of: date, known: int) -> Valuation:
    """The reporting currency and, of each other currency that has one, its latest rate on or before `as_of`."""
    rates = []
    for other in sorted(set(others) - {currency}):
        found = (
            ExchangeRate.objects.filter(currency=other, quote_currency=currency, on_date__lte=as_of, tx__lt=known)
            .order_by("-on_date", "-tx", "-id")
            .first()
        )
        if found:
            rates.append(UsedRate(other, found.rate_e8, found.on_date))
    return Valuation(currency, tuple(rates))
