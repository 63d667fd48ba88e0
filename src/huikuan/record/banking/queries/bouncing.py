"""Which line another one may take back."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import Exists, OuterRef, Q

from huikuan.record.banking.models import BankLine, OpenLine
from huikuan.record.banking.queries.lines import LineRow, rows_of

#: Money that does not arrive is back within days; what lies further apart is a refund or another payment.
WITHIN = timedelta(days=30)
_MOST = 5


def may_take_back(row: LineRow, *, untouched: bool = True) -> list[LineRow]:
    """Untouched lines of the account that this one cancels out, the nearest before it first; else used ones too.

    Of the same counterparty, or under one reference, or any where the bank says that this line takes one back; nothing
    where the line itself is used.
    """
    if row.left != row.amount:
        return []
    found = BankLine.objects.defer("raw").filter(
        account_id=row.account_id,
        amount=-row.amount,
        booked_on__range=(row.booked_on - WITHIN, row.booked_on),
    )
    if untouched:
        found = found.filter(Exists(OpenLine.objects.filter(line_id=OuterRef("id"), left=OuterRef("amount"))))
    if not row.reversal:
        found = found.filter(_alike(row))
    return rows_of(list(found.exclude(id=row.id).order_by("-booked_on", "-id")[:_MOST]))


def _alike(row: LineRow) -> Q:
    named = {
        "counterparty_name": row.counterparty_name,
        "counterparty_account": row.counterparty_account,
        "bank_reference": row.bank_reference,
        "end_to_end": row.end_to_end,
    }
    alike = Q(pk__in=[])
    for name, value in named.items():
        if value:
            alike |= Q(**{name: value})
    return alike
