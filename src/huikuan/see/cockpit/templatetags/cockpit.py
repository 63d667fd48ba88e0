"""Indicators as receipts: what they are called, how they are computed, what went in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django import template
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from huikuan.kernel.money import to_text
from huikuan.mechanisms.pages.figures import grouped
from huikuan.see.cockpit.domain.overview import Indicator, Overview

register = template.Library()

NAMES = {
    "overdue_rate": gettext_noop("Overdue rate"),
    "dso_simple": gettext_noop("DSO, simple"),
    "dso_countback": gettext_noop("DSO, count-back"),
    "dso_true": gettext_noop("DSO, true"),
    "dso_best_possible": gettext_noop("DSO, best possible"),
    "average_days_delinquent": gettext_noop("Average days delinquent"),
    "cei": gettext_noop("Collection effectiveness (CEI)"),
    "turnover": gettext_noop("Receivables turnover"),
    "collection_rate": gettext_noop("Collection rate"),
    "hhi": gettext_noop("Concentration index (HHI)"),
}

FORMULAS = {
    "overdue_rate": gettext_noop("Overdue ÷ open receivables"),
    "dso_simple": gettext_noop("Open receivables ÷ credit sales × days"),
    "dso_countback": gettext_noop(
        "Sales are taken off the receivables month by month, the newest first; the days used up are the answer"
    ),
    "dso_true": gettext_noop("Sum over the open items: age × open amount ÷ sales of the month the item was posted in"),
    "dso_best_possible": gettext_noop("Receivables not yet due ÷ credit sales × days"),
    "average_days_delinquent": gettext_noop("DSO − best possible DSO"),
    "cei": gettext_noop("(Opening + sales − closing) ÷ (opening + sales − closing not yet due)"),
    "turnover": gettext_noop("Credit sales ÷ average receivables"),
    "collection_rate": gettext_noop("Collected of what fell due ÷ what fell due"),
    "hhi": gettext_noop("Sum of the squared shares of all customers × 10,000; 10,000 when one owes everything"),
}

INPUTS = {
    "receivable": gettext_noop("Open receivables"),
    "current": gettext_noop("Of these not yet due"),
    "overdue": gettext_noop("Of these overdue"),
    "opening": gettext_noop("Opening receivables"),
    "sales": gettext_noop("Credit sales, with tax"),
    "aged_amount": gettext_noop("Open amount × age in days"),
    "matured": gettext_noop("Fell due"),
    "collected": gettext_noop("Collected of it"),
    "holders": gettext_noop("Customers with a balance"),
}

#: Their numerator and denominator are no amounts: days already, or points.
NO_AMOUNTS = ("dso_countback", "dso_true", "hhi")
#: Inputs that are numbers of something, not amounts.
COUNTS = ("holders",)


@dataclass(frozen=True, slots=True)
class ReceiptLine:
    name: str
    amount: int
    is_count: bool
    from_date: date | None
    to_date: date | None


@register.simple_tag
def indicator_name(code: str) -> str:
    return _(NAMES[code])


@register.simple_tag
def formula(code: str) -> str:
    """How the indicator is defined, in a sentence (docs/algorithms/dso-cei.md)."""
    return _(FORMULAS[code])


@register.filter
def indicators(overview: Overview) -> list[Indicator]:
    """Those of the turnover panel, in reading order."""
    return [
        overview.dso_simple,
        overview.dso_countback,
        overview.dso_true,
        overview.dso_best_possible,
        overview.average_days_delinquent,
        overview.cei,
        overview.turnover,
        overview.collection_rate,
    ]


@register.filter
def receipt_lines(indicator: Indicator) -> list[ReceiptLine]:
    """What went in, named; a code without a name of its own shows as it is."""
    return [
        ReceiptLine(
            _(INPUTS[item.code]) if item.code in INPUTS else item.code,
            item.amount,
            item.code in COUNTS,
            item.from_date,
            item.to_date,
        )
        for item in indicator.inputs
    ]


@register.simple_tag
def computation(indicator: Indicator, currency: str) -> str:
    """The division as it was done: 235,000.00 ÷ 990,000.00 × 90."""
    if indicator.value is None or indicator.code in NO_AMOUNTS:
        return "="
    top, bottom = (grouped(to_text(part, currency)) for part in (indicator.numerator, indicator.denominator))
    times = f" × {indicator.factor}" if indicator.factor != 1 else ""
    return f"{top} ÷ {bottom}{times}"


@register.simple_tag
def rate_text(rate_e8: int) -> str:
    """712340000 → 7.1234."""
    return f"{(Decimal(rate_e8) / 10**8).normalize():f}"
