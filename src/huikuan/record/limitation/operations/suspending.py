"""Writing down what suspended limitation (Civil Code 194), until when, and taking it back."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef

from huikuan.kernel.errors import Place, Refusal
from huikuan.kernel.text import tidy
from huikuan.mechanisms.audit.operations import record
from huikuan.mechanisms.events.operations import announce
from huikuan.mechanisms.files.operations import keep_bytes, store_kept
from huikuan.mechanisms.store.transactions import retrying
from huikuan.record.customers.queries import among
from huikuan.record.limitation.domain.kinds import CAUSES
from huikuan.record.limitation.models import Suspension
from huikuan.record.limitation.operations.interrupting import LONGEST, Paper, require_past
from huikuan.record.receivables.models import Item


@dataclass(frozen=True, slots=True)
class Obstacle:
    """What kept us from suing: one of `CAUSES`, from a day to another (None: it still does), in words."""

    cause: str
    from_on: date
    until_on: date | None
    note: str


def record_suspension(
    *, item_ids: Collection[int], obstacle: Obstacle, file: Paper | None = None, actor: str, at: datetime
) -> list[int]:
    """Something kept us from suing for these items; answers a fact for each. With its paper it counts for the safe
    day, else for the hoped one alone.

    Refuses an unknown cause, a silent one, days in the wrong order and days ahead: of what still lasts nobody
    knows the end. Said again it is the same suspension: items it was not said of get one, and one that was said
    without this paper is said anew with it. Refuses one from the same day and cause with another end.
    """
    note = _words(obstacle.note)
    if obstacle.cause not in CAUSES:
        known = ", ".join(CAUSES)
        where = [Place(column="cause", value=obstacle.cause, fix=known)]
        raise Refusal("limitation_cause_unknown", value=obstacle.cause, known=known, where=where)
    _require_order(obstacle.from_on, obstacle.until_on)
    kept = keep_bytes(file.content) if file else None

    def work() -> list[int]:
        items = list(Item.objects.filter(id__in=among(item_ids), side="debit").order_by("id"))
        if not items or len(items) < len(set(item_ids)):
            raise Refusal("limitation_items_missing")
        for company in {item.company_id for item in items}:
            require_past(obstacle.until_on or obstacle.from_on, company, at)
        stands = _standing(obstacle, items)
        said = [item for item in items if item.pk not in stands or (kept and stands[item.pk].sha256 != kept.sha256)]
        filed = store_kept(kept, file.name, actor=actor, at=at) if said and kept and file else None
        same = {
            "from_on": obstacle.from_on,
            "until_on": obstacle.until_on,
            "note": note,
            "lifted": False,
            "actor": actor,
            "cause": obstacle.cause,
            "sha256": filed.sha256 if filed else None,
            "file_name": filed.name if filed else None,
        }
        before = {item_id: one.pk for item_id, one in stands.items()}
        rows = [
            {"company_id": item.company_id, "customer_id": item.customer_id, "item_id": item.pk,
             "replaces": before.get(item.pk), **same}
            for item in said
        ]  # fmt: skip
        written = {row["item_id"]: number for row, number in zip(rows, _write(rows, at), strict=True)}
        return [(before | written)[item.pk] for item in items]

    return retrying(work)


def _standing(obstacle: Obstacle, items: Sequence[Item]) -> dict[int, Suspension]:
    """Item → what stands of it from that day and cause already."""
    anew = Suspension.objects.filter(replaces=OuterRef("pk"))
    rows = Suspension.objects.filter(
        item_id__in=among(item.pk for item in items), cause=obstacle.cause, from_on=obstacle.from_on, lifted=False
    ).exclude(Exists(anew))
    standing = list(rows.order_by("pk"))
    if other := [one.pk for one in standing if one.until_on != obstacle.until_on]:
        raise Refusal("limitation_suspension_stands", suspension=other[0])
    return {one.item_id: one for one in standing if one.item_id is not None}


def end_suspension(*, suspension_id: int, until_on: date, note: str = "", actor: str, at: datetime) -> int:
    """It lasted until that day; six months are left from there at least. Refuses a day before it began or ahead, and a
    suspension of which something else was said since."""

    def change(found: Suspension) -> dict[str, Any]:
        _require_order(found.from_on, until_on)
        require_past(until_on, found.company_id, at)
        return {"until_on": until_on, "note": tidy(note)[:LONGEST] or found.note}

    return _say_anew(suspension_id, change, actor, at)


def lift_suspension(*, suspension_id: int, note: str, actor: str, at: datetime) -> int:
    """It was none after all: the clock is as it was without. Refuses a silent no, and as above."""
    said = _words(note)
    return _say_anew(suspension_id, lambda _found: {"lifted": True, "note": said}, actor, at)


def _say_anew(suspension_id: int, change: Any, actor: str, at: datetime) -> int:
    def work() -> int:
        found = Suspension.objects.filter(pk=suspension_id).first()
        if found is None:
            raise Refusal("limitation_suspension_unknown", suspension=suspension_id)
        if found.lifted:
            raise Refusal("limitation_suspension_changed", suspension=suspension_id)
        same = (
            "company_id", "customer_id", "item_id", "from_on", "until_on", "note", "lifted", "cause", "sha256",
            "file_name",
        )  # fmt: skip
        row = {**{name: getattr(found, name) for name in same}, **change(found), "replaces": found.pk, "actor": actor}
        return _write([row], at)[0]

    return retrying(work)


def _write(rows: Sequence[dict[str, Any]], at: datetime) -> list[int]:
    """Refuses a suspension of which something else was said meanwhile."""
    try:
        with transaction.atomic():
            ids = record(Suspension, rows, at=at)
    except IntegrityError as error:
        replaced = next((row["replaces"] for row in rows if row["replaces"] is not None), 0)
        raise Refusal("limitation_suspension_changed", suspension=replaced) from error
    for row, number in zip(rows, ids, strict=True):
        _tell(row, number, at)
    return ids


def _words(note: str) -> str:
    said = tidy(note)[:LONGEST]
    if not said:
        raise Refusal("limitation_reason_missing", where=[Place(column="note")])
    return said


def _require_order(first: date, last: date | None) -> None:
    if last is not None and last < first:
        raise Refusal("limitation_days_reversed", first=first, last=last)


def _tell(row: dict[str, Any], number: int, at: datetime) -> None:
    payload = {"suspension": number, "item": row["item_id"]}
    announce(
        "limitation.suspended", at=at, company_id=row["company_id"], customer_id=row["customer_id"], payload=payload
    )
