"""Parents form a forest: nobody is above itself."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import TypeVar

Node = TypeVar("Node", bound=Hashable)


def cycle_in(parents: Mapping[Node, Node]) -> list[Node]:
    """The members of one cycle of `parents` (child → parent), or [] when there is none.

    Linear: every node is walked once.
    """
    done: set[Node] = set()
    for start in parents:
        path: list[Node] = []
        on_path: set[Node] = set()
        node = start
        while node in parents and node not in done and node not in on_path:
            path.append(node)
            on_path.add(node)
            node = parents[node]
        if node in on_path:
            return path[path.index(node) :]
        done.update(path)
    return []


def chain_above(node: Node, parents: Mapping[Node, Node]) -> list[Node]:
    """The ancestors of `node`, nearest first; stops where the walk would repeat."""
    above: list[Node] = []
    while node in parents and parents[node] not in above:
        node = parents[node]
        above.append(node)
    return above
