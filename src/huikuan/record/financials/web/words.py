"""How pages name what this context has: periods, sheets, fields."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from huikuan.record.financials.domain.period import Period
from huikuan.record.financials.messages import KINDS, SHEETS

RATIOS, CHECKS, VERSIONS = "ratios", "checks", "versions"
#: The tabs of the page, in their order.
TABS = {
    RATIOS: gettext_noop("Ratios"),
    **SHEETS,
    CHECKS: gettext_noop("Checks"),
    VERSIONS: gettext_noop("Versions"),
}
#: What a blank line of each sheet may be said to mean.
NIL = {
    "balance": gettext_noop("Blank lines of the balance sheet are nil"),
    "income": gettext_noop("Blank lines of the income statement are nil"),
    "cash": gettext_noop("Blank lines of the cash flow statement are nil"),
}


def period_name(period: Period) -> str:
    """2025 年度, 2026-06-30 半年度, 2026-08-31 8 个月."""
    kind = _(KINDS[period.kind])
    if period.kind == "months":
        kind = kind % {"months": period.months}
    calendar_year = period.kind == "year" and period.ends_on.month == period.months
    return f"{period.ends_on.year if calendar_year else period.ends_on.isoformat()} {kind}"
