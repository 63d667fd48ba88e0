"""Milestones: the event happened, or it did not after all.

Whoever has items that await the event follows `contracts.milestone_reached` and
`contracts.milestone_withdrawn` inside the same transaction, and may refuse.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from huikuan.kernel.dates import business_date
from huikuan.kernel.errors import Refusal
from huikuan.kernel.text import tidy
from huikuan.mechanisms.audit.operations import record
from huikuan.mechanisms.events.operations import announce
from huikuan.mechanisms.identity.models import Company
from huikuan.mechanisms.store.transactions import retrying
from huikuan.record.contracts.domain import milestones
from huikuan.record.contracts.domain.terms import VOID, Terms, governing
from huikuan.record.contracts.models import Contract, MilestoneEvent
from huikuan.record.contracts.operations.contracts import locked
from huikuan.record.contracts.queries.terms import standing, terms_of, versions

REACHED, WITHDRAWN = "contracts.milestone_reached", "contracts.milestone_withdrawn"


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
        due_date = milestones.reach(
            terms.milestones,
            milestone,
            standing(contract_id),
            happened_on=happened_on,
            signed_on=terms.signed_on,
            today=business_date(at, zone),
        )
        row = {
            "contract_id": contract_id,
            "company_id": contract.company_id,
            "customer_id": contract.customer_id,
            "milestone": milestone,
            "happened_on": happened_on,
            "due_date": due_date,
            "note": tidy(note)[:200],
            "file_sha256": file_sha256,
            "actor": actor,
        }
        event_id = record(MilestoneEvent, [row], at=at)[0]
        _await_next(contract, terms)
        reached = next(one for one in terms.milestones if one.code == milestone)
        names = sorted(milestones.names_of(reached, terms.milestones))
        _tell(REACHED, contract, {**row, "event_id": event_id}, {"awaits": names}, at)
        return event_id

    return retrying(work)


def withdraw_milestone(*, event_id: int, reason: str, actor: str, at: datetime) -> int:
    """The event did not happen: what it made fall due awaits it again. Answers the withdrawal's id.

    Refuses an unknown event, one that is taken back already, no reason; and while something rests on the
    due dates it gave (receivables.operations.milestones).
    """
    if not reason.strip():
        raise Refusal("withdrawal_reason_needed")

    def work() -> int:
        event = MilestoneEvent.objects.filter(id=event_id).values().first()
        if event is None or event["reversal_of"] is not None:
            raise Refusal("milestone_event_unknown", event=event_id)
        contract = locked(event["contract_id"])
        if MilestoneEvent.objects.filter(reversal_of=event_id).exists():
            raise Refusal("milestone_event_withdrawn", event=event_id)
        repeated = {name: value for name, value in event.items() if name not in ("id", "tx", "recorded_at")}
        row = {**repeated, "note": tidy(reason)[:200], "reversal_of": event_id, "actor": actor}
        withdrawal = record(MilestoneEvent, [row], at=at)[0]
        _await_next(contract, terms_of(contract.pk))
        _tell(WITHDRAWN, contract, {**row, "event_id": event_id}, {"withdrawal_id": withdrawal}, at)
        return withdrawal

    return retrying(work)


def _await_next(contract: Contract, terms: Terms) -> None:
    """Let the row say which day is waited for now."""
    Contract.objects.filter(pk=contract.pk).update(
        awaited_on=milestones.awaited_on(terms.milestones, standing(contract.pk))
    )


def _tell(kind: str, contract: Contract, row: dict[str, Any], more: dict[str, Any], at: datetime) -> None:
    payload = {
        "event_id": row["event_id"],
        "contract_id": contract.pk,
        "contract_number": contract.number,
        "milestone": row["milestone"],
        "happened_on": row["happened_on"].isoformat(),
        "due_date": row["due_date"].isoformat(),
        "file_sha256": row["file_sha256"],
        "actor": row["actor"],
        **more,
    }
    announce(kind, at=at, company_id=contract.company_id, customer_id=contract.customer_id, payload=payload)
