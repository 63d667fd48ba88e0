"""How a dispute ends. A credit note or discount is posted and settled in the same transaction, or waits for approval,
or nothing is written."""

from __future__ import annotations

from dataclasses import dataclass

from huikuan.mechanisms.identity.domain.roles import Permission
from huikuan.mechanisms.identity.queries import require
from huikuan.mechanisms.store.transactions import retrying
from huikuan.record.disputes.domain.amounts import granted
from huikuan.record.disputes.domain.life import OUTCOMES, POSTING, RESOLVE, WITHDRAWN, follow, require_known
from huikuan.record.disputes.operations.crediting import Credit, End, write_end
from huikuan.record.disputes.operations.facts import filed, held, keep_papers, said
from huikuan.record.disputes.operations.granting import ask_grant, drop_requests, to_approve
from huikuan.record.disputes.operations.steps import Doing, require_words
from huikuan.record.receivables.operations import open_items


@dataclass(frozen=True, slots=True)
class Waits:
    """The credit waits for approval: the dispute stands until the request is decided."""

    request_id: int


def resolve_dispute(
    doing: Doing, *, outcome: str, accepted: int | None = None, document_number: str = ""
) -> Credit | Waits | None:
    """End a dispute. `accepted`, minor units: what is granted (None: all of it where the outcome grants something).

    `credit_note` and `discount` post a credit of that amount, `document_number` its number, and settle it against the
    claim today, or on the first day that is not locked. That takes, besides `resolve_disputes`, `post_items`: a
    department finds right or wrong, the books are finance's. Where the actor raised the dispute, or what was granted
    to the customer in the window of the authority matrix comes to more than theirs, it is asked for instead, and done
    when another has approved it. Refuses what `domain.amounts.granted` refuses; ended otherwise, what waits is
    void.
    """
    require_known(outcome, OUTCOMES, "dispute_outcome_unknown")
    if outcome != WITHDRAWN:
        require_words(doing)
    kept = keep_papers(doing.files)

    def work() -> Credit | Waits | None:
        dispute, last = held(doing.dispute_id, doing.seen)
        _require_may(doing, dispute.company_id, outcome)
        # Locked before the decision: what is open stays so until it is settled.
        side = open_items.lock([dispute.item_id]).sides.get(dispute.item_id)
        state = follow(last.state, RESOLVE)
        amount = granted(outcome, accepted, last.amount, side.open_amount if side else 0, dispute.currency)
        files = tuple(filed(kept, actor=doing.actor, at=doing.at))
        end = End(outcome, amount, said(doing.note), document_number, files)
        if outcome in POSTING:
            worth = to_approve(dispute, amount, doing.actor, doing.at)
            if worth is not None:
                return Waits(ask_grant(dispute, last, end, worth, actor=doing.actor, at=doing.at))
        drop_requests(dispute.pk, actor=doing.actor, at=doing.at)
        return write_end(dispute, last, side, end, state=state, actor=doing.actor, at=doing.at)

    return retrying(work)


def _require_may(doing: Doing, company_id: int, outcome: str) -> None:
    """A withdrawal is what the customer said, so whoever hears it records it (asked at the doors)."""
    if outcome == WITHDRAWN:
        return
    require(doing.actor, Permission.RESOLVE_DISPUTES, company_id=company_id, at=doing.at)
    if outcome in POSTING:
        require(doing.actor, Permission.POST_ITEMS, company_id=company_id, at=doing.at)
