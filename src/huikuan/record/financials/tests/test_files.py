"""The template out and in, papers as officials print them, hostile files, reference values; commands."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from openpyxl import load_workbook

from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.files.exports import write_csv, write_xlsx
from huikuan.mechanisms.identity.domain.scope import EVERYTHING
from huikuan.record.financials.domain.formats import FORMATS
from huikuan.record.financials.domain.ratios import ratio_of
from huikuan.record.financials.domain.sheet import fields_in, folded, template_rows
from huikuan.record.financials.domain.statements import Statement
from huikuan.record.financials.domain.typed import in_unit, read_statement, statement_stated, typed_of
from huikuan.record.financials.models import ReferenceValues, StatementVersion
from huikuan.record.financials.operations.files import read_fields, read_references
from huikuan.record.financials.operations.references import record_references
from huikuan.record.financials.queries.references import references_for, standing_of
from huikuan.record.financials.queries.statements import statements_of
from huikuan.record.financials.tests.conftest import TODAY, WHO, Files
from huikuan.record.financials.tests.samples import Y2025, small
from huikuan.shell import cli

REFERENCES = """industry,size,year,ratio,excellent,good,average,low,poor,source
机械制造,,2024,debt_ratio,50,55,60,70,85,invented book 2024
机械制造,,2025,debt_ratio,48.5%,53,58,68,83,invented book 2025
机械制造,,2025,current_ratio,1.5,1.2,1.0,0.8,0.6,invented book 2025
机械制造,,2025,quick_ratio,136.9%,110%,90%,70%,50%,invented book 2025
"""


def written(folder: Path, statement: Statement, suffix: str, customer: str = "K-1") -> Path:
    """The template filled in with the statement."""
    path = folder / f"2025{suffix}"
    rows = list(template_rows(statement.form, typed_of(statement), customer))
    write = write_csv if suffix == ".csv" else write_xlsx
    write(path, [str(cell) for cell in rows[0]], rows[1:])
    return path


# Typed and read -----------------------------------------------------------------------------------


@pytest.mark.parametrize("unit", ["yuan", "thousand", "wan"])
@pytest.mark.parametrize("currency", ["CNY", "JPY", "KWD"])
def test_what_is_typed_comes_back_exactly(unit: str, currency: str) -> None:
    stated = small(unit=unit, currency=currency, audited=True, note="注", kept_reason="原样")
    assert statement_stated(typed_of(stated)) == stated


def test_amounts_in_the_papers_unit() -> None:
    assert in_unit(123_450_000_00, small(unit="wan")) == "12345"
    assert in_unit(123_456_78, small(unit="wan")) == "12.345678"
    assert in_unit(-5, small()) == "-0.05"
    typed = typed_of(small(unit="wan")) | {
        "closing-cash": "1,234.56",
        "opening-cash": "(0.5)",
        "closing-inventory": "—",
    }
    read = statement_stated(typed)
    assert (read.amounts["cash"], read.opening["cash"]) == (12_345_600_00, -5_000_00)
    assert "inventory" not in read.amounts


def test_everything_wrong_is_named_beside_its_field() -> None:
    typed = typed_of(small()) | {
        "closing-cash": "a lot",
        "opening-cash": "1.005",
        "months": "13",
        "ends_on": "2025-13-01",
    }
    typed.pop("received_on")
    problems = read_statement(typed).problems
    assert {name: one.code for name, one in problems.items()} == {
        "closing-cash": "amount_unreadable",
        "opening-cash": "amount_too_fine",
        "months": "financials_months_bad",
        "ends_on": "date_unreadable",
        "received_on": "financials_field_missing",
    }
    with pytest.raises(Refusal, match="financials_received_early"):
        statement_stated(typed_of(small()) | {"received_on": "2025-12-01"})


def test_blanks_mean_nil_where_somebody_says_so() -> None:
    typed = typed_of(small()) | {"nil-balance": "yes"}
    read = statement_stated(typed)
    assert (read.amounts["prepayments"], read.opening["prepayments"]) == (0, 0)
    assert "exchange_effect" not in read.amounts
    assert "other_operating_in" not in read.amounts  # said of the balance sheet alone
    assert read.amounts | small().amounts == read.amounts


# Files --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("suffix", [".xlsx", ".csv"])
@pytest.mark.parametrize("form", list(FORMATS))
def test_the_template_comes_back_as_it_went_out(tmp_path: Path, suffix: str, form: str) -> None:
    amounts = {line.code: place * 1_00 - 50 for place, line in enumerate(FORMATS[form].lines)}
    stated = small(format=form, amounts=amounts, opening={"cash": -7_25}, note="=HYPERLINK(1)", unit="thousand")
    stated = replace(stated, amounts={code: minor * 10 for code, minor in amounts.items()})
    path = written(tmp_path, stated, suffix)
    fields = read_fields(path, path.name)
    assert fields["customer"] == "K-1"
    assert statement_stated(fields) == stated


def test_no_cell_of_the_template_is_a_formula(tmp_path: Path) -> None:
    path = written(tmp_path, small(note="=1+1"), ".xlsx", customer="=2+2")
    cells = [cell for row in load_workbook(path).active.iter_rows() for cell in row]
    assert {cell.data_type for cell in cells} == {"s", "n"}
    cash = next(cell for cell in cells if cell.value == "cash")
    assert load_workbook(path).active.cell(cash.row, 3).value == 140


def test_a_paper_as_officials_print_it(tmp_path: Path) -> None:
    """Names, row numbers, no codes; numbering, 减：, notes in brackets, a former name."""
    path = tmp_path / "利润表.xlsx"
    book = xlsxwriter.Workbook(str(path))
    sheet = book.add_worksheet("会小企02表")
    rows = [
        ["利润表", "", "", ""], ["ends_on", "截止日", "2025-12-31", ""], ["received_on", "", "2026-03-15", ""],
        ["unit", "金额单位", "万元", ""], ["audited", "已审计", "否", ""], ["format", "", "小企业会计准则", ""],
        ["项目", "行次", "本年累计金额", "2025年12月31日"],
        ["一、营业收入", 1, 1200.5, ""], ["减：营业成本", 2, 875, ""], ["　　营业税金及附加", 3, 10, ""],
        ["加：投资收益（损失以“-”号填列）", 20, -3, ""], ["三、利润总额（亏损总额以“-”号填列）", 30, 60, ""],
        ["资产负债表", "", "", ""], ["实收资本（或股本）", 48, 250, 200],
    ]  # fmt: skip
    for number, row in enumerate(rows):
        sheet.write_row(number, 0, row)
    book.close()
    read = statement_stated(read_fields(path, path.name))
    assert (read.unit, read.audited, read.period) == ("wan", False, Y2025)
    assert read.amounts == {
        "revenue": 12_005_000_00, "cost_of_sales": 8_750_000_00, "taxes_and_surcharges": 100_000_00,
        "investment_income": -30_000_00, "profit_before_tax": 600_000_00, "paid_in_capital": 2_500_000_00,
    }  # fmt: skip
    assert read.opening == {"paid_in_capital": 2_000_000_00}


def test_names_fold_to_one_line_each() -> None:
    for form in FORMATS.values():
        for line in form.lines:
            for printed in (line.zh, f"减：{line.zh}", f"四、{line.zh}（损失以“-”号填列）", f"  其中：{line.zh}："):
                assert folded(printed) == folded(line.zh), printed


def test_unknown_and_doubled_lines_are_all_named(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text("ends_on,,2025-12-31\ncash,货币资金,1,2\n,火星资产,5\n,货币资金,7\n,备注,见附件\n", "utf-8")
    with pytest.raises(Refusal) as refusal:
        read_fields(path, "x.csv")
    assert refusal.value.code == "financials_file_faults"
    assert [(one.file, one.row, one.value, one.reason) for one in refusal.value.where] == [
        ("x.csv", 3, "火星资产", "this line is not in the format"),
        ("x.csv", 4, "货币资金", "this line stands twice"),
    ]


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("a.xlsx", b"PK\x03\x04 not a workbook", "archive_damaged"),
        ("a.xlsx", b"cash,1", "file_type_differs"),
        ("a.pdf", b"%PDF-1.4", "file_type_unknown"),
        ("a.csv", b"", "file_empty"),
        ("a.csv", b"\xff\xff\xff\x81", "financials_file_unreadable"),
        ("a.csv", b"nothing,of,ours\n", "financials_file_empty"),
        ("a.csv", b"x\n" * 2_001, "too_many_rows"),
        ("a.csv", b"<html><table>", "file_type_differs"),
        ("a.csv", b"format,,martian\ncash,,1\n", "financials_format_unknown"),
    ],
)
def test_files_that_are_no_statement_are_refused(tmp_path: Path, name: str, content: bytes, code: str) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(Refusal) as refusal:
        read_fields(path, name)
    assert refusal.value.code == code


def test_a_sheet_beyond_the_limits_ends_the_child_alone(tmp_path: Path) -> None:
    path = tmp_path / "wide.xlsx"
    book = xlsxwriter.Workbook(str(path))
    sheet = book.add_worksheet()
    for row in range(2):
        sheet.write_row(row, 0, ["x"] * 62)
    book.close()
    with pytest.raises(Refusal, match="too_many_columns"):
        read_fields(path, path.name)


def test_twenty_thousand_brackets_and_quotes_do_no_harm() -> None:
    assert folded("（" * 20_000 + "号填列" + "）" * 20_000) == ""
    with pytest.raises(Refusal, match="financials_file_empty"):
        fields_in([["“" * 20_000, "其中：" * 5_000, "", ""]])


# Reference values ---------------------------------------------------------------------------------


@pytest.mark.django_db
def test_reference_values_are_recorded_once_and_the_latest_year_counts(files: Files, tmp_path: Path) -> None:
    path = tmp_path / "values.csv"
    path.write_text(REFERENCES, "utf-8")
    done = record_references(references=read_references(path, path.name), **WHO)
    assert (done.written, done.known) == (4, 0)
    assert record_references(references=read_references(path, path.name), **WHO).written == 0
    assert ReferenceValues.objects.count() == 4
    found = references_for("机械制造", as_of=TODAY)
    assert found["debt_ratio"].values == tuple(map(Decimal, ("0.485", "0.53", "0.58", "0.68", "0.83")))
    assert found["quick_ratio"].values[0] == Decimal("1.369")
    assert references_for("机械制造", as_of=date(2024, 12, 31))["debt_ratio"].year == 2024
    assert references_for("机械制造", size="small", as_of=TODAY) == references_for("玩具", as_of=TODAY) == {}
    stands = standing_of(ratio_of("current_ratio", small()), found)
    assert stands is not None
    assert stands.points == 100
    # 0.60 lies between average 0.58 and low 0.68: 40 + 20 × 0.08 ÷ 0.10.
    stands = standing_of(ratio_of("debt_ratio", small()), found)
    assert stands is not None
    assert stands.points == 56
    assert standing_of(ratio_of("cash_flow_ratio", small()), found) is None


@pytest.mark.django_db
def test_faulty_reference_rows_are_all_named_and_nothing_is_written(files: Files, tmp_path: Path) -> None:
    path = tmp_path / "values.csv"
    path.write_text(
        REFERENCES + ",,2025,debt_ratio,1,2,3,4,5,b\n机械,,20x5,debt_ratio,1,2,3,4,5,b\n机械,,2025,luck,1,2,3,4,5,b\n"
        "机械,,2025,debt_ratio,50,40,60,70,80,b\n机械,,2025,debt_ratio,x,2,3,4,5,b\n机械,,2025,debt_ratio,1e30,2,3,4,5,b\n",
        "utf-8",
    )
    with pytest.raises(Refusal) as refusal:
        read_references(path, path.name)
    assert (refusal.value.code, [one.row for one in refusal.value.where]) == (
        "reference_file_faults",
        [6, 7, 8, 9, 10, 11],
    )
    assert ReferenceValues.objects.count() == 0
    path.write_text("industry,year\n", "utf-8")
    with pytest.raises(Refusal, match="reference_columns_missing"):
        read_references(path, path.name)
    path.write_text(REFERENCES.splitlines()[0], "utf-8")
    with pytest.raises(Refusal, match="reference_file_empty"):
        read_references(path, path.name)


# Commands -----------------------------------------------------------------------------------------


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, dict[str, Any]]:
    capsys.readouterr()
    code = cli.main(["financials", *arguments, "--json"])
    return code, json.loads(capsys.readouterr().out)


@pytest.mark.django_db(transaction=True)
def test_commands_record_show_and_compute(files: Files, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = written(tmp_path, small(), ".xlsx")
    assert run(capsys, "import", str(path)) == (
        0,
        {"customer": "K-1", "ends_on": "2025-12-31", "months": 12, "version": 1},
    )
    fact = StatementVersion.objects.get()
    assert (fact.file_name, len(fact.sha256), fact.actor[:4]) == ("2025.xlsx", 64, "cli:")
    code, shown = run(capsys, "show", "K-1", "--as-of", "2026-03-15")
    assert code == 0
    assert shown["statements"][0]["amounts"]["cash"] == "140.00"
    assert run(capsys, "show", "K-1", "--as-of", "2026-03-14")[1]["statements"] == []
    values = tmp_path / "values.csv"
    values.write_text(REFERENCES, "utf-8")
    assert run(capsys, "references", str(values)) == (0, {"written": 4, "known": 0})
    code, told = run(capsys, "ratios", "K-1", "--as-of", "2026-11-20")
    rows = {one["ratio"]: one for one in told["periods"][0]["ratios"]}
    assert code == 0
    assert (rows["debt_ratio"]["value"], rows["debt_ratio"]["points"]) == ("0.600000", "56.00")
    assert (rows["altman_z"]["value"], rows["altman_z"]["zone"]) == ("3.038600", "safe")
    for arguments in (("show", "K-1"), ("ratios", "K-1")):
        assert cli.main(["financials", *arguments]) == 0
    assert "1.500000" in capsys.readouterr().out


@pytest.mark.django_db(transaction=True)
def test_commands_refuse_and_write_nothing(files: Files, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    off = small(amounts={**small().amounts, "closing_cash": 150_00})
    path = written(tmp_path, off, ".csv")
    code, said = run(capsys, "import", str(path))
    assert (code, said["error"]["code"]) == (1, "financials_inconsistent")
    assert StatementVersion.objects.count() == 0
    assert run(capsys, "import", str(path), "--kept-reason", "as handed in")[0] == 0
    (row,) = statements_of(files.customer.pk, scope=EVERYTHING, as_of=TODAY)
    assert row.statement.kept_reason == "as handed in"
    for arguments, refused in (
        (("import", "no.xlsx"), "financials_file_missing"),
        (("import", str(path), "--customer", "K-9"), "customer_unknown"),
        (("import", str(path), "--actor", "nobody"), "not_permitted"),
        (("show", "K-9"), "customer_unknown"),
        (("template", str(path)), "financials_template_exists"),
    ):
        code, said = run(capsys, *arguments)
        assert (code, said["error"]["code"]) == (1, refused), arguments
    assert run(capsys, "template", str(tmp_path / "blank.xlsx"), "--format", "general")[0] == 0
    assert run(capsys, "import", str(tmp_path / "blank.xlsx"))[1]["error"]["code"] == "financials_file_empty"
    assert StatementVersion.objects.count() == 1
