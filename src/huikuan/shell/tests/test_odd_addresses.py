"""Whatever stands in an address: an answer or a refusal in words, never a failure of ours."""

from __future__ import annotations

import pytest
from django.test import Client

from huikuan.mechanisms.pages import tables
from huikuan.record.receivables.queries import items
from huikuan.shell.tests.books import Books
from huikuan.shell.tests.test_pages import exported

LONG = "9" * 5_000
NAMES = {
    "as_of": ["0001-01-01", "1969-12-31", "2201-01-01", "9999-12-31", "2026-13-01", LONG, "%00"],
    "known_at": ["0001-01-01T00:00:00", "9999-12-31T23:59:59-12:00", "soon", LONG, "%00"],
    "currency": ["'--", "'OR", "%25s", "%25(a", "ZZ", "usd", "USDX", "%00", LONG],
    "company": ["nope", "%00", LONG],
}
LIST = {
    "in": ["'--", "%25s", "'%7C%7C", "cny", "%00"],
    "only": ["'--", "ZZ", "%00"],
    "after": ["x", "2025-01-01.99999999999999999999999.1", "2025-01-01.1.-1", "%00", LONG],
    "q": ["%00", LONG],
    "customer": ["%00", "nope"],
    "group": ["%00"],
}
FINE = ["currency=XXX", "currency=USD", "in=XXX", "as_of=1970-01-01", "as_of=2200-12-31", "q=%25_%27", "q=%ED%A0%80"]
OVERVIEW, ITEMS, EXPORT = "/receivables/overview", "/receivables/items", "/receivables/items/export"


def test_odd_values_answer_400(reader: Client, books: Books) -> None:
    reader.raise_request_exception = False
    pages = [OVERVIEW, ITEMS, EXPORT, f"{ITEMS}/{books.item('INV-7')}"]
    asked = [f"{page}?{name}={value}" for page in pages for name, values in NAMES.items() for value in values]
    asked += [f"{ITEMS}?{name}={value}" for name, values in LIST.items() for value in values]
    asked += [f"{path}?after=%00" for path in ("/imports/", "/login", "/")]
    answered = {url[:80]: reader.get(url).status_code for url in asked}
    # An item's page has no use for a currency or a basis, but says so when it cannot read one.
    assert {url: status for url, status in answered.items() if status != 400} == {}


def test_values_without_sense_answer_empty_or_nowhere(reader: Client, books: Books) -> None:
    reader.raise_request_exception = False
    assert {url: reader.get(url).status_code for url in [f"{OVERVIEW}?{fine}" for fine in FINE]} == {
        f"{OVERVIEW}?{fine}": 200 for fine in FINE
    }
    assert {reader.get(f"{ITEMS}?{fine}").status_code for fine in FINE} == {200}
    assert reader.get("/imports/?after=" + "9" * 900).status_code == 200
    huge = "9" * 25
    for path in (
        f"{ITEMS}/{huge}",
        f"/imports/{huge}",
        f"/imports/{huge}/original",
        f"/imports/{books.batch}/lines/{huge}",
    ):
        assert reader.get(path).status_code == 404, path
    assert reader.get(f"/imports/{books.batch}/lines/99999999").status_code == 404
    assert reader.get(ITEMS + "?q=x", headers={"cookie": 'sessionid="ab\\000cdefghijk"'}).status_code in (302, 400)


def test_more_rows_than_a_sheet_holds_are_refused_and_csv_takes_them(
    reader: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tables, "MOST_ROWS", 9)
    answer = reader.get(f"{EXPORT}?format=xlsx")
    assert answer.status_code == 400
    assert "请改用 csv" in answer.content.decode()
    rows = exported(reader, ITEMS)
    assert len(rows) == 10
    assert {(row[4], row[5]) for row in rows} == {("发票", "借方"), ("收款", "贷方")}


def test_an_export_reads_the_ledger_once_whatever_its_length(reader: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []
    real = items._matching
    monkeypatch.setattr(items, "_matching", lambda *given: (asked.append(1), real(*given))[1])
    whole = exported(reader, ITEMS)
    monkeypatch.setattr(items, "_AT_ONCE", 3)
    assert exported(reader, ITEMS) == whole
    assert len(asked) == 2
