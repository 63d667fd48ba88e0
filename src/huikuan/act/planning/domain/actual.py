"""What came in a month of what was to come, and the collection rate (回款率); docs/algorithms/collection-plan.md."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from huikuan.kernel.money import divide_half_up


@dataclass(frozen=True, slots=True)
class Moved:
    """A claim in the month, minor units: `matured`, what of it was due by the last day by the schedule that governs;
    `before`, what was settled of it before the month; `cash` and `bills` that settled it in the month; `settled`, all
    that did by the last day."""

    matured: int
    before: int
    cash: int
    bills: int
    settled: int


@dataclass(frozen=True, slots=True)
class Actual:
    """`cash` came in the month, `bills` were taken; `collected` is the cash for what had matured, `uncollected` what
    of that is open."""

    cash: int = 0
    bills: int = 0
    collected: int = 0
    uncollected: int = 0

    @property
    def matured(self) -> int:
        return self.collected + self.uncollected

    @property
    def rate_e4(self) -> int | None:
        """The collection rate: collected of matured ÷ matured, × 10^4, half up; None: nothing had matured."""
        return divide_half_up(self.collected * 10_000, self.matured) if self.matured else None

    def __add__(self, other: Actual) -> Actual:
        return Actual(
            self.cash + other.cash,
            self.bills + other.bills,
            self.collected + other.collected,
            self.uncollected + other.uncollected,
        )


def actual_of(moved: Moved) -> Actual:
    """One claim's part. Money pays the earliest instalment first, so what had matured is paid before what had not;
    what a credit note or write-off cleared is neither collected nor to be collected."""
    at_first = max(moved.matured - moved.before, 0)
    return Actual(
        cash=moved.cash,
        bills=moved.bills,
        collected=max(min(moved.cash, at_first), 0),
        uncollected=max(moved.matured - moved.settled, 0),
    )


def together(ones: Iterable[Actual]) -> Actual:
    """Their sum; of one currency."""
    return sum(ones, Actual())


def fulfilled_e4(planned: int, cash: int) -> int | None:
    """How far a plan was met: cash ÷ planned, × 10^4, half up; None: nothing was planned."""
    return divide_half_up(cash * 10_000, planned) if planned else None
