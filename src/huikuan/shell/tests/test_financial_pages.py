"""A customer's statements as a browser receives them: entered, refused, read from a file, compared, taken back."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from openpyxl import load_workbook

from huikuan.mechanisms.identity.domain.scope import EVERYTHING
from huikuan.record.customers.models import Customer
from huikuan.record.customers.operations.merging import merge_customers
from huikuan.record.financials.domain.period import Period
from huikuan.record.financials.domain.ratios import RATIOS, ratios_of
from huikuan.record.financials.domain.reference import Reference
from huikuan.record.financials.domain.typed import typed_of
from huikuan.record.financials.models import ReferenceValues, StatementVersion
from huikuan.record.financials.operations.references import record_references
from huikuan.record.financials.operations.statements import record_statement
from huikuan.record.financials.queries.statements import statements_of, versions_of
from huikuan.record.financials.tests.samples import Y2025, small, with_amounts, year_before
from huikuan.shell.tests.books import AS_OF, AT, Books

WHO: dict[str, Any] = {"actor": "test", "at": AT}
CASH = small().amounts["cash"]


@pytest.fixture
def place(books: Books) -> str:
    """Where the statements of C0001 stand; two years of them are recorded."""
    customer = books.customer("C0001")
    Customer.objects.filter(pk=customer).update(industry="机械制造")
    for statement in (year_before(), small()):
        record_statement(customer_id=customer, statement=statement, **WHO)
    return f"/customers/{customer}/financials"


def standing(books: Books) -> list[Any]:
    return statements_of(books.customer("C0001"), scope=EVERYTHING, as_of=AS_OF)


def exported(client: Client, url: str) -> list[list[str]]:
    text = b"".join(client.get(url).streaming_content).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text)))


def test_the_page_shows_years_side_by_side_and_every_ratio(reader: Client, place: str, books: Books) -> None:
    assert f'href="{place}"' in reader.get(f"/customers/{books.customer('C0001')}").content.decode()
    page = reader.get(place)
    groups = page.context["groups"]
    shown = {line.ratio.code: line for _, group in groups for line in group.lines}
    expected = ratios_of(small(), year_before())
    assert {code: line.latest.value for code, line in shown.items()} == {
        code: one.value for code, one in expected.items()
    }
    assert list(shown) == list(RATIOS)
    text = page.content.decode()
    assert "流动比率" in text
    assert "60.0%" in text
    assert shown["debt_ratio"].change.direction == "better"  # 62.5 % a year before
    assert shown["current_ratio"].course == "2.0,18.0 78.0,2.0"
    for sheet in ("balance", "income", "cash", "checks", "versions"):
        assert reader.get(f"{place}?sheet={sheet}").status_code == 200
    rows = {row.line.code: row for row in reader.get(f"{place}?sheet=balance").context["lines"]}
    assert [cell.amount for cell in rows["cash"].cells] == [140_00, 90_00]
    assert "short_investments" not in rows  # stated in no period: no row of nothing


def test_exports_are_exactly_the_rows(reader: Client, place: str) -> None:
    head, *rows = exported(reader, f"{place}/export/balance?format=csv")
    assert head == ["项目编码", "项目", "2025 年度 CNY", "2024 年度 CNY"]
    assert rows[0] == ["cash", "货币资金", "140.00", "90.00"]
    assert len(rows) == len(reader.get(f"{place}?sheet=balance").context["lines"])
    head, *rows = exported(reader, f"{place}/export/ratios?format=csv")
    assert len(rows) == len(RATIOS)
    assert rows[0][:3] == ["流动比率", "1.500000", "1.312500"]
    answer = reader.get(f"{place}/export/income?format=xlsx")
    assert load_workbook(io.BytesIO(b"".join(answer.streaming_content))).active["A2"].value == "revenue"
    assert reader.get(f"{place}/export/luck").status_code == 404


def test_a_ratio_opens_to_what_went_in_and_to_the_line(reader: Client, place: str) -> None:
    page = reader.get(f"{place}/ratios/receivables_turnover")
    text = page.content.decode()
    assert "营业收入 ÷ 平均应收账款" in text
    links = re.findall(r'href="([^"]+sheet=\w+#l-\w+)"', text)
    assert f"{place}?sheet=income#l-revenue" in links
    for link in set(links):
        address, _, anchor = link.partition("#")
        assert f'id="{anchor}"' in reader.get(address).content.decode(), link
    lacking = reader.get(f"{place}/ratios/interest_cover").content.decode()
    assert "利润总额" in lacking.split("2024 年度")[1]  # 2024 states no profit before tax
    assert reader.get(f"{place}/ratios/luck").status_code == 404


def test_points_among_the_industry(reader: Client, place: str) -> None:
    tiers = tuple(map(Decimal, ("0.50", "0.55", "0.60", "0.70", "0.85")))
    book = Reference("机械制造", "", 2025, "debt_ratio", tiers, "invented")
    record_references(references=[book], **WHO)
    page = reader.get(f"{place}/ratios/debt_ratio")
    assert page.context["line"].standing.points == 60
    assert "invented" in page.content.decode()


def test_reference_values_come_by_file_and_go_out_as_they_came(
    reader: Client, place: str, people: Mapping[str, Client]
) -> None:
    text = reader.get("/customers/references").content.decode()
    assert "还没有" in text
    head = "industry,size,year,ratio,excellent,good,average,low,poor,source\n"
    sent = (
        head + "机械制造,,2025,debt_ratio,50,55,60,70,85,invented\n机械制造,,2025,quick_ratio,1.4,1.1,0.9,0.7,0.5,b\n"
    )
    file = SimpleUploadedFile("v.csv", sent.encode())
    assert people["li"].post("/customers/references", {"file": file}).status_code == 403
    assert ReferenceValues.objects.count() == 0
    assert (
        reader.post("/customers/references", {"file": SimpleUploadedFile("v.csv", sent.encode())}).status_code == 302
    )
    told = exported(reader, "/customers/references/export?format=csv")
    assert told[1:] == [
        ["机械制造", "", "2025", "debt_ratio", "50", "55", "60", "70", "85", "invented"],
        ["机械制造", "", "2025", "quick_ratio", "1.4", "1.1", "0.9", "0.7", "0.5", "b"],
    ]
    out = b"".join(reader.get("/customers/references/export?format=xlsx").streaming_content)
    again = reader.post("/customers/references", {"file": SimpleUploadedFile("v.xlsx", out)})
    assert again.status_code == 302
    assert ReferenceValues.objects.count() == 2
    assert "85.0%" in people["chen"].get("/customers/references").content.decode()
    bad = SimpleUploadedFile("v.csv", (head + "机械,,2025,luck,1,2,3,4,5,b\n").encode())
    refused = reader.post("/customers/references", {"file": bad})
    assert refused.status_code == 400
    assert "第 2 行" in refused.content.decode()
    assert ReferenceValues.objects.count() == 2


def test_the_past_shows_what_was_there_and_offers_nothing(reader: Client, place: str, books: Books) -> None:
    before = reader.get(f"{place}?as_of=2026-03-14")
    assert [row.period.ends_on.year for row in before.context["rows"]] == [2024]
    assert b"/edit" not in before.content
    assert reader.get(f"{place}/edit?as_of=2026-03-14").status_code == 404
    assert reader.get(f"{place}?as_of=2024-01-01").context["rows"] == []


def entered(**changes: str) -> dict[str, str]:
    """A form as it is sent: the period of 2025."""
    return {**typed_of(small()), "version": "", **changes}


def test_statements_are_entered_by_hand(reader: Client, books: Books) -> None:
    place = f"/customers/{books.customer('C0002')}/financials"
    blank = reader.get(f"{place}/edit?of=general")
    assert blank.context["form"].typed["format"] == "general"
    assert b'name="closing-goodwill"' in blank.content
    answer = reader.post(f"{place}/edit", entered())
    assert (answer.status_code, answer.headers["Location"]) == (302, place)
    (row,) = statements_of(books.customer("C0002"), scope=EVERYTHING, as_of=AS_OF)
    assert row.statement == small()
    assert row.actor == books.user.username


def test_a_refused_form_keeps_what_was_typed_and_says_where(reader: Client, books: Books) -> None:
    place = f"/customers/{books.customer('C0002')}/financials/edit"
    wrong = reader.post(place, entered(**{"closing-cash": "1,4O", "ends_on": "", "note": "<b>注</b>"}))
    assert wrong.status_code == 400
    assert set(wrong.context["form"].problems) == {"closing-cash", "ends_on"}
    text = wrong.content.decode()
    assert 'value="1,4O"' in text
    assert "&lt;b&gt;注&lt;/b&gt;" in text
    assert 'value="1200"' in text
    off = reader.post(place, entered(**{"closing-closing_cash": "150"}))
    assert set(off.context["form"].problems) == {"kept_reason"}
    assert [one.line for one, _, _ in off.context["findings"]] == ["closing_cash", "closing_cash"]
    assert 'href="#f-closing-closing_cash"' in off.content.decode()
    assert StatementVersion.objects.count() == 0
    kept = entered(**{"closing-closing_cash": "150", "kept_reason": "照税务局版本"})
    assert reader.post(place, kept).status_code == 302
    assert StatementVersion.objects.get().kept_reason == "照税务局版本"


def test_another_format_keeps_what_was_typed(reader: Client, books: Books) -> None:
    place = f"/customers/{books.customer('C0002')}/financials/edit"
    page = reader.post(place, entered(format="general", reshape="1"))
    assert page.status_code == 200
    text = page.content.decode()
    assert 'name="closing-goodwill"' in text
    assert re.search(r'name="closing-cash" value="140"', text)
    assert StatementVersion.objects.count() == 0


def test_a_correction_is_a_version_and_who_comes_second_is_told(reader: Client, place: str, books: Books) -> None:
    form = reader.get(f"{place}/edit?period={Y2025.key}").context["form"].typed
    assert (form["version"], form["closing-cash"]) == ("1", "140")
    record_statement(customer_id=books.customer("C0001"), statement=small(note="meanwhile"), **WHO)
    second = {**form, "note": "mine"}
    told = reader.post(f"{place}/edit", second)
    assert told.status_code == 400
    assert "第 1 版" in told.content.decode()
    assert [row.statement.note for row in standing(books)] == ["meanwhile", ""]
    again = reader.post(f"{place}/edit", told.context["form"].typed)
    assert again.status_code == 302
    assert [(row.version, row.statement.note) for row in standing(books)] == [(3, "mine"), (1, "")]
    # A period that stands already is not overwritten from an empty form in silence.
    assert reader.post(f"{place}/edit", entered()).status_code == 400
    assert reader.get(f"{place}/edit?period=2023-12-31_12").status_code == 404


def test_statements_of_a_merged_customer_are_corrected_at_once(reader: Client, place: str, books: Books) -> None:
    """They become the first of the customer it is shown under; what both have is the shown one's."""
    customer, merged = books.customer("C0001"), books.customer("C0002")
    half = replace(small(note="of the merged"), period=Period(date(2025, 6, 30), 6))
    for statement in (half, replace(half, note="of the merged, again"), small(note="of the merged")):
        record_statement(customer_id=merged, statement=statement, **WHO)
    merge_customers(from_id=merged, into_id=customer, reason="一家公司", **WHO)
    form = reader.get(f"{place}/edit?period={half.period.key}").context["form"].typed
    assert (form["version"], form["note"]) == ("0", "of the merged, again")
    assert reader.post(f"{place}/edit", {**form, "note": "mine"}).status_code == 302
    found = {row.period: (row.customer_id, row.version, row.statement.note) for row in standing(books)}
    assert found[half.period] == (customer, 1, "mine")
    own = reader.get(f"{place}/edit?period={Y2025.key}").context["form"].typed
    assert (own["version"], own["note"]) == ("1", "")


