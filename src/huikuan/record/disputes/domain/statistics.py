"""What disputes add up to: how many, over how much, what was granted, how long they took."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from huikuan.kernel.money import divide_half_up

#: What they are told apart by.
BY = ("reason", "department", "business_type", "outcome")


@dataclass(frozen=True, slots=True)
class Told:
    """One dispute: its value in what they are told apart by, amounts in minor units; `days` it took, None while it
    stands."""

    value: str
    currency: str
    amount: int
    granted: int
    days: int | None


@dataclass(frozen=True, slots=True)
class Figures:
    """`count` disputes over `amount`, of them `resolved` over `resolved_amount`, of which `granted`; `days_total` is
    what the resolved ones took together."""

    value: str
    currency: str
    count: int
    amount: int
    resolved: int
    resolved_amount: int
    granted: int
    days_total: int

    @property
    def share_e4(self) -> int | None:
        """Granted of what was disputed and resolved, × 10^4, half up; None: nothing is resolved."""
        return divide_half_up(self.granted * 10_000, self.resolved_amount) if self.resolved_amount else None

    @property
    def days_x10(self) -> int | None:
        """Average days from raising to resolution, × 10, half up; None: nothing is resolved."""
        return divide_half_up(self.days_total * 10, self.resolved) if self.resolved else None


def figures_of(told: Iterable[Told]) -> list[Figures]:
    """By value and currency, the largest amount first within each currency."""
    groups: dict[tuple[str, str], list[Told]] = {}
    for one in told:
        groups.setdefault((one.value, one.currency), []).append(one)
    found = [_figures(*key, ones) for key, ones in groups.items()]
    return sorted(found, key=lambda one: (one.currency, -one.amount, one.value))


def _figures(value: str, currency: str, ones: list[Told]) -> Figures:
    over = [one for one in ones if one.days is not None]
    return Figures(
        value=value,
        currency=currency,
        count=len(ones),
        amount=sum(one.amount for one in ones),
        resolved=len(over),
        resolved_amount=sum(one.amount for one in over),
        granted=sum(one.granted for one in over),
        days_total=sum(one.days or 0 for one in over),
    )
