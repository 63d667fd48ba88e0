"""What became of matching's proposals: applied and left so, undone, or turned down."""

from __future__ import annotations

from huikuan.record.cash.domain.applying import ACCEPTED, AUTOMATIC
from huikuan.record.cash.domain.feedback import Proved
from huikuan.record.cash.models import Application, Rejection, Undoing


def proved(company_id: int) -> list[Proved]:
    """Every proposal that was applied (right as long as nobody undid it) or turned down (wrong), in order of time
    within each."""
    undone = set(Undoing.objects.filter(company_id=company_id).values_list("application_id", flat=True))
    applied = Application.objects.filter(
        company_id=company_id, kind__in=(AUTOMATIC, ACCEPTED), probability_e6__isnull=False
    )
    found = [
        Proved(probability or 0, number not in undone)
        for number, probability in applied.order_by("id").values_list("id", "probability_e6")
    ]
    rejected = Rejection.objects.filter(company_id=company_id).order_by("id")
    return found + [Proved(one, right=False) for one in rejected.values_list("probability_e6", flat=True)]
