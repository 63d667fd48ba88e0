"""Through which day a company's books are locked."""

from __future__ import annotations

from datetime import date

from huikuan.mechanisms.columns.tables import ALWAYS_KNOWN
from huikuan.record.receivables.models import PeriodLock


def locked_through(company_id: int, known: int = ALWAYS_KNOWN) -> date | None:
    """The last locked day (None: nothing is locked), as known below the horizon; the lock recorded last governs."""
    latest = PeriodLock.objects.filter(company_id=company_id, tx__lt=known).order_by("-tx", "-id").first()
    return latest.locked_through if latest else None


def lock_history(company_id: int) -> list[PeriodLock]:
    """Every lock and unlock of the company, newest first."""
    return list(PeriodLock.objects.filter(company_id=company_id).order_by("-tx", "-id"))
