"""Originals by hash, names as labels, exports without live formulas (catalogue 43, 45)."""

from __future__ import annotations

import hashlib
import io
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest

from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.audit.models import Leaf
from huikuan.mechanisms.files import exports
from huikuan.mechanisms.files.exports import write_csv, write_xlsx
from huikuan.mechanisms.files.models import StoredFile
from huikuan.mechanisms.files.names import clean_name
from huikuan.mechanisms.files.operations import path_of, store_file

AT = datetime(2026, 11, 20, 2, 14, tzinfo=UTC)

NAMES = {
    "应收.xlsx": "应收.xlsx",
    "../../etc/passwd": "passwd",
    "C:\\Users\\a\\b.csv": "b.csv",
    "a\r\nSet-Cookie: x.csv": "a Set-Cookie x.csv",
    "invoice\u202excod.csv": "invoicexcod.csv",
    "a\x00.csv": "a.csv",
    ".htaccess": "htaccess",
    "..": "file",
    "": "file",
    "ａ．ｃｓｖ": "a.csv",
    "..／..／x.csv": "x.csv",
}


@pytest.mark.parametrize("name", NAMES)
def test_names_are_labels(name: str) -> None:
    assert clean_name(name) == NAMES[name]


def test_a_long_name_keeps_its_extension() -> None:
    assert clean_name("长" * 500 + ".xlsx") == "长" * 195 + ".xlsx"


@pytest.mark.django_db
def test_the_same_bytes_are_kept_once(tmp_path: Path) -> None:
    content = "发票号,金额\n".encode()
    (tmp_path / "a.csv").write_bytes(content)
    first = store_file(tmp_path / "a.csv", "../a.csv", media_type="text/csv", actor="li", at=AT)
    second = store_file(content, "b.csv", actor="wang", at=AT)
    assert first.id == second.id
    # Whoever hands it in calls it what they call it; the row keeps the first name.
    assert (second.name, StoredFile.objects.get().name) == ("b.csv", "a.csv")
    assert StoredFile.objects.count() == Leaf.objects.filter(kind="files_storedfile").count() == 1
    assert (first.name, first.size, first.media_type, first.stored_by) == ("a.csv", len(content), "text/csv", "li")
    assert first.sha256 == hashlib.sha256(content).hexdigest()
    assert path_of(first.sha256).read_bytes() == content
    assert [path.name for path in path_of("").parent.glob(".incoming-*")] == []


@pytest.mark.django_db
def test_a_full_disk_is_refused_and_nothing_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.fsync", lambda _: (_ for _ in ()).throw(OSError(28, "No space left on device")))
    with pytest.raises(Refusal, match="file_not_stored"):
        store_file(b"x", "a.csv", actor="li", at=AT)
    assert StoredFile.objects.count() == 0
    assert [path for path in (tmp_path / "home" / "files").rglob("*") if path.is_file()] == []


LIVE = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "＝1+1"]


def test_csv_exports_hold_no_formula() -> None:
    out = io.StringIO()
    write_csv(out, ["=header", "b"], [[text, Decimal("-5.00")] for text in LIVE])
    rows = out.getvalue().split("\r\n")
    assert rows[0] == "'=header,b"
    assert rows[1] == "'=1+1,-5.00"
    assert all(row.lstrip('"').startswith("'") for row in rows[1:] if row)


def test_xlsx_exports_hold_no_formula_and_lose_no_digit(tmp_path: Path) -> None:
    numbers = [Decimal("-1234.56"), Decimal("12345678901234567.89"), date(2026, 1, 5), None, True, 7]
    write_xlsx(tmp_path / "t.xlsx", ["=header"], [LIVE, numbers], marked={(1, 0)})
    header, live, row = openpyxl.load_workbook(tmp_path / "t.xlsx").active.iter_rows()
    assert header[0].data_type == "s"
    assert {cell.data_type for cell in live} == {"s"}
    assert [cell.value for cell in row][:2] == [-1234.56, "12345678901234567.89"]
    assert row[2].value.date() == date(2026, 1, 5)
    assert row[0].fill.fgColor.rgb == "FFFFC7CE"


def test_more_rows_than_a_sheet_holds_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exports, "MOST_ROWS", 2)
    write_xlsx(tmp_path / "two.xlsx", ["n"], [[1], [2]])
    with pytest.raises(Refusal, match="workbook_too_long"):
        write_xlsx(tmp_path / "three.xlsx", ["n"], [[1], [2], [3]])
