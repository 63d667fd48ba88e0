"""Remittance advice: read from tables and messages, taken in once, linked when its payment is there."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.files.exports import write_xlsx
from huikuan.mechanisms.files.queries import open_original
from huikuan.record.cash.domain.advising import Advised, keys_of, read_table, read_text
from huikuan.record.cash.models import AdviceLine, AdviceSheet, Application
from huikuan.record.cash.operations.advising import Taken, take_message, take_remittance
from huikuan.record.cash.operations.matching import match_lines
from huikuan.record.cash.tests.conftest import WHO, Till, open_amount, sound
from huikuan.shell import cli

PLAIN = "bank_reference,document_no,amount\nB1,F1,100.00\nB1,C1,-30\nB2,F2,\n"


def table(text: str) -> list[Advised] | None:
    rows = [(number, line.split(",")) for number, line in enumerate(text.splitlines(), start=1)]
    return read_table(rows, "a.csv", currency="CNY")


def take(till: Till, folder: Path, content: str | bytes = PLAIN, name: str = "advice.csv") -> Taken:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return take_remittance(company=till.company, path=path, name=name, **WHO)


def test_a_plain_table_is_read_column_by_column() -> None:
    assert table(PLAIN) == [
        Advised(2, "F1", "B1", 100_00, "CNY"),
        Advised(3, "C1", "B1", -30_00, "CNY"),
        Advised(4, "F2", "B2", None, "CNY"),
    ]


def test_chinese_headers_below_a_title_and_full_width_digits_are_read() -> None:
    head = "付款明细,,\n\n发票号码,付款金额（元）,付款日期,备注\n"
    told = table(f"{head}２６３１２,￥1200.5,2026/03/01,三月货款\n合计,1200.5,,\n")
    assert told == [Advised(4, "26312", "", 1_200_50, "CNY", "", date(2026, 3, 1), "三月货款")]


def test_a_table_without_documents_is_none() -> None:
    assert table("a,b\n1,2\n") is None


def test_every_cell_that_cannot_be_read_is_named() -> None:
    with pytest.raises(Refusal) as caught:
        table("document_no,amount,paid_on\nF1,lots,2026-03-01\nF2,1,yesterday\nF3,0.001,\n")
    assert [(place.row, place.column, place.value, place.reason) for place in caught.value.where] == [
        (2, "amount", "lots", "amount_unreadable"),
        (3, "paid_on", "yesterday", "date_unreadable"),
        (4, "amount", "0.001", "amount_too_fine"),
    ]


def test_a_message_is_read_line_by_line() -> None:
    text = """您好：
我司已于2026年3月1日付款，流水号：2026030112345，明细如下
付款人：北麓矿业装备有限公司
1) 发票 HK20260001   1,234.56
2) 发票 HK20260002 ¥2,000.00元
扣减 HC20260009  -34.56
此致"""
    told = read_text(text, currency="CNY")
    assert [(one.document_number, one.amount) for one in told] == [
        ("HK20260001", 1_234_56),
        ("HK20260002", 2_000_00),
        ("HC20260009", -34_56),
    ]
    assert {(one.bank_reference, one.payer_name) for one in told} == {("2026030112345", "北麓矿业装备有限公司")}


def test_equal_lines_of_one_file_are_two_and_the_file_again_is_none() -> None:
    line = Advised(1, "F1", "B1", 100, "CNY")
    keys = keys_of([line, line])
    assert len(set(keys)) == 2
    assert keys_of([line, line]) == keys


def test_a_file_is_taken_in_once_and_its_original_is_kept(till: Till, tmp_path: Path) -> None:
    taken = take(till, tmp_path)
    assert (taken.new, taken.known) == (3, 0)
    sheet = AdviceSheet.objects.get()
    assert (sheet.layout, sheet.file_name, sheet.lines_new) == ("table", "advice.csv", 3)
    assert open_original(sheet.file_sha256).read_bytes() == PLAIN.encode()
    again = take(till, tmp_path, name="copy.csv")
    assert (again.sheet_id, again.new, again.known) == (None, 0, 3)
    more = take(till, tmp_path, PLAIN + "B3,F3,5\n")
    assert (more.new, more.known) == (1, 3)
    assert AdviceLine.objects.count() == 4


def test_a_workbook_and_gbk_are_read_like_any_table(till: Till, tmp_path: Path) -> None:
    path = tmp_path / "advice.xlsx"
    write_xlsx(path, ["流水号", "发票号", "金额"], [["B1", "F1", "100.00"]])
    assert take_remittance(company=till.company, path=path, name=path.name, **WHO).new == 1
    taken = take(till, tmp_path, "流水号,发票号,金额\nB2,F2,5\n".encode("gb18030"))
    assert [line.document_number for line in taken.lines] == ["F2"]


def test_a_file_that_names_nothing_is_refused(till: Till, tmp_path: Path) -> None:
    with pytest.raises(Refusal, match="advice_empty"):
        take(till, tmp_path, "hello\n")
    with pytest.raises(Refusal, match="advice_empty"):
        take_message(company=till.company, text="thanks", name="mail.txt", **WHO)
    assert not AdviceSheet.objects.exists()


def test_advice_that_came_before_its_payment_decides_what_it_pays(till: Till, tmp_path: Path) -> None:
    """Two invoices of one amount: only the payer knows which it paid."""
    first, second = till.invoice(500_00, "F1"), till.invoice(500_00, "F2")
    take(till, tmp_path, "bank_reference,document_no,amount\nB7,F2,500.00\n")
    till.line(500_00, bank_reference="B7", counterparty_name="北麓矿业装备有限公司")
    match_lines(company=till.company, **WHO)
    assert [open_amount(one) for one in (first, second)] == [500_00, 0]
    assert Application.objects.get().kind == "automatic"
    assert sound()


def test_advice_without_a_reference_finds_its_payment_by_payer_and_sum(till: Till, tmp_path: Path) -> None:
    first, second = till.invoice(500_00, "F1"), till.invoice(500_00, "F2")
    third = till.invoice(700_00, "F3")
    payer = "北麓矿业装备有限公司"
    take(till, tmp_path, f"document_no,amount,payer\nF2,500.00,{payer}\nF3,200.00,{payer}\n")
    till.line(700_00, counterparty_name=payer)
    till.line(700_00, counterparty_name="宏朔钢构股份有限公司")
    match_lines(company=till.company, **WHO)
    assert [open_amount(one) for one in (first, second, third)] == [500_00, 0, 500_00]
    assert sound()


@pytest.mark.django_db(transaction=True)
def test_the_command_says_what_is_known_and_what_waits(
    transactional_db: None, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    till = Till()
    till.invoice(100_00, "F1")
    till.line(70_00, bank_reference="B1")
    path = tmp_path / "advice.csv"
    path.write_text(PLAIN, encoding="utf-8")

    def run() -> tuple[int, Any]:
        capsys.readouterr()
        code = cli.main(["bank", "remittance", str(path), "--json"])
        return code, json.loads(capsys.readouterr().out)

    code, told = run()
    assert (code, told["new"], told["known"]) == (0, 3, 0)
    assert [(one["document_no"], one["amount"], one["payment"], one["document"]) for one in told["lines"]] == [
        ("F1", "100.00", "known", "known"),
        ("C1", "-30.00", "known", "unknown"),
        ("F2", None, "waits", "unknown"),
    ]
    code, told = run()
    assert (code, told["new"], told["known"]) == (0, 0, 3)
    path.unlink()
    code, told = run()
    assert (code, told["error"]["code"]) == (1, "advice_file_missing")
