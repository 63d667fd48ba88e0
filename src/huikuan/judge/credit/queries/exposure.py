"""What customers owe and are bound to, read live in one statement or recomputed from the facts as of a day."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.db import connection

from huikuan.judge.credit.domain.deciding import RELEASED
from huikuan.judge.credit.domain.exposure import Exposure, Line, component_of, exposure_of, order_lines
from huikuan.judge.credit.queries.standings import waiting_as_of
from huikuan.kernel.errors import Refusal
from huikuan.kernel.rates import convert
from huikuan.mechanisms.columns.tables import ALWAYS_KNOWN
from huikuan.mechanisms.identity.domain.scope import Scope
from huikuan.mechanisms.identity.models import Company
from huikuan.mechanisms.store.transactions import is_postgres, snapshot
from huikuan.mechanisms.store.wire import array
from huikuan.record.contracts.queries.commitments import COMMITTED_NOW, committed_as_of
from huikuan.record.customers.queries import seen
from huikuan.record.customers.queries.families import customers_in, groups_above, one_of
from huikuan.record.customers.queries.merging import merged
from huikuan.record.receivables.queries.owed import OWED_AS_OF, OWED_NOW
from huikuan.record.receivables.queries.rates import rate_on

#: Where PostgreSQL is asked, the customers are an array, so that one statement is planned for any number of them.
_WANTED = {
    True: "SELECT %s::bigint AS company_id, unnest(%s::bigint[]) AS customer_id, %s::date AS day, %s::bigint AS known",
    False: "SELECT %s AS company_id, value AS customer_id, %s AS day, %s AS known FROM json_each(%s)",
}
_OWED = """SELECT NULL AS order_id, customer_id, currency, kind, side, contract_number,
    CAST(SUM(amount) AS bigint) AS amount, 0 AS delivered_amount, 0 AS invoiced_amount
FROM ({owed}) AS owed GROUP BY customer_id, currency, kind, side, contract_number"""
#: Each by the customer it is shown under: an advance of one nets what stands with the other.
_NOW = f"""
SELECT t.order_id, COALESCE(k.merged_into_id, t.customer_id), t.currency, t.kind, t.side, t.contract_number, t.amount,
    t.delivered_amount, t.invoiced_amount
FROM (
{_OWED.format(owed=OWED_NOW)}
UNION ALL
SELECT c.order_id, c.customer_id, c.currency, COALESCE(s.state, '{RELEASED}'), 'debit', c.contract_number, c.amount,
    c.delivered_amount, c.invoiced_amount
FROM ({COMMITTED_NOW}) AS c LEFT JOIN credit_orderstanding s ON s.order_id = c.order_id
) AS t JOIN customers_customer k ON k.id = t.customer_id
"""
_AS_OF = _OWED.format(owed=OWED_AS_OF)


@dataclass(frozen=True, slots=True)
class Node:
    """Whom a limit may be for: a customer (`group` ''), or everybody in a group on a day."""

    customer_id: int | None
    group: str
    members: frozenset[int]


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
    one = one_of(customer_id, known)
    above = [Node(None, code, customers_in(code, day, known)) for code in groups_above(one.shown, day, known)]
    return [Node(one.shown, "", one.members), *above]


def exposure_now(company: Company, node: Node, *, currency: str, day: date) -> Exposed:
    """The node's exposure at this moment, at the rates of `day`. For decisions: whose rows a reader sees, `exposed`
    asks."""
    return Exposed(node, day, True, valued(lines_now(company.pk, node.members), currency, day))


def exposure_as_of(company: Company, node: Node, *, currency: str, day: date, known: int | None = None) -> Exposed:
    """The same recomputed from the facts as of `day`, as known below a horizon (None: now)."""
    lines = lines_as_of(company.pk, node.members, day=day, known=known)
    return Exposed(node, day, False, valued(lines, currency, day, known))


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
    """Every component of these customers: one statement, hence one snapshot of ledger and orders.

    `without`: the order that is being decided on, which is added apart.
    """
    rows = _rows(_NOW, company_id, customer_ids, date.max, ALWAYS_KNOWN)
    return [line for row in rows if without is None or row[0] != without for line in _lines(row)]


def lines_as_of(company_id: int, customer_ids: Collection[int], *, day: date, known: int | None = None) -> list[Line]:
    """The same from the facts alone."""
    horizon = ALWAYS_KNOWN if known is None else known
    with snapshot():
        rows = _rows(_AS_OF, company_id, customer_ids, day, horizon)
        orders = committed_as_of(company_id, customer_ids, day=day, known=horizon)
        waiting = waiting_as_of([one.order_id for one in orders], company_id=company_id, day=day, known=horizon)
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


def valued(lines: Iterable[Line], currency: str, day: date, known: int | None = None) -> Exposure:
    """The lines in `currency` at the rates of `day`, as known below a horizon; refuses a currency without one."""
    return exposure_of(lines, currency, converter(currency, day, known))


def converter(into: str, day: date, known: int | None = None) -> Callable[[int, str], int]:
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


def _rows(sql: str, company_id: int, customer_ids: Collection[int], day: date, known: int) -> list[tuple[Any, ...]]:
    ids = sorted(customer_ids)
    if is_postgres():
        params: tuple[Any, ...] = (company_id, array(ids), day, known)
    else:
        params = (company_id, day, known, json.dumps(ids))
    with connection.cursor() as cursor:
        cursor.execute(f"WITH wanted AS ({_WANTED[is_postgres()]}) {sql}", params)
        return list(cursor.fetchall())


def _lines(row: tuple[Any, ...]) -> list[Line]:
    order_id, customer_id, currency, kind, side, contract, amount, delivered, invoiced = row
    if order_id is not None:
        return order_lines(
            customer_id,
            currency,
            contract,
            amount=amount,
            delivered=delivered,
            invoiced=invoiced,
            released=kind == RELEASED,
        )
    component = component_of(kind, side)
    return [Line(customer_id, currency, contract, component, amount)] if component else []
