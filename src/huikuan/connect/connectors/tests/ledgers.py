"""Makers of checked rows, and what the ledger holds, for the tests of imports."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import polars as pl
from django.db import connection

from huikuan.connect.connectors.domain.rows import SCHEMAS, Checked
from huikuan.connect.connectors.operations.plans import Task
from huikuan.mechanisms.identity.models import Company

AT = datetime(2026, 3, 1, 2, 0, tzinfo=UTC)


def company(code: str = "MAIN", currency: str = "CNY") -> Company:
    return Company.objects.get_or_create(code=code, defaults={"name": code, "currency": currency})[0]


def task(kind: str, **changes: Any) -> Task:
    stated: dict[str, Any] = {
        "kind": kind,
        "company": company(),
        "system": "erp",
        "file_name": "file.csv",
        "file_sha256": "0" * 64,
        "mapping": {},
        "headers": {},
        "actor": "tester",
        "at": AT,
    }
    return Task(**{**stated, **changes})


def item(row: int, key: str, amount: int, **changes: Any) -> dict[str, Any]:
    day = date(2026, 1, 10)
    stated: dict[str, Any] = {
        **{name: "" for name, kind in SCHEMAS["items"].items() if kind == pl.String},
        **{name: None for name, kind in SCHEMAS["items"].items() if kind != pl.String},
        "row": row,
        "key": key,
        "customer_code": "C1",
        "customer_name": "江临试制",
        "kind": "invoice",
        "side": "debit",
        "currency": "CNY",
        "amount": amount,
        "document_number": key,
        "document_date": day,
        "posting_date": day,
        "due_date": date(2026, 2, 10),
    }
    return {**stated, **changes}


def receipt(row: int, key: str, amount: int, applies_to: str = "", **changes: Any) -> dict[str, Any]:
    stated: dict[str, Any] = {
        "row": row,
        "key": key,
        "customer_code": "C1",
        "customer_name": "江临试制",
        "currency": "CNY",
        "amount": amount,
        "received_on": date(2026, 2, 1),
        "document_number": key,
        "text": "",
        "applies_to": applies_to,
    }
    return {**stated, **changes}


def checked(kind: str, rows: list[dict[str, Any]], **changes: Any) -> Checked:
    frame = pl.DataFrame(rows, schema=SCHEMAS[kind], orient="row")
    return Checked(**{"kind": kind, "frame": frame, "bad": [], "read": len(rows), "rejected": 0, **changes})


def query(sql: str, *params: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, list(params))
        return [tuple(row) for row in cursor.fetchall()]


def open_by_key(day: date) -> dict[str, int]:
    """Key → signed open amount as of the day, summed from the facts alone; zero rows left out."""
    rows = query(
        "SELECT i.origin_key, i.side, i.amount - coalesce((SELECT sum(s.debit_amount) FROM receivables_settlement s"
        " WHERE s.debit_id = i.id AND s.effective_on <= %s), 0) - coalesce((SELECT sum(s.credit_amount)"
        " FROM receivables_settlement s WHERE s.credit_id = i.id AND s.effective_on <= %s), 0)"
        " FROM receivables_item i WHERE i.posting_date <= %s",
        day, day, day,
    )  # fmt: skip
    found: dict[str, int] = {}
    for key, side, amount in rows:
        if amount:
            found[key] = found.get(key, 0) + int(amount) * (1 if side == "debit" else -1)
    return found


TABLES = (
    "receivables_item", "receivables_settlement", "receivables_openitem", "receivables_schedule", "audit_leaf",
    "customers_customer", "customers_customerversion", "connectors_batch", "events_event",
)  # fmt: skip


def sizes() -> dict[str, int]:
    return {table: int(query(f"SELECT count(*) FROM {table}")[0][0]) for table in TABLES}
