"""One item's page: what is open as of the page's day, how that came to be, what proves it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from huikuan.mechanisms.audit.models import Head, Leaf
from huikuan.mechanisms.audit.queries import last_head
from huikuan.mechanisms.identity.models import Company
from huikuan.mechanisms.pages.reading import Reading
from huikuan.record.contracts.models import Contract
from huikuan.record.customers.domain.seen import Seen
from huikuan.record.customers.models import Customer
from huikuan.record.customers.queries.merging import one_with, shown_as
from huikuan.record.receivables.domain.aging import overdue_days
from huikuan.record.receivables.models import Item, Schedule, Settlement
from huikuan.record.receivables.queries.ledger import ItemRow
from huikuan.record.receivables.queries.schedules import schedule_of
from huikuan.record.receivables.queries.story import Step, Story, item_story

ICONS = {"posted": "file-invoice", "settled": "cash", "scheduled": "calendar-event", "reversed": "arrow-back-up"}
TABLES = {
    "posted": Item._meta.db_table,
    "scheduled": Schedule._meta.db_table,
    "settled": Settlement._meta.db_table,
    "reversed": Settlement._meta.db_table,
}


@dataclass(frozen=True, slots=True)
class Told:
    """One step as the page tells it. `later`: it took effect after the page's day. `apart`: the item on the
    other side is a customer's whom the reader does not see, so nothing of it is told."""

    step: Step
    icon: str
    payer: str
    later: bool
    apart: bool


@dataclass(frozen=True, slots=True)
class Seal:
    """How many of the item's facts lie under the newest head; the rest were recorded since."""

    facts: int
    sealed: int
    head: Head | None

    @property
    def whole(self) -> bool:
        return self.sealed == self.facts


@dataclass(frozen=True, slots=True)
class Dates:
    """When it falls due by the schedule that governs on the page's day."""

    due: Any
    overdue_days: int
    slot: str
    due_date: Any
    side: str


def story_page(item_id: int, reading: Reading, theirs: Seen) -> dict[str, Any]:
    """Context of the item page for a reader who sees `theirs`."""
    story = item_story(item_id, known=reading.horizon)
    in_effect = [step for step in story.steps if step.on <= reading.as_of]
    open_amount = in_effect[-1].open_after if in_effect else 0
    names = _names(story)
    return {
        "story": story,
        "item": story.item,
        "customer": Customer.objects.get(pk=shown_as(story.item.customer_id, reading.horizon, theirs)),
        "contract_id": contract_of(story.item),
        "item_company": Company.objects.get(pk=story.item.company_id),
        "open_amount": open_amount,
        "settled_amount": story.item.amount - open_amount,
        "aged": _dates(story, reading) if open_amount else None,
        "told": [
            Told(
                step,
                ICONS[step.what],
                names.get(step.counterpart.customer_id, "") if step.counterpart else "",
                step.on > reading.as_of,
                step.counterpart is not None and not theirs.has(story.item.company_id, step.counterpart.customer_id),
            )
            for step in story.steps
        ],
        "seal": _seal(story),
    }


def contract_of(subject: ItemRow) -> int | None:
    """The registered contract the item names, if it is this customer's or that of one it is one with."""
    if not subject.contract_number:
        return None
    one = one_with(subject.customer_id)
    named = Contract.objects.filter(company_id=subject.company_id, number=subject.contract_number, customer_id__in=one)
    return named.values_list("pk", flat=True).first()


def _dates(story: Story, reading: Reading) -> Dates:
    known = reading.horizon
    lines = schedule_of(story.item.id, reading.as_of, known=known).lines
    due = min((line.due_date for line in lines if line.due_date), default=None)
    if due is None:
        return Dates(None, 0, "awaiting", None, story.item.side)
    late = overdue_days(due, reading.as_of)
    return Dates(due, late, "days" if late else "not_due", due, story.item.side)


def _names(story: Story) -> dict[int, str]:
    """Other customers that paid, by id: a third party is named."""
    paid = {step.counterpart.customer_id for step in story.steps if step.counterpart}
    others = paid - {story.item.customer_id}
    if others:
        others -= one_with(story.item.customer_id)
    return dict(Customer.objects.filter(pk__in=others).values_list("pk", "name")) if others else {}


def _seal(story: Story) -> Seal:
    head = last_head()
    facts = [(TABLES[step.what], step.fact_id) for step in story.steps]
    numbers = [
        tx
        for table in sorted({table for table, _id in facts})
        for tx in Leaf.objects.filter(
            kind=table, subject_id__in=[fact_id for kind, fact_id in facts if kind == table]
        ).values_list("tx", flat=True)
    ]
    return Seal(len(facts), sum(head is not None and tx < head.horizon for tx in numbers), head)
