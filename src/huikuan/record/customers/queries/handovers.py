"""Hand-overs: what was drawn up, who signed, whether it holds."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.identity.domain.scope import Scope
from huikuan.record.customers.domain.handover import state_of
from huikuan.record.customers.models import HandOver, HandOverStep


@dataclass(frozen=True, slots=True)
class StepRow:
    """One side's signature, or that it was called off."""

    step: str
    actor: str
    note: str
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class HandOverRow:
    """A hand-over; `lines` is what both sides sign, `state` open, done or called_off."""

    id: int
    from_owner: str
    to_owner: str
    customer_ids: tuple[int, ...]
    effective_on: date
    reason: str
    lines: tuple[dict[str, Any], ...]
    content_sha256: str
    actor: str
    recorded_at: datetime
    steps: tuple[StepRow, ...]
    state: str

    def step(self, name: str) -> StepRow | None:
        return next((one for one in self.steps if one.step == name), None)


def hand_overs(*, scope: Scope, customer_id: int | None = None) -> list[HandOverRow]:
    """Those the scope sees, the newest first: of or to one of its owners, or all where it sees whosesoever.
    `customer_id`: of this customer alone."""
    rows = _rows(HandOver.objects.order_by("-id"))
    return [row for row in rows if _sees(scope, row) and (customer_id is None or customer_id in row.customer_ids)]


def hand_over(hand_over_id: int, *, scope: Scope) -> HandOverRow:
    """One; refuses an unknown one, and one outside the scope likewise."""
    found = [row for row in _rows(HandOver.objects.filter(pk=hand_over_id)) if _sees(scope, row)]
    if not found:
        raise Refusal("hand_over_unknown", number=hand_over_id)
    return found[0]


def _sees(scope: Scope, row: HandOverRow) -> bool:
    owners = scope.owners
    return owners is None or row.from_owner in owners or row.to_owner in owners


def _rows(papers: Iterable[HandOver]) -> list[HandOverRow]:
    known = list(papers)
    steps: dict[int, list[StepRow]] = {}
    for fact in HandOverStep.objects.filter(hand_over_id__in=[one.pk for one in known]).order_by("tx", "id"):
        steps.setdefault(fact.hand_over_id, []).append(StepRow(fact.step, fact.actor, fact.note, fact.recorded_at))
    return [_row(one, tuple(steps.get(one.pk, ()))) for one in known]


def _row(paper: HandOver, steps: tuple[StepRow, ...]) -> HandOverRow:
    return HandOverRow(
        id=paper.pk,
        from_owner=paper.from_owner,
        to_owner=paper.to_owner,
        customer_ids=tuple(paper.customer_ids),
        effective_on=paper.effective_on,
        reason=paper.reason,
        lines=tuple(json.loads(paper.content)),
        content_sha256=paper.content_sha256,
        actor=paper.actor,
        recorded_at=paper.recorded_at,
        steps=steps,
        state=state_of([one.step for one in steps]),
    )
