"""Settling credits against debits (核销)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.audit.operations import record
from huikuan.mechanisms.events.operations import announce_all
from huikuan.mechanisms.store.pipeline import briefly, together
from huikuan.mechanisms.store.transactions import retrying
from huikuan.record.customers.queries.merging import merged
from huikuan.record.receivables.domain.settling import OpenSide, after, allocate
from huikuan.record.receivables.models import Item, Settlement
from huikuan.record.receivables.operations import open_items

#: From so many settlements in one transaction on, they are written as frames.
MANY = 500

Rows = Sequence[Mapping[str, Any]]
Sides = Mapping[int, OpenSide]


@dataclass(frozen=True, slots=True)
class Request:
    """One settlement asked for: so much of a credit against a debit, from a day, for a reason.

    Amounts in minor units of each item's currency; `debit_amount` only where the currencies differ.
    """

    credit_id: int
    debit_id: int
    credit_amount: int
    effective_on: date
    reason: str
    debit_amount: int | None = None


def settle(
    *,
    credit_id: int,
    debit_id: int,
    credit_amount: int,
    effective_on: date,
    reason: str,
    actor: str,
    at: datetime,
    debit_amount: int | None = None,
) -> int:
    """Clear `credit_amount` of a credit against a debit; returns the settlement's id.

    Refused: more than is open on either side, items of two companies, two customers without the
    reason third_party, a day before either item is there or in a locked period.
    """
    asked = Request(credit_id, debit_id, credit_amount, effective_on, reason, debit_amount)
    return settle_many(requests=[asked], actor=actor, at=at)[0]


def settle_many(*, requests: Sequence[Request], actor: str, at: datetime) -> list[int]:
    """Several settlements in one transaction, all or none, each seeing those before it; ids in order."""
    run = briefly if len(requests) < MANY else retrying
    return run(lambda: _settle(requests, actor, at))


def _settle(requests: Sequence[Request], actor: str, at: datetime) -> list[int]:
    if not requests:
        return []
    asked_items = {item_id for asked in requests for item_id in (asked.credit_id, asked.debit_id)}
    locked = open_items.lock(asked_items, settlements=len(requests))
    sides = dict(locked.sides)
    apart = len({side.customer_id for side in locked.sides.values()}) > 1
    # Asked only where two customers meet, and after their items are held.
    one = merged() if apart else {}
    decided = [_decide(asked, sides, locked, one, actor) for asked in requests]
    rows = [{"id": settlement_id, **row} for settlement_id, row in zip(locked.ids, decided, strict=True)]
    write = _write_many if len(rows) >= MANY else _write_few
    write(rows, locked.sides, sides, at)
    return locked.ids


def _write_few(rows: Rows, before: Sides, now: Sides, at: datetime) -> None:
    """Statement by statement in one round trip: quickest up to some hundred."""
    with together():
        record(Settlement, rows, at=at)
        open_items.save(before, now)
        tell("receivables.settled", [row["id"] for row in rows], rows, at)


def _write_many(rows: Rows, before: Sides, now: Sides, at: datetime) -> None:
    # The frames' library costs a command half its start: only who settles this many loads it.
    from huikuan.record.receivables.operations import settlement_frames

    settlement_frames.write(rows, before, now, at)
    tell("receivables.settled", [row["id"] for row in rows], rows, at)


def _decide(
    asked: Request, sides: dict[int, OpenSide], locked: open_items.Locked, one: Mapping[int, int], actor: str
) -> dict[str, Any]:
    """The row of one settlement; `sides` moves on to what it leaves open. `one`: who is merged into whom."""
    credit, debit = _open(sides, asked.credit_id), _open(sides, asked.debit_id)
    allocation = allocate(
        credit,
        debit,
        credit_amount=asked.credit_amount,
        debit_amount=asked.debit_amount,
        effective_on=asked.effective_on,
        reason=asked.reason,
        locked_through=locked.locked_through[credit.company_id],
        merged=one,
    )
    sides[credit.item_id] = after(credit, allocation.credit_amount, allocation.credit_book_amount)
    sides[debit.item_id] = after(debit, allocation.debit_amount, allocation.debit_book_amount)
    return {
        "credit_amount": allocation.credit_amount,
        "debit_amount": allocation.debit_amount,
        "credit_book_amount": allocation.credit_book_amount,
        "debit_book_amount": allocation.debit_book_amount,
        "fx_amount": allocation.fx_amount,
        "company_id": debit.company_id,
        "customer_id": debit.customer_id,
        "credit_id": credit.item_id,
        "debit_id": debit.item_id,
        "effective_on": asked.effective_on,
        "reason": asked.reason,
        "actor": actor,
    }


def _open(sides: Mapping[int, OpenSide], item_id: int) -> OpenSide:
    """The open item, or a refusal that says whether it is unknown or closed."""
    side = sides.get(item_id)
    if side is None or side.open_amount == 0:
        known = Item.objects.filter(id=item_id).exists()
        raise Refusal("item_not_open" if known else "item_unknown", item=item_id)
    return side


def tell(kind: str, ids: Sequence[int], rows: Sequence[Mapping[str, Any]], at: datetime) -> None:
    """Announce settlements, one event per customer concerned."""
    concerned: dict[tuple[int, int], list[int]] = {}
    for settlement_id, row in zip(ids, rows, strict=True):
        concerned.setdefault((row["company_id"], row["customer_id"]), []).append(settlement_id)
    told = [(*whose, {"settlements": settlements}) for whose, settlements in sorted(concerned.items())]
    announce_all(kind, told, at=at)
