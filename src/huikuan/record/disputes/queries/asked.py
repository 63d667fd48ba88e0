"""What was asked for to end a dispute and waits."""

from __future__ import annotations

from dataclasses import dataclass

from huikuan.kernel.money import to_minor
from huikuan.mechanisms.approvals.domain.lifecycle import PENDING
from huikuan.mechanisms.approvals.queries import requests_about
from huikuan.record.customers.queries.families import one_of
from huikuan.record.disputes.domain.grants import GRANT, subject_of
from huikuan.record.disputes.queries.disputes import DisputeRow, File, files_of


@dataclass(frozen=True, slots=True)
class WaitingGrant:
    """A credit that waits for approval: by which request, how it would end, how much, put to which role by whom."""

    request_id: int
    outcome: str
    amount: int
    role: str
    maker: str
    files: tuple[File, ...]


def waiting_grant(row: DisputeRow) -> WaitingGrant | None:
    """What waits about a dispute the reader sees; None: nothing does."""
    if row.over:
        return None
    for one in requests_about(GRANT, one_of(row.customer_id).members):
        if one.subject == subject_of(row.id) and one.state == PENDING:
            amount = to_minor(one.shown["granted"], one.shown["currency"])
            return WaitingGrant(
                one.id, one.shown["outcome"], amount, one.role, one.maker, files_of(one.shown["files"])
            )
    return None
