"""The replay of a company's past under a policy: what each order would have been told, beside what became of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from huikuan.judge.credit.domain.deciding import APPROVE, Rules
from huikuan.judge.credit.domain.outcomes import Outcome
from huikuan.judge.credit.domain.replay import Told, replay
from huikuan.judge.credit.domain.terms import CreditPolicy
from huikuan.judge.credit.policies import rules_of
from huikuan.judge.credit.queries.judging import Judged
from huikuan.judge.credit.queries.past import Period, past
from huikuan.judge.credit.queries.terms_then import Basis, rates_then, terms_then
from huikuan.judge.credit.queries.terms_then import Rules as Tried
from huikuan.mechanisms.identity.models import Company
from huikuan.mechanisms.policies.queries import InForce


@dataclass(frozen=True, slots=True)
class Replayed:
    """An order of the past. `content` of one held or warned about, as an OrderDecision keeps it; else empty."""

    told: Told
    content: Mapping[str, Any]
    outcome: Outcome


def replayed(
    company: Company, period: Period, policy: InForce, credit_policy: CreditPolicy, basis: Basis
) -> tuple[int, Iterator[Replayed]]:
    """How many orders the period has, and each in the order it came, under the rules of `policy`, in force or not."""
    rules = rules_of(policy.document, company.currency)
    found = past(company.pk, period, contracts=rules.order.missing_contract)
    customers = {ask.customer_id for ask in found.asks}
    terms = terms_then(company, period, Tried(policy.document, credit_policy), customers, basis=basis)
    currencies = {change.currency for change in found.changes} | {ask.currency for ask in found.asks}
    value = rates_then({*currencies, company.currency}, period)
    told = replay(found.asks, found.changes, dues=found.dues, terms=terms, rules=rules, value=value)
    return len(found.asks), (Replayed(one, _content(one, rules, policy), found.outcomes[one.ask.key]) for one in told)


def _content(told: Told, rules: Rules, policy: InForce) -> Mapping[str, Any]:
    if told.decision is None or told.decision.decision == APPROVE:
        return {}
    return Judged(told.decision, told.nodes, told.late, rules, policy).content()
