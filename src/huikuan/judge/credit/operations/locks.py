"""What decisions about one customer, or one group, wait for: each other.

A decision holds its nodes from the top of the tree down to the customer and reads what it rests on afterwards; two
paths part only below what both hold, so nobody waits in a circle, also not who decides about several customers of one
group. Who stands in a group changes only while no decision is being made anywhere: decisions hold the tree shared,
whoever changes it holds it alone.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date

from huikuan.judge.credit.queries.exposure import Party, nodes_in
from huikuan.mechanisms.events.subscribers import Announcing
from huikuan.mechanisms.store.pipeline import send
from huikuan.mechanisms.store.transactions import is_postgres
from huikuan.record.customers.queries.families import asking_family

_TREE = "credit:tree"


def hold_nodes(customer_id: int, day: date) -> Party:
    """The customer with its nodes on `day`, held until this transaction ends; nobody enters or leaves a group
    meanwhile."""
    return holding_nodes(customer_id)(day)


def holding_nodes(customer_id: int) -> Callable[[date], Party]:
    """Asks where the customer stands, which nobody changes from now on. Call, with the day, for its nodes, which are
    held before anything that is asked afterwards is answered."""
    _hold(f"SELECT pg_advisory_xact_lock_shared(hashtextextended('{_TREE}', 0))")
    family = asking_family(customer_id)

    def held(day: date) -> Party:
        theirs = family()
        nodes = nodes_in(theirs, day)
        hold([name_of(node.customer_id, node.group) for node in reversed(nodes)])
        return Party(theirs, nodes)

    return held


def hold(names: Sequence[str]) -> None:
    """Hold nodes by name, in this order, until this transaction ends."""
    for name in names:
        _hold("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", name)


def hold_node(customer_id: int | None, group: str) -> None:
    """One node, held until this transaction ends; nobody is merged, or enters or leaves a group, meanwhile."""
    _hold(f"SELECT pg_advisory_xact_lock_shared(hashtextextended('{_TREE}', 0))")
    hold([name_of(customer_id, group)])


def name_of(customer_id: int | None, group: str) -> str:
    """What a node is held by."""
    return f"credit:group:{group}" if group else f"credit:customer:{customer_id}"


def hold_tree(event: Announcing) -> None:
    """Whoever moves customers or groups waits for decisions that are being made, and they for the move."""
    if event.kind == "customers.affiliated" and event.payload.get("dimension") != "group":
        return
    _hold(f"SELECT pg_advisory_xact_lock(hashtextextended('{_TREE}', 0))")


def _hold(sql: str, *params: str) -> None:
    """SQLite has one writer, and whoever decides writes: its transaction is lock enough."""
    if is_postgres():
        send(sql, params)
