"""How suggestions fared: by how sure matching was, how many stood and how many people turned down or took back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from huikuan.record.cash.domain.applying import ACCEPTED, AUTOMATIC
from huikuan.record.cash.domain.feedback import Proved, classes
from huikuan.record.cash.models import Application, Rejection, Undoing
from huikuan.record.cash.queries.queue import Companies

#: The lower edges of the classes, percent.
EDGES = (0, 50, 60, 70, 80, 90, 95, 99)
_E6_OF_PERCENT = 10_000


@dataclass(frozen=True, slots=True)
class Fared:
    """One class of probability, from `least` percent on. `stood`: applied and not taken back; `refused`: turned down,
    or applied and taken back."""

    least: int
    below: int | None
    stood: int
    refused: int

    @property
    def share(self) -> int | None:
        """Percent that stood, rounded down; None where there was nothing."""
        whole = self.stood + self.refused
        return self.stood * 100 // whole if whole else None


def feedback(companies: Companies) -> list[Fared]:
    """The classes in which anything happened, the surest first."""
    edges = [least * _E6_OF_PERCENT for least in EDGES]
    above = dict(zip(EDGES, (*EDGES[1:], None), strict=True))
    found = []
    for one in classes(proved(companies), edges=edges):
        least = one.since_e6 // _E6_OF_PERCENT
        found.append(Fared(least, above[least], one.right, one.decided - one.right))
    return [one for one in found if one.stood or one.refused]


def proved(companies: Companies, *, since: datetime | None = None) -> list[Proved]:
    """Every proposal that was applied (right as long as nobody undid it) or turned down (wrong), in order of time
    within each. `since`: recorded from then on."""
    undone = set(Undoing.objects.values_list("application_id", flat=True))
    applied = Application.objects.filter(kind__in=(AUTOMATIC, ACCEPTED), probability_e6__isnull=False)
    rejected = Rejection.objects.all()
    if companies is not None:
        applied, rejected = applied.filter(company_id__in=companies), rejected.filter(company_id__in=companies)
    if since is not None:
        applied, rejected = applied.filter(recorded_at__gte=since), rejected.filter(recorded_at__gte=since)
    found = [
        Proved(probability or 0, number not in undone)
        for number, probability in applied.order_by("id").values_list("id", "probability_e6")
    ]
    return found + [
        Proved(one, right=False) for one in rejected.order_by("id").values_list("probability_e6", flat=True)
    ]
