"""Reversing (冲销): a wrong item or settlement is undone by a mirror of it, never changed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypeVar

from django.db import IntegrityError
from django.utils.translation import gettext

from huikuan.kernel.errors import Place, Refusal
from huikuan.mechanisms.audit.operations import record
from huikuan.mechanisms.events.operations import announce
from huikuan.mechanisms.store.models import Fact
from huikuan.mechanisms.store.transactions import retrying
from huikuan.record.receivables.domain.periods import first_open_day
from huikuan.record.receivables.domain.posting import CREDIT, DEBIT, MIRROR
from huikuan.record.receivables.domain.settling import REVERSAL, OpenSide
from huikuan.record.receivables.models import Item, OpenItem, Settlement
from huikuan.record.receivables.operations import open_items
from huikuan.record.receivables.operations.settlements import tell
from huikuan.record.receivables.queries.periods import locked_through
from huikuan.record.receivables.queries.schedules import governing_due

Answer = TypeVar("Answer")

#: Origin of mirror items; the key is the reversed item's id.
ORIGIN = MIRROR


@dataclass(frozen=True, slots=True)
class Reversed:
    """The mirror item and the settlement between it and the original."""

    mirror_id: int
    settlement_id: int
    effective_on: date


def reverse_item(*, item_id: int, reason: str, actor: str, at: datetime) -> Reversed:
    """Undo an item by its mirror on the other side, settled against it at once.

    Posted on the original's posting date, or the first day that is open. Refused with the list of
    settlements while any stands on the item; a second reversal is refused.
    """
    return _once(lambda: _reverse_item(item_id, reason, actor, at), item_id)


def reverse_settlement(*, settlement_id: int, reason: str, on: date | None = None, actor: str, at: datetime) -> int:
    """Undo a settlement by a negative row; both items are open again by what it cleared.

    Takes the settlement's own effective date, or the first day that is open. `on`: what it rested on fell away on
    that day, so it held until then; never before its own day. Returns the new id.
    """
    return _once(lambda: _reverse_settlement(settlement_id, reason, on, actor, at), settlement_id)


def _reverse_item(item_id: int, reason: str, actor: str, at: datetime) -> Reversed:
    locked = open_items.lock([item_id])
    item = _fact(Item, item_id)
    if item is None:
        raise Refusal("item_unknown", item=item_id)
    side = _wholly_open(item, locked.sides.get(item_id))
    lock = locked.locked_through[item["company_id"]]
    day = first_open_day(max(item["posting_date"], side.settle_from), lock)
    mirror_id = record(Item, [_mirror(item, day, reason, actor)], at=at)[0]
    settlement_id = record(Settlement, [_against(item, mirror_id, day, actor)], at=at)[0]
    OpenItem.objects.filter(item_id=item_id).delete()
    announce(
        "receivables.reversed",
        at=at,
        company_id=item["company_id"],
        customer_id=item["customer_id"],
        payload={"item": item_id, "mirror": mirror_id, "settlement": settlement_id},
    )
    return Reversed(mirror_id, settlement_id, day)


def _wholly_open(item: dict[str, Any], side: OpenSide | None) -> OpenSide:
    """The item's open side, if nothing stands on it; else a refusal that lists what does."""
    if item["reversal_of"] is not None:
        raise Refusal("reversal_is_final", item=item["id"])
    if Item.objects.filter(reversal_of=item["id"]).exists():
        raise Refusal("already_reversed", item=item["id"])
    if side is None or side.open_amount != item["amount"]:
        raise Refusal("item_has_settlements", item=item["id"], where=_dependants(item["id"]))
    return side


def _dependants(item_id: int) -> list[Place]:
    undone = Settlement.objects.filter(reversal_of__isnull=False).values("reversal_of")
    standing = Settlement.objects.filter(reversal_of__isnull=True).exclude(id__in=undone)
    found = standing.filter(credit_id=item_id) | standing.filter(debit_id=item_id)
    return [
        Place(
            column="settlement",
            value=str(settlement_id),
            reason=gettext("This settlement stands on the item."),
            fix=gettext("Reverse the settlement first."),
        )
        for settlement_id in found.order_by("id").values_list("id", flat=True)
    ]


