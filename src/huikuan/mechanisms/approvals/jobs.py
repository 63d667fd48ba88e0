"""Background work: requests that wait too long."""

from __future__ import annotations

from huikuan.mechanisms.approvals.operations import tend_requests
from huikuan.mechanisms.jobs.work import Work


def tend(work: Work) -> dict[str, int]:
    """Pass on, or let expire, what nobody decided in time."""
    return tend_requests(at=work.at)
