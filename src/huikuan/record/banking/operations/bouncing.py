"""Money that came back (退汇, 冲正): a line and the one that takes it back use one another up."""

from __future__ import annotations

from datetime import datetime

from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.events.operations import announce
from huikuan.mechanisms.identity.queries import require
from huikuan.mechanisms.store.transactions import retrying
from huikuan.record.banking.models import BankLine, LineUse
from huikuan.record.banking.operations.accounts import WRITES
from huikuan.record.banking.operations.uses import Use, use_lines


def pair_bounced(*, line_id: int, original_id: int, note: str = "", actor: str, at: datetime) -> list[int]:
    """Say that the line takes back the original, whole; returns the two uses. `uses.free_uses` takes it back.

    Refuses lines of two accounts or currencies, amounts that do not cancel out, and a line of which something is used
    already: an application of the original is undone first.
    """
    return retrying(lambda: _pair(line_id, original_id, note, actor, at))


def use_up_both(*, line_id: int, original_id: int, note: str = "", actor: str, at: datetime) -> list[int]:
    """The same for contexts above, in the caller's transaction: who may is asked there."""
    line, original = _lines(line_id, original_id)
    if line.account_id != original.account_id or line.amount != -original.amount:
        raise Refusal("lines_do_not_cancel", line=line_id, original=original_id)
    purpose = LineUse.Purpose.BOUNCED.value
    pair = [
        Use(one.id, one.amount, purpose, other_line_id=other.id, note=note)
        for one, other in sorted([(line, original), (original, line)], key=lambda both: both[0].id)
    ]
    ids = use_lines(uses=pair, actor=actor, at=at)
    announce("banking.bounced", at=at, company_id=line.company_id, payload={"line": line_id, "original": original_id})
    return ids


def _pair(line_id: int, original_id: int, note: str, actor: str, at: datetime) -> list[int]:
    line, _ = _lines(line_id, original_id)
    require(actor, WRITES, company_id=line.company_id, at=at)
    return use_up_both(line_id=line_id, original_id=original_id, note=note, actor=actor, at=at)


def _lines(line_id: int, original_id: int) -> tuple[BankLine, BankLine]:
    lines = BankLine.objects.defer("raw").in_bulk([line_id, original_id])
    for number in (line_id, original_id):
        if number not in lines:
            raise Refusal("line_unknown", line=number)
    return lines[line_id], lines[original_id]
