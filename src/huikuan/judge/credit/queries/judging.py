"""What is to be said about an order: everything a decision rests on, read, and decided."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any

from huikuan.judge.credit.domain.deciding import (
    DELIVERY,
    HOLD,
    Decision,
    Late,
    Reason,
    Rules,
    Standing,
    WayOut,
    decide,
    utilisation_e4,
)
from huikuan.judge.credit.domain.exposure import DEBT, ORDERS, Line
from huikuan.judge.credit.queries.exposure import Party, converter, net, party_of
from huikuan.judge.credit.queries.grounds import Grounds, asking_grounds
from huikuan.kernel.dates import business_date
from huikuan.kernel.errors import Refusal
from huikuan.kernel.money import LARGEST_MINOR
from huikuan.mechanisms.identity.domain.scope import Scope
from huikuan.mechanisms.identity.models import Company
from huikuan.mechanisms.policies.queries import InForce
from huikuan.mechanisms.store.pipeline import together
from huikuan.record.contracts.queries.commitments import Stated
from huikuan.record.customers.queries import seen
from huikuan.record.customers.queries.families import Family


@dataclass(frozen=True, slots=True)
class Judged:
    """A decision with what it rests on: `nodes` begins with the customer; of a delivery there are none, nor
    where a rate is missing."""

    decision: Decision
    nodes: tuple[Standing, ...]
    late: Late
    rules: Rules
    policy: InForce

    @property
    def own(self) -> Standing | None:
        """The customer itself."""
        return self.nodes[0] if self.nodes else None

    @property
    def utilisation_e4(self) -> int | None:
        """Of the customer's own limit, with the order; None without a limit above 0."""
        return utilisation_e4(self.own.after, self.own.limit.amount) if self.own else None

    def content(self) -> Mapping[str, Any]:
        """What an OrderDecision keeps: plain values, amounts as minor units."""
        return {
            "nodes": [
                {
                    "group": node.group,
                    "state": node.limit.state,
                    "limit": node.limit.amount,
                    "currency": node.limit.currency,
                    "before": node.before,
                    "after": node.after,
                }
                for node in self.nodes
            ],
            "late": asdict(self.late),
            "warn_over": self.rules.warn_over,
            "reasons": [asdict(reason) for reason in self.decision.reasons],
            "ways_out": [asdict(way) for way in self.decision.ways_out],
        }


def judge_order(company: Company, order: Stated, party: Party, *, bills_whole: bool = False, at: datetime) -> Judged:
    """The order against the limits of the party's nodes, which the caller holds; as if it were released.

    Exposure in a currency without a rate holds it, and does not keep it from being entered. `bills_whole`: bills count
    whole until they are paid: a bill is no cash, whoever owes it.
    """
    return judging_order(company, order, party, bills_whole=bills_whole, at=at)()


def judging_order(
    company: Company, order: Stated, party: Party, *, bills_whole: bool = False, at: datetime
) -> Callable[[], Judged]:
    """Asks for what `judge_order` rests on. Call for its answer."""
    open_part = order.amount - order.invoiced_amount
    line = Line(order.customer_id, order.currency, order.contract_number, ORDERS, open_part)
    grounds = asking_grounds(company, party, at, without=order.order_id, bills_whole=bills_whole)

    def judged() -> Judged:
        found = grounds()
        return _with_rates(found, lambda: _judged(found, line))

    return judged


def judge_amount(
    company: Company,
    customer_id: int,
    *,
    amount: int,
    currency: str,
    contract_number: str = "",
    scope: Scope,
    at: datetime,
) -> Judged:
    """What would be said about an order of `amount`; nothing is reserved. Refuses a customer out of the scope."""
    if not seen(scope).has(company.pk, customer_id):
        raise Refusal("customer_unknown", customer=customer_id)
    if not 0 < amount <= LARGEST_MINOR:
        raise Refusal("order_amount_bad", line=0, value=amount)
    party = party_of(customer_id, business_date(at, company.time_zone))
    with together():
        grounds = asking_grounds(company, party, at)
    return _judged(grounds(), Line(customer_id, currency, contract_number, ORDERS, amount))


def judge_delivery(company: Company, order: Stated, family: Family, *, at: datetime) -> Judged:
    """A delivery against the rules that stop deliveries; the limit was asked when the order was released."""
    with together():
        asked = asking_grounds(company, Party(family, ()), at)
    grounds = asked()
    with_contract = bool(order.contract_number)

    def judged() -> Judged:
        late, known = grounds.late(), grounds.known()
        said = decide((), late, grounds.rules, document=DELIVERY, has_contract=with_contract, known=known)
        return Judged(said, (), late, grounds.rules, grounds.policy)

    return _with_rates(grounds, judged)


def _with_rates(grounds: Grounds, judged: Callable[[], Judged]) -> Judged:
    """What was judged; a hold where a rate is missing, so that nobody can compare."""
    try:
        return judged()
    except Refusal as refusal:
        if refusal.code != "exposure_without_rate":
            raise
    hold = Decision(HOLD, (Reason("without_rate", HOLD),), (WayOut("add_rate"),))
    return Judged(hold, (), Late(), grounds.rules, grounds.policy)


def _judged(grounds: Grounds, line: Line) -> Judged:
    line, standings = replace(line, customer_id=grounds.family.one.shown), []
    for node, limit in grounds.nodes:
        of = [one for one in grounds.lines if one.customer_id in node.members]
        value = converter(limit.currency, grounds.day)
        before, after = (net(some, grounds.cover, node, value, limit.currency) for some in (of, [*of, line]))
        debt = sum(before.of(component) for component in DEBT)
        standings.append(Standing(node.group, limit, before.total, after.total, debt))
    late, has_contract = grounds.late(), bool(line.contract_number)
    decision = decide(standings, late, grounds.rules, has_contract=has_contract, known=grounds.known())
    return Judged(decision, tuple(standings), late, grounds.rules, grounds.policy)
