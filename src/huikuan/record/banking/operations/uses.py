"""Using lines and freeing them: so much of a line became an item of the ledger, or is no customer's money."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import IntegrityError, connection

from huikuan.kernel.errors import Refusal
from huikuan.kernel.text import tidy
from huikuan.mechanisms.audit.operations import record
from huikuan.mechanisms.store.transactions import retrying
from huikuan.record.banking.domain.using import left_after
from huikuan.record.banking.models import BankLine, LineUse, OpenLine

Purpose = LineUse.Purpose

_GIVE_BACK = """
INSERT INTO banking_openline (line_id, company_id, account_id, currency, "left", booked_on)
VALUES (%s, %s, %s, %s, %s, %s)
ON CONFLICT (line_id) DO UPDATE SET "left" = banking_openline."left" + excluded."left"
"""


@dataclass(frozen=True, slots=True)
class Use:
    """So much of a line for this purpose. `amount` in minor units, with the line's sign (> 0 of money in)."""

    line_id: int
    amount: int
    purpose: str
    item_id: int | None = None
    other_line_id: int | None = None
    note: str = ""


def use_lines(*, uses: Sequence[Use], actor: str, at: datetime) -> list[int]:
    """Use so much of these lines, all or none, each seeing those before it; ids in order.

    Holds the lines in order of id until the caller's transaction ends. Refuses more than is left of a line.
    """
    return retrying(lambda: _use(uses, actor, at))


def free_uses(*, use_ids: Sequence[int], actor: str, at: datetime) -> list[int]:
    """Take uses back, all or none: what they used is left again. Refuses one that is no use or was taken back."""
    return retrying(lambda: _free(use_ids, actor, at))


def hold_lines(line_ids: Iterable[int]) -> dict[int, OpenLine]:
    """Lock what is open of these lines, in order of id, until the transaction ends; those used up are not among it."""
    held = OpenLine.objects.select_for_update().filter(line_id__in=sorted(set(line_ids))).order_by("line_id")
    return {line.line_id: line for line in held}


def _use(uses: Sequence[Use], actor: str, at: datetime) -> list[int]:
    held = hold_lines(use.line_id for use in uses)
    left = {line_id: line.left for line_id, line in held.items()}
    rows = []
    for use in uses:
        line = held.get(use.line_id)
        if line is None:
            raise _nothing_left(use.line_id)
        left[use.line_id] = left_after(use.line_id, left[use.line_id], line.currency, use.amount)
        rows.append(
            {
                "company_id": line.company_id,
                "account_id": line.account_id,
                "line_id": use.line_id,
                "item_id": use.item_id,
                "other_line_id": use.other_line_id,
                "amount": use.amount,
                "purpose": Purpose(use.purpose).value,
                "note": tidy(use.note),
                "actor": actor,
            }
        )
    ids = record(LineUse, rows, at=at)
    _save(left)
    return ids


def _save(left: Mapping[int, int]) -> None:
    OpenLine.objects.filter(line_id__in=[line_id for line_id, amount in left.items() if amount == 0]).delete()
    with connection.cursor() as cursor:
        cursor.executemany(
            'UPDATE banking_openline SET "left" = %s WHERE line_id = %s',
            [(amount, line_id) for line_id, amount in left.items() if amount != 0],
        )


def _nothing_left(line_id: int) -> Refusal:
    line = BankLine.objects.filter(id=line_id).first()
    if line is None:
        return Refusal("line_unknown", line=line_id)
    try:
        left_after(line_id, 0, line.currency, line.amount)
    except Refusal as refusal:
        return refusal
    raise AssertionError("unreachable: nothing can be used of nothing")


def _free(use_ids: Sequence[int], actor: str, at: datetime) -> list[int]:
    found = {use.id: use for use in LineUse.objects.filter(id__in=use_ids)}
    uses = [_standing(found, use_id) for use_id in use_ids]
    # In the order in which lines are held, so that two who free the same lines wait for one another.
    hold_lines(use.line_id for use in uses)
    freed = LineUse.objects.filter(reversal_of__in=use_ids).values_list("reversal_of", flat=True).first()
    if freed is not None:
        raise Refusal("use_freed", use=freed)
    try:
        ids = record(LineUse, [_back(use, actor) for use in uses], at=at)
    except IntegrityError as error:  # a line used up has no row to hold: who comes second is told by the database
        raise Refusal("use_freed", use=use_ids[0]) from error
    _give_back(uses)
    return ids


def _standing(found: Mapping[int, LineUse], use_id: int) -> LineUse:
    use = found.get(use_id)
    if use is None or use.reversal_of is not None:
        raise Refusal("use_unknown", use=use_id)
    return use


def _back(use: LineUse, actor: str) -> dict[str, Any]:
    copied = ("company_id", "account_id", "line_id", "item_id", "other_line_id", "purpose", "note")
    return {name: getattr(use, name) for name in copied} | {
        "amount": -use.amount,
        "reversal_of": use.id,
        "actor": actor,
    }


def _give_back(uses: Sequence[LineUse]) -> None:
    lines = BankLine.objects.in_bulk([use.line_id for use in uses])
    rows = [
        (line.id, line.company_id, line.account_id, line.currency, use.amount, line.booked_on)
        for use in sorted(uses, key=lambda one: one.line_id)
        for line in [lines[use.line_id]]
    ]
    with connection.cursor() as cursor:
        cursor.executemany(_GIVE_BACK, rows)
