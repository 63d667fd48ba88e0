"""How far roles reach where somebody acts at once, without a request: releasing an order, for one."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from huikuan.mechanisms.approvals.domain.authority import least_role, reaches
from huikuan.mechanisms.approvals.policies import authority_of


@dataclass(frozen=True, slots=True)
class Reach:
    """Whether roles reach an amount, and the role lowest in authority that does."""

    reached: bool
    least: str


def measured_in(company_id: int | None, *, at: datetime) -> str:
    """The currency of the company's authority matrix, in which amounts are compared."""
    return authority_of(company_id, at=at)[0].currency


def reach(roles: Collection[str], kind: str, amount: int | None, *, company_id: int | None, at: datetime) -> Reach:
    """Whether holders of `roles` have the authority over `amount` (minor units of `measured_in`; None: no money) in
    matters of `kind`."""
    authority, _ = authority_of(company_id, at=at)
    return Reach(reaches(authority, kind, amount, roles), least_role(authority, kind, amount))
