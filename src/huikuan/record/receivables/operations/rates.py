"""Recording exchange rates."""

from __future__ import annotations

from datetime import date, datetime

from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.audit.operations import record
from huikuan.mechanisms.store.transactions import retrying
from huikuan.record.receivables.domain.posting import check_currency
from huikuan.record.receivables.models import ExchangeRate


def record_rate(
    *, currency: str, quote_currency: str, on_date: date, rate_e8: int, source: str, actor: str, at: datetime
) -> int:
    """One unit of `currency` is rate_e8 / 10^8 of `quote_currency` from `on_date`; returns the id.

    A second rate for the same day corrects the first for postings to come; what is posted stays.
    """
    check_currency(currency)
    check_currency(quote_currency)
    if currency == quote_currency:
        raise Refusal("rate_of_itself", currency=currency)
    if rate_e8 <= 0:
        raise Refusal("rate_unreadable", value=rate_e8)
    row = {
        "currency": currency,
        "quote_currency": quote_currency,
        "on_date": on_date,
        "rate_e8": rate_e8,
        "source": source,
        "actor": actor,
    }
    return retrying(lambda: record(ExchangeRate, [row], at=at)[0])
