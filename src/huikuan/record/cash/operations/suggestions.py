"""What was suggested for lines, kept: as it was over an application taken back, without what is turned down."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from huikuan.kernel.reasons import Reason
from huikuan.record.banking.models import OpenLine
from huikuan.record.cash.domain.book import Proposal, Verdict
from huikuan.record.cash.domain.stored import MILLION, Stored, document_of
from huikuan.record.cash.models import Suggestion

_COPIED = ("line_id", "company_id", "verdict", "customer_id", "probability_e6", "answer", "policy_version")


def leave_out(line_id: int, stored: Stored, denied: Proposal, *, suggest: float) -> None:
    """Keep the answer without a proposal somebody turned down; from `suggest` on the next best is suggested."""
    answer = stored.answer
    left = tuple(one for one in answer.proposals if one != denied)
    best = left[0] if left else None
    verdict = Verdict.SUGGESTED if best and best.probability >= suggest else Verdict.LEFT
    reasons = (*answer.reasons, Reason("turned_down", met=False))
    now = replace(answer, proposals=left, verdict=verdict, reasons=reasons)
    Suggestion.objects.filter(line_id=line_id).update(
        verdict=verdict.value,
        customer_id=best.customer_id if best else None,
        probability_e6=round(best.probability * MILLION) if best else 0,
        answer=document_of(now, stored.seen),
    )


def copies_of(line_ids: Collection[int]) -> list[dict[str, Any]]:
    """What is suggested for these lines now, as plain values."""
    found = Suggestion.objects.filter(line_id__in=line_ids)
    return [
        {**{name: getattr(one, name) for name in _COPIED}, "computed_at": one.computed_at.isoformat()} for one in found
    ]


def put_back(copies: Iterable[Mapping[str, Any]]) -> None:
    """Suggest it again, where the line is as open as it was and nothing else is suggested by now."""
    wanted = {int(one["line_id"]): one for one in copies}
    left = dict(OpenLine.objects.filter(line_id__in=wanted).values_list("line_id", "left"))
    rows = [
        Suggestion(**{**one, "computed_at": datetime.fromisoformat(one["computed_at"])})
        for line_id, one in wanted.items()
        if left.get(line_id) == one["answer"]["left"]
    ]
    Suggestion.objects.bulk_create(rows, ignore_conflicts=True)
