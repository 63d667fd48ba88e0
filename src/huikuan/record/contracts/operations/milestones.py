"""Milestones: the event happened, or it did not after all.

Whoever has items that await the event follows `contracts.milestone_reached` and
`contracts.milestone_withdrawn` inside the same transaction, and may refuse. The day of the signature brings the
events of those that await the signing by itself (`reaching.follow_signatures`).
"""

from __future__ import annotations

from datetime import date, datetime

from huikuan.kernel.dates import business_date
from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.identity.models import Company
from huikuan.mechanisms.store.transactions import retrying
from huikuan.record.contracts.domain import milestones
from huikuan.record.contracts.domain.terms import VOID, governing
from huikuan.record.contracts.models import MilestoneEvent
from huikuan.record.contracts.operations.contracts import locked
from huikuan.record.contracts.operations.reaching import (
    REACHED,
    WITHDRAWN,
    Reached,
    await_next,
    record_reached,
    record_withdrawn,
)
from huikuan.record.contracts.queries.terms import standing, terms_of, versions

__all__ = ["REACHED", "WITHDRAWN", "record_milestone", "withdraw_milestone"]


def record_milestone(
    *,
    contract_id: int,
    milestone: str,
    happened_on: date,
    actor: str,
    at: datetime,
    note: str = "",
    file_sha256: str = "",
) -> int:
    """The event of a milestone happened: items that await it fall due by the terms. Answers the event's id.

    Refuses what `domain.milestones.reach` refuses, and a void contract.
    """

    def work() -> int:
        contract = locked(contract_id)
        terms = governing(versions(contract_id)).terms
        if terms.status == VOID:
            raise Refusal("contract_void", number=contract.number)
        zone = Company.objects.values_list("time_zone", flat=True).get(pk=contract.company_id)
        happened = standing(contract_id)
        due_date = milestones.reach(
            terms.milestones,
            milestone,
            happened,
            happened_on=happened_on,
            signed_on=terms.signed_on,
            today=business_date(at, zone),
        )
        reached = Reached(contract, terms, milestone, happened_on, due_date, note, file_sha256)
        await_next(contract, terms, {**happened, milestone: reached})
        return record_reached([reached], actor=actor, at=at)[0]

    return retrying(work)


def withdraw_milestone(*, event_id: int, reason: str, actor: str, at: datetime) -> int:
    """The event did not happen: what it made fall due awaits it again. Answers the withdrawal's id.

    Refuses an unknown event, one that is taken back already, no reason; and while something rests on the
    due dates it gave (receivables.operations.milestones).
    """
    if not reason.strip():
        raise Refusal("withdrawal_reason_needed")

    def work() -> int:
        event = MilestoneEvent.objects.filter(id=event_id, reversal_of=None).first()
        if event is None:
            raise Refusal("milestone_event_unknown", event=event_id)
        contract = locked(event.contract_id)
        if MilestoneEvent.objects.filter(reversal_of=event_id).exists():
            raise Refusal("milestone_event_withdrawn", event=event_id)
        happened = standing(contract.pk)
        left = {code: one for code, one in happened.items() if code != event.milestone}
        await_next(contract, terms_of(contract.pk), left)
        return record_withdrawn(contract, [event_id], reason=reason, actor=actor, at=at)[0]

    return retrying(work)
