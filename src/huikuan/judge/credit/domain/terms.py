"""What a credit policy says of each grade: how much at the most, on which terms, how a limit is worked out.

Percentages are whole, or exact fractions of one where their name ends in `_share`; amounts are minor units of the
company's currency.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction

#: The line of customers without a grade, and of grades the policy does not name.
UNRATED = "unrated"

SALES_BASED, NET_WORTH, WORKING_CAPITAL, POINTS = "sales_based", "net_worth", "working_capital", "points"
METHODS = (SALES_BASED, NET_WORTH, WORKING_CAPITAL, POINTS)
#: These take their figures from financial statements.
FROM_STATEMENTS = frozenset({NET_WORTH, WORKING_CAPITAL})

PAYMENT_METHODS = ("transfer", "bank_bill", "commercial_bill", "cheque", "letter_of_credit", "cash")


@dataclass(frozen=True, slots=True)
class EarlyPayment:
    """Who pays within so many days takes so much off."""

    share: Fraction
    days: int


@dataclass(frozen=True, slots=True)
class Terms:
    """What a grade is given. `cap` None: none. `prepaid_percent` of an order is paid ahead; `default_share`: how many
    of a hundred such customers fail in a year, None where the company has not said."""

    grade: str
    cap: int | None
    factor: Fraction
    net_worth_share: Fraction
    term_days: int
    grace_days: int
    prepaid_percent: int
    early_payment: EarlyPayment | None = None
    payment_methods: tuple[str, ...] = ("transfer",)
    default_share: Fraction | None = None


@dataclass(frozen=True, slots=True)
class CreditPolicy:
    """The policy, read. `points`: score from which on → amount, rising. `review_on`: when the policy itself is looked
    at again; `customs`: industry → what is usual there, a note."""

    grades: Mapping[str, Terms]
    methods: tuple[str, ...] = (SALES_BASED, NET_WORTH)
    vat: Fraction = Fraction(13, 100)
    tolerance_days: int = 15
    peak: Fraction = Fraction(12, 10)
    without_statements: Fraction = Fraction(1, 2)
    statements_months: int = 24
    points: tuple[tuple[int, int], ...] = ()
    valid_months: int = 12
    margin: Fraction | None = None
    group_share: Fraction = Fraction(1)
    group_cap: int | None = None
    review_on: date | None = None
    customs: Mapping[str, str] = field(default_factory=dict)

    def of(self, grade: str) -> Terms:
        """What a grade is given; '' and grades nobody named: what the unrated are."""
        return self.grades.get(grade or UNRATED, self.grades[UNRATED])
