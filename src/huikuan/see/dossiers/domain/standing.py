"""Where a customer stands on a day: what is open, what is late, by age."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol


class Line(Protocol):
    """What is read of an open line (receivables' ItemRow): `value` in the reporting currency, None without a rate."""

    @property
    def side(self) -> str: ...
    @property
    def currency(self) -> str: ...
    @property
    def open_amount(self) -> int: ...
    @property
    def value(self) -> int | None: ...
    @property
    def slot(self) -> str: ...
    @property
    def from_days(self) -> int | None: ...
    @property
    def to_days(self) -> int | None: ...
    @property
    def overdue_days(self) -> int: ...


@dataclass(frozen=True, slots=True)
class Bucket:
    """The debits of one age; `days` are its edges, None what they are not."""

    slot: str
    from_days: int | None
    to_days: int | None
    amount: int
    lines: int


@dataclass(frozen=True, slots=True)
class Unvalued:
    """Amounts of a currency without a rate: in no total, told beside it. `overdue_lines`: its claims that are late."""

    currency: str
    debit: int
    credit: int
    overdue_lines: int = 0


@dataclass(frozen=True, slots=True)
class Standing:
    """Minor units of `currency`. Credits apart, never netted; `longest` counts days past due."""

    currency: str
    total: int
    overdue: int
    credit: int
    lines: int
    overdue_lines: int
    longest: int
    buckets: tuple[Bucket, ...]
    unvalued: tuple[Unvalued, ...]

    @property
    def late(self) -> tuple[Bucket, ...]:
        return tuple(one for one in self.buckets if one.slot == "days")


def standing_of(lines: Iterable[Line], currency: str) -> Standing:
    """The sums over open lines aged by due date."""
    places: dict[tuple[str, int | None, int | None], tuple[int, int]] = {}
    strange: dict[str, list[int]] = {}
    credit = count = longest = 0
    for line in lines:
        count += 1
        if line.value is None:
            sums = strange.setdefault(line.currency, [0, 0, 0])
            sums[line.side == "credit"] += line.open_amount
            sums[2] += line.side == "debit" and line.slot == "days"
        elif line.side == "credit":
            credit += line.value
        else:
            place = (line.slot, line.from_days, line.to_days)
            amount, many = places.get(place, (0, 0))
            places[place] = (amount + line.value, many + 1)
        if line.side == "debit" and line.slot == "days":
            longest = max(longest, line.overdue_days)
    buckets = tuple(Bucket(*place, *places[place]) for place in sorted(places, key=_order))
    late = [one for one in buckets if one.slot == "days"]
    return Standing(
        currency=currency,
        total=sum(one.amount for one in buckets),
        overdue=sum(one.amount for one in late),
        credit=credit,
        lines=count,
        overdue_lines=sum(one.lines for one in late),
        longest=longest,
        buckets=buckets,
        unvalued=tuple(Unvalued(code, *strange[code]) for code in sorted(strange)),
    )


def _order(place: tuple[str, int | None, int | None]) -> tuple[int, int]:
    slot, low, _ = place
    return ("not_due", "awaiting", "days").index(slot), low or 0
