"""Nodes that cross the first threshold of their limit: the customer's owner is warned and finance has one item, once
per crossing.

A crossing is looked for after each event that moves an exposure or a limit, and every few hours for what the calendar
moves. Each look takes what stands at its moment, so an event told twice, or late, does no more than the first time.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from django.db import IntegrityError, transaction

from huikuan.judge.credit.domain.crossing import OVER, crossing
from huikuan.judge.credit.domain.deciding import Rules, utilisation_e4
from huikuan.judge.credit.domain.limits import Limit
from huikuan.judge.credit.models import Crossing
from huikuan.judge.credit.operations.locks import hold
from huikuan.judge.credit.policies import CREDIT_RULES
from huikuan.judge.credit.queries.exposure import Node, nodes_of
from huikuan.judge.credit.queries.grounds import rules_in_force
from huikuan.judge.credit.queries.limits import limits_on
from huikuan.judge.credit.queries.utilisation import (
    CrossingRow,
    Used,
    last_crossing,
    limited_nodes,
    node_name,
    used_now,
)
from huikuan.judge.credit.work import CROSSING, WARNING
from huikuan.kernel.dates import business_date
from huikuan.kernel.errors import Refusal
from huikuan.kernel.money import to_text
from huikuan.mechanisms.audit.operations import record
from huikuan.mechanisms.events.subscribers import Announced
from huikuan.mechanisms.identity.models import Company
from huikuan.mechanisms.identity.queries import user_of_owner
from huikuan.mechanisms.jobs.operations import enqueue
from huikuan.mechanisms.store.transactions import retrying
from huikuan.mechanisms.work.operations import Wanted, cancel_items, open_item
from huikuan.record.bills.policies import BILL_RULES
from huikuan.record.customers.queries import affiliation_as_of

#: The job that looks at every node.
WATCH = "credit.watch"
#: What moves the exposure or the limit of one customer, and of the groups it stands in.
_OF_ONE = frozenset(
    {
        *("receivables.posted", "receivables.settled", "receivables.reversed"),
        *("contracts.ordered", "contracts.fulfilled", "credit.order_decided", "credit.limit_granted"),
        *("cover.recorded", "cover.revalued", "cover.released", "bills.moved"),
    }
)
#: What moves those of many, or moves customers between nodes.
_OF_MANY = frozenset(
    {
        *("connectors.imported", "connectors.undone", "contracts.imported"),
        *("customers.affiliated", "customers.group_moved", "customers.imported", "customers.merged"),
        *("customers.unmerged", "policies.in_force"),
    }
)
MOVING = _OF_ONE | _OF_MANY


def follow_crossings(event: Announced, *, at: datetime) -> None:
    """After-commit subscriber: look at the nodes of the customer; where many may have moved, ask for the job
    that looks at all, so that no other subscriber waits for it."""
    if _moves_nothing(event):
        return
    if event.kind not in _OF_ONE or event.company_id is None or event.customer_id is None:
        enqueue(WATCH, at=at)
        return
    company = Company.objects.get(pk=event.company_id)
    for node in nodes_of(event.customer_id, business_date(at, company.time_zone)):
        look_at_node(company, node, at=at)


def _moves_nothing(event: Announced) -> bool:
    """Other affiliations than to groups, and other policies than those that say or change thresholds."""
    if event.kind == "customers.affiliated":
        return event.payload.get("dimension") != "group"
    return event.kind == "policies.in_force" and event.payload.get("kind") not in (CREDIT_RULES.name, BILL_RULES.name)


def look_at_company(company: Company, *, at: datetime) -> int:
    """Look at every node of the company that ever had a limit, each in a transaction of its own; answers how many
    crossed: limits begin and end, and rates change, without an event."""
    day = business_date(at, company.time_zone)
    return sum(
        retrying(partial(look_at_node, company, node, at=at)) is not None for node in limited_nodes(company, day)
    )


def look_at_node(company: Company, node: Node, *, at: datetime) -> str | None:
    """Record what the node crossed since it was looked at last, and open or cancel the work that follows; None:
    nothing. Call inside a transaction. With a currency that has no rate nothing is said until there is one."""
    day = business_date(at, company.time_zone)
    limit = limits_on(company, [node], day)[node.customer_id, node.group]
    if limit.amount <= 0:
        return None
    hold([f"credit:crossing:{company.pk}:{node_name(node)}"])
    # Read after the node is held: what another look has recorded meanwhile, and what stands then.
    before = last_crossing(company.pk, node)
    policy, rules = rules_in_force(company, at)
    try:
        used = used_now(company, node, limit.currency, rules, day)
    except Refusal as refusal:
        if refusal.code != "exposure_without_rate":
            raise
        return None
    state = crossing(before.state if before else "", used.counts, limit.amount, rules)
    if state is not None:
        _follow(_Seen(company, node, limit, used, rules, policy.version_id), state, before, at)
    return state


@dataclass(frozen=True, slots=True)
class _Seen:
    """What a look found."""

    company: Company
    node: Node
    limit: Limit
    used: Used
    rules: Rules
    policy_id: int | None

    def fact(self, state: str, number: int) -> dict[str, Any]:
        return {
            "company_id": self.company.pk,
            "customer_id": self.node.customer_id,
            "node": node_name(self.node),
            "number": number,
            "state": state,
            "currency": self.limit.currency,
            "used": self.used.counts,
            "limit_amount": self.limit.amount,
            "percent": self.rules.warn_over if state == OVER else self.rules.rearm_under,
            "policy_version_id": self.policy_id,
        }

    def wanted(self, number: int, owner: str = "") -> Wanted:
        shown = {
            "group": self.node.group,
            "currency": self.limit.currency,
            "out": to_text(self.used.out, self.limit.currency),
            "out_e4": utilisation_e4(self.used.out, self.limit.amount),
            "used": to_text(self.used.counts, self.limit.currency),
            "limit": to_text(self.limit.amount, self.limit.currency),
            "utilisation_e4": utilisation_e4(self.used.counts, self.limit.amount),
            "warn_over": self.rules.warn_over,
        }
        return Wanted(_key(number), self.company.pk, self.node.customer_id, shown, owner)


def _follow(seen: _Seen, state: str, before: CrossingRow | None, at: datetime) -> None:
    """Over: finance has an item, and the owner of a customer is warned. Armed again: what is open of both goes."""
    try:
        with transaction.atomic():
            number = record(Crossing, [seen.fact(state, following(before))], at=at)[0]
    except IntegrityError:
        return  # somebody recorded the same crossing at this very moment
    if state == OVER:
        open_item(kind=CROSSING.name, wanted=seen.wanted(number), at=at)
        if seen.node.customer_id is not None:
            open_item(kind=WARNING.name, wanted=seen.wanted(number, _owner(seen, at)), at=at)
    elif before is not None:
        for kind in (CROSSING, WARNING):
            cancel_items(kind=kind.name, keys=[_key(before.id)], because="", at=at)


def _owner(seen: _Seen, at: datetime) -> str:
    """The user who owns the customer today; '' where the books name nobody, or nobody who is a user."""
    if seen.node.customer_id is None:
        return ""
    day = business_date(at, seen.company.time_zone)
    named = affiliation_as_of(day, dimension="owner", customer_ids=[seen.node.customer_id])
    return user_of_owner(named.get(seen.node.customer_id, ""))


def following(before: CrossingRow | None) -> int:
    """The number of the crossing that follows."""
    return before.number + 1 if before else 1


def _key(crossing_id: int) -> str:
    return f"crossing:{crossing_id}"