def _mirror(item: dict[str, Any], day: date, reason: str, actor: str) -> dict[str, Any]:
    return {
        **{name: value for name, value in item.items() if name not in ("id", "tx", "recorded_at")},
        "side": DEBIT if item["side"] == CREDIT else CREDIT,
        "posting_date": day,
        "text": reason,
        "origin_system": ORIGIN,
        "origin_key": str(item["id"]),
        "origin_generation": 1,
        "origin_digest": None,
        "batch_id": None,
        "batch_row": None,
        "reversal_of": item["id"],
        "actor": actor,
    }


def _against(item: dict[str, Any], mirror_id: int, day: date, actor: str) -> dict[str, Any]:
    """The settlement of an item with its mirror: the whole of both, no difference."""
    credit, debit = (mirror_id, item["id"]) if item["side"] == DEBIT else (item["id"], mirror_id)
    return {
        "company_id": item["company_id"],
        "customer_id": item["customer_id"],
        "credit_id": credit,
        "debit_id": debit,
        "credit_amount": item["amount"],
        "debit_amount": item["amount"],
        "credit_book_amount": item["book_amount"],
        "debit_book_amount": item["book_amount"],
        "effective_on": day,
        "reason": REVERSAL,
        "actor": actor,
    }


def _reverse_settlement(settlement_id: int, reason: str, on: date | None, actor: str, at: datetime) -> int:
    settlement = _fact(Settlement, settlement_id)
    if settlement is None:
        raise Refusal("settlement_unknown", settlement=settlement_id)
    open_items.hold_period(settlement["company_id"])
    open_items.lock([settlement["credit_id"], settlement["debit_id"]])
    items = _reversible(settlement)
    row = {
        **{name: value for name, value in settlement.items() if name not in ("id", "tx", "recorded_at")},
        **{name: _negative(settlement[name]) for name in settlement if name.endswith("_amount")},
        "effective_on": first_open_day(
            max(settlement["effective_on"], on or settlement["effective_on"]), locked_through(settlement["company_id"])
        ),
        "reason": reason,
        "batch_id": None,
        "batch_row": None,
        "reversal_of": settlement_id,
        "actor": actor,
    }
    ids = record(Settlement, [row], at=at)
    for item in sorted(items, key=lambda item: int(item["id"])):
        part = "credit" if item["id"] == settlement["credit_id"] else "debit"
        freed = {**item, "due_date": governing_due(item["id"], item["due_date"])}
        open_items.give_back(freed, settlement[f"{part}_amount"], settlement[f"{part}_book_amount"])
    tell("receivables.reversed", ids, [row], at)
    return ids[0]


def _reversible(settlement: dict[str, Any]) -> list[dict[str, Any]]:
    """Both items of a settlement that may be reversed."""
    if settlement["reversal_of"] is not None:
        raise Refusal("reversal_is_final", item=settlement["id"])
    if Settlement.objects.filter(reversal_of=settlement["id"]).exists():
        raise Refusal("already_reversed", item=settlement["id"])
    items = [_fact(Item, item_id) or {} for item_id in (settlement["credit_id"], settlement["debit_id"])]
    if any(item["reversal_of"] in (settlement["credit_id"], settlement["debit_id"]) for item in items):
        raise Refusal("reversal_is_final", item=settlement["id"])
    return items


def _fact(model: type[Fact], fact_id: int) -> dict[str, Any] | None:
    """A fact as column → value."""
    row = model._default_manager.filter(id=fact_id).values().first()
    return dict(row) if row else None


def _negative(amount: int | None) -> int | None:
    return None if amount is None else -amount


def _once(work: Callable[[], Answer], subject: int) -> Answer:
    """Run `work`; of two reversals of one subject at the same moment the database lets one through."""
    try:
        return retrying(work)
    except IntegrityError as error:
        if "reversal_of" not in str(error) and "origin" not in str(error):
            raise
        raise Refusal("already_reversed", item=subject) from error
