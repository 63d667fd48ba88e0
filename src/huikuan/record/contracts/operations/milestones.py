"""Milestones: the event happened, or it did not after all.

Whoever has items that await the event follows `contracts.milestone_reached` and
`contracts.milestone_withdrawn` inside the same transaction, and may refuse. The day of the signature brings the
events of those that await the signing by itself (`reaching.follow_signatures`); one that lay ahead when it was
entered brings them when it comes (`reach_signed`, hourly).
"""

from __future__ import annotations

from datetime import date, datetime

from huikuan.kernel.dates import business_date
from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.identity.models import Company
from huikuan.mechanisms.store.transactions import retrying
from huikuan.record.contracts.domain import milestones
from huikuan.record.contracts.domain.signature import by_its_day
from huikuan.record.contracts.domain.terms import VOID, governing
from huikuan.record.contracts.models import MilestoneEvent
from huikuan.record.contracts.operations.contracts import locked
from huikuan.record.contracts.operations.reaching import (
    REACHED,
    WITHDRAWN,
    Reached,
    await_next,
    by_signature_day,
    record_reached,
    record_withdrawn,
)
from huikuan.record.contracts.queries.terms import amendments, standing, terms_at, terms_of, versions

__all__ = ["REACHED", "WITHDRAWN", "reach_signed", "record_milestone", "withdraw_milestone"]


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


def reach_signed(*, contract_id: int, actor: str, at: datetime) -> list[int]:
    """Reach the milestones that await a signing whose day, ahead when it was entered, has come; answers the events.

    Refuses what follows the event refuses; a contract of which nothing is to be reached is left as it is.
    """

    def work() -> list[int]:
        contract = locked(contract_id)
        known = amendments(contract_id)
        terms = terms_at(known, contract.version)
        zone = Company.objects.values_list("time_zone", flat=True).get(pk=contract.company_id)
        said = [(business_date(one.recorded_at, zone), one.terms) for one in known]
        ever = set(MilestoneEvent.objects.filter(contract_id=contract_id).values_list("milestone", "happened_on"))
        happened = standing(contract_id)
        today = business_date(at, zone)
        codes = [code for code in by_its_day(said, terms, ever, today) if code not in happened]
        # Undone, the import that told of the day takes the event with it.
        batch = next((one.batch_id for one in known if one.terms.signed_on == terms.signed_on), None)
        reached = [by_signature_day(contract, terms, code, today, batch_id=batch) for code in codes]
        if not reached:
            return []
        await_next(contract, terms, {**happened, **{one.milestone: one for one in reached}})
        return record_reached(reached, actor=actor, at=at)

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
