"""How rows are told in JSON: names, decimal strings, ISO dates, instants in UTC. Each with its description."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from huikuan.connect.api.domain.fields import (
    Amount,
    Choice,
    Day,
    Instant,
    Kind,
    Listed,
    Maybe,
    Table,
    Text,
    Whole,
    answered,
)
from huikuan.kernel.money import to_text
from huikuan.mechanisms.events.subscribers import Announced
from huikuan.record.customers.queries import CustomerRow
from huikuan.record.receivables.models import Item
from huikuan.record.receivables.queries.aging import AgingRow
from huikuan.record.receivables.queries.items import ItemRow as OpenRow
from huikuan.record.receivables.queries.listing import ListedItem, ListedSettlement

ID = Whole()
CODE = Text(40, 1)
CURRENCY = Text(3, 3, "[A-Z]{3}")
KINDS = Choice(tuple(Item.Kind.values))
SIDES = Choice(("debit", "credit"))
_OPTIONAL_AMOUNT, _OPTIONAL_DAY = Maybe(Amount()), Maybe(Day())
_COUNT = Whole(0)

CUSTOMER = answered(
    id=ID, code=CODE, name=Text(200), short_name=Text(100), english_name=Text(200),
    former_names=Listed(Text(200)), uscc=Text(18), uscc_problem=Maybe(Text(40)),
    status=Choice(("prospect", "customer")), parent=Maybe(CODE), merged_into=Maybe(CODE), industry=Text(100),
    version=_COUNT,
)  # fmt: skip
CUSTOMER_WHOLE = answered(
    **{name: part.kind for name, part in CUSTOMER.parts.items()},
    affiliations=answered(group=Text(100), owner=Text(100), region=Text(100), business_type=Text(100)),
)
ITEM = answered(
    id=ID, company=Text(20), customer=CODE, kind=KINDS, side=SIDES,
    recognition=Choice(tuple(Item.Recognition.values)), currency=CURRENCY, amount=Amount(), open_amount=Amount(),
    net_amount=_OPTIONAL_AMOUNT, tax_amount=_OPTIONAL_AMOUNT, book_amount=_OPTIONAL_AMOUNT,
    document_number=Text(60), document_date=Day(), posting_date=Day(), due_date=_OPTIONAL_DAY,
    awaits=Text(30), obligation=Text(60), contract_number=Text(60), business_type=Text(60), text=Text(200),
    origin_system=Text(40), origin_key=Text(120), batch=Maybe(ID), batch_row=Maybe(ID), reversal_of=Maybe(ID),
    actor=Text(150), recorded_at=Instant(),
)  # fmt: skip
SETTLEMENT = answered(
    id=ID, company=Text(20), customer=CODE, credit=ID, debit=ID, credit_amount=Amount(), credit_currency=CURRENCY,
    debit_amount=Amount(), debit_currency=CURRENCY, fx_amount=Amount(), effective_on=Day(), reason=Text(60),
    reversal_of=Maybe(ID), actor=Text(150), recorded_at=Instant(),
)  # fmt: skip
OPEN_LINE = answered(
    item=ID, line=_COUNT, company=Text(20), customer=CODE, customer_name=Text(200), kind=KINDS, side=SIDES,
    currency=CURRENCY, amount=Amount(), open_amount=Amount(), document_number=Text(60), document_date=Day(),
    posting_date=Day(), due_date=_OPTIONAL_DAY, awaits=Text(30), overdue_days=_COUNT,
    slot=Choice(("not_due", "awaiting", "days", "credit")), from_days=Maybe(_COUNT), to_days=Maybe(_COUNT),
)  # fmt: skip
_BUCKET_PARTS: dict[str, Kind] = {"from": _COUNT, "to": Maybe(_COUNT), "amount": Amount()}
_BUCKET = answered(**_BUCKET_PARTS)
AGING_ROW = answered(
    key=Text(200), name=Text(200), company=Text(20), currency=CURRENCY, total=Amount(), not_due=Amount(),
    awaiting=Amount(), buckets=Listed(_BUCKET), credits=Amount(), net=Amount(),
)  # fmt: skip
EVENT = answered(
    id=ID, kind=Text(60), company=Maybe(Text(20)), customer=Maybe(CODE), payload=Table(), recorded_at=Instant()
)
BATCH = answered(
    id=ID, kind=Text(20), company=Text(20), state=Text(10), file_name=Text(255), file_sha256=Text(64),
    as_of=_OPTIONAL_DAY, actor=Text(150), created_at=Instant(), undone_at=Maybe(Instant()), counts=Table(),
    notes=Listed(Text(2_000)),
)  # fmt: skip
WHO = answered(
    username=Text(150), token=Text(100), areas=Listed(Text(40)), expires_at=Instant(),
    companies=Listed(answered(code=Text(20), name=Text(200), currency=CURRENCY, time_zone=Text(60))),
)  # fmt: skip

Codes = Mapping[int, str]


def instant(at: datetime) -> str:
    """An instant as it is written: UTC with its offset."""
    return at.astimezone(UTC).isoformat()


def customer_json(row: CustomerRow, others: Codes) -> dict[str, Any]:
    """A customer as known now. `others`: codes of its parent and of the customer it is shown under, by id."""
    named = ("parent", "merged_into", "former_names")
    said = {name: getattr(row, name) for name in CUSTOMER.parts if name not in named}
    above = {"parent": others.get(row.parent_id or 0), "merged_into": others.get(row.merged_into_id or 0)}
    return {**said, "former_names": list(row.former_names), **above}


def item_json(row: ListedItem, companies: Codes, customers: Codes, currencies: Codes) -> dict[str, Any]:
    """An item as recorded, and what is open of it. `currencies`: of the companies, by id."""
    item = row.item

    def text(amount: int | None, currency: str = item.currency) -> str | None:
        return None if amount is None else to_text(amount, currency)

    plain = (
        *("id", "kind", "side", "recognition", "currency", "document_number", "awaits", "obligation"),
        *("contract_number", "business_type", "text", "origin_system", "origin_key", "reversal_of", "actor"),
    )
    return {
        **{name: getattr(item, name) for name in plain},
        "company": companies[item.company_id],
        "customer": customers[item.customer_id],
        "amount": text(item.amount),
        "open_amount": text(row.open_amount),
        "net_amount": text(item.net_amount),
        "tax_amount": text(item.tax_amount),
        "book_amount": text(item.book_amount, currencies[item.company_id]),
        "document_date": item.document_date.isoformat(),
        "posting_date": item.posting_date.isoformat(),
        "due_date": row.due_date.isoformat() if row.due_date else None,
        "batch": item.batch_id,
        "batch_row": item.batch_row,
        "recorded_at": instant(row.recorded_at),
    }


def settlement_json(row: ListedSettlement, companies: Codes, customers: Codes, currencies: Codes) -> dict[str, Any]:
    """A settlement as recorded."""
    return {
        "id": row.id,
        "company": companies[row.company_id],
        "customer": customers[row.customer_id],
        "credit": row.credit_id,
        "debit": row.debit_id,
        "credit_amount": to_text(row.credit_amount, row.credit_currency),
        "credit_currency": row.credit_currency,
        "debit_amount": to_text(row.debit_amount, row.debit_currency),
        "debit_currency": row.debit_currency,
        "fx_amount": to_text(row.fx_amount, currencies[row.company_id]),
        "effective_on": row.effective_on.isoformat(),
        "reason": row.reason,
        "reversal_of": row.reversal_of,
        "actor": row.actor,
        "recorded_at": instant(row.recorded_at),
    }


def open_line_json(row: OpenRow) -> dict[str, Any]:
    """An open line as of the day asked about."""
    plain = ("line", "kind", "side", "currency", "document_number", "awaits", "overdue_days", "slot")
    return {
        **{name: getattr(row, name) for name in (*plain, "customer_name", "from_days", "to_days")},
        "item": row.item_id,
        "company": row.company_code,
        "customer": row.customer_code,
        "amount": to_text(row.amount, row.currency),
        "open_amount": to_text(row.open_amount, row.currency),
        "document_date": row.document_date.isoformat(),
        "posting_date": row.posting_date.isoformat(),
        "due_date": row.due_date.isoformat() if row.due_date else None,
    }


def aging_json(row: AgingRow) -> dict[str, Any]:
    """Open debits of one key by age; credits beside them, never netted in."""
    amounts = ("total", "not_due", "awaiting", "credits", "net")
    return {
        **{name: getattr(row, name) for name in ("key", "name", "company", "currency")},
        **{name: to_text(getattr(row, name), row.currency) for name in amounts},
        "buckets": [
            {"from": one.from_days, "to": one.to_days, "amount": to_text(one.amount, row.currency)}
            for one in row.buckets
        ],
    }


def event_json(event: Announced, companies: Codes, customers: Codes) -> dict[str, Any]:
    """An event as it was announced."""
    return {
        "id": event.id,
        "kind": event.kind,
        "company": companies.get(event.company_id) if event.company_id else None,
        "customer": customers.get(event.customer_id) if event.customer_id else None,
        "payload": dict(event.payload),
        "recorded_at": instant(event.recorded_at),
    }
