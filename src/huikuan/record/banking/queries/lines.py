"""Lines of statements, what is left of them, and what they were used for."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from huikuan.kernel.errors import Refusal
from huikuan.record.banking.messages import PURPOSES
from huikuan.record.banking.models import BankAccount, BankLine, LineUse, OpenLine

_AT_ONCE = 5_000


@dataclass(frozen=True, slots=True)
class LineRow:
    """A line as it was recorded, and what of it is `left` (0: nothing; else with the line's sign). Minor units."""

    id: int
    company_id: int
    account_id: int
    account_number: str
    statement_id: int
    ordinal: int
    row: int
    booked_on: date
    value_on: date | None
    amount: int
    left: int
    currency: str
    counterparty_name: str
    counterparty_account: str
    counterparty_bank: str
    memo: str
    bank_reference: str
    end_to_end: str
    reversal: bool
    balance_after: int | None
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class UseRow:
    """What so much of a line was used for. `freed`: it was taken back since."""

    id: int
    line_id: int
    item_id: int | None
    other_line_id: int | None
    amount: int
    purpose: str
    note: str
    freed: bool
    actor: str
    recorded_at: datetime

    @property
    def title(self) -> str:
        """What people call the purpose, in English: translated where it is shown."""
        return PURPOSES[self.purpose]


def open_receipts(company_id: int, *, account_id: int | None = None) -> Iterator[LineRow]:
    """Money that came in and of which something is left, the oldest first."""
    found = OpenLine.objects.filter(company_id=company_id, left__gt=0).order_by("booked_on", "line_id")
    if account_id is not None:
        found = found.filter(account_id=account_id)
    left = dict(found.values_list("line_id", "left"))
    numbers = _numbers(company_id)
    ids = list(left)
    for start in range(0, len(ids), _AT_ONCE):
        lines = BankLine.objects.defer("raw").in_bulk(ids[start : start + _AT_ONCE])
        yield from (_row(lines[line_id], left[line_id], numbers) for line_id in ids[start : start + _AT_ONCE])


def line(line_id: int) -> LineRow:
    """The line with this id; refuses an unknown one."""
    found = BankLine.objects.defer("raw").filter(id=line_id).first()
    if found is None:
        raise Refusal("line_unknown", line=line_id)
    return rows_of([found])[0]


def lines_referenced(company_id: int, bank_reference: str) -> list[LineRow]:
    """The company's lines with this reference of the bank, the latest first: banks use some again."""
    found = BankLine.objects.defer("raw").filter(account_id__in=_numbers(company_id), bank_reference=bank_reference)
    return rows_of(list(found.order_by("-booked_on", "-id")))


def rows_of(lines: Collection[BankLine]) -> list[LineRow]:
    """These records with what is left of each."""
    left = dict(OpenLine.objects.filter(line_id__in=[one.id for one in lines]).values_list("line_id", "left"))
    numbers = dict(BankAccount.objects.filter(id__in={one.account_id for one in lines}).values_list("id", "number"))
    return [_row(one, left.get(one.id, 0), numbers) for one in lines]


def uses_of(line_ids: Collection[int]) -> list[UseRow]:
    """What the lines were used for, in order; those taken back since among it."""
    return _uses(line_id__in=line_ids)


def uses_for(item_ids: Collection[int]) -> list[UseRow]:
    """What made these items of the ledger: uses of lines, in order."""
    return _uses(item_id__in=item_ids)


def _uses(**which: Any) -> list[UseRow]:
    found = list(LineUse.objects.filter(reversal_of__isnull=True, **which).order_by("id"))
    freed = set(
        LineUse.objects.filter(reversal_of__in=[use.id for use in found]).values_list("reversal_of", flat=True)
    )
    return [
        UseRow(
            id=use.id,
            line_id=use.line_id,
            item_id=use.item_id,
            other_line_id=use.other_line_id,
            amount=use.amount,
            purpose=use.purpose,
            note=use.note,
            freed=use.id in freed,
            actor=use.actor,
            recorded_at=use.recorded_at,
        )
        for use in found
    ]


def _numbers(company_id: int) -> dict[int, str]:
    return dict(BankAccount.objects.filter(company_id=company_id).values_list("id", "number"))


def _row(found: BankLine, left: int, numbers: dict[int, str]) -> LineRow:
    copied = {
        name: getattr(found, name) for name in LineRow.__dataclass_fields__ if name not in ("left", "account_number")
    }
    return LineRow(left=left, account_number=numbers[found.account_id], **copied)


def raw_of(line_id: int) -> dict[str, str]:
    """What the line's row of the file said, column by column."""
    found = BankLine.objects.values_list("raw", flat=True).filter(id=line_id).first()
    return dict(found or {})
