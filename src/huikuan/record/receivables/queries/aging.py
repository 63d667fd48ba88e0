"""Aging as of any day, as known at any instant."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from huikuan.mechanisms.audit.models import Head


@dataclass(frozen=True, slots=True)
class Bucket:
    """Days `from_days` … `to_days` inclusive (None: and more)."""

    from_days: int
    to_days: int | None
    amount: int


@dataclass(frozen=True, slots=True)
class AgingRow:
    """Open debits of one key in one company and currency, minor units; credits beside them, never netted in.

    `key`: customer or company code, else the dimension's value ('' none). `key_id`: the customer's id (by customer), else None.
    """

    key: str
    name: str
    company: str
    currency: str
    total: int
    not_due: int
    awaiting: int
    buckets: tuple[Bucket, ...]
    credits: int
    key_id: int | None = None

    @property
    def net(self) -> int:
        return self.total - self.credits


@dataclass(frozen=True, slots=True)
class Aging:
    """The answer and what it rests on. `totals` are rows with empty key, one per currency."""

    as_of: date
    basis: str
    by: str
    rows: tuple[AgingRow, ...]
    totals: tuple[AgingRow, ...]
    head_size: int | None
    head_sealed_at: datetime | None
    policy_number: int


def aging(
    *,
    as_of: date,
    known: Head | None = None,
    by: str = "customer",
    basis: str = "due",
    company_id: int | None = None,
    engine: str = "columns",
    buckets: str | None = None,
    organisation: date | None = None,
) -> Aging:
    """Open items by age. `by`: customer, group, owner, region, business_type, currency or company.

    `organisation`: the day whose affiliations count (default: as_of). `buckets` names a list of the policy
    ('due', 'document', 'annual'); default: that of the basis.
    """
    raise NotImplementedError
