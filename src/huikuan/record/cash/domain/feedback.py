"""How often what matching proposed proved right, by how sure it was; and the threshold that this supports.

Probabilities × 10^6, so that nothing here depends on how a computer rounds.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from huikuan.record.cash.domain.stored import MILLION

#: Where the classes of probability begin.
EDGES = (0, 500_000, 600_000, 700_000, 800_000, 900_000, 950_000, 990_000, 995_000, 999_000)
#: Decisions below which nothing is said of a threshold.
ENOUGH = 200
#: What a company may set as its threshold at the least, and in steps of what.
_LEAST, _STEP = 900_000, 1_000


@dataclass(frozen=True, slots=True)
class Proved:
    """A proposal about which it is known by now whether it was right."""

    probability_e6: int
    right: bool


@dataclass(frozen=True, slots=True)
class Class:
    """Of the proposals from `since_e6` up to the next class so many were decided, and so many of them right."""

    since_e6: int
    decided: int
    right: int

    @property
    def share_e4(self) -> int | None:
        """The share that was right × 10^4, rounded down; None where nothing was decided."""
        return self.right * 10_000 // self.decided if self.decided else None


def classes(proved: Iterable[Proved], *, edges: Sequence[int] = EDGES) -> list[Class]:
    """All classes, the surest first, also those with nothing in them. `edges`: where each begins, the lowest at 0."""
    counts = {edge: [0, 0] for edge in edges}
    for one in proved:
        edge = max(edge for edge in edges if edge <= one.probability_e6)
        counts[edge][0] += 1
        counts[edge][1] += one.right
    return [Class(edge, *counts[edge]) for edge in reversed(edges)]


def supported_threshold(proved: Sequence[Proved], *, wanted_e6: int) -> int | None:
    """The lowest threshold above which at least `wanted_e6` (× 10^6) of what was decided proved right, in steps of a
    thousandth, not below 0.9; None where fewer than `ENOUGH` decisions lie above any such threshold."""
    ordered = sorted(proved, key=lambda one: -one.probability_e6)
    best: int | None = None
    decided = right = place = 0
    for threshold in range(MILLION, _LEAST - 1, -_STEP):
        while place < len(ordered) and ordered[place].probability_e6 >= threshold:
            decided += 1
            right += ordered[place].right
            place += 1
        if decided >= ENOUGH and right * MILLION >= wanted_e6 * decided:
            best = threshold
    return best
