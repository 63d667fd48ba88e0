"""Lists that were compared, and how far their differences are worked off."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from huikuan.see.confirmations.domain.reconciling import AGREED
from huikuan.see.confirmations.models import DifferenceStep, PeerDifference, PeerList


@dataclass(frozen=True, slots=True)
class DifferenceRow:
    """One group. `steps`: how many there were; `state`, `note`: of the last. Lines: (id or row, document, amount)."""

    id: int
    kind: str
    by: str
    difference: int
    ours: tuple[tuple[int, str, int], ...]
    theirs: tuple[tuple[int, str, int], ...]
    state: str
    note: str
    steps: int


@dataclass(frozen=True, slots=True)
class ListRow:
    """One comparison: ours − theirs = the sum of the differences; `agreed`: groups that do not differ."""

    id: int
    invitation_id: int
    currency: str
    file_name: str
    file_sha256: str
    ours: int
    theirs: int
    source: str
    actor: str
    compared_at: datetime
    agreed: int
    differences: tuple[DifferenceRow, ...]

    @property
    def difference(self) -> int:
        return self.ours - self.theirs


def last_list(invitation_id: int) -> ListRow | None:
    """The list compared last for an invitation, whose reader the caller has made sure of."""
    fact = PeerList.objects.filter(invitation_id=invitation_id).order_by("pk").last()
    if fact is None:
        return None
    groups = list(PeerDifference.objects.filter(list_id=fact.pk).order_by("place"))
    steps: dict[int, DifferenceStep] = {}
    for step in DifferenceStep.objects.filter(difference_id__in=[one.pk for one in groups]).order_by("number"):
        steps[step.difference_id] = step
    return ListRow(
        id=fact.pk,
        invitation_id=invitation_id,
        currency=fact.currency,
        file_name=fact.file_name,
        file_sha256=fact.file_sha256,
        ours=fact.ours,
        theirs=fact.theirs,
        source=fact.source,
        actor=fact.actor,
        compared_at=fact.recorded_at,
        agreed=sum(one.kind == AGREED for one in groups),
        differences=tuple(_row(one, steps.get(one.pk)) for one in groups if one.kind != AGREED),
    )


def _row(one: PeerDifference, last: DifferenceStep | None) -> DifferenceRow:
    return DifferenceRow(
        id=one.pk,
        kind=one.kind,
        by=one.by,
        difference=one.difference,
        ours=tuple((line[0], line[1], line[2]) for line in one.our_lines),
        theirs=tuple((line[0], line[1], line[2]) for line in one.their_lines),
        state=last.state if last else "open",
        note=last.note if last else "",
        steps=last.number if last else 0,
    )
