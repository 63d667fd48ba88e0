"""Bills and their moves as commands and programs are told."""

from __future__ import annotations

from typing import Any

from huikuan.kernel.money import to_text
from huikuan.record.bills.queries.bills import BillRow, EventRow


def bill_json(row: BillRow) -> dict[str, Any]:
    """A bill's keys: amounts as decimal strings."""
    return {
        "id": row.id,
        "company": row.company_code,
        "customer": row.customer_code,
        "kind": row.kind,
        "number": row.number,
        "range": row.range or "0",
        "currency": row.currency,
        "amount": to_text(row.amount, row.currency),
        "drawer": row.drawer,
        "acceptor": row.acceptor,
        "class": row.acceptor_class,
        "issued_on": row.issued_on.isoformat(),
        "matures_on": row.matures_on.isoformat(),
        "received_on": row.received_on.isoformat(),
        "transferable": row.transferable,
        "state": row.state,
        "since": row.since.isoformat(),
        "recourse": row.recourse,
        "counterparty": row.counterparty or None,
        "parent": row.parent_id,
        "credit_item": row.credit_id,
        "debit_item": row.debit_id,
        "note": row.note,
    }


def move_json(row: EventRow, currency: str) -> dict[str, Any]:
    """A move's keys; `cost` and `net` where it was discounted."""
    return {
        "move": row.move,
        "state": row.state,
        "on": row.happened_on.isoformat(),
        "effective_on": row.effective_on.isoformat(),
        "counterparty": row.counterparty or None,
        "cost": None if row.cost is None else to_text(row.cost, currency),
        "net": None if row.net is None else to_text(row.net, currency),
        "item": row.item_id,
        "note": row.note,
        "actor": row.actor,
    }
