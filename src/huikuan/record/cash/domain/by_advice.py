"""Picks as a remittance advice tells them: line by line its document and amount."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from huikuan.record.cash.domain import evidence
from huikuan.record.cash.domain.book import Difference
from huikuan.record.cash.domain.evidence import Sign
from huikuan.record.cash.domain.numbers import Strength
from huikuan.record.cash.domain.picks import DISCOUNT, Desk, Pick, usual_share
from huikuan.record.cash.domain.pools import Named

#: What the lines come to, where one of them names its document surely.
_ADDS_UP = 4.0
#: A line whose number is unknown may be for the only claim left.
_ONLY_LEFT = 1.0


@dataclass
class _Reading:
    """What reading the lines one after the other has come to."""

    paid: dict[int, int] = field(default_factory=dict)
    rest: int = 0
    signs: list[Sign] = field(default_factory=list)
    holds: list[str] = field(default_factory=list)
    differences: list[Difference] = field(default_factory=list)


def picks_by_advice(desk: Desk) -> Iterator[Pick]:
    """As the advice says; a line whose number is unknown by its amount alone, and then only suggested."""
    lines = [named for named in desk.pool.named if named.source == evidence.ADVICE]
    if not any(named.amount is not None for named in lines) and not desk.pool.unknown:
        return
    reading = _Reading()
    for named in sorted(lines, key=lambda named: named.strength == Strength.NEAR):
        _read_line(desk, reading, named)
    for text, amount in desk.pool.unknown:
        _read_unknown(desk, reading, text, amount)
    if reading.paid and _adds_up(desk, reading):
        holds = tuple(reading.holds)
        yield desk.pick(reading.paid, reading.signs, reading.rest, tuple(reading.differences), holds=holds)


def _read_line(desk: Desk, reading: _Reading, named: Named) -> None:
    item = _one_of(desk, reading, named)
    if item is None:
        reading.holds.append("advice_unclear")
        return
    if named.strength == Strength.NEAR:
        reading.holds.append("number_misspelt")
    said, owed = named.amount, desk.open(item)
    if said is None or said * owed <= 0 or abs(said) >= abs(owed):
        reading.paid[item] = owed
        reading.rest += said - owed if said is not None and said > owed > 0 else 0
        return
    reading.paid[item] = said
    discount = desk.discount(item)
    if said + discount == owed:
        reading.differences.append(Difference(DISCOUNT, item, discount))
        reading.signs.append(Sign("discount_in_terms", 1.0, desk.money(discount)))
    elif said > 0:
        reading.signs.append(Sign("paid_in_part", -0.5, desk.money(said), desk.money(owed)))


def _one_of(desk: Desk, reading: _Reading, named: Named) -> int | None:
    """The one claim a line means: of those it names the only one, or the only one of exactly its amount; of those it
    nearly names one it fits."""
    free = [item for item in named.items if item not in reading.paid]
    exact = [item for item in free if desk.open(item) == named.amount]
    if len(exact) == 1:
        return exact[0]
    if named.strength == Strength.NEAR:
        free = [item for item in free if not exact and usual_share(named.amount or 0, desk.open(item)) is not None]
    return free[0] if len(free) == 1 else None


def _read_unknown(desk: Desk, reading: _Reading, text: str, amount: int | None) -> None:
    """A line whose number nobody knows: the only claim of exactly its amount, or of which it is a usual share, or the
    only one left."""
    if amount is None:
        return
    free = [item for item in desk.pool.signed if item not in reading.paid]
    exact = [item for item in free if desk.open(item) == amount]
    fitting = exact or [item for item in free if usual_share(amount, desk.open(item)) is not None]
    if not fitting and len(free) == 1 and 0 < amount < desk.open(free[0]):
        fitting = free
    if len(fitting) == 1:
        reading.paid[fitting[0]] = amount
        weight = evidence.single(amount, desk.pool.near(amount)) if exact else _ONLY_LEFT
        reading.signs.append(Sign("advised_by_amount", weight, text))


def _adds_up(desk: Desk, reading: _Reading) -> bool:
    """Whether the lines come to the payment; what is over rests, more than the payment is refused."""
    total = sum(reading.paid.values()) + reading.rest
    if total > desk.amount:
        return False
    if total == desk.amount:
        sure = any(named.source == evidence.ADVICE and named.strength >= Strength.SHORT for named in desk.pool.named)
        reading.signs.append(Sign("advice_adds_up", _ADDS_UP if sure else 0.0))
    else:
        reading.rest += desk.amount - total
        reading.signs.append(Sign("advice_not_the_amount", -2.0, desk.money(total), desk.money(desk.amount)))
    if reading.rest:
        reading.signs.append(desk.over_paid(reading.rest, sum(reading.paid.values())))
    return True
