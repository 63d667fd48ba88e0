"""The end of a dispute as facts: the credit that is posted and settled, and the last step; in one transaction."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from huikuan.kernel.errors import Refusal
from huikuan.kernel.text import tidy
from huikuan.mechanisms.identity.models import Company
from huikuan.record.disputes.domain.life import POSTING, RESOLVE, item_kind
from huikuan.record.disputes.models import Dispute, DisputeStep
from huikuan.record.disputes.operations.facts import said, tell, today_of, write_step
from huikuan.record.receivables.domain.periods import first_open_day
from huikuan.record.receivables.domain.settling import OpenSide
from huikuan.record.receivables.operations import open_items
from huikuan.record.receivables.operations.items import post_item
from huikuan.record.receivables.operations.settlements import settle
from huikuan.record.receivables.queries.ledger import item
from huikuan.record.receivables.queries.periods import locked_through

#: Of settlements that a resolution makes, and the system its credits come from.
REASON, ORIGIN = "dispute", "disputes"
_LONGEST_NUMBER = 60


@dataclass(frozen=True, slots=True)
class Credit:
    """What a resolution posted: the credit and the settlement between it and the claim."""

    item_id: int
    settlement_id: int


@dataclass(frozen=True, slots=True)
class End:
    """How a dispute ends: what is granted (minor units), in which words, with which papers (as facts name them);
    `document_number` of the credit."""

    outcome: str
    amount: int
    note: str = ""
    document_number: str = ""
    files: tuple[dict[str, str], ...] = ()


def write_end(
    dispute: Dispute, last: DisputeStep, side: OpenSide | None, end: End, *, state: str, actor: str, at: datetime
) -> Credit | None:
    """Post and settle what the outcome grants, record the step, tell it. `side`: what is open of the claim, locked."""
    posts = end.outcome in POSTING
    credit = _post(dispute, last, side, end, actor, at) if posts else None
    told: dict[str, Any] = {
        "state": state,
        "amount": 0,
        "outcome": end.outcome,
        "accepted": end.amount,
        "note": said(end.note),
        "item_id": credit.item_id if credit else None,
        "settlement_id": credit.settlement_id if credit else None,
        "files": list(end.files),
    }
    write_step(dispute, last, RESOLVE, told, actor=actor, at=at)
    tell(
        "disputes.resolved", dispute, at, outcome=end.outcome, accepted=end.amount, currency=dispute.currency,
        credit=credit.item_id if credit else None,
    )  # fmt: skip
    return credit


def _post(dispute: Dispute, last: DisputeStep, side: OpenSide | None, end: End, actor: str, at: datetime) -> Credit:
    if side is None:
        raise Refusal("item_not_open", item=dispute.item_id)
    claim = item(dispute.item_id)
    day = _ledger_day(dispute.company_id, max(today_of(dispute.company_id, at), side.settle_from))
    credit_id = post_item(
        company=Company.objects.get(pk=dispute.company_id),
        customer_id=dispute.customer_id,
        kind=item_kind(end.outcome, dispute.reason),
        amount=end.amount,
        currency=dispute.currency,
        document_date=day,
        posting_date=day,
        document_number=tidy(end.document_number)[:_LONGEST_NUMBER],
        obligation=claim.obligation,
        contract_number=claim.contract_number,
        business_type=claim.business_type,
        origin_system=ORIGIN,
        origin_key=f"{dispute.pk}.{last.number + 1}",
        actor=actor,
        at=at,
    )
    settlement_id = settle(
        credit_id=credit_id,
        debit_id=dispute.item_id,
        credit_amount=end.amount,
        effective_on=day,
        reason=REASON,
        actor=actor,
        at=at,
    )
    return Credit(credit_id, settlement_id)


def _ledger_day(company_id: int, on: date) -> date:
    open_items.hold_period(company_id)
    return first_open_day(on, locked_through(company_id))
