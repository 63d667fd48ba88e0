"""Running balances: whether the lines of a list hang together, in whatever order the bank lists them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Chain:
    """How a list with running balances hangs together. Amounts in minor units.

    `links`: pairs of neighbours, `broken`: how many of them do not fit; `first_break`: index of the line at which the
    first one shows, `expected`: the balance that line should have. `opening` and `closing` where the chain is whole.
    """

    links: int
    broken: int
    first_break: int | None = None
    expected: int | None = None
    opening: int | None = None
    closing: int | None = None

    @property
    def whole(self) -> bool:
        return self.broken == 0


def chain_of(amounts: Sequence[int], balances: Sequence[int | None], days: Sequence[date]) -> Chain | None:
    """The chain of a list, oldest first, newest first or mixed within a day; None where a balance is missing."""
    if not amounts or any(balance is None for balance in balances):
        return None
    after = [balance for balance in balances if balance is not None]
    up = _walk(amounts, after)
    down = _turned(_walk(amounts[::-1], after[::-1]), len(amounts))
    rising, falling = list(days) == sorted(days), list(days) == sorted(days, reverse=True)
    if up.whole and (rising or not falling):
        return up
    if down.whole and (falling or not rising):
        return down
    mixed = _by_day(amounts, after, days)
    return mixed or (up if rising and not falling else down if falling and not rising else min(up, down, key=_broken))


def _broken(chain: Chain) -> int:
    return chain.broken


def _walk(amounts: Sequence[int], balances: Sequence[int]) -> Chain:
    """The chain of a list, oldest first."""
    expected = [before + amount for before, amount in zip(balances, amounts[1:], strict=False)]
    breaks = [place for place, wanted in enumerate(expected, start=1) if balances[place] != wanted]
    if breaks:
        return Chain(len(expected), len(breaks), breaks[0], expected[breaks[0] - 1])
    return Chain(len(expected), 0, opening=balances[0] - amounts[0], closing=balances[-1])


def _turned(chain: Chain, length: int) -> Chain:
    if chain.first_break is None:
        return chain
    return Chain(chain.links, chain.broken, length - 1 - chain.first_break, chain.expected)


def _by_day(amounts: Sequence[int], balances: Sequence[int], days: Sequence[date]) -> Chain | None:
    """The chain where every day's lines make one in some order, and each day begins where the one before ended."""
    moves: dict[date, list[tuple[int, int]]] = {}
    for amount, after, day in zip(amounts, balances, days, strict=True):
        moves.setdefault(day, []).append((after - amount, after))
    opening = closing = None
    for day in sorted(moves):
        ends = _ends(moves[day], closing)
        if ends is None or closing not in (None, ends[0]):
            return None
        opening = ends[0] if opening is None else opening
        closing = ends[1]
    return Chain(len(amounts) - 1, 0, opening=opening, closing=closing)


def _ends(moves: Sequence[tuple[int, int]], start: int | None) -> tuple[int, int] | None:
    """Where a path through all moves begins and ends. `start` decides where they make a ring.

    A path exists exactly if the balances are connected and each is left as often as it is reached, but for the first
    and the last.
    """
    surplus: Counter[int] = Counter()
    neighbours: dict[int, set[int]] = {}
    for before, after in moves:
        surplus[before] += 1
        surplus[after] -= 1
        neighbours.setdefault(before, set()).add(after)
        neighbours.setdefault(after, set()).add(before)
    ends = {count: balance for balance, count in surplus.items() if count}
    odd = sum(1 for count in surplus.values() if count)
    if not _connected(neighbours):
        return None
    if odd == 0:
        return (start, start) if start in neighbours and start is not None else None
    return (ends[1], ends[-1]) if odd == 2 and ends.keys() == {1, -1} else None


def _connected(neighbours: dict[int, set[int]]) -> bool:
    seen: set[int] = set()
    todo = [next(iter(neighbours))]
    while todo:
        balance = todo.pop()
        if balance not in seen:
            seen.add(balance)
            todo.extend(neighbours[balance] - seen)
    return len(seen) == len(neighbours)
