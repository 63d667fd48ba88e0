"""Background work: days of signature that were ahead when they were entered, and have come."""

from __future__ import annotations

from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.identity.actors import SYSTEM
from huikuan.mechanisms.jobs.work import Work
from huikuan.record.contracts.operations.milestones import reach_signed
from huikuan.record.contracts.queries.upcoming import signings_come


def reach_signings(work: Work) -> dict[str, int]:
    """Reach every milestone that awaits a signing whose day has come; each contract in a transaction of its own, so
    that one whose items refuse it stops no other. Asked again it does no more."""
    found = signings_come(at=work.at)
    reached = refused = 0
    for contract_id in found:
        try:
            reached += len(reach_signed(contract_id=contract_id, actor=SYSTEM, at=work.at))
        except Refusal:
            refused += 1
    return {"reached": reached, "refused": refused}
