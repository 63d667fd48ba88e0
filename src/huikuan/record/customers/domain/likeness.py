"""Which customers may be one and the same: by credit code, by name without its legal form, by a former or short name.

The rules and their limits: docs/algorithms/likeness.md.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import combinations
from typing import TypeVar

from huikuan.kernel.text import plain

SAME_CODE, SAME_NAME, OTHER_NAME, SIMILAR = "same_code", "same_name", "other_name", "similar"

#: From this likeness of two names on (0 to 100) they are worth a look.
ENOUGH = 90
#: Names are compared within those that begin alike; of more than so many, none are: the beginning says nothing.
_MOST_ALIKE = 100
_BEGINNING = 2
#: Of so many with one code or name every pair is told.
_MOST_PAIRED = 10

_Alike = TypeVar("_Alike")

_FORMS = re.compile(
    r"(股份有限公司|有限责任公司|集团有限公司|有限公司|股份公司|集团公司|公司"
    r"|\b(co|company|corp|corporation|inc|incorporated|ltd|limited|llc|plc|gmbh|ag|as|asa|sa|srl|bv|oy|ab|pte|pty)\b)"
)
_PLACE = re.compile(r"\(([^)]*)\)")
_NOISE = re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True)
class Named:
    """A customer by its names; `others`: short, English and former ones. `uscc` one that passes its check, else ''."""

    id: int
    name: str
    others: tuple[str, ...]
    uscc: str


@dataclass(frozen=True, slots=True)
class Pair:
    """Two that may be one. `likeness` 0 to 100; `codes_differ`: both have a checked code, and not the same."""

    left: int
    right: int
    reason: str
    likeness: int
    codes_differ: bool


def bare(name: str) -> str:
    """A name without legal form, punctuation, width and case: '海岳（盐城）有限公司' → '海岳盐城'."""
    return _NOISE.sub("", _FORMS.sub(" ", plain(name).casefold()))


def likeness_of(one: str, other: str) -> int:
    """0 to 100: twice the characters they share in order, over both lengths; 0 where that is plainly not enough."""
    first, second = sorted((one, other))
    matcher = SequenceMatcher(None, first, second, autojunk=False)
    if 100 * matcher.real_quick_ratio() < ENOUGH or 100 * matcher.quick_ratio() < ENOUGH:
        return 0
    return int(100 * matcher.ratio())


def pairs(customers: Iterable[Named]) -> list[Pair]:
    """The pairs worth a look, the surest first; each pair once, with its strongest reason."""
    known = list(customers)
    found: dict[tuple[int, int], Pair] = {}
    for pair in (*_same_code(known), *_same_name(known), *_similar(known)):
        found.setdefault((pair.left, pair.right), pair)
    order = (SAME_CODE, SAME_NAME, OTHER_NAME, SIMILAR)
    return sorted(
        found.values(), key=lambda pair: (pair.codes_differ, order.index(pair.reason), -pair.likeness, pair.left)
    )


def _same_code(known: list[Named]) -> Iterator[Pair]:
    by_code: dict[str, list[Named]] = {}
    for one in known:
        if one.uscc:
            by_code.setdefault(one.uscc, []).append(one)
    for alike in by_code.values():
        for left, right in _each_once(alike):
            yield _pair(left, right, SAME_CODE, 100)


def _same_name(known: list[Named]) -> Iterator[Pair]:
    by_name: dict[str, dict[int, tuple[Named, bool]]] = {}
    for one in known:
        for name in (one.name, *one.others):
            if key := bare(name):
                by_name.setdefault(key, {}).setdefault(one.id, (one, name == one.name))
    for alike in by_name.values():
        for (left, own), (right, theirs) in _each_once(list(alike.values())):
            yield _pair(left, right, SAME_NAME if own and theirs else OTHER_NAME, 100)


def _each_once(alike: Sequence[_Alike]) -> Iterator[tuple[_Alike, _Alike]]:
    """Every pair of a few; of many the first with each other one, so that all are told and the pairs stay as many as
    the customers."""
    return combinations(alike, 2) if len(alike) <= _MOST_PAIRED else ((alike[0], other) for other in alike[1:])


def _similar(known: list[Named]) -> Iterator[Pair]:
    """Names almost alike; not those that name another place in brackets, nor those with codes that differ."""
    blocks: dict[str, list[tuple[Named, str]]] = {}
    for one in known:
        key = bare(one.name)
        if len(key) > _BEGINNING:
            blocks.setdefault(key[:_BEGINNING], []).append((one, key))
    for block in blocks.values():
        if len(block) > _MOST_ALIKE:
            continue
        for (left, left_name), (right, right_name) in combinations(block, 2):
            likeness = likeness_of(left_name, right_name)
            if likeness >= ENOUGH and _place(left) == _place(right) and not _codes_differ(left, right):
                yield _pair(left, right, SIMILAR, likeness)


def _pair(left: Named, right: Named, reason: str, likeness: int) -> Pair:
    first, second = sorted((left, right), key=lambda one: one.id)
    return Pair(first.id, second.id, reason, likeness, _codes_differ(first, second))


def _codes_differ(left: Named, right: Named) -> bool:
    return bool(left.uscc and right.uscc and left.uscc != right.uscc)


def _place(one: Named) -> list[str]:
    return _PLACE.findall(plain(one.name))
