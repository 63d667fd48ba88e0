"""Locking and unlocking periods (关账)."""

from __future__ import annotations

from datetime import date, datetime

from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.audit.operations import record
from huikuan.mechanisms.identity.models import Company
from huikuan.mechanisms.store.transactions import retrying
from huikuan.record.receivables.models import PeriodLock
from huikuan.record.receivables.operations.open_items import take_period
from huikuan.record.receivables.queries.periods import locked_through


def lock_period(*, company: Company, through: date, actor: str, at: datetime, reason: str = "") -> int:
    """From now on nothing posts on or before `through`; waits for what is being posted. Returns the id."""

    def work() -> int:
        take_period(company.id)
        current = locked_through(company.id)
        if current is not None and through <= current:
            raise Refusal("period_already_locked", locked_through=current)
        return _record(company, through, reason, actor, at)

    return retrying(work)


def unlock_period(*, company: Company, through: date | None, reason: str, actor: str, at: datetime) -> int:
    """Take the lock back to `through` (None: nothing stays locked); a reason is required."""

    def work() -> int:
        take_period(company.id)
        current = locked_through(company.id)
        if current is None or (through is not None and through >= current):
            raise Refusal("period_not_locked", locked_through=current)
        return _record(company, through, reason, actor, at)

    if not reason:
        raise Refusal("reason_needed")
    return retrying(work)


def _record(company: Company, through: date | None, reason: str, actor: str, at: datetime) -> int:
    row = {"company_id": company.id, "locked_through": through, "reason": reason, "actor": actor}
    return record(PeriodLock, [row], at=at)[0]
