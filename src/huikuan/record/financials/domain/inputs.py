"""What a ratio asks of statements: figures one by one, each remembered, a missing one named."""

from __future__ import annotations

from fractions import Fraction

from huikuan.record.financials.domain.altman import Exact
from huikuan.record.financials.domain.checks import CLOSING, OPENING
from huikuan.record.financials.domain.lines import missing_of
from huikuan.record.financials.domain.period import YEAR
from huikuan.record.financials.domain.statements import Statement

FLOW = "flow"
#: Why a ratio has no value.
MISSING, ZERO_BASE, NEGATIVE_BASE, NO_INTEREST = "missing", "zero_base", "negative_base", "no_interest"

#: (line, column) → the amount that went in.
Used = dict[tuple[str, str], int]


class NoValue(Exception):
    """The ratio has no value: why, and which (line, column) is to blame."""

    def __init__(self, reason: str, *blamed: tuple[str, str]) -> None:
        super().__init__(reason)
        self.reason, self.blamed = reason, blamed


class Inputs:
    """The figures of one period's statements. `before`: those of the period that ended when it began, whose closing
    balances stand in for opening ones that were not stated; None where there are none.

    `used`: what was asked for so far. `annualised`: whether flows of a shorter period were taken times 12 ÷ months.
    """

    def __init__(self, statement: Statement, before: Statement | None = None) -> None:
        self.statement = statement
        self.before = before if before is not None and before.currency == statement.currency else None
        self.used: Used = {}
        self.annualised = False

    def closing(self, code: str) -> Exact:
        """The balance at the period's end."""
        return self._taken(code, CLOSING, self.statement.closing(code))

    def opening(self, code: str) -> Exact:
        """The balance at the period's beginning."""
        stated = self.statement.opened(code)
        if stated is None and self.before is not None:
            stated = self.before.closing(code)
        return self._taken(code, OPENING, stated)

    def average(self, code: str) -> Exact:
        """(opening + closing) ÷ 2."""
        return Fraction(self.opening(code) + self.closing(code), 2)

    def flow(self, code: str) -> Exact:
        """The period's flow as it is stated."""
        return self._taken(code, FLOW, self.statement.closing(code))

    def of_a_year(self, code: str) -> Exact:
        """The flow of a year: that of a shorter period times 12 ÷ its months."""
        months = self.statement.period.months
        self.annualised = self.annualised or months != YEAR
        flow = self.flow(code)
        return flow if months == YEAR else Fraction(flow * YEAR, months)

    def beside(self, code: str) -> Exact:
        """A balance of which the format knows nothing is none: bonds of a small enterprise."""
        return self.closing(code) if code in self.statement.form.by_code else 0

    def over(self, numerator: Exact, denominator: Exact, *blamed: str) -> Exact:
        """The quotient; no value where the denominator is nought."""
        if denominator == 0:
            raise NoValue(ZERO_BASE, *((code, CLOSING) for code in blamed))
        return Fraction(numerator, denominator)

    def over_positive(self, numerator: Exact, denominator: Exact, *blamed: str) -> Exact:
        """The same, and no value where the denominator is negative: return on what was lost says nothing."""
        if denominator < 0:
            raise NoValue(NEGATIVE_BASE, *((code, CLOSING) for code in blamed))
        return self.over(numerator, denominator, *blamed)

    def _taken(self, code: str, column: str, amount: int | None) -> Exact:
        if amount is None:
            form = self.statement.form
            known = self.statement.opening if column == OPENING else self.statement.amounts
            raise NoValue(MISSING, *((lacking, column) for lacking in missing_of(form, known, code)))
        self.used[code, column] = amount
        return amount
