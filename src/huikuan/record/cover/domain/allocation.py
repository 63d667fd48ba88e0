"""Which exposure each piece of cover takes: once, never more than is exposed there.

A piece lessens the exposure of the node it is for and of those above. Pieces bound to a contract come first, then a
customer's, then those of groups from the nearest to the highest; within one of these, insurances last, since an
insurer pays what others leave, and else in the order they were proposed. So what a piece takes is the same from
wherever it is looked at, and nothing counts twice on the way up. What a piece of a group takes is shared among its
members in the order of their ids; it gives no member room of its own, or one's next order would take it from another
about whom nobody decides.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from huikuan.record.cover.domain.pieces import INSURANCE, WHOLE, Whose


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece that holds on the day. `worth`: what of it counts, in the minor units of the exposure asked about.
    `providers`: the customers that its guarantor is, who do not cover themselves."""

    number: int
    whose: Whose
    kind: str
    worth: int
    insured_e4: int = WHOLE
    providers: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Exposed:
    """What one customer would leave us with before cover, and of it what stands under contracts; minor units."""

    customer_id: int
    amount: int
    under: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Use:
    """So much (> 0) of a piece lessens what this customer would leave us with."""

    number: int
    customer_id: int
    amount: int


def allocate(
    pieces: Iterable[Piece], exposed: Iterable[Exposed], groups: Mapping[int, Sequence[str]]
) -> tuple[Use, ...]:
    """What each piece takes. `groups`: of each customer the groups it stands in, nearest first; pieces of others take
    nothing.

    Of an insurance `insured` of what it reaches is paid, and it reaches up to its limit.
    """
    found = sorted(exposed, key=lambda one: one.customer_id)
    left = {one.customer_id: max(0, one.amount) for one in found}
    under = {(one.customer_id, number): max(0, part) for one in found for number, part in one.under.items()}
    members = _members(groups, left)
    heights = {code: len(chain) - place for chain in groups.values() for place, code in enumerate(chain)}
    uses = []
    for piece in sorted(pieces, key=lambda one: _order(one, heights)):
        rest, place = piece.worth, piece.whose.contract_number
        for customer_id in _whom(piece, members, left):
            room = left[customer_id]
            if place:
                room = min(room, under.get((customer_id, place), 0))
            reached = min(rest, room)
            used = reached * piece.insured_e4 // WHOLE
            rest -= reached
            if used:
                uses.append(Use(piece.number, customer_id, used))
                left[customer_id] -= used
                if place:
                    under[customer_id, place] -= used
    return tuple(uses)


def up_to(code: str, groups: Mapping[int, Sequence[str]]) -> dict[int, tuple[str, ...]]:
    """Of each customer in the group the groups it stands in as far as this one; of '', for customers alone, none."""
    return {one: tuple(chain[: chain.index(code) + 1]) for one, chain in groups.items() if code in chain}


def covered(
    pieces: Iterable[Piece], exposed: Iterable[Exposed], groups: Mapping[int, Sequence[str]], group: str = ""
) -> int:
    """What covers a node, a customer or a `group`, whose members' exposure is given: pieces for them and for groups
    up to this one."""
    return sum(use.amount for use in allocate(pieces, exposed, up_to(group, groups)))


def mutual(guarantees: Iterable[tuple[int, int, int]]) -> frozenset[int]:
    """Of (number, guarantor, whose debt) the numbers of those that close a circle (互保): the guarantor's own debt is
    guaranteed, directly or through others, by whoever it stands for. They fall together."""
    edges = list(guarantees)
    stands_for: dict[int, set[int]] = {}
    for _, guarantor, debtor in edges:
        stands_for.setdefault(guarantor, set()).add(debtor)
    return frozenset(number for number, guarantor, debtor in edges if guarantor in _reached(debtor, stands_for))


def _reached(start: int, steps: Mapping[int, Collection[int]]) -> set[int]:
    """Whoever can be come to from `start`."""
    seen: set[int] = set()
    ahead = [start]
    while ahead:
        for following in steps.get(ahead.pop(), ()):
            if following not in seen:
                seen.add(following)
                ahead.append(following)
    return seen


def _members(groups: Mapping[int, Sequence[str]], known: Collection[int]) -> dict[str, list[int]]:
    members: dict[str, list[int]] = {}
    for customer_id in sorted(groups):
        for code in groups[customer_id] if customer_id in known else ():
            members.setdefault(code, []).append(customer_id)
    return members


def _whom(piece: Piece, members: Mapping[str, Sequence[int]], known: Collection[int]) -> list[int]:
    whose = piece.whose
    named = members.get(whose.group, ()) if whose.group else (whose.customer_id,)
    return [one for one in named if one is not None and one in known and one not in piece.providers]


def _order(piece: Piece, heights: Mapping[str, int]) -> tuple[int, int, bool, int]:
    """Contracts, customers, groups; of groups the nearest to its members first, which has most others above it."""
    whose = piece.whose
    level = 0 if whose.contract_number else 2 if whose.group else 1
    return level, -heights.get(whose.group, 0), piece.kind == INSURANCE, piece.number
