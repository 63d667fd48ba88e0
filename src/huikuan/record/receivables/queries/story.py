"""Everything that happened to one item, in the order it took effect."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from huikuan.record.receivables.domain.schedules import Line
from huikuan.record.receivables.models import Item, Schedule, Settlement
from huikuan.record.receivables.queries.ledger import ItemRow, item


@dataclass(frozen=True, slots=True)
class Counterpart:
    """The item on the other side of a settlement."""

    item_id: int
    kind: str
    side: str
    document_number: str
    customer_id: int
    currency: str
    amount: int


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that happened. `what`: posted, scheduled, settled, reversed.

    `on` is the day it took effect, `recorded_at` when it was written down (later means late).
    `amount` moves the item's open amount (+ posts, − clears, + gives back; 0 for a schedule), in
    minor units of its currency; `book_amount` and `fx_amount` in the company's. `reverses` names
    the settlement this step undoes, `undone_by` the step that undid this one.
    """

    what: str
    fact_id: int
    on: date
    recorded_at: datetime
    actor: str
    amount: int
    book_amount: int | None
    open_after: int
    fx_amount: int = 0
    reason: str = ""
    counterpart: Counterpart | None = None
    lines: tuple[Line, ...] = ()
    version: int = 0
    file_sha256: str = ""
    reverses: int | None = None
    undone_by: int | None = None
    batch_id: int | None = None
    batch_row: int | None = None


@dataclass(frozen=True, slots=True)
class Story:
    """An item, its mirror if it was reversed, the instalments of its debt, and what happened."""

    item: ItemRow
    recorded_at: datetime
    mirror_id: int | None
    siblings: tuple[ItemRow, ...]
    steps: tuple[Step, ...]


def item_story(item_id: int, *, known: int | None = None) -> Story:
    """The story of an item as known below a horizon (None: all); six queries, however long it is."""
    subject = item(item_id)
    posted = Item.objects.filter(id=item_id).values("recorded_at").get()
    steps = [_posted(subject, posted["recorded_at"]), *_settled(subject, known), *_scheduled(item_id, known)]
    return Story(
        item=subject,
        recorded_at=posted["recorded_at"],
        mirror_id=_known(Item.objects.filter(reversal_of=item_id), known).values_list("id", flat=True).first(),
        siblings=_siblings(subject, known),
        steps=tuple(_with_balances(steps)),
    )


def _posted(subject: ItemRow, recorded_at: datetime) -> Step:
    return Step(
        what="posted",
        fact_id=subject.id,
        on=subject.posting_date,
        recorded_at=recorded_at,
        actor=subject.actor,
        amount=subject.amount,
        book_amount=subject.book_amount,
        open_after=0,
        reason=subject.text,
        lines=(Line(subject.due_date, subject.awaits, subject.amount),),
        batch_id=subject.batch_id,
        batch_row=subject.batch_row,
    )


def _settled(subject: ItemRow, known: int | None) -> list[Step]:
    own, other = ("credit", "debit") if subject.side == "credit" else ("debit", "credit")
    rows = list(_known(Settlement.objects.filter(**{f"{own}_id": subject.id}), known).values())
    partners = _counterparts(row[f"{other}_id"] for row in rows)
    undone = {row["reversal_of"]: row["id"] for row in rows if row["reversal_of"] is not None}
    return [_settlement_step(row, own, partners.get(row[f"{other}_id"]), undone.get(row["id"])) for row in rows]


def _settlement_step(row: Mapping[str, Any], own: str, counterpart: Counterpart | None, undone_by: int | None) -> Step:
    book = row[f"{own}_book_amount"]
    return Step(
        what="settled" if row["reversal_of"] is None else "reversed",
        fact_id=row["id"],
        on=row["effective_on"],
        recorded_at=row["recorded_at"],
        actor=row["actor"],
        amount=-row[f"{own}_amount"],
        book_amount=None if book is None else -book,
        open_after=0,
        fx_amount=row["fx_amount"],
        reason=row["reason"],
        counterpart=counterpart,
        reverses=row["reversal_of"],
        undone_by=undone_by,
        batch_id=row["batch_id"],
        batch_row=row["batch_row"],
    )


def _counterparts(item_ids: Iterable[int]) -> dict[int, Counterpart]:
    names = ("id", "kind", "side", "document_number", "customer_id", "currency", "amount")
    rows = Item.objects.filter(id__in=set(item_ids)).values_list(*names)
    return {row[0]: Counterpart(*row) for row in rows}


def _scheduled(item_id: int, known: int | None) -> list[Step]:
    versions: dict[int, list[Schedule]] = {}
    for row in _known(Schedule.objects.filter(item_id=item_id), known).order_by("version", "line"):
        versions.setdefault(row.version, []).append(row)
    return [
        Step(
            what="scheduled",
            fact_id=rows[0].id,
            on=rows[0].effective_on,
            recorded_at=rows[0].recorded_at,
            actor=rows[0].actor,
            amount=0,
            book_amount=None,
            open_after=0,
            reason=rows[0].reason,
            lines=tuple(Line(row.due_date, row.awaits, row.amount) for row in rows),
            version=version,
            file_sha256=rows[0].file_sha256,
        )
        for version, rows in versions.items()
    ]


def _siblings(subject: ItemRow, known: int | None) -> tuple[ItemRow, ...]:
    """The other instalments of the same debt."""
    if not subject.obligation:
        return ()
    rows = _known(
        Item.objects.filter(
            customer_id=subject.customer_id, company_id=subject.company_id, obligation=subject.obligation
        ).exclude(id=subject.id),
        known,
    )
    return tuple(ItemRow(**row) for row in rows.order_by("id").values(*ItemRow.__dataclass_fields__))


def _with_balances(steps: Iterable[Step]) -> list[Step]:
    """The steps in order of effect, each with what it left open."""
    # Same day: the posting first, then in the order they were written down.
    ordered = sorted(steps, key=lambda step: (step.on, step.what != "posted", step.recorded_at, step.fact_id))
    told, balance = [], 0
    for step in ordered:
        balance += step.amount
        told.append(replace(step, open_after=balance))
    return told


def _known(rows: Any, known: int | None) -> Any:
    return rows if known is None else rows.filter(tx__lt=known)
