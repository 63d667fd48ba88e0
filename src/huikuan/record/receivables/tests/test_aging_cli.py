"""The aging command keeps its contract: shape, decimal strings, order, files."""

from __future__ import annotations

import csv
import io
import json
from datetime import date
from pathlib import Path

import openpyxl
import pytest
from django.utils import translation

from huikuan.kernel.errors import Refusal
from huikuan.record.customers.models import Customer
from huikuan.record.receivables.policies import AGING_BUCKETS, check_aging_buckets
from huikuan.record.receivables.tests.ledgers import Book, new_book, post
from huikuan.shell.cli import main

pytestmark = pytest.mark.django_db


@pytest.fixture
def book() -> Book:
    made = new_book()
    day = date(2026, 1, 5)
    post(made, amount=166_354, posting_date=day, due_date=date(2026, 2, 1))
    post(made, amount=100, posting_date=day, due_date=date(2026, 3, 31))
    post(made, amount=7, currency="JPY", posting_date=day)
    post(made, amount=50, side="credit", kind="receipt", posting_date=day)
    return made


def ask(capsys: pytest.CaptureFixture[str], book: Book, *more: str) -> str:
    assert main(["aging", "--as-of", "2026-03-31", "--company", book.company.code, *more]) == 0
    return capsys.readouterr().out


@pytest.mark.parametrize("engine", ["columns", "database"])
def test_json_is_the_contract(book: Book, capsys: pytest.CaptureFixture[str], engine: str) -> None:
    answer = json.loads(ask(capsys, book, "--json", "--engine", engine))
    assert (answer["as_of"], answer["basis"]) == ("2026-03-31", "due")
    yuan, yen = answer["rows"]
    assert yuan == {
        "key": book.customers[0].code,
        "name": book.customers[0].name,
        "company": book.company.code,
        "currency": "CNY",
        "total": "1664.54",
        "not_due": "1.00",
        "awaiting": "0.00",
        "buckets": [
            {"from": 1, "to": 30, "amount": "0.00"},
            {"from": 31, "to": 60, "amount": "1663.54"},
            {"from": 61, "to": 90, "amount": "0.00"},
            {"from": 91, "to": None, "amount": "0.00"},
        ],
        "credits": "0.50",
        "net": "1664.04",
    }
    assert (yen["currency"], yen["awaiting"], yen["total"]) == ("JPY", "7", "7")
    assert [total["currency"] for total in answer["totals"]] == ["CNY", "JPY"]


def test_every_form_holds_the_rows(book: Book, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert "1663.54" in ask(capsys, book)
    rows = list(csv.reader(io.StringIO(ask(capsys, book, "--format", "csv"))))
    assert [line[4] for line in rows[1:]] == ["1664.54", "7", "1664.54", "7"]
    target = tmp_path / "aging.xlsx"
    ask(capsys, book, "--out", str(target))
    headings, *lines = openpyxl.load_workbook(target)["aging"].values
    assert list(headings[:5]) == [heading.lstrip("\ufeff") for heading in rows[0][:5]]
    assert [line[4] for line in lines] == [1664.54, 7, 1664.54, 7]


def test_a_name_that_looks_like_a_formula_is_inert_in_a_spreadsheet(
    book: Book, capsys: pytest.CaptureFixture[str]
) -> None:
    Customer.objects.update(name="=1+1")
    (first, *_others) = list(csv.reader(io.StringIO(ask(capsys, book, "--format", "csv"))))[1:]
    assert first[1] == "'=1+1"


def test_the_words_are_those_of_the_pages(book: Book, capsys: pytest.CaptureFixture[str]) -> None:
    with translation.override("zh-hans"):
        heading, *rows = ask(capsys, book, "--by", "region").splitlines()[1:]
    assert all(word in heading for word in ("未到期", "待触发", "1–30 天", "90 天以上"))
    named = {row.split()[0] for row in rows}
    assert named == {"（未填）", "合计"}
    assert not any("（未填）" in row for row in rows if row.startswith("合计"))


def test_nothing_was_known_before_the_first_head(book: Book, capsys: pytest.CaptureFixture[str]) -> None:
    answer = json.loads(ask(capsys, book, "--json", "--known-at", "2001-01-01T00:00:00+08:00"))
    assert (answer["rows"], answer["head"]) == ([], 0)


@pytest.mark.parametrize(
    "document",
    [
        {"due": [30, 60]},
        {"due": [30, 30], "document": [30]},
        {"due": [0], "document": [30]},
        {"due": ["1y", 2], "document": [30]},
        {"due": [], "document": [30]},
        {"due": [True], "document": [30]},
    ],
)
def test_bucket_lists_must_rise(document: dict[str, object]) -> None:
    check_aging_buckets(AGING_BUCKETS.default)
    with pytest.raises(Refusal, match="aging_buckets_invalid"):
        check_aging_buckets(document)
