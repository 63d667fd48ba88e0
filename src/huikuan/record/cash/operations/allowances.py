"""What whoever applies money may write off with it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from huikuan.mechanisms.approvals.queries.reach import matrix_of
from huikuan.mechanisms.identity.models import Company
from huikuan.record.cash.domain.applying import Settled
from huikuan.record.cash.domain.differences import Allowance, check_differences
from huikuan.record.receivables.domain.settling import OpenSide

KIND = "cash.difference"


def require_allowed(company: Company, settled: Settled, sides: Mapping[int, OpenSide], *, at: datetime) -> None:
    """Refuse differences beyond the company's allowance, saying whose authority they would take."""
    if not settled.differences:
        return
    currencies = {one.item_id: sides[one.item_id].currency for one in settled.differences}
    largest = max(one.amount for one in settled.differences)
    who = matrix_of(company.pk, at=at).reach((), KIND, largest).least
    check_differences(settled.differences, Allowance({}), currencies, who=who)
