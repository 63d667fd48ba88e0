"""How far roles reach where somebody acts at once, without a request: releasing an order, for one."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from huikuan.mechanisms.approvals.domain.authority import Authority, least_role, reaches
from huikuan.mechanisms.approvals.policies import authority_of


@dataclass(frozen=True, slots=True)
class Reach:
    """Whether roles reach an amount, and the role lowest in authority that does."""

    reached: bool
    least: str


@dataclass(frozen=True, slots=True)
class Matrix:
    """A company's authority matrix in force, asked for once where much is compared with it."""

    authority: Authority

    @property
    def currency(self) -> str:
        """In which amounts are compared."""
        return self.authority.currency

    def reach(self, roles: Collection[str], kind: str, amount: int | None) -> Reach:
        """Whether holders of `roles` have the authority over `amount` (minor units of `currency`; None: no money) in
        matters of `kind`."""
        return Reach(reaches(self.authority, kind, amount, roles), least_role(self.authority, kind, amount))


def matrix_of(company_id: int | None, *, at: datetime) -> Matrix:
    """The company's matrix in force."""
    return Matrix(authority_of(company_id, at=at)[0])


def measured_in(company_id: int | None, *, at: datetime) -> str:
    """The currency of the company's authority matrix, in which amounts are compared."""
    return authority_of(company_id, at=at)[0].currency
