"""How much of its limit a node uses, which nodes have limits, and when each last crossed its threshold."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from huikuan.judge.credit.domain.deciding import EXPOSURE, Rules
from huikuan.judge.credit.domain.exposure import DEBT, ORDERS, Line, weighed_lines
from huikuan.judge.credit.models import Crossing, LimitRequest, LimitStep
from huikuan.judge.credit.queries.covering import cover_on
from huikuan.judge.credit.queries.exposure import Node, converter, lines_now, net
from huikuan.judge.credit.queries.standings import waiting_orders
from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.identity.models import Company
from huikuan.record.bills.queries.exposed import weights_on
from huikuan.record.contracts.queries.commitments import stated
from huikuan.record.customers.queries.families import customers_in, one_of


@dataclass(frozen=True, slots=True)
class CrossingRow:
    """A crossing as recorded: `id` of the fact, its `number` among those of the node, and what it led to."""

    id: int
    number: int
    state: str


@dataclass(frozen=True, slots=True)
class Used:
    """Of a limit, in minor units of its currency: what is `out`, and what the rules compare, which `counts` the one of
    the waiting orders that adds most."""

    out: int
    counts: int


def node_name(node: Node) -> str:
    """What a node is called where it is kept as text."""
    return f"group:{node.group}" if node.group else f"customer:{node.customer_id}"


def used_now(company: Company, node: Node, currency: str, rules: Rules, day: date) -> Used:
    """What the rules compare with the node's limit, in minor units of `currency` at the rates of `day`.

    By exposure: what is out, with the one of its waiting orders that adds most, as that order was decided about; by
    open debt: what is open in the ledger. Refuses a currency without a rate.
    """
    lines, cover, value = (
        weighed_lines(lines_now(company.pk, node.members), weights_on(company.pk, day)),
        cover_on(company.pk, node.members, day),
        converter(currency, day),
    )
    now = net(lines, cover, node, value, currency)
    if rules.basis != EXPOSURE:
        debt = sum(now.of(component) for component in DEBT)
        return Used(debt, debt)
    waiting = (_asked(order_id) for order_id in waiting_orders(company.pk, node.members))
    counts = max([now.total, *(net([*lines, line], cover, node, value, currency).total for line in waiting)])
    return Used(now.total, counts)


def last_crossing(company_id: int, node: Node) -> CrossingRow | None:
    """The node's latest crossing; None: it never crossed."""
    found = Crossing.objects.filter(company_id=company_id, node=node_name(node)).order_by("number").last()
    return CrossingRow(found.pk, found.number, found.state) if found else None


def limited_nodes(company: Company, day: date) -> list[Node]:
    """Every customer and group that was ever granted a limit, customers by id, then groups by code."""
    approved = LimitStep.objects.filter(company_id=company.pk, step=LimitStep.Step.APPROVED).values("request_id")
    pairs = LimitRequest.objects.filter(pk__in=approved).values_list("customer_id", "group_code").distinct()
    ones = [one_of(customer) for customer, _group in pairs if customer is not None]
    found = {one.shown: Node(one.shown, "", one.members) for one in ones}
    groups = [_group_node(code, day) for code in sorted(group for _customer, group in pairs if group)]
    return [*(found[customer] for customer in sorted(found)), *(node for node in groups if node)]


def _group_node(code: str, day: date) -> Node | None:
    try:
        return Node(None, code, customers_in(code, day))
    except Refusal:
        return None  # a group that is no more


def _asked(order_id: int) -> Line:
    """What an order that waits would add once it is released."""
    order = stated(order_id)
    part = max(0, order.amount - max(order.delivered_amount, order.invoiced_amount))
    return Line(order.customer_id, order.currency, order.contract_number, ORDERS, part)
