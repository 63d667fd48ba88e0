"""Bank lines that may be what a bill was paid with."""

from __future__ import annotations

from huikuan.record.banking.models import BankLine, OpenLine
from huikuan.record.banking.queries.lines import LineRow, rows_of
from huikuan.record.bills.queries.bills import BillRow

_MOST = 5


def lines_for(bill: BillRow) -> list[LineRow]:
    """Money of the company that came in since the bill did, of which just its face is left, the latest first."""
    opened = OpenLine.objects.filter(
        company_id=bill.company_id, left=bill.amount, currency=bill.currency, booked_on__gte=bill.received_on
    )
    ids = list(opened.order_by("-booked_on", "-line_id").values_list("line_id", flat=True)[:_MOST])
    return rows_of(list(BankLine.objects.defer("raw").filter(id__in=ids).order_by("-booked_on", "-id")))
