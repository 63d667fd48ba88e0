"""Promises, plans, goods and freezes as commands and programs are told: amounts as decimal strings."""

from __future__ import annotations

from typing import Any

from huikuan.kernel.money import to_text
from huikuan.record.promises.queries.barters import BarterRow
from huikuan.record.promises.queries.freezes import FreezeRow
from huikuan.record.promises.queries.plans import PlanRow
from huikuan.record.promises.queries.promises import PromiseRow
from huikuan.record.promises.queries.standing import Kept


def promise_json(row: PromiseRow) -> dict[str, Any]:
    """A promise's keys."""

    def said(minor: int) -> str:
        return to_text(minor, row.currency)

    return {
        "id": row.id,
        "company": row.company_code,
        "customer": row.customer_code,
        "currency": row.currency,
        "amount": said(row.amount),
        "paid": said(row.paid),
        "awaited": said(row.awaited),
        "said_on": row.said_on.isoformat(),
        "by": row.pay_by.isoformat(),
        "until": row.until.isoformat(),
        "source": row.source,
        "state": row.state,
        "replaced_by": row.replaced_by,
        "note": row.note,
        "parts": [
            {
                "item": part.item_id,
                "document": part.document_number,
                "amount": said(part.amount),
                "paid": said(part.paid),
                "paid_late": said(part.later),
                "settled_otherwise": said(part.otherwise),
                "state": part.state,
            }
            for part in row.parts
        ],
    }


def kept_json(code: str, kept: Kept) -> dict[str, Any]:
    """How a customer keeps its word; `share` a fraction."""
    share = kept.share_e4
    return {
        "customer": code,
        "kept": kept.kept,
        "partly": kept.partly,
        "broken": kept.broken,
        "share": None if share is None else f"{share // 10_000}.{share % 10_000:04}",
    }


def plan_json(row: PlanRow) -> dict[str, Any]:
    """A plan's keys."""
    return {
        "id": row.id,
        "company": row.company_code,
        "customer": row.customer_code,
        "currency": row.currency,
        "total": to_text(row.total, row.currency),
        "paid": to_text(row.paid, row.currency),
        "agreed_on": row.agreed_on.isoformat(),
        "grace_days": row.grace_days,
        "on_miss": row.on_miss,
        "interest": row.interest,
        "state": row.state,
        "ended_on": row.ended_on.isoformat() if row.ended_on else None,
        "missed": row.missed,
        "lines": [
            {
                "due": line.due_on.isoformat(),
                "amount": to_text(line.amount, row.currency),
                "paid": to_text(line.paid, row.currency),
                "missed": line.missed,
            }
            for line in row.lines
        ],
        "items": [
            {
                "item": one.item_id,
                "document": one.document_number,
                "amount": to_text(one.amount, row.currency),
                "original_due": one.due_on.isoformat() if one.due_on else None,
            }
            for one in row.items
        ],
    }


def barter_json(row: BarterRow) -> dict[str, Any]:
    """The keys of a settlement in kind; `voucher`: debits above 0, credits below."""
    return {
        "id": row.id,
        "company": row.company_code,
        "customer": row.customer_code,
        "currency": row.currency,
        "asset": row.goods.asset,
        "agreed": to_text(row.agreed, row.currency),
        "valued": to_text(row.goods.valued, row.currency),
        "valuer": row.goods.valuer,
        "valued_on": row.goods.valued_on.isoformat(),
        "method": row.goods.method,
        "agreed_on": row.agreed_on.isoformat(),
        "deliver_by": row.goods.deliver_by.isoformat(),
        "state": row.state,
        "ended_on": row.ended_on.isoformat() if row.ended_on else None,
        "credit_item": row.credit_id,
        "voucher": [{"account": one.account, "amount": to_text(one.amount, row.currency)} for one in row.entries],
        "parts": [
            {"item": item, "document": document, "amount": to_text(amount, row.currency)}
            for item, document, amount in row.parts
        ],
    }


def freeze_json(row: FreezeRow) -> dict[str, Any]:
    """A freeze's keys."""
    return {
        "id": row.id,
        "company": row.company_code,
        "customer": row.customer_code,
        "kind": row.kind,
        "since": row.frozen_on.isoformat(),
        "reason": row.reason,
        "approved_by": row.approved_by,
        "released_on": row.released_on.isoformat() if row.released_on else None,
        "released_because": row.released_because or None,
    }
