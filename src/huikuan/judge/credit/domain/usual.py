"""The limit of a replay where none was granted: proposed from how the customer bought and paid by then.

Two ways (docs/algorithms/dry-run.md): what it had out at most at the end of a day of the year before (`carried`); or
the sales-based method, a year's sales over the days they stand open, at the peak (`sales`). Each times a factor of the
grade (示例), without one the lowest. Of newcomers, who show nobody yet how they buy, no limit is proposed.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from huikuan.judge.credit.domain.methods import Proposed, Step, by_sales, final
from huikuan.kernel.money import divide_half_up

CARRIED, SALES = "carried", "sales"
METHODS = (CARRIED, SALES)

YEAR_DAYS = 365
#: With fewer days since the first invoice nobody knows how a customer buys.
LEAST_DAYS = 90
PEAK = Fraction(6, 5)
#: Factors of grades by method (示例); of one that is not named, and without a grade, the lowest.
FACTORS = {
    CARRIED: {"A": Fraction(6, 5), "B": Fraction(1), "C": Fraction(1, 2)},
    SALES: {"A": Fraction(1), "B": Fraction(3, 5), "C": Fraction(1, 5)},
}


@dataclass(frozen=True, slots=True)
class Bought:
    """How a customer bought in one currency in the year to a day: its sales less what came back, the most it had out
    at once (`carried`), the invoices with a due date (`termed`), these amounts times their days from document to due
    date (`term_days`); minor units."""

    currency: str
    first_on: date
    sales: int
    carried: int
    termed: int = 0
    term_days: int = 0


def usual_limit(bought: Bought, method: str, *, grade: str, grace_days: int, on: date) -> Proposed | None:
    """What would be proposed on the day; None where too little is known."""
    known = min((on - bought.first_on).days, YEAR_DAYS)
    if known < LEAST_DAYS or bought.sales <= 0:
        return None
    factors = FACTORS[method]
    base = _carried(bought) if method == CARRIED else _by_sales(bought, known, grace_days)
    return final([base], grade_factor=factors.get(grade, min(factors.values())))


def _carried(bought: Bought) -> Proposed:
    return Proposed(CARRIED, max(0, bought.carried), (Step(CARRIED, Fraction(bought.carried)),))


def _by_sales(bought: Bought, known: int, grace_days: int) -> Proposed:
    """The ledger's sales contain their tax. The term is the customer's own usual one, weighted by amount."""
    annual = divide_half_up(bought.sales * YEAR_DAYS, known)
    term = max(0, divide_half_up(bought.term_days, bought.termed)) if bought.termed > 0 else 0
    return by_sales(annual, vat=Fraction(0), term_days=term, tolerance_days=grace_days, peak=PEAK)