def test_what_is_yet_to_be_received_is_refused_beside_its_field(reader: Client, place: str, books: Books) -> None:
    told = reader.post(f"{place}/edit", entered(received_on="2999-01-01", version="1"))
    assert (told.status_code, list(told.context["form"].problems)) == (400, ["received_on"])
    assert StatementVersion.objects.count() == 2


def test_taken_back_they_stay_among_the_versions(reader: Client, place: str, books: Books) -> None:
    asked = {"period": Y2025.key, "version": "1", "reason": "别家公司的报表"}
    assert reader.post(f"{place}/withdraw", {**asked, "reason": ""}).status_code == 400
    assert len(standing(books)) == 2
    assert reader.post(f"{place}/withdraw", asked).status_code == 302
    assert [row.period.ends_on.year for row in standing(books)] == [2024]
    text = reader.get(f"{place}?sheet=versions").content.decode()
    assert "别家公司的报表" in text
    assert text.count(">已作废<") == 1


def template(reader: Client, place: str, tmp_path: Path) -> Path:
    path = tmp_path / "template.xlsx"
    answer = reader.get(f"{place}/template?format=xlsx&period={Y2025.key}")
    path.write_bytes(b"".join(answer.streaming_content))
    return path


def test_the_template_goes_out_and_comes_in_with_its_file(
    reader: Client, place: str, books: Books, tmp_path: Path
) -> None:
    path = template(reader, place, tmp_path)
    book = load_workbook(path)
    row = next(cell.row for cell in book.active["A"] if cell.value == "note")
    book.active.cell(row, 3).value = "再报"
    book.save(path)
    content = path.read_bytes()
    sent = SimpleUploadedFile("2025 年报.xlsx", content)
    read = reader.post(f"{place}/upload", {"file": sent})
    assert read.status_code == 200
    typed = read.context["form"].typed
    assert (typed["note"], typed["version"], typed["closing-cash"]) == ("再报", "1", "140")
    assert [row.version for row in standing(books)] == [1, 1]  # nothing is recorded before the form is sent
    assert reader.post(f"{place}/edit", typed).status_code == 302
    latest = standing(books)[0]
    assert (latest.version, latest.file_name, latest.statement.note) == (2, "2025 年报.xlsx", "再报")
    original = reader.get(f"{place}/files/{latest.sha256}")
    assert b"".join(original.streaming_content) == content
    assert "attachment" in original.headers["Content-Disposition"]


