"""Which sets of amounts add up to a payment, exactly, and how many others do as well.

Up to 24 amounts: the sums of one half meet those of the other, and every set is found. Of more: every set of up to
four (and of all but up to four), because two pairs meet in a table of pairs; every run of neighbours, for who pays
what is due up to a day; then depth first, the largest amounts first, the last twelve looked up, until the steps are
spent.
The answer says whether there can be others.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import combinations

_WHOLLY = 24
_MOST_PAIRED = 120
_BLOCK = 12
_STEPS = 8_000


@dataclass(frozen=True, slots=True)
class Found:
    """Sets of places in what was given, the smallest first. `complete`: there are no others."""

    sets: tuple[tuple[int, ...], ...]
    complete: bool


def subsets(amounts: Sequence[int], target: int, *, most: int = 20) -> Found:
    """Every set of `amounts` (signed, none 0) that adds up to `target`, up to `most`; the empty set is none."""
    ways = [_halves] if len(amounts) <= _WHOLLY else [_few, _all_but_few, _neighbours]
    found: dict[tuple[int, ...], None] = {}
    for way in ways:
        for places in way(amounts, target):
            found[places] = None
            if len(found) > most:
                return Found(_simplest(found)[:most], complete=False)
    if len(amounts) <= _WHOLLY:
        return Found(_simplest(found), complete=True)
    deep = _Descent(amounts, most, found)
    deep.run(target)
    return Found(_simplest(found)[:most], deep.complete and len(found) <= most)


def _simplest(found: dict[tuple[int, ...], None]) -> tuple[tuple[int, ...], ...]:
    return tuple(sorted(found, key=lambda places: (len(places), places)))


def _sums(amounts: Sequence[int]) -> list[int]:
    """The sum of every set of `amounts`, at the number whose bits name the set."""
    sums = [0]
    for amount in amounts:
        sums += [before + amount for before in sums]
    return sums


def _places(bits: int, offset: int = 0) -> tuple[int, ...]:
    return tuple(offset + place for place in range(bits.bit_length()) if bits >> place & 1)


def _halves(amounts: Sequence[int], target: int) -> Iterator[tuple[int, ...]]:
    middle = len(amounts) // 2
    by_sum: dict[int, list[int]] = defaultdict(list)
    for bits, total in enumerate(_sums(amounts[:middle])):
        by_sum[total].append(bits)
    for right, total in enumerate(_sums(amounts[middle:])):
        for left in by_sum.get(target - total, ()):
            if left or right:
                yield _places(left) + _places(right, middle)


def _few(amounts: Sequence[int], target: int) -> Iterator[tuple[int, ...]]:
    """Sets of up to four; of more than a hundred amounts up to two."""
    at: dict[int, list[int]] = defaultdict(list)
    for place, amount in enumerate(amounts):
        at[amount].append(place)
    for place in at.get(target, ()):
        yield (place,)
    if len(amounts) > _MOST_PAIRED:
        yield from (
            (first, second)
            for first, amount in enumerate(amounts)
            for second in at.get(target - amount, ())
            if first < second
        )
        return
    pairs: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for (first, one), (second, other) in combinations(enumerate(amounts), 2):
        pairs[one + other].append((first, second))
    yield from pairs.get(target, ())
    for first, amount in enumerate(amounts):
        yield from ((first, *pair) for pair in pairs.get(target - amount, ()) if first < pair[0])
    for total, some in pairs.items():
        for second_pair in pairs.get(target - total, ()):
            yield from ((*pair, *second_pair) for pair in some if pair[1] < second_pair[0])


def _all_but_few(amounts: Sequence[int], target: int) -> Iterator[tuple[int, ...]]:
    """What remains of all amounts without up to four of them."""
    total, everything = sum(amounts), range(len(amounts))
    if total == target:
        yield tuple(everything)
    for left_out in _few(amounts, total - target):
        yield tuple(place for place in everything if place not in left_out)


def _neighbours(amounts: Sequence[int], target: int) -> Iterator[tuple[int, ...]]:
    """Runs of places side by side."""
    begun: dict[int, list[int]] = defaultdict(list)
    running = 0
    for place, amount in enumerate(amounts):
        begun[running].append(place)
        running += amount
        for first in begun.get(running - target, ()):
            yield tuple(range(first, place + 1))


@dataclass
class _Descent:
    """Takes or leaves one amount after the other, the largest first; the sums of the last few are looked up."""

    amounts: Sequence[int]
    most: int
    found: dict[tuple[int, ...], None]
    complete: bool = True
    _steps: int = _STEPS
    _order: list[int] = field(default_factory=list)
    _last: dict[int, list[int]] = field(default_factory=dict)
    _low: list[int] = field(default_factory=list)
    _high: list[int] = field(default_factory=list)

    def run(self, target: int) -> None:
        self._order = sorted(range(len(self.amounts)), key=lambda place: -abs(self.amounts[place]))
        ordered = [self.amounts[place] for place in self._order]
        by_sum: dict[int, list[int]] = defaultdict(list)
        for bits, total in enumerate(_sums(ordered[-_BLOCK:])):
            by_sum[total].append(bits)
        self._last = dict(by_sum)
        low, high = [0], [0]
        for amount in reversed(ordered):
            low.append(low[-1] + min(amount, 0))
            high.append(high[-1] + max(amount, 0))
        self._low, self._high = low[::-1], high[::-1]
        self._descend(0, target, ())

    def _descend(self, at: int, left: int, taken: tuple[int, ...]) -> None:
        if self._steps <= 0 or len(self.found) > self.most:
            self.complete = False
            return
        self._steps -= 1
        if not self._low[at] <= left <= self._high[at]:
            return
        block = len(self._order) - _BLOCK
        if at == block:
            for bits in self._last.get(left, ()):
                places = (*taken, *(self._order[place] for place in _places(bits, block)))
                if places:
                    self.found[tuple(sorted(places))] = None
            return
        place = self._order[at]
        self._descend(at + 1, left - self.amounts[place], (*taken, place))
        self._descend(at + 1, left, taken)
