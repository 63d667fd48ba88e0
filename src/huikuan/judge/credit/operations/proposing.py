"""Asking for a limit beside what the policy gives: the calculation is kept with the request."""

from __future__ import annotations

from datetime import datetime

from huikuan.judge.credit.domain.calculation import chosen_method, content_of
from huikuan.judge.credit.domain.limits import Wish
from huikuan.judge.credit.domain.proposing import departures
from huikuan.judge.credit.operations.limits import request_limit
from huikuan.judge.credit.queries.exposure import Node
from huikuan.judge.credit.queries.limits import limits_on
from huikuan.judge.credit.queries.proposals import ByPolicy, GroupByPolicy, proposed, proposed_group
from huikuan.kernel.dates import business_date
from huikuan.mechanisms.identity.domain.roles import Permission
from huikuan.mechanisms.identity.models import Company
from huikuan.mechanisms.identity.queries import scope
from huikuan.record.customers.queries.families import one_of


def request_measured(
    *,
    company: Company,
    customer_id: int | None = None,
    group: str = "",
    wish: Wish,
    reason: str,
    stated_sales: int | None = None,
    replaces: int | None = None,
    actor: str,
    at: datetime,
) -> int:
    """Ask for a limit; what the policy gives today, how that comes about and in what the wish departs from it is kept
    with the request. Where it departs it is decided one level higher. `replaces`: the number of the request that was
    returned. Answers the number of the approval request; refuses what `request_limit` refuses.

    The policy is asked before anything is written: it reads much, and whoever decides is shown what was kept.
    """
    day, reach = business_date(at, company.time_zone), scope(actor, Permission.PROPOSE_LIMIT, at=at)
    shown = None if customer_id is None else one_of(customer_id).shown
    found: ByPolicy | GroupByPolicy
    if customer_id is None:
        found = proposed_group(company, group, day=day, at=at, scope=reach)
    else:
        found = proposed(company, customer_id, day=day, at=at, scope=reach, stated_sales=stated_sales)
    governing = limits_on(company, [Node(shown, group, frozenset())], wish.from_on)[shown, group]
    departs = departures(wish, governing=governing, proposal=found.proposal)
    return request_limit(
        company=company,
        customer_id=customer_id,
        group=group,
        wish=wish,
        reason=reason,
        method=chosen_method(found.proposal),
        calculation=content_of(found.proposal, policy=found.policy.number, departs=departs),
        off_policy=bool(departs),
        replaces=replaces,
        actor=actor,
        at=at,
    )