def test_a_file_is_kept_only_where_it_was_read_for(reader: Client, place: str, books: Books, tmp_path: Path) -> None:
    """The form carries the file's hash under our signature: another's hash, or another customer's, opens nothing."""
    path = template(reader, place, tmp_path)
    read = reader.post(f"{place}/upload", {"file": SimpleUploadedFile("x.xlsx", path.read_bytes())})
    typed = read.context["form"].typed
    other = f"/customers/{books.customer('C0002')}/financials"
    *signed, last = typed["original"]
    for forged in ("".join(signed) + ("E" if last == "A" else "A"), "x", '["ab", 1, "x", 1]'):
        assert reader.post(f"{place}/edit", {**typed, "note": "n", "original": forged}).status_code == 400, forged
    assert reader.post(f"{other}/edit", {**typed, "version": ""}).status_code == 400
    assert StatementVersion.objects.filter(customer_id=books.customer("C0002")).count() == 0
    assert reader.get(f"{other}/files/{'a' * 64}").status_code == 404


def test_files_that_are_none_are_told_with_their_rows(reader: Client, place: str) -> None:
    sent = SimpleUploadedFile("x.csv", "ends_on,,2025-12-31\n,火星资产,5\n".encode())
    told = reader.post(f"{place}/upload", {"file": sent})
    assert told.status_code == 400
    assert "火星资产" in told.content.decode()
    assert "第 2 行" in told.content.decode()
    for name, content in (("x.xlsx", b"PK\x03\x04"), ("x.exe", b"MZ"), ("x.csv", b"")):
        assert reader.post(f"{place}/upload", {"file": SimpleUploadedFile(name, content)}).status_code == 400
    other = SimpleUploadedFile("x.csv", b"customer,,C0003\ncash,,5\n")
    assert "C0003" in reader.post(f"{place}/upload", {"file": other}).content.decode()


