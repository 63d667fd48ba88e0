"""Items that await a milestone follow it: they fall due when its event happened, and wait again when it is
taken back. Told by the contracts inside the transaction that records the event, so both stand or neither.
Items that come later catch up after their own commit.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext

from huikuan.kernel.errors import Place, Refusal
from huikuan.mechanisms.events.subscribers import Announced
from huikuan.mechanisms.identity.actors import SYSTEM
from huikuan.record.contracts.domain.milestones import fold, names_of
from huikuan.record.contracts.models import Contract
from huikuan.record.contracts.operations.contracts import locked
from huikuan.record.contracts.operations.milestones import REACHED, WITHDRAWN
from huikuan.record.contracts.queries.terms import standing, terms_of
from huikuan.record.receivables.domain.periods import first_open_day
from huikuan.record.receivables.domain.schedules import Version, governing, reached_by
from huikuan.record.receivables.domain.settling import REVERSAL
from huikuan.record.receivables.models import Item, OpenItem, Schedule, Settlement
from huikuan.record.receivables.operations import open_items
from huikuan.record.receivables.operations.schedules import record_schedule
from huikuan.record.receivables.queries.schedules import versions

KINDS = frozenset({REACHED, WITHDRAWN})
REASON, TAKEN_BACK = "milestone", "milestone_withdrawn"


@dataclass(frozen=True, slots=True)
class Milestone:
    """A milestone event as the ledger needs it. `awaits`: the folded names by which items wait for it."""

    event_id: int
    company_id: int
    customer_id: int
    contract_number: str
    awaits: frozenset[str]
    happened_on: date
    due_date: date
    file_sha256: str
    actor: str

    @property
    def note(self) -> str:
        """How a schedule names the event that made it."""
        return f"milestone {self.event_id}"


def follow_milestone(event: Announced) -> None:
    """Bring the items of the contract to what the event says. Refuses a withdrawal while payments or later
    schedules rest on the due dates, listing them."""
    milestone = _milestone(event)
    if event.kind == REACHED:
        make_due(milestone, _open_items(milestone), at=event.recorded_at)
    else:
        _put_back(milestone, at=event.recorded_at)


def make_due(milestone: Milestone, item_ids: list[int], *, at: datetime) -> int:
    """Whatever of the open items awaits the milestone falls due on its due date; answers how many items do.

    In force from the event, or where that is not possible (posted later, rescheduled later, period
    locked) from the first day that is.
    """
    held = open_items.lock(item_ids)
    moved = 0
    for item_id, side in sorted(held.sides.items()):
        known = versions(item_id)
        now = governing(known)
        lines = reached_by(now.lines, lambda awaits: fold(awaits) in milestone.awaits, milestone.due_date)
        if lines == list(now.lines):
            continue
        record_schedule(
            item_id=item_id,
            lines=lines,
            effective_on=first_open_day(
                max(milestone.happened_on, now.effective_on), held.locked_through[side.company_id]
            ),
            reason=REASON,
            note=milestone.note,
            file_sha256=milestone.file_sha256,
            actor=milestone.actor,
            at=at,
        )
        moved += 1
    return moved


def catch_up(event: Announced) -> None:
    """Items that came after the event they name: they fall due as if they had been there. For subscribers to
    `receivables.posted` and `connectors.imported`, after commit; told again it finds nothing left to do."""
    company_id = event.company_id
    if company_id is None:
        return  # customers belong to no company
    new = Item.objects.filter(company_id=company_id).exclude(contract_number="").exclude(awaits="")
    if event.kind == "receivables.posted":
        new = new.filter(id__in=event.payload["items"])
    else:
        new = new.filter(batch_id=event.payload["batch_id"])
    late: dict[tuple[int, str], list[int]] = {}
    for item_id, customer_id, number in new.order_by("id").values_list("id", "customer_id", "contract_number"):
        late.setdefault((customer_id, number), []).append(item_id)
    for (customer_id, number), item_ids in late.items():
        for milestone in _reached(company_id, customer_id, number):
            make_due(milestone, item_ids, at=event.recorded_at)


def _reached(company_id: int, customer_id: int, number: str) -> list[Milestone]:
    """The milestones of a contract whose events stand; held so that none is taken back meanwhile."""
    row = Contract.objects.filter(company_id=company_id, customer_id=customer_id, number=number).first()
    if row is None:
        return []
    locked(row.pk)
    terms = terms_of(row.pk)
    return [
        Milestone(
            event_id=happened.event_id,
            company_id=company_id,
            customer_id=customer_id,
            contract_number=number,
            awaits=names_of(one, terms.milestones),
            happened_on=happened.happened_on,
            due_date=happened.due_date,
            file_sha256="",
            actor=SYSTEM,
        )
        for one in terms.milestones
        if (happened := standing(row.pk).get(one.code)) is not None
    ]


def _put_back(milestone: Milestone, *, at: datetime) -> None:
    made = _made_due(milestone)
    held = open_items.lock(made)
    histories = {item_id: versions(item_id) for item_id in made}
    _refuse_dependants(milestone, made, histories)
    for item_id, own in made.items():
        if item_id not in held.sides:
            continue  # paid by its event's day: nothing of it falls due any more
        former = governing([version for version in histories[item_id] if version.number < own.number])
        company_id = held.sides[item_id].company_id
        record_schedule(
            item_id=item_id,
            lines=former.lines,
            effective_on=first_open_day(own.effective_on, held.locked_through[company_id]),
            reason=TAKEN_BACK,
            note=milestone.note,
            actor=milestone.actor,
            at=at,
        )


def _made_due(milestone: Milestone) -> dict[int, Version]:
    """Item → the schedule version that the event gave it; items reversed since are left as they are."""
    own = Item.objects.filter(
        company_id=milestone.company_id,
        customer_id=milestone.customer_id,
        contract_number=milestone.contract_number,
        reversal_of=None,
    ).exclude(
        id__in=Item.objects.filter(customer_id=milestone.customer_id, reversal_of__isnull=False).values("reversal_of")
    )
    rows = Schedule.objects.filter(item_id__in=own.values("id"), reason=REASON, note=milestone.note)
    found = rows.order_by("item_id").values_list("item_id", "version", "effective_on").distinct()
    return {item_id: Version(version, day, ()) for item_id, version, day in found}


def _refuse_dependants(milestone: Milestone, made: dict[int, Version], histories: dict[int, list[Version]]) -> None:
    where = [
        Place(
            column="schedule",
            value=str(item_id),
            reason=gettext("This item's schedule was changed since."),
            fix=gettext("Give it a new schedule by itself."),
        )
        for item_id, own in made.items()
        if max(version.number for version in histories[item_id]) > own.number
    ]
    where += [
        Place(
            column="settlement",
            value=str(settlement_id),
            reason=gettext("This settlement cleared an item after the milestone made it due."),
            fix=gettext("Reverse the settlement first."),
        )
        for item_id, own in made.items()
        for settlement_id in _settled_since(item_id, own.effective_on)
    ]
    if where:
        raise Refusal("milestone_has_dependants", where=where, event=milestone.event_id, count=len(where))


def _settled_since(item_id: int, day: date) -> list[int]:
    """Settlements that stand on the item and took effect on the day or later."""
    undone = Settlement.objects.filter(reversal_of__isnull=False).values("reversal_of")
    standing = Settlement.objects.filter(reversal_of__isnull=True, effective_on__gte=day).exclude(reason=REVERSAL)
    both = standing.filter(credit_id=item_id) | standing.filter(debit_id=item_id)
    return list(both.exclude(id__in=undone).order_by("id").values_list("id", flat=True))


def _open_items(milestone: Milestone) -> list[int]:
    """Open items of the contract; which of them wait, their schedules say."""
    still_open = OpenItem.objects.filter(customer_id=milestone.customer_id, company_id=milestone.company_id)
    found = Item.objects.filter(
        id__in=still_open.values("item_id"), contract_number=milestone.contract_number, reversal_of=None
    )
    return list(found.order_by("id").values_list("id", flat=True))


def _milestone(event: Announced) -> Milestone:
    said: dict[str, Any] = dict(event.payload)
    return Milestone(
        event_id=said["event_id"],
        company_id=event.company_id or 0,
        customer_id=event.customer_id or 0,
        contract_number=said["contract_number"],
        awaits=frozenset(said.get("awaits", ())),
        happened_on=date.fromisoformat(said["happened_on"]),
        due_date=date.fromisoformat(said["due_date"]),
        file_sha256=said["file_sha256"],
        actor=said["actor"],
    )
