"""`huikuan statement`: JSON alone on standard output, files by their ending, exit codes."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import pytest

from huikuan.see.statements.models import IssuedStatement
from huikuan.see.statements.tests.conftest import Books
from huikuan.shell import cli

PERIOD = ("--from", "2026-10-01", "--to", "2026-10-31")


def asked(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, dict]:
    code = cli.main(["statement", *arguments, "--json"])
    return code, json.loads(capsys.readouterr().out)


def test_the_content_as_json(books: Books, capsys: pytest.CaptureFixture[str]) -> None:
    code, said = asked(capsys, "C0001", *PERIOD)
    assert code == 0
    assert said["figures"] == {
        "opening": "100000.00", "invoiced": "60000.00", "returned": "-4500.05", "paid": "-70000.00",
        "other": "0.00", "closing": "85499.95",
    }  # fmt: skip
    assert [line["document"] for line in said["movements"]] == ["264388117730", "TH-1", "RC-1"]
    assert [line["open"] for line in said["open"]] == ["30000.00", "60000.00", "-4500.05"]
    assert said["aging"]["buckets"][1] == {"from": 31, "to": 60, "amount": "30000.00"}
    assert len(said["head"]["root"]) == 64
    assert IssuedStatement.objects.count() == 0


def test_a_file_by_its_ending(books: Books, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for ending, start in (("pdf", b"%PDF-"), ("xlsx", b"PK"), ("json", b"{")):
        out = tmp_path / f"statement.{ending}"
        code, told = asked(capsys, "C0001", *PERIOD, "--language", "en", "--out", str(out))
        assert (code, told["out"], told["figures"]["closing"]) == (0, str(out), "85499.95")
        assert out.read_bytes().startswith(start)


def test_issuing_and_a_run(books: Books, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "one.pdf"
    code, told = asked(capsys, "C0001", *PERIOD, "--issue", "--out", str(out))
    code_again, again = asked(capsys, "C0001", *PERIOD, "--issue")
    assert (code_again, again["error"]["code"]) == (1, "statement_issued_already")
    assert code == 0
    assert told["number"].endswith("-000001")  # the year is the clock's
    assert out.read_bytes().startswith(b"%PDF-")
    archive = tmp_path / "all.zip"
    code, told = asked(capsys, "bulk", *PERIOD, "--customers", "C0002", "--out", str(archive))
    assert (code, told["issued"], told["empty"]) == (0, 1, 0)
    with zipfile.ZipFile(archive) as opened:
        assert len(opened.namelist()) == 2


def test_refusals(books: Books, capsys: pytest.CaptureFixture[str]) -> None:
    for arguments, code, word in (
        (("NOBODY", *PERIOD), 1, "customer_unknown"),
        (("C0001", "--from", "2026-10-31", "--to", "2026-10-01"), 1, "statement_period"),
        (("C0001", *PERIOD, "--format", "pdf"), 2, "usage"),
        (("C0001", "--from", "soon", "--to", "2026-10-01"), 2, "usage"),
        (("C0001", *PERIOD, "--company", "NONE"), 1, "company_unknown"),
        (("C0001", *PERIOD, "--currency", "USD", "--issue"), 1, "statement_empty"),
        (("bulk", *PERIOD, "--customers", "NOBODY"), 1, "statement_none_chosen"),
    ):
        answered, told = asked(capsys, *arguments)
        assert (answered, told["error"]["code"]) == (code, word), arguments
    assert IssuedStatement.objects.count() == 0


def test_several_currencies_must_be_told_apart(books: Books, capsys: pytest.CaptureFixture[str]) -> None:
    books.post("invoice", 700_00, "2026-10-09", currency="USD")
    code, told = asked(capsys, "C0001", *PERIOD)
    assert (code, told["error"]["code"]) == (1, "statement_currency_needed")
    code, told = asked(capsys, "C0001", *PERIOD, "--currency", "USD")
    assert told["figures"]["closing"] == "700.00"


def test_words_for_people(books: Books, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["statement", "C0001", *PERIOD]) == 0
    assert "贵公司欠我公司 CNY 85,499.95" in capsys.readouterr().out
