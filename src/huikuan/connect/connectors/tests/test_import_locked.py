"""Rows of a locked period: each named by its cell, nothing written; the others may be imported without them."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from huikuan.connect.connectors.operations.files import Asked, RejectedRefusal, import_file
from huikuan.connect.connectors.reading import read_sheet
from huikuan.connect.connectors.tests.ledgers import AT, company, open_by_key, sizes
from huikuan.record.receivables.operations.periods import lock_period
from huikuan.record.receivables.queries.check import check_ledger

pytestmark = pytest.mark.django_db

ITEMS = """客户编码,客户名称,发票号码,开票日期,到期日,金额,币种,核销日期
C1,江临试制,A,2026-01-31,2026-03-01,100.00,CNY,
C1,江临试制,B,2026-02-01,2026-03-01,200.00,CNY,
C1,江临试制,C,2026-02-03,2026-03-01,300.00,CNY,2026-01-30
C1,江临试制,D,2026-02-04,2026-03-01,400.00,CNY,2026-02-20
"""
RECEIPTS = """客户编码,客户名称,收款单号,收款日期,收款金额,币种
C1,江临试制,R1,2026-01-31,10.00,CNY
C1,江临试制,R2,2026-02-01,20.00,CNY
"""
JANUARY = date(2026, 1, 31)


def refused(path: Path, kind: str) -> list[tuple[str | None, int | None, str | None, str | None]]:
    with pytest.raises(RejectedRefusal) as caught:
        import_file(path, Asked(kind, company(), "tester", AT))
    assert caught.value.code == "import_rejected"
    assert {cell.code for cell in caught.value.checked.bad} == {"period_locked"}
    caught.value.write(path.with_suffix(".xlsx"))
    written = read_sheet(path.with_suffix(".xlsx"), "rejected.xlsx")
    numbers = written.cells.to_series(-3)  # row number, what is wrong, how to mend it
    assert numbers.cast(pl.Float64).to_list() == [place.row for place in caught.value.where]
    assert all("2026-01-31" in (place.reason or "") for place in caught.value.where)
    return [(place.file, place.row, place.column, place.value) for place in caught.value.where]


@pytest.fixture
def locked() -> dict[str, int]:
    lock_period(company=company(), through=JANUARY, actor="tester", at=AT)
    return sizes()


def test_rows_into_a_locked_period_are_refused_with_their_cells(tmp_path: Path, locked: dict[str, int]) -> None:
    path = tmp_path / "items.csv"
    path.write_text(ITEMS, encoding="utf-8")
    assert refused(path, "items") == [
        ("items.csv", 2, "开票日期", "2026-01-31"),
        ("items.csv", 4, "核销日期", "2026-01-30"),
    ]
    assert sizes() == locked

    done = import_file(path, Asked("items", company(), "tester", AT, skip_rejected=True))
    assert (done.result.read, done.result.created, done.result.rejected) == (4, 2, 2)
    assert [(cell.row, cell.column) for cell in done.checked.bad] == [(2, "开票日期"), (4, "核销日期")]
    assert open_by_key(date(2026, 12, 31)) == {"B": 20_000}
    assert open_by_key(JANUARY) == {}
    assert check_ledger() == []


def test_receipts_into_a_locked_period_are_refused_with_their_cells(tmp_path: Path, locked: dict[str, int]) -> None:
    path = tmp_path / "receipts.csv"
    path.write_text(RECEIPTS, encoding="utf-8")
    assert refused(path, "receipts") == [("receipts.csv", 2, "收款日期", "2026-01-31")]
    assert sizes() == locked
