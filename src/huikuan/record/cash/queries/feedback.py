"""How suggestions fared: by how sure matching was, how many stood and how many people turned down or took back."""

from __future__ import annotations

from dataclasses import dataclass

from huikuan.record.cash.domain.applying import ACCEPTED, AUTOMATIC
from huikuan.record.cash.domain.feedback import Proved
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
    made = Application.objects.filter(probability_e6__isnull=False)
    turned_down = Rejection.objects.all()
    if companies is not None:
        made, turned_down = made.filter(company_id__in=companies), turned_down.filter(company_id__in=companies)
    undone = set(Undoing.objects.values_list("application_id", flat=True))
    told = [(probability, number not in undone) for number, probability in made.values_list("id", "probability_e6")]
    told += [(probability, False) for probability in turned_down.values_list("probability_e6", flat=True)]
    counts = {least: [0, 0] for least in EDGES}
    for probability, stood in told:
        if probability is not None:
            least = max(edge for edge in EDGES if edge * _E6_OF_PERCENT <= probability)
            counts[least][0 if stood else 1] += 1
    above = dict(zip(EDGES, (*EDGES[1:], None), strict=True))
    found = [Fared(least, above[least], *counts[least]) for least in reversed(EDGES)]
    return [one for one in found if one.stood or one.refused]


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
