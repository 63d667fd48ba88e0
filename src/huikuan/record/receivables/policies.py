"""Rules of receivables a company may set."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from typing import Any

from django.utils.translation import gettext_noop

from huikuan.kernel.errors import Place, Refusal
from huikuan.mechanisms.policies.kinds import Kind, register

_MOST_BUCKETS = 12
_LONGEST_DAYS = 36_500


def check_aging_buckets(document: Mapping[str, Any]) -> None:
    """Named lists of upper edges, 'due' and 'document' among them: rising days (30), or rising years ('1y')."""
    places = [
        Place(column=name, value=str(edges), reason=gettext_noop("The edges must rise."), fix="30, 60, 90")
        for name, edges in document.items()
        if not _rises(edges)
    ]
    places += [
        Place(column=name, reason=gettext_noop("This list is missing."), fix="30, 60, 90")
        for name in ("due", "document")
        if name not in document
    ]
    if places:
        raise Refusal("aging_buckets_invalid", where=places)


def _rises(edges: object) -> bool:
    if not isinstance(edges, list) or not 0 < len(edges) <= _MOST_BUCKETS:
        return False
    if all(isinstance(edge, str) and edge.endswith("y") and edge[:-1].isdecimal() for edge in edges):
        days = [int(edge[:-1]) * 365 for edge in edges]
    elif all(isinstance(edge, int) and not isinstance(edge, bool) for edge in edges):
        days = list(edges)
    else:
        return False
    return days[0] > 0 and days[-1] <= _LONGEST_DAYS and all(a < b for a, b in pairwise(days))


AGING_BUCKETS = register(
    Kind(
        name="aging_buckets",
        title=gettext_noop("Aging buckets"),
        default={
            "due": [30, 60, 90],
            "document": [30, 60, 90],
            "annual": ["1y", "2y", "3y", "4y", "5y"],
        },
        check=check_aging_buckets,
    )
)
