"""Keeping what was suggested for lines over an application that is taken back at once: the cache is as it was."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Any

from huikuan.record.banking.models import OpenLine
from huikuan.record.cash.models import Suggestion

_COPIED = ("line_id", "company_id", "verdict", "customer_id", "probability_e6", "answer", "policy_version")


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
