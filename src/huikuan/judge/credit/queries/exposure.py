"""What customers owe and are bound to, read live in one statement or recomputed from the facts as of a day."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from huikuan.judge.credit.domain.deciding import RELEASED
from huikuan.judge.credit.domain.exposure import (
    DEBIT,
    DELIVERED,
    ORDERS,
    Exposure,
    Line,
    component_of,
    exposure_of,
    order_lines,
    weighed_lines,
)
from huikuan.judge.credit.domain.exposure import RECOURSE as RECOURSE_KIND
from huikuan.judge.credit.queries.covering import Cover, Value, cover_on
from huikuan.judge.credit.queries.standings import waiting_as_of
from huikuan.kernel.errors import Refusal
from huikuan.kernel.rates import convert
from huikuan.mechanisms.columns.tables import ALWAYS_KNOWN
from huikuan.mechanisms.identity.domain.scope import Scope
from huikuan.mechanisms.identity.models import Company
from huikuan.mechanisms.store.pipeline import ask
from huikuan.mechanisms.store.transactions import is_postgres, snapshot
from huikuan.mechanisms.store.wire import array, int8
from huikuan.record.bills.queries.exposed import ACCEPTOR_OF, RECOURSE, weights_on
from huikuan.record.contracts.queries.commitments import COMMITTED_NOW, committed_as_of
from huikuan.record.customers.queries import seen
from huikuan.record.customers.queries.families import Family, asking_family, customers_in, family_known, groups_from
from huikuan.record.customers.queries.merging import merged
from huikuan.record.receivables.queries.owed import OWED_AS_OF, OWED_NOW
from huikuan.record.receivables.queries.rates import rate_on

#: Where PostgreSQL is asked, the customers are an array, so that one statement is planned for any number of them.
_WANTED = {
    True: "SELECT %s::bigint AS company_id, unnest((SELECT %s::bigint[])) AS customer_id, %s::date AS day,"
    " %s::bigint AS known",
    False: "SELECT %s AS company_id, value AS customer_id, %s AS day, %s AS known FROM json_each(%s)",
}
_OWED = f"""SELECT customer_id, currency, contract_number, kind, side, acceptor, CAST(SUM(amount) AS bigint) AS amount,
    0 AS gone
FROM (
    SELECT o.customer_id, o.currency, o.contract_number, o.kind, o.side, o.amount,
        CASE WHEN o.kind = 'bill' AND o.side = 'debit' THEN {ACCEPTOR_OF.format(item="o.item_id")} END AS acceptor
    FROM ({{owed}}) AS o
) AS owed GROUP BY customer_id, currency, contract_number, kind, side, acceptor"""
#: Bills that were passed on: of the ledger they have left, so that nothing counts twice.
_RECOURSE = f"""SELECT customer_id, currency, '' AS contract_number, '{RECOURSE_KIND}' AS kind, '{DEBIT}' AS side,
    acceptor, CAST(SUM(amount) AS bigint) AS amount, 0 AS gone
FROM ({RECOURSE}) AS passed_on GROUP BY customer_id, currency, acceptor"""
#: The same sums as `domain.exposure.order_lines` makes of one order: `amount` of what is still to be delivered, `gone`
#: of what is delivered and not invoiced.
_ORDERED = f"""SELECT c.customer_id, c.currency, c.contract_number, NULL AS kind, NULL AS side, NULL AS acceptor,
    CAST(SUM(CASE WHEN COALESCE(s.state, '{RELEASED}') <> '{RELEASED}' THEN 0
        WHEN c.delivered_amount > c.invoiced_amount THEN c.amount - c.delivered_amount
        ELSE c.amount - c.invoiced_amount END) AS bigint) AS amount,
    CAST(SUM(CASE WHEN c.delivered_amount > c.invoiced_amount THEN c.delivered_amount - c.invoiced_amount
        ELSE 0 END) AS bigint) AS gone
FROM ({COMMITTED_NOW}) AS c LEFT JOIN credit_orderstanding s ON s.order_id = c.order_id
WHERE c.order_id <> %s GROUP BY c.customer_id, c.currency, c.contract_number"""
#: Each by the customer it is shown under: an advance of one nets what stands with the other.
_NOW = f"""
SELECT COALESCE(k.merged_into_id, t.customer_id), t.currency, t.contract_number, t.kind, t.side, t.acceptor, t.amount,
    t.gone
FROM ({_OWED.format(owed=OWED_NOW)} UNION ALL {_RECOURSE} UNION ALL {_ORDERED}) AS t
JOIN customers_customer k ON k.id = t.customer_id
"""
_AS_OF = f"{_OWED.format(owed=OWED_AS_OF)} UNION ALL {_RECOURSE}"


@dataclass(frozen=True, slots=True)
class Node:
    """Whom a limit may be for: a customer (`group` ''), or everybody in a group on a day."""

    customer_id: int | None
    group: str
    members: frozenset[int]


@dataclass(frozen=True, slots=True)
class Party:
    """Whom a decision is about: the customers that are one, and the nodes they stand in, the customer first."""

    family: Family
    nodes: Sequence[Node]


@dataclass(frozen=True, slots=True)
class Exposed:
    """The exposure of a node as of a day; `live`: of now, whatever the date of what is recorded."""

    node: Node
    day: date
    live: bool
    exposure: Exposure


def nodes_of(customer_id: int, day: date, known: int | None = None) -> list[Node]:
    """The customer, the group it is in on `day`, and the groups above, nearest first. Customers that were merged, as
    known below a horizon (None: now), are one node, that of the customer they are shown under."""
    family = asking_family(customer_id)() if known is None else family_known(customer_id, known)
    return nodes_in(family, day, known)


def nodes_in(family: Family, day: date, known: int | None = None) -> list[Node]:
    """The same, of a family that was asked for."""
    above = [Node(None, code, customers_in(code, day, known)) for code in groups_from(family.group_on(day))]
    return [Node(family.one.shown, "", family.one.members), *above]


def party_of(customer_id: int, day: date) -> Party:
    """The customer's family and nodes on `day`."""
    family = asking_family(customer_id)()
    return Party(family, nodes_in(family, day))


