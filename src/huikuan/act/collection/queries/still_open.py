"""What is open now of each line of some claims."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from huikuan.record.customers.queries import among
from huikuan.record.receivables.domain.schedules import governing
from huikuan.record.receivables.models import OpenItem
from huikuan.record.receivables.queries.schedules import versions_of

#: Claim → the version of its schedule, and by line when it is due and what is open of it.
Lines = dict[int, tuple[int, dict[int, tuple[date, int]]]]


def still_open(item_ids: Collection[int], day: date) -> Lines:
    """Of each claim the version of its schedule that governs, and by line what is open: money pays the earliest first.
    A claim without a schedule is line 0."""
    opened = dict(OpenItem.objects.filter(item_id__in=among(item_ids)).values_list("item_id", "open_amount"))
    found: Lines = {}
    for item_id, versions in versions_of(opened).items():
        version = governing(versions, day)
        rest = opened[item_id]
        still: dict[int, tuple[date, int]] = {}
        numbered = [(one.due_date or date.max, number) for number, one in enumerate(version.lines, 1)]
        for due_date, number in sorted(numbered, reverse=True):
            amount = min(rest, version.lines[number - 1].amount)
            still[number if version.number else 0] = due_date, amount
            rest -= amount
        found[item_id] = version.number, still
    return found
