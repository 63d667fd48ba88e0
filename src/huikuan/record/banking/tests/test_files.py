"""Files on their way in: read as what they are, whatever they are called; archives of a day's statements."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from huikuan.kernel.errors import Refusal
from huikuan.record.banking.operations.files import Choices, read_file
from huikuan.record.banking.operations.importing import Asked
from huikuan.record.banking.tests.camts import camt, entry, report
from huikuan.record.banking.tests.conftest import AT, Bank
from huikuan.record.banking.tests.exports import EXPORTS
from huikuan.record.banking.tests.test_markup import ROWS, page

ONE = camt(report(entry("42.00", reference="B1"))).replace(b"2026-11-2", b"2026-02-2")
TWO = camt(report(entry("-7.00", reference="B2"), account="DE99HAFEN0002")).replace(b"2026-11-2", b"2026-02-2")


def packed(path: Path, **files: bytes) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name.replace("__", "/").replace("_", "."), data)
    return path


def read(bank: Bank, path: Path, name: str = "") -> list[tuple[str, list[int]]]:
    found = read_file(path, name or path.name, Asked(bank.company, "cli:tester", AT), Choices())
    return [(one.account, [line.amount for line in one.lines]) for one in found]


def refused(bank: Bank, path: Path, name: str = "") -> Refusal:
    with pytest.raises(Refusal) as caught:
        read(bank, path, name)
    return caught.value


def test_an_archive_of_statements_is_read_whole(bank: Bank, tmp_path: Path) -> None:
    path = packed(tmp_path / "day.zip", one_xml=ONE, folder__two_xml=TWO)
    assert read(bank, path) == [("DE99HAFEN0001", [4_200]), ("DE99HAFEN0002", [-700])]


def test_one_bad_file_refuses_the_archive_and_is_named(bank: Bank, tmp_path: Path) -> None:
    path = packed(tmp_path / "day.zip", one_xml=ONE, two_xml=TWO.replace(b"7.00", b"seven"))
    refusal = refused(bank, path)
    assert (refusal.code, refusal.where[0].file) == ("statement_amount_unreadable", "day.zip/two.xml")


def test_what_an_archive_must_not_hold(bank: Bank, tmp_path: Path) -> None:
    inner = packed(tmp_path / "inner.zip", one_xml=ONE).read_bytes()
    assert refused(bank, packed(tmp_path / "a.zip", inner_zip=inner)).code == "archive_of_others"
    assert refused(bank, packed(tmp_path / "b.zip", page_pdf=b"%PDF-1.7")).code == "archive_of_others"
    assert refused(bank, packed(tmp_path / "c.zip")).code == "statement_unreadable"
    hostile = ONE.replace(b"<Document", b"<!DOCTYPE Document><Document")
    assert refused(bank, packed(tmp_path / "d.zip", one_xml=hostile)).code == "file_with_doctype"
    assert refused(bank, packed(tmp_path / "e.zip", one_txt=hostile)).code == "statement_xml_doctype"
    assert refused(bank, packed(tmp_path / "f.zip", one_xml=ONE), "f.csv").code == "file_type_differs"


def test_what_a_bank_calls_excel_is_read_as_what_it_is(bank: Bank, tmp_path: Path) -> None:
    path = tmp_path / "list.xls"
    for data in (EXPORTS[1].text("\t").encode("gb18030"), page(ROWS).encode()):
        path.write_bytes(data.replace(b"2026-11-", b"2026-01-"))
        assert [amounts for _, amounts in read(bank, path)] == [[800_050, -3_500, 120_000]]
