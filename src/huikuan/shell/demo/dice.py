"""Chance that falls the same way every time: the demo company is one company, not a new one each day."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random
from typing import TypeVar

Thing = TypeVar("Thing")


class Dice:
    """Throws from a seed of text. Built on `Random.random` alone, whose values Python guarantees."""

    def __init__(self, seed: str) -> None:
        self._random = Random(seed)  # noqa: S311 (a demo, not a secret)

    def between(self, low: int, high: int) -> int:
        """A whole number from low to high, both included."""
        return low + int(self._random.random() * (high - low + 1))

    def chance(self, percent: float) -> bool:
        return self._random.random() * 100 < percent

    def one_of(self, things: Sequence[Thing]) -> Thing:
        return things[self.between(0, len(things) - 1)]

    def weighted(self, things: Sequence[tuple[Thing, int]]) -> Thing:
        """One thing, each as likely as its weight says."""
        left = self.between(1, sum(weight for _, weight in things))
        for thing, weight in things:
            left -= weight
            if left <= 0:
                return thing
        raise AssertionError("unreachable: the weights are used up before the things")

    def skewed(self, middle: int) -> int:
        """Mostly somewhat less than `middle`, now and then three times as much; the mean is near it."""
        part = self._random.random()
        return middle * (350 + int(1950 * part * part)) // 1000
