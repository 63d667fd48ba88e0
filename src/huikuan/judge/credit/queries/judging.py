"""What is to be said about an order: everything a decision rests on, read, and decided."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from functools import cache
from typing import Any

from huikuan.judge.credit.domain.deciding import (
    DELIVERY,
    HOLD,
    ORDER,
    Decision,
    Late,
    Reason,
    Rules,
    Standing,
    WayOut,
    decide,
    utilisation_e4,
)
from huikuan.judge.credit.domain.exposure import BILLS, CLAIMS, LESSENING, ORDERS, Line
from huikuan.judge.credit.domain.limits import NONE, Limit
from huikuan.judge.credit.policies import CREDIT_RULES, rules_of
from huikuan.judge.credit.queries.exposure import Node, asking_lines, converter, nodes_of, valued
from huikuan.judge.credit.queries.limits import asking_limits
from huikuan.judge.credit.queries.terms import grace_days
from huikuan.judge.rating.queries.ratings import grade_of
from huikuan.kernel.dates import business_date
from huikuan.kernel.errors import Refusal
from huikuan.kernel.money import LARGEST_MINOR
from huikuan.mechanisms.identity.domain.scope import EVERYTHING, Scope
from huikuan.mechanisms.identity.models import Company
from huikuan.mechanisms.policies.queries import InForce, asking_in_force, in_force
from huikuan.mechanisms.store.pipeline import together
from huikuan.record.contracts.queries.commitments import Stated
from huikuan.record.customers.queries import seen
from huikuan.record.customers.queries.families import one_of
from huikuan.record.receivables.queries.lateness import Overdue, asking_overdue, overdue_now

_DEBT = (CLAIMS, BILLS, *LESSENING)


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


def judge_order(company: Company, order: Stated, nodes: Sequence[Node], *, at: datetime) -> Judged:
    """The order against the limits of its nodes, which the caller holds; as if it were released.

    Exposure in a currency without a rate holds it, and does not keep it from being entered.
    """
    return judging_order(company, order, nodes, at=at)()


def judging_order(company: Company, order: Stated, nodes: Sequence[Node], *, at: datetime) -> Callable[[], Judged]:
    """Asks for what `judge_order` rests on. Call for its answer."""
    open_part = order.amount - order.invoiced_amount
    line = Line(order.customer_id, order.currency, order.contract_number, ORDERS, open_part)
    grounds = _asking_grounds(company, nodes, at, without=order.order_id)

    def judged() -> Judged:
        found = grounds()
        try:
            return _judged(company, found, line, has_contract=bool(order.contract_number))
        except Refusal as refusal:
            if refusal.code != "exposure_without_rate":
                raise
        hold = Decision(HOLD, (Reason("without_rate", HOLD),), (WayOut("add_rate"),))
        return Judged(hold, (), Late(), found.rules, found.policy)

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
    nodes = nodes_of(customer_id, business_date(at, company.time_zone))
    line = Line(customer_id, currency, contract_number, ORDERS, amount)
    with together():
        grounds = _asking_grounds(company, nodes, at)
    return _judged(company, grounds(), line, has_contract=bool(contract_number))


def judge_delivery(company: Company, order: Stated, *, at: datetime) -> Judged:
    """A delivery against the rules that stop deliveries; the limit was asked when the order was released."""
    policy, rules = rules_in_force(company, at)
    one = one_of(order.customer_id)
    day = business_date(at, company.time_zone)
    late = late_of(company, one.shown, overdue_now(company.pk, one.members, day), policy, at)
    decision = decide((), late, rules, document=DELIVERY, has_contract=bool(order.contract_number))
    return Judged(decision, (), late, rules, policy)


def rules_in_force(company: Company, at: datetime) -> tuple[InForce, Rules]:
    """The company's order checks at an instant, with their version."""
    policy = in_force(CREDIT_RULES.name, company_id=company.pk, at=at)
    return policy, rules_of(policy.document, company.currency)


def late_of(company: Company, shown: int, overdue: Sequence[Overdue], policy: InForce, at: datetime) -> Late:
    """What is overdue on the day of `at` of the customer that is shown, and of those that are one with it: days beyond
    the grace of its grade, and the sum."""
    if not overdue:
        return Late()
    day = business_date(at, company.time_zone)
    value = converter(company.currency, day)
    grace = grace_days(company, policy.document, grade_of(shown, day=day, scope=EVERYTHING), at)
    most = (day - overdue[0].due_date).days - grace
    return Late(max(0, most), sum(value(one.amount, one.currency) for one in overdue))


@dataclass(frozen=True, slots=True)
class _Grounds:
    """What a decision about a customer rests on: `nodes` are those that bind, with their limits."""

    at: datetime
    policy: InForce
    rules: Rules
    nodes: Sequence[tuple[Node, Limit]]
    lines: Sequence[Line]
    overdue: Sequence[Overdue]


def _asking_grounds(
    company: Company, nodes: Sequence[Node], at: datetime, *, without: int | None = None
) -> Callable[[], _Grounds]:
    """Asks for all of it at once; whoever stands in a group waits once more, for which of the groups have a limit."""
    day, own = business_date(at, company.time_zone), nodes[0].members
    policy = asking_in_force(CREDIT_RULES.name, company_id=company.pk, at=at)
    limits = cache(asking_limits(company, nodes, day))
    overdue = asking_overdue(company.pk, own, day)
    # One statement for all of them: the widest group that binds holds every other node.
    binding = nodes if len(nodes) == 1 else _binding(nodes, limits())
    lines = asking_lines(company.pk, frozenset().union(*(node.members for node in binding)), without=without)

    def answer() -> _Grounds:
        found, known = policy(), limits()
        bound = [(node, known[node.customer_id, node.group]) for node in binding]
        return _Grounds(at, found, rules_of(found.document, company.currency), bound, lines(), overdue())

    return answer


def _binding(nodes: Sequence[Node], limits: Mapping[tuple[int | None, str], Limit]) -> list[Node]:
    """The customer, and the groups that have a limit."""
    return [node for node in nodes if node.group == "" or limits[None, node.group].state != NONE]


def _judged(company: Company, grounds: _Grounds, line: Line, *, has_contract: bool) -> Judged:
    own = grounds.nodes[0][0].customer_id or line.customer_id
    day = business_date(grounds.at, company.time_zone)
    line, standings = replace(line, customer_id=own), []
    for node, limit in grounds.nodes:
        of = [one for one in grounds.lines if one.customer_id in node.members]
        before, after = (valued(some, limit.currency, day) for some in (of, [*of, line]))
        debt = sum(before.of(component) for component in _DEBT)
        standings.append(Standing(node.group, limit, before.total, after.total, debt))
    late = late_of(company, own, grounds.overdue, grounds.policy, grounds.at)
    decision = decide(standings, late, grounds.rules, document=ORDER, has_contract=has_contract)
    return Judged(decision, tuple(standings), late, grounds.rules, grounds.policy)
