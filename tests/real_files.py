"""An independent reading of the public receivables files: csv and Decimal, nothing of the product.

`expected(name, as_of)` gives, per customer and currency, what the aging must say to the cent.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

FOLDER = Path(__file__).parents[2] / "shared" / "data" / "receivables"
FILES = {
    "hr-cleared": FOLDER / "hr_cleared_dev_asof_2019-12-01.csv",
    "hr-open": FOLDER / "hr_open_2020.csv",
    "ibm-late": FOLDER / "ibm_ar_dev.csv",
}
#: The upper edges of the past-due buckets 1–30, 31–60, 61–90; later is 91 and over.
EDGES = (30, 60, 90)


@dataclass(frozen=True)
class Line:
    """One row of a file: an invoice and, when it was paid, the day that settled it."""

    customer: str
    currency: str
    amount: Decimal
    document: date
    due: date
    paid: date | None


@dataclass
class Row:
    """One customer's aging in one currency."""

    not_due: Decimal = Decimal(0)
    buckets: list[Decimal] = field(default_factory=lambda: [Decimal(0)] * 4)
    credits: Decimal = Decimal(0)

    @property
    def total(self) -> Decimal:
        return self.not_due + sum(self.buckets, Decimal(0))


def lines(name: str) -> list[Line]:
    with FILES[name].open(encoding="utf-8-sig", newline="") as file:
        return [_READERS[name](row) for row in csv.DictReader(file)]


def expected(name: str, as_of: date) -> dict[tuple[str, str], Row]:
    """The aging by due date; rows that are zero throughout are left out."""
    rows: dict[tuple[str, str], Row] = defaultdict(Row)
    for line in lines(name):
        row = rows[line.customer, line.currency]
        if line.paid is not None and line.paid < line.document and line.paid <= as_of < line.document:
            row.credits += line.amount  # an advance, held until the invoice exists
        owed = line.document <= as_of and (line.paid is None or as_of < line.paid)
        if owed:
            _age(row, line, as_of)
    return {key: row for key, row in rows.items() if row.total or row.credits}


def _age(row: Row, line: Line, as_of: date) -> None:
    late = (as_of - line.due).days
    if late <= 0:
        row.not_due += line.amount
    else:
        row.buckets[sum(late > edge for edge in EDGES)] += line.amount


def _hr_cleared(row: dict[str, str]) -> Line:
    due = date.fromisoformat(row["due_date"])
    return Line(
        row["cust_number"], "USD", Decimal(row["amount"]), due - timedelta(days=30), due,
        date.fromisoformat(row["clear_date"]),
    )  # fmt: skip


def _hr_open(row: dict[str, str]) -> Line:
    return Line(
        row["cust_number"], row["invoice_currency"], Decimal(row["total_open_amount"]),
        date.fromisoformat(row["posting_date"]), date.fromisoformat(row["due_in_date"]), None,
    )  # fmt: skip


def _ibm_late(row: dict[str, str]) -> Line:
    document, due, paid = (
        datetime.strptime(row[name], "%m/%d/%Y").date()  # noqa: DTZ007  (dates without a clock)
        for name in ("InvoiceDate", "DueDate", "SettledDate")
    )
    return Line(row["customerID"], "USD", Decimal(row["InvoiceAmount"]), document, due, paid)


_READERS = {"hr-cleared": _hr_cleared, "hr-open": _hr_open, "ibm-late": _ibm_late}
