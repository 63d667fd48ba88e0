"""Interest the demo claims of somebody who pays late, by the contract or by law. All invented."""

from __future__ import annotations

from datetime import date, datetime

from huikuan.kernel.errors import Refusal
from huikuan.record.customers.models import Customer
from huikuan.record.disputes.models import Dispute
from huikuan.record.interest.models import Claim
from huikuan.record.interest.operations.claiming import claim_interest
from huikuan.record.promises.models import PromisePart
from huikuan.record.receivables.models import OpenItem
from huikuan.shell.demo.cast import COLLECTOR, ORDINARY_FROM
from huikuan.shell.demo.days import Days

_CLAIMS = 2


def write_interest(*, today: date, at: datetime) -> None:
    """Claim it of the longest overdue invoices of ordinary customers that nobody promised or disputed; once."""
    if Claim.objects.exists():
        return
    days = Days.of(today, at)
    ordinary = Customer.objects.filter(code__gte=ORDINARY_FROM, code__startswith="C1").values("pk")
    rows = OpenItem.objects.filter(
        kind="invoice", side="debit", currency="CNY", due_date__lt=days.back(20), customer_id__in=ordinary
    )
    rows = rows.exclude(item_id__in=Dispute.objects.values("item_id"))
    rows = rows.exclude(item_id__in=PromisePart.objects.values("item_id")).order_by("due_date", "item_id")
    claimed = 0
    for item_id in rows.values_list("item_id", flat=True)[:50]:
        try:
            claim_interest(item_id=item_id, until=days.today, actor=COLLECTOR, at=at)
        except Refusal as refusal:
            # A contract may say that it bears none.
            if refusal.code != "interest_nothing_to_claim":
                raise
            continue
        claimed += 1
        if claimed == _CLAIMS:
            return