def exposure_now(company: Company, node: Node, *, currency: str, day: date) -> Exposed:
    """The node's exposure at this moment, at the rates of `day`. For decisions: whose rows a reader sees, `exposed`
    asks."""
    lines = weighed_lines(lines_now(company.pk, node.members), weights_on(company.pk, day))
    cover = cover_on(company.pk, node.members, day)
    return Exposed(node, day, True, net(lines, cover, node, converter(currency, day), currency))


def exposure_as_of(company: Company, node: Node, *, currency: str, day: date, known: int | None = None) -> Exposed:
    """The same recomputed from the facts as of `day`, as known below a horizon (None: now)."""
    lines = lines_as_of(company.pk, node.members, day=day, known=known)
    lines = weighed_lines(lines, weights_on(company.pk, day, known))
    cover = cover_on(company.pk, node.members, day, known)
    return Exposed(node, day, False, net(lines, cover, node, converter(currency, day, known), currency))


def exposed(
    company: Company, customer_id: int, *, scope: Scope, currency: str, today: date, as_of: date | None = None
) -> list[Exposed]:
    """The exposure of a customer and of the groups it stands in, live or as of a day.

    Refuses a customer out of the scope; a group is told only to whoever sees every customer in it.
    """
    theirs, day = seen(scope), as_of or today
    if not theirs.has(company.pk, customer_id):
        raise Refusal("customer_unknown", customer=customer_id)
    nodes = [
        node for node in nodes_of(customer_id, day) if all(theirs.has(company.pk, member) for member in node.members)
    ]
    if as_of is None:
        return [exposure_now(company, node, currency=currency, day=day) for node in nodes]
    return [exposure_as_of(company, node, currency=currency, day=day) for node in nodes]


def lines_now(company_id: int, customer_ids: Collection[int], *, without: int | None = None) -> list[Line]:
    """Every component of these customers: one statement, hence one snapshot of ledger, bills and orders. Bills stand
    whole, with the class of their acceptor: `weighed_lines` says what of them counts.

    `without`: the order that is being decided on, which is added apart.
    """
    return asking_lines(company_id, customer_ids, without=without)()


def asking_lines(
    company_id: int, customer_ids: Collection[int], *, without: int | None = None
) -> Callable[[], list[Line]]:
    """Asks what `lines_now` answers. Call for the answer."""
    asked = _asking(_NOW, company_id, customer_ids, date.max, ALWAYS_KNOWN, int8(without or 0))
    return lambda: [line for row in asked() for line in _lines(row)]


def lines_as_of(company_id: int, customer_ids: Collection[int], *, day: date, known: int | None = None) -> list[Line]:
    """The same from the facts alone."""
    horizon = ALWAYS_KNOWN if known is None else known
    with snapshot():
        rows = _asking(_AS_OF, company_id, customer_ids, day, horizon)()
        orders = committed_as_of(company_id, customer_ids, day=day, known=horizon)
        waiting = waiting_as_of(orders, company_id=company_id, day=day, known=horizon)
    lines = [line for row in rows for line in _lines(row)]
    for one in orders:
        lines += order_lines(
            one.customer_id,
            one.currency,
            one.contract_number,
            amount=one.amount,
            delivered=one.delivered_amount,
            invoiced=one.invoiced_amount,
            released=one.order_id not in waiting,
        )
    return _of_one(lines, known)


def _of_one(lines: list[Line], known: int | None) -> list[Line]:
    """The lines by the customer each is shown under: an advance of one nets what stands with the other."""
    shown = merged(known)
    return [replace(one, customer_id=shown.get(one.customer_id, one.customer_id)) for one in lines] if shown else lines


def net(lines: Sequence[Line], cover: Cover, node: Node, value: Value, currency: str) -> Exposure:
    """The node's lines in `currency` less what covers them; refuses a currency without a rate."""
    return cover.net(exposure_of(lines, currency, value), lines, value, node.group)


def converter(into: str, day: date, known: int | None = None) -> Value:
    """(minor, currency) → minor of `into` at the latest rate on or before `day`; each rate is looked up once."""
    rates: dict[str, int] = {}

    def value(minor: int, currency: str) -> int:
        if currency == into:
            return minor
        if currency not in rates:
            rate = rate_on(currency, into, day, known=known)
            if rate is None:
                raise Refusal("exposure_without_rate", currency=currency, into=into, day=day)
            rates[currency] = rate.rate_e8
        return convert(minor, currency, rates[currency], into)

    return value


def _asking(
    sql: str, company_id: int, customer_ids: Collection[int], day: date, known: int, *more: Any
) -> Callable[[], list[Any]]:
    ids, bounds = sorted(customer_ids), (day, int8(known))
    params = (array(ids), *bounds) if is_postgres() else (*bounds, json.dumps(ids))
    return ask(f"WITH wanted AS ({_WANTED[is_postgres()]}) {sql}", [int8(company_id), *params, *more])


def _lines(row: Sequence[Any]) -> list[Line]:
    customer_id, currency, contract, kind, side, acceptor, amount, gone = row
    parts = {ORDERS: amount, DELIVERED: gone} if kind is None else {component_of(kind, side): amount}
    return [
        Line(customer_id, currency, contract, name, part, acceptor or "")
        for name, part in parts.items()
        if name and part
    ]
