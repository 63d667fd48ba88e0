"""Groups as a tree, with what their customers owe and what all below them owe together."""

from __future__ import annotations

from dataclasses import dataclass

from huikuan.mechanisms.identity.domain.scope import Scope
from huikuan.record.customers.models import Affiliation
from huikuan.record.customers.queries import GroupRow, affiliation_as_of, groups, seen
from huikuan.see.dossiers.domain.rollup import Node, Rolled, roll_up
from huikuan.see.dossiers.queries.standing import Books, balances


@dataclass(frozen=True, slots=True)
class GroupLine:
    """A group, how deep it lies, and its sums."""

    group: GroupRow
    depth: int
    rolled: Rolled


def group_tree(books: Books, *, scope: Scope, ledger: Scope) -> list[GroupLine]:
    """Every group below the one it belongs to now: the tree is not dated, only who is in which group is.

    Customers and amounts of the scopes alone. Groups none of whose customers are seen show to whoever sees every
    customer only.
    """
    known, theirs = {one.code: one for one in groups()}, seen(scope)
    members = affiliation_as_of(books.as_of, dimension=Affiliation.Dimension.GROUP)
    sums = {} if ledger.nothing else balances(books, scope=ledger)
    nodes = {code: Node(code, one.parent) for code, one in known.items()}
    for customer_id, code in members.items():
        if code in nodes and theirs.has_customer(customer_id):
            found = sums.get(customer_id)
            amounts = (found.total, found.overdue, found.credit, found.unvalued) if found else (0, 0, 0)
            nodes[code] = nodes[code].with_member(*amounts)
    everything = theirs.customers is None
    return [
        GroupLine(known[one.code], one.depth, one) for one in roll_up(nodes.values()) if everything or one.all_members
    ]
