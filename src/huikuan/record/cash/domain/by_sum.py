"""Picks of several claims that add up to the payment exactly, each knowing how many others do as well."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from math import comb, log

from huikuan.record.cash.domain.evidence import Sign
from huikuan.record.cash.domain.picks import Desk, Pick, grid_of
from huikuan.record.cash.domain.subsets import subsets

_MOST_SEARCHED = 60
_MOST_SETS = 8
_EACH_FURTHER = 0.4
#: More sets than this expected by chance, and one that is found may be chance.
_BY_CHANCE = 0.01
_CHANCE_WEIGHT = 20


def picks_by_sum(
    desk: Desk,
    items: Sequence[int],
    base: Mapping[int, int],
    sign: Sign,
    *,
    least: int = 1,
    at_first: Mapping[int, int] | None = None,
) -> Iterator[Pick]:
    """Sets of at least `least` of `items` that make up what the payment has beside `base`; `at_first`: what they might
    have been made of before the run."""
    target = desk.amount - sum(base.values())
    if len(items) < least:
        return
    items = _worth_searching(desk, items, target)
    found = subsets([desk.open(item) for item in items], target)
    sets = [places for places in found.sets if len(places) >= least and not _cancels(desk, items, places)]
    others = _others(desk, target, len(sets), at_first or {})
    for places in sets[:_MOST_SETS]:
        chance = _chance(desk, len(items), len(places), target)
        weight = sign.weight - _EACH_FURTHER * (len(places) - least) - log(1 + _CHANCE_WEIGHT * chance)
        holds = [
            code
            for code, so in (("more_sets_may_fit", not found.complete), ("sum_by_chance", chance > _BY_CHANCE))
            if so
        ]
        paid = {**base, **{items[place]: desk.open(items[place]) for place in places}}
        signs = [Sign(sign.code, weight, str(len(paid)))]
        yield desk.pick(paid, signs, alternatives=others, holds=tuple(holds))


def _others(desk: Desk, target: int, found: int, at_first: Mapping[int, int]) -> int:
    """How many other sets there are, or were before other payments of the run took claims away: who came first is no
    evidence."""
    taken = {item: amount for item, amount in at_first.items() if desk.pool.signed.get(item) != amount}
    if found and taken and len(at_first) <= _MOST_SEARCHED:
        found = max(found, len(subsets(list(at_first.values()), target).sets))
    return found - 1


def _worth_searching(desk: Desk, items: Sequence[int], target: int) -> Sequence[int]:
    """Of very many the earliest due among those no larger than what is sought."""
    if len(items) <= _MOST_SEARCHED:
        return items
    return [item for item in items if abs(desk.open(item)) <= abs(target)][:_MOST_SEARCHED]


def _cancels(desk: Desk, items: Sequence[int], places: tuple[int, ...]) -> bool:
    """A credit and a debit of the set are equal: to net them says nothing of this payment."""
    chosen = {desk.open(items[place]) for place in places}
    return any(-amount in chosen for amount in chosen)


def _chance(desk: Desk, among: int, size: int, target: int) -> float:
    """How many sets of this size, or of all but as few, chance would make add up to an amount as round as this: of
    claims as round as the amount, and of all."""
    grid = grid_of(target)
    amounts = desk.pool.signed.values()
    alike = min(among, sum(1 for amount in amounts if amount % grid == 0))
    finest = min([grid, *(grid_of(amount) for amount in amounts)])
    return _sets(alike, size) * grid / abs(target) + _sets(among, size) * finest / abs(target)


def _sets(among: int, size: int) -> int:
    """Ways to take so many of them, or to leave as few; to take all is one, which is no choice."""
    return comb(among, min(size, among - size)) if size < among else int(size == among)
