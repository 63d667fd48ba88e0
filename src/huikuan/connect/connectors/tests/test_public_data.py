"""The public data sets of the examples, counted again with csv and Decimal alone."""

from __future__ import annotations

import csv
from collections import defaultdict
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest

from huikuan.connect.connectors.domain.checking import check
from huikuan.connect.connectors.domain.rows import Checked
from huikuan.connect.connectors.presets import load_preset
from huikuan.connect.connectors.reading import read_sheet

DATA = Path(__file__).parents[6] / "shared" / "data" / "receivables"

pytestmark = pytest.mark.skipif(not DATA.is_dir(), reason="the public data sets are not beside the repository")


def read(name: str, preset: str, kind: str, as_of: date | None = None) -> tuple[Checked, list[dict[str, str]]]:
    mapping = load_preset(preset)
    sheet = read_sheet(DATA / name, name, wanted=mapping.wanted())
    with (DATA / name).open(encoding="utf-8-sig", newline="") as file:
        return check(sheet, mapping, kind, as_of=as_of, company_currency="CNY"), list(csv.DictReader(file))


def by_customer(checked: Checked) -> dict[tuple[str, str], int]:
    sums = checked.frame.group_by("customer_code", "currency").agg(pl.col("amount").sum())
    return {(customer, currency): amount for customer, currency, amount in sums.iter_rows()}


def recomputed(rows: list[dict[str, str]], customer: str, amount: str, currency: str) -> dict[tuple[str, str], int]:
    sums: dict[tuple[str, str], int] = defaultdict(int)
    for row in rows:
        sums[row[customer], row.get(currency, currency)] += int(Decimal(row[amount]) * 100)
    return dict(sums)


def test_cleared() -> None:
    checked, rows = read("hr_cleared_dev_asof_2019-12-01.csv", "hr-cleared", "items")
    assert (checked.read, checked.rejected, checked.repeated, checked.bad) == (31_418, 0, 0, [])
    assert by_customer(checked) == recomputed(rows, "cust_number", "amount", "USD")
    assert checked.frame["row"].to_list() == list(range(2, 31_420))
    due = [date.fromisoformat(row["due_date"]) for row in rows]
    assert checked.frame["document_date"].to_list() == [day - timedelta(days=30) for day in due]
    assert checked.frame["settled_on"].to_list() == [date.fromisoformat(row["clear_date"]) for row in rows]
    early = sum(row["clear_date"] < (day - timedelta(days=30)).isoformat() for row, day in zip(rows, due, strict=True))
    assert [note.params.get("count") for note in checked.notes] == [None, "31418", str(early)]


def test_open() -> None:
    checked, rows = read("hr_open_2020.csv", "hr-open", "open-items", date(2020, 6, 1))
    assert (checked.read, checked.rejected, checked.repeated, checked.bad) == (9_700, 0, 0, [])
    assert by_customer(checked) == recomputed(rows, "cust_number", "total_open_amount", "invoice_currency")
    assert set(checked.frame["currency"]) == {"USD", "CAD"}
    assert checked.frame["key"][0] == f"{rows[0]['business_code']}|{rows[0]['doc_id']}"


def test_late() -> None:
    checked, rows = read("ibm_ar_dev.csv", "ibm-late", "items")
    assert (checked.read, checked.rejected, checked.repeated, checked.bad) == (1_901, 0, 0, [])
    assert by_customer(checked) == recomputed(rows, "customerID", "InvoiceAmount", "USD")
    month, day, year = map(int, rows[0]["InvoiceDate"].split("/"))
    assert checked.frame["document_date"][0] == date(year, month, day)
