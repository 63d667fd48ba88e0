"""The cockpit's questions."""

from __future__ import annotations

from datetime import date

from huikuan.mechanisms.audit.models import Head
from huikuan.see.cockpit.domain.overview import Overview


def overview(
    *,
    company_id: int | None,
    as_of: date,
    known: Head | None = None,
    basis: str = "due",
    currency: str | None = None,
    months: int = 12,
    top_by: str = "overdue",
) -> Overview:
    """Every figure of the receivables overview.

    `company_id` None: all companies. `basis` 'due' or 'document'. `currency` None chooses the
    company's own where every open foreign currency has a rate on `as_of`, else the largest; naming one shows only items in it
    (the company's own: converted where rates exist). `top_by`: 'overdue', 'total' or 'overdue_rate'.
    """
    raise NotImplementedError
