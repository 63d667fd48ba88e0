"""The facts of milestones' events, and those that the day of the signature brings by itself.

Call with the contracts held and inside the transaction: whoever has items that await an event follows
`contracts.milestone_reached` and `contracts.milestone_withdrawn` in it, and may refuse.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from huikuan.kernel.dates import business_date
from huikuan.kernel.text import tidy
from huikuan.mechanisms.audit.operations import record
from huikuan.mechanisms.events.operations import announce_all
from huikuan.mechanisms.identity.models import Company
from huikuan.record.contracts.domain.milestones import Happened, awaited_on, names_of, reach
from huikuan.record.contracts.domain.signature import by_signature
from huikuan.record.contracts.domain.terms import Terms
from huikuan.record.contracts.models import Contract, MilestoneEvent

REACHED, WITHDRAWN = "contracts.milestone_reached", "contracts.milestone_withdrawn"


@dataclass(frozen=True, slots=True)
class Reached:
    """The event of a contract's milestone happened, and what waits for it falls due."""

    contract: Contract
    terms: Terms
    milestone: str
    happened_on: date
    due_date: date
    note: str = ""
    file_sha256: str = ""
    batch_id: int | None = None


@dataclass(frozen=True, slots=True)
class Signed:
    """A contract's terms before (None: it is new) and after, its events that stood before, and the batch that told
    of it."""

    contract: Contract
    before: Terms | None
    after: Terms
    standing: Mapping[str, Happened]
    batch_id: int | None = None


def record_reached(found: Sequence[Reached], *, actor: str, at: datetime) -> list[int]:
    """Write the events and tell them; answers their ids."""
    rows = [
        {
            **_whose(one.contract),
            "milestone": one.milestone,
            "happened_on": one.happened_on,
            "due_date": one.due_date,
            "note": tidy(one.note)[:200],
            "file_sha256": one.file_sha256,
            "batch_id": one.batch_id,
            "actor": actor,
        }
        for one in found
    ]
    ids = record(MilestoneEvent, rows, at=at)
    told = [
        _told(one.contract, row, event_id, awaits=_names(one))
        for one, row, event_id in zip(found, rows, ids, strict=True)
    ]
    announce_all(REACHED, told, at=at)
    return ids


def record_withdrawn(
    contract: Contract, event_ids: Sequence[int], *, reason: str, actor: str, at: datetime
) -> list[int]:
    """Take back events of a contract that stand and tell it; answers the ids of the withdrawals."""
    events = list(MilestoneEvent.objects.filter(id__in=event_ids).order_by("id").values())
    kept = ("id", "tx", "recorded_at")
    repeated = [{name: value for name, value in event.items() if name not in kept} for event in events]
    rows: list[dict[str, Any]] = [
        {**row, "note": tidy(reason)[:200], "reversal_of": event["id"], "actor": actor}
        for event, row in zip(events, repeated, strict=True)
    ]
    ids = record(MilestoneEvent, rows, at=at)
    told = [_told(contract, row, row["reversal_of"], withdrawal_id=one) for row, one in zip(rows, ids, strict=True)]
    announce_all(WITHDRAWN, told, at=at)
    return ids


def await_next(contract: Contract, terms: Terms, happened: Mapping[str, object]) -> None:
    """Let the row say which day is waited for now (`happened`: by the codes of milestones whose events stand)."""
    day = awaited_on(terms.milestones, set(happened))
    if day != contract.awaited_on:
        contract.awaited_on = day
        Contract.objects.filter(pk=contract.pk).update(awaited_on=day)


def follow_signatures(signed: Sequence[Signed], *, company_id: int, reason: str, actor: str, at: datetime) -> None:
    """Bring milestones that await the signing of a company's contracts to what their days of signature say
    (`domain.signature`). Refuses what rests on events to be taken back, as taking them back by hand does."""
    if not signed:
        return
    zone = Company.objects.values_list("time_zone", flat=True).get(pk=company_id)
    today = business_date(at, zone)
    reached: list[Reached] = []
    for one in signed:
        followed = by_signature(one.before, one.after, one.standing, today)
        if followed.taken_back:
            ids = [happened.event_id for happened in followed.taken_back]
            record_withdrawn(one.contract, ids, reason=reason, actor=actor, at=at)
        gone = {happened.milestone for happened in followed.taken_back}
        stands: dict[str, object] = {code: what for code, what in one.standing.items() if code not in gone}
        for code in followed.reached:
            reached.append(by_signature_day(one.contract, one.after, code, today, batch_id=one.batch_id))
            stands[code] = reached[-1]
        if gone or followed.reached:
            await_next(one.contract, one.after, stands)
    if reached:
        record_reached(reached, actor=actor, at=at)


def by_signature_day(
    contract: Contract, terms: Terms, code: str, today: date, *, batch_id: int | None = None
) -> Reached:
    """The milestone of this code, reached on the day the terms were signed."""
    day = terms.signed_on
    if day is None:
        raise AssertionError("nothing follows a signature that has no day")
    due_date = reach(terms.milestones, code, {}, happened_on=day, signed_on=day, today=today)
    return Reached(contract, terms, code, day, due_date, batch_id=batch_id)


def _names(one: Reached) -> list[str]:
    milestones = one.terms.milestones
    return sorted(names_of(next(each for each in milestones if each.code == one.milestone), milestones))


def _whose(contract: Contract) -> dict[str, int]:
    return {"contract_id": contract.pk, "company_id": contract.company_id, "customer_id": contract.customer_id}


def _told(contract: Contract, row: Mapping[str, Any], event_id: int, **more: Any) -> tuple[int, int, dict[str, Any]]:
    payload = {
        "event_id": event_id,
        "contract_id": contract.pk,
        "contract_number": contract.number,
        "milestone": row["milestone"],
        "happened_on": row["happened_on"].isoformat(),
        "due_date": row["due_date"].isoformat(),
        "file_sha256": row["file_sha256"],
        "actor": row["actor"],
        **more,
    }
    return contract.company_id, contract.customer_id, payload
