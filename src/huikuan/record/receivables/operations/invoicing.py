"""An order's invoice: recorded with the order and posted in the ledger, both or neither.

Two operations one after the other would leave a moment in which the amount stands in neither, or in both: a limit
asked in between would let pass too much, or hold what fits in.
"""

from __future__ import annotations

from datetime import date, datetime

from huikuan.mechanisms.identity.models import Company
from huikuan.mechanisms.store.transactions import retrying
from huikuan.record.contracts.operations.orders import record_invoicing
from huikuan.record.contracts.queries.commitments import invoiced
from huikuan.record.receivables.operations.items import post_item


def invoice_order(
    *,
    order_id: int,
    line: int,
    quantity_e4: int,
    invoiced_on: date,
    due_date: date,
    document_number: str,
    actor: str,
    at: datetime,
) -> tuple[int, int]:
    """So much of an order's line is invoiced on a day and due on another; answers the ids of the invoicing and of the
    item, which is posted with the day of the invoice. Refuses what either of the two refuses."""

    def work() -> tuple[int, int]:
        number = record_invoicing(
            order_id=order_id,
            line=line,
            quantity_e4=quantity_e4,
            invoiced_on=invoiced_on,
            document_number=document_number,
            actor=actor,
            at=at,
        )
        said = invoiced(number)
        item = post_item(
            company=Company.objects.get(pk=said.company_id),
            customer_id=said.customer_id,
            kind="invoice",
            amount=said.amount,
            currency=said.currency,
            document_date=invoiced_on,
            posting_date=invoiced_on,
            due_date=due_date,
            document_number=said.document_number,
            contract_number=said.contract_number,
            actor=actor,
            at=at,
        )
        return number, item

    return retrying(work)
