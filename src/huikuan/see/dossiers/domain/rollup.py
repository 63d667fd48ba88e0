"""Sums up a tree: each node's own, and those of everything below it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Node:
    """A group with its own members' sums; `parent` '' for a root. `unvalued`: lines in no sum, for want of a rate."""

    code: str
    parent: str
    members: int = 0
    total: int = 0
    overdue: int = 0
    credit: int = 0
    unvalued: int = 0

    def with_member(self, total: int, overdue: int, credit: int, unvalued: int = 0) -> Node:
        return replace(
            self,
            members=self.members + 1,
            total=self.total + total,
            overdue=self.overdue + overdue,
            credit=self.credit + credit,
            unvalued=self.unvalued + unvalued,
        )


@dataclass(frozen=True, slots=True)
class Rolled:
    """A node in its place, with its own sums and (`all_…`) those with everything below it."""

    code: str
    depth: int
    members: int
    total: int
    all_members: int
    all_total: int
    all_overdue: int
    all_credit: int
    unvalued: int
    all_unvalued: int


def roll_up(nodes: Iterable[Node]) -> list[Rolled]:
    """Every node below its parent, siblings by code. A node whose parent is not among them is a root."""
    known = {node.code: node for node in nodes}
    below: dict[str, list[str]] = {}
    for node in sorted(known.values(), key=lambda one: one.code):
        below.setdefault(node.parent if node.parent in known else "", []).append(node.code)

    def walk(code: str, depth: int) -> Iterator[Rolled]:
        node = known[code]
        inside = [line for child in below.get(code, ()) for line in walk(child, depth + 1)]
        children = [line for line in inside if line.depth == depth + 1]
        yield Rolled(
            code,
            depth,
            node.members,
            node.total,
            node.members + sum(one.all_members for one in children),
            node.total + sum(one.all_total for one in children),
            node.overdue + sum(one.all_overdue for one in children),
            node.credit + sum(one.all_credit for one in children),
            node.unvalued,
            node.unvalued + sum(one.all_unvalued for one in children),
        )
        yield from inside

    return [line for root in below.get("", ()) for line in walk(root, 0)]
