"""What whoever applies money may write off with it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from huikuan.mechanisms.approvals.queries.reach import matrix_of
from huikuan.mechanisms.identity.models import Company
from huikuan.record.cash.domain.applying import Settled
from huikuan.record.cash.domain.differences import check_differences
from huikuan.record.cash.queries.rules import rules_in_force
from huikuan.record.receivables.domain.settling import OpenSide

#: What giving up more than that would be, in the matrix of authority.
KIND = "cash_difference"


def require_allowed(company: Company, settled: Settled, sides: Mapping[int, OpenSide], *, at: datetime) -> None:
    """Refuse differences beyond what the company accepts, saying whose authority they would take."""
    if not settled.differences:
        return
    rules = rules_in_force(company.pk, at=at).rules
    largest = max(one.amount for one in settled.differences)
    who = matrix_of(company.pk, at=at).reach((), KIND, largest).least
    check_differences(settled.differences, rules, sides, who=who)
