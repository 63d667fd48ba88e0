"""What was recorded before, as an import asks: the lines a file may repeat, the statements it told."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from django.db.models import F, Q, QuerySet

from huikuan.record.banking.domain.sifting import There
from huikuan.record.banking.domain.statements import Line, Statement
from huikuan.record.banking.models import BankLine, BankStatement

_AT_ONCE = 1_000


def lines_like(account_id: int, lines: Sequence[Line]) -> list[There]:
    """The lines of the account that any of these may repeat, as recorded: with one of their references, or on a day
    between their first and last."""
    if not lines:
        return []
    days = [line.booked_on for line in lines]
    names = sorted({name for line in lines for name in (line.bank_reference, line.part_of) if name})
    questions = [Q(booked_on__range=(min(days), max(days)))]
    for start in range(0, len(names), _AT_ONCE):
        some = names[start : start + _AT_ONCE]
        questions += [Q(bank_reference__in=some), Q(part_of__in=some)]
    # One by one: joined by "or" neither database would use its indexes for a thousand names.
    found = {
        line.id: line for asked in questions for line in _thin(BankLine.objects.filter(asked, account_id=account_id))
    }
    return [There(**{name: getattr(found[key], name) for name in There.__slots__}) for key in sorted(found)]


def _thin(lines: QuerySet[BankLine]) -> Iterator[BankLine]:
    return lines.only("id", *There.__slots__).iterator()


def left_at(account_id: int) -> int | None:
    """The balance the latest statement of the account closed with; None: there is none, or it tells none."""
    told = BankStatement.objects.filter(account_id=account_id).order_by(
        F("period_through").desc(nulls_last=True), "-id"
    )
    return told.values_list("closing", flat=True).first()


def told_before(account_id: int, sha256: str, statement: Statement) -> bool:
    """Whether this file told this statement before."""
    return BankStatement.objects.filter(
        account_id=account_id, file_sha256=sha256, number=statement.number, opening=statement.opening
    ).exists()
