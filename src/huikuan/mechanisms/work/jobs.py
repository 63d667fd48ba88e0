"""Background work: items whose deadline has passed."""

from __future__ import annotations

from huikuan.mechanisms.jobs.work import Work
from huikuan.mechanisms.work.operations import tend_items


def tend(work: Work) -> dict[str, int]:
    """Put what nobody did in time to the role above."""
    return {"escalated": tend_items(at=work.at)}
