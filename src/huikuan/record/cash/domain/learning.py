"""What answers taught: when a customer usually pays, and whether probabilities came true.

Outcomes are (probability that was said, whether it proved right): applied or accepted and not undone is right, turned
down or undone is not.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from statistics import median

#: Fewer payments make no habit, fewer outcomes no curve.
_LEAST_PAYMENTS = 5
_LEAST_OUTCOMES = 200
#: Outcomes are grouped by these edges; each group is taken to have this many more that came true as computed.
_EDGES = (0.0, 0.5, 0.7, 0.8, 0.9, 0.95, 0.99, 0.995, 0.999)
_AS_COMPUTED = 100


def habit_of(days: Sequence[int]) -> int | None:
    """Days after the due date a customer usually pays: the median; None of too few payments."""
    return round(median(days)) if len(days) >= _LEAST_PAYMENTS else None


def calibration_of(outcomes: Iterable[tuple[float, bool]]) -> tuple[tuple[float, float], ...]:
    """Rising points (mean probability said, share that proved right) for `Learned.calibration`; empty of too few.

    Groups that do not rise are put together until all do (pool adjacent violators). Little evidence moves little: two
    wrong of two hundred at 0.998 give (198 + 99.8) ÷ 300 = 0.9927, and nothing is applied by itself at 0.995.
    """
    groups: dict[float, list[tuple[float, bool]]] = {edge: [] for edge in _EDGES}
    count = 0
    for probability, right in outcomes:
        groups[max(edge for edge in _EDGES if edge <= probability)].append((probability, right))
        count += 1
    if count < _LEAST_OUTCOMES:
        return ()
    blocks: list[tuple[float, float, float]] = []
    for seen in filter(None, groups.values()):
        said = sum(probability for probability, _ in seen)
        mean = said / len(seen)
        true = sum(right for _, right in seen) + _AS_COMPUTED * mean
        blocks.append((len(seen) + _AS_COMPUTED, said + _AS_COMPUTED * mean, true))
        while len(blocks) > 1 and blocks[-2][2] * blocks[-1][0] >= blocks[-1][2] * blocks[-2][0]:
            last, before = blocks.pop(), blocks.pop()
            blocks.append((before[0] + last[0], before[1] + last[1], before[2] + last[2]))
    return tuple((said / size, min(1.0, true / size)) for size, said, true in blocks)