def test_checks_are_told_with_their_lines(reader: Client, place: str, books: Books) -> None:
    off = with_amounts(small(), closing_cash=150)
    record_statement(customer_id=books.customer("C0001"), statement=replace(off, kept_reason="原样"), **WHO)
    page = reader.get(f"{place}?sheet=checks")
    assert [one["finding"].difference for one in page.context["faults"]] == [10_00, 10_00]
    assert page.context["errors"] == 1
    assert "原样" in page.content.decode()


def test_whose_statements_somebody_sees(
    people: Mapping[str, Client], place: str, books: Books, on_the_day: None
) -> None:
    """C0001 is 李沅's: 郑可 finds nothing at any of its addresses, and nobody without the role writes."""
    sha = "0" * 64
    reads = ["", "?sheet=balance", "/ratios/debt_ratio", "/export/ratios?format=csv", f"/files/{sha}"]
    for name, status in (("li", 200), ("chen", 200), ("zheng", 404), ("law", 403)):
        for read in reads:
            found = people[name].get(f"{place}{read}")
            found.close()
            expected = 404 if status == 200 and read.startswith("/files") else status
            assert found.status_code == expected, (name, read)
    for name in ("li", "chen", "zheng", "law"):
        for write in ("/edit", "/upload", "/withdraw"):
            assert people[name].post(f"{place}{write}", entered(note="x")).status_code in (403, 404), (name, write)
        assert people[name].get(f"{place}/template").status_code in (403, 404)
    assert len(versions_of(books.customer("C0001"), scope=EVERYTHING)) == 2


def test_a_twelve_digit_firm_in_english_and_every_unit(reader: Client, place: str, books: Books) -> None:
    large = {code: minor * 10**9 for code, minor in small().amounts.items()}
    statement = replace(small(), period=replace(Y2025, ends_on=date(2026, 6, 30), months=6), opening={}, amounts=large,
                        unit="wan", received_on=date(2026, 8, 1))  # fmt: skip
    record_statement(customer_id=books.customer("C0001"), statement=statement, **WHO)
    for unit in ("yuan", "wan", "yi"):
        reader.post("/me/unit", {"unit": unit, "next": place})
        assert reader.get(f"{place}?sheet=balance").status_code == 200
    reader.post("/me/language", {"language": "en", "next": place})
    text = reader.get(place).content.decode()
    assert "2026-06-30 Half-year" in text
    assert "Operating cash flow to current liabilities" in text
