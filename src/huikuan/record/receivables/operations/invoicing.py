"""An order's invoice: recorded with the order and posted in the ledger, both or neither, and never the order alone.

What an order says was invoiced leaves the order's part of exposure. So it has to stand in the ledger by then, under
the document it names: else whoever records it frees a limit with nothing owed.
"""

from __future__ import annotations

from datetime import date, datetime

from huikuan.kernel.errors import Refusal
from huikuan.kernel.money import to_text
from huikuan.kernel.text import plain
from huikuan.mechanisms.events.subscribers import Announcing
from huikuan.mechanisms.identity.models import Company
from huikuan.mechanisms.store.transactions import retrying
from huikuan.record.contracts.operations.orders import hold_to_invoice, record_invoicing
from huikuan.record.contracts.queries.commitments import Invoiced, invoiced
from huikuan.record.customers.queries.merging import one_with
from huikuan.record.receivables.models import Item
from huikuan.record.receivables.operations.items import post_item


def invoice_order(
    *,
    order_id: int,
    line: int,
    quantity_e4: int,
    invoiced_on: date,
    due_date: date,
    document_number: str,
    recorded: int | None = None,
    actor: str,
    at: datetime,
) -> tuple[int, int]:
    """So much of an order's line is invoiced on a day and due on another; answers the ids of the invoicing and of the
    item, which is posted with the day of the invoice. Refuses what either of the two refuses."""

    def work() -> tuple[int, int]:
        order, amount = hold_to_invoice(order_id, line, quantity_e4)
        item = post_item(
            company=Company.objects.get(pk=order.company_id),
            customer_id=order.customer_id,
            kind="invoice",
            amount=amount,
            currency=order.currency,
            document_date=invoiced_on,
            posting_date=invoiced_on,
            due_date=due_date,
            document_number=plain(document_number)[:60],
            contract_number=order.contract_number,
            actor=actor,
            at=at,
        )
        number = record_invoicing(
            order_id=order_id,
            line=line,
            quantity_e4=quantity_e4,
            invoiced_on=invoiced_on,
            document_number=document_number,
            recorded=recorded,
            actor=actor,
            at=at,
        )
        return number, item

    return retrying(work)


def require_posted(event: Announcing) -> None:
    """Counter of `contracts.fulfilled`: what orders say was invoiced under a document is no more than the ledger has
    under it, in the same currency. What came with an import of orders is not asked: its ledger comes by file, too."""
    said = invoiced(int(event.payload["fulfilment"]))
    if said is None:
        return
    if not said.document_number:
        raise Refusal("invoicing_without_document")
    posted = _posted(said)
    if said.amount > posted:
        raise Refusal(
            "invoicing_not_posted",
            document=said.document_number,
            invoiced=f"{said.currency} {to_text(said.amount, said.currency)}",
            posted=f"{said.currency} {to_text(posted, said.currency)}",
        )


def _posted(said: Invoiced) -> int:
    """What the ledger has of the customer under the document: its claims less those taken back."""
    items = Item.objects.filter(
        company_id=said.company_id,
        customer_id__in=one_with(said.customer_id),
        document_number=said.document_number,
        currency=said.currency,
        side=Item.Side.DEBIT,
        reversal_of__isnull=True,
    )
    amounts: dict[int, int] = dict(items.values_list("id", "amount"))
    back = Item.objects.filter(reversal_of__in=list(amounts)).values_list("reversal_of", flat=True)
    return sum(amounts.values()) - sum(amounts[one] for one in back if one is not None)
