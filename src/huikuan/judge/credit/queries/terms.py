"""Which credit policy governs, and the grace it gives."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from huikuan.judge.credit.domain.terms import CreditPolicy
from huikuan.judge.credit.policies import CREDIT_POLICY, own_grace, policy_of
from huikuan.mechanisms.identity.models import Company
from huikuan.mechanisms.policies.queries import InForce, in_force


def policy_in_force(company: Company, at: datetime) -> tuple[InForce, CreditPolicy]:
    """The company's credit policy at an instant, with its version."""
    found = in_force(CREDIT_POLICY.name, company_id=company.pk, at=at)
    return found, policy_of(found.document, company.currency)


def grace_days(company: Company, rules: Mapping[str, Any], grade: str, at: datetime) -> int:
    """Days a customer of the grade may pay late before an order check speaks; `rules`: the document of the checks."""
    own = own_grace(rules, grade)
    return policy_in_force(company, at)[1].of(grade).grace_days if own is None else own
