"""What the document and the workbook say: every figure, in both languages, whatever the names are."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import date, timedelta

import openpyxl
import pytest
import typst

from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.documents import fonts
from huikuan.mechanisms.documents.typesetting import marked
from huikuan.see.statements.domain.account import Facts, Period, Posted, account_of
from huikuan.see.statements.domain.statement import Recipient
from huikuan.see.statements.models import IssuedStatement
from huikuan.see.statements.operations.files import TEMPLATE, file_name, pdf_of, workbook_of
from huikuan.see.statements.operations.papers import paper
from huikuan.see.statements.tests.conftest import OCTOBER, Books

HOSTILE = '=HYPERLINK("x")#read("/etc/passwd")$\\]*_<a>`\u202e"}'


def said_in(document: dict, label: str) -> list:
    return marked(TEMPLATE, document, label)


def test_the_document_says_every_figure_in_both_languages(books: Books) -> None:
    statement = books.said()
    chinese, english = (paper(statement, language=language, number="2026-000001") for language in ("zh", "en"))
    amounts = ["100,000.00", "60,000.00", "−4,500.05", "−70,000.00", "0.00", "85,499.95"]
    assert [amount for _, amount in chinese["summary"]] == amounts
    assert [amount for _, amount in english["summary"]] == amounts
    assert [name for name, _ in chinese["summary"]] == [
        *("期初余额", "本期开票", "退货与折让", "本期收款", "其他", "期末余额")
    ]
    assert chinese["lead"] == "据我公司账簿记录，截至 2026-10-31，贵公司欠我公司 CNY 85,499.95。"
    assert chinese["words"] == "人民币捌万伍仟肆佰玖拾玖元玖角伍分（贵公司欠我公司）"
    assert english["words"] == "CNY eighty-five thousand four hundred ninety-nine and 95/100 only (owed to us by you)"
    assert chinese["movements"]["rows"] == [
        ["2026-10-08", "264388117730", "发票", "2026-11-07", "60,000.00", "", "160,000.00"],
        ["2026-10-15", "TH-1", "退货", "–", "", "4,500.05", "155,499.95"],
        ["2026-10-20", "RC-1", "收款", "–", "", "70,000.00", "85,499.95"],
    ]
    assert english["open"]["rows"] == [
        ["264388102254", "Invoice", "2026-08-20", "2026-09-19", "100,000.00", "30,000.00", "42"],
        ["264388117730", "Invoice", "2026-10-08", "2026-11-07", "60,000.00", "60,000.00", "–"],
        ["TH-1", "Return", "2026-10-15", "–", "−4,500.05", "−4,500.05", "–"],
    ]
    assert chinese["reply"]["agreed"]["title"] == "信息证明无误"
    assert chinese["reply"]["differs"]["title"] == "信息不符"
    assert chinese["banks"]["accounts"] == [
        [("户名", "江临精工装备股份有限公司"), ("开户行", "示例银行江临分行"), ("账号", "1234 5678 9012 3456")]
    ]
    assert english["issuer"]["name"] == "Jianglin Precision Equipment Co., Ltd."
    assert english["reply"]["text"].endswith(
        "to: Jianglin Precision Equipment Co., Ltd. · 88 Shifan Road, Jianglin · 000-8888 0000 · ar@example.com"
    )
    assert statement.head is not None
    for document in (chinese, english):
        assert statement.head.root[:16] in document["rests"]
        assert str(statement.head.size) in document["rests"]
        (words,) = said_in(document, "words")
        assert words == document["words"]
        (rows,) = said_in(document, "movements")
        assert rows == document["movements"]["rows"]


def test_a_draft_says_so_and_a_numbered_one_does_not(books: Books) -> None:
    statement = books.said()
    assert paper(statement, language="zh", number="")["draft"] == "草稿：未出具，未编号"
    assert paper(statement, language="zh", number="2026-000001")["draft"] == ""
    with pytest.raises(Refusal, match="statement_language_unknown"):
        paper(statement, language="fr", number="")


def test_the_same_ledger_and_head_give_the_same_bytes(books: Books) -> None:
    statement, again = books.said(), books.said()
    for make in (pdf_of, workbook_of):
        assert make(statement, language="zh") == make(again, language="zh")
        assert make(statement, language="zh") != make(statement, language="en")
    books.post("invoice", 1, "2026-10-30")
    assert pdf_of(books.said(), language="zh") != pdf_of(statement, language="zh")


def test_hostile_names_are_shown_as_they_are_and_cannot_act(books: Books) -> None:
    books.post("invoice", 5_00, "2026-10-09", document_number=HOSTILE[:60])
    statement = books.said()
    stranger = Recipient(1, "C/0001", HOSTILE, HOSTILE, "")
    statement = replace(statement, recipient=stranger)
    document = paper(statement, language="en", number="")
    (parties,) = said_in(document, "parties")
    assert parties["recipient"] == HOSTILE.replace("\u202e", "")
    assert pdf_of(statement, language="zh").startswith(b"%PDF-")
    assert "/" not in file_name(statement, "2026-000001", "pdf")
    assert "\u202e" not in file_name(statement, "2026-000001", "pdf")
    book = openpyxl.load_workbook(io.BytesIO(workbook_of(statement, language="zh")))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert HOSTILE[:60] in {cell.value for cell in cells}
    assert {cell.data_type for cell in cells if cell.value is not None} == {"s", "n", "d"}


def test_the_workbook_holds_numbers_that_add_up(books: Books) -> None:
    book = openpyxl.load_workbook(io.BytesIO(workbook_of(books.said(), language="zh")))
    assert book.sheetnames == ["往来对账单", "本期往来明细", "未清项"]
    figures = {row[0].value: row[1].value for row in book["往来对账单"].iter_rows(max_col=2)}
    assert figures["期初余额"] == 100_000
    assert figures["期末余额"] == 85_499.95
    moved = [row[4].value for row in book["本期往来明细"].iter_rows(min_row=2)]
    assert moved == [60_000, -4_500.05, -70_000]
    assert sum(row[5].value for row in book["未清项"].iter_rows(min_row=2)) == pytest.approx(85_499.95)


def test_an_account_of_a_few_lines_fits_one_page_with_its_reply(books: Books) -> None:
    for language in ("zh", "en"):
        document = paper(books.said(), language=language, number="2026-000002", replaces="2026-000001")
        assert said_in(document, "pages") == [1], language


def test_many_pages_are_numbered_and_say_every_line(books: Books) -> None:
    days = Period(date(2026, 1, 1), date(2026, 10, 31))
    items = []
    for n in range(120):
        on = days.since + timedelta(days=n)
        items.append(Posted(n, "invoice", "debit", 100 + n, f"2643{n:08}", on, on, on, ""))
    statement = replace(books.said(), account=account_of(Facts(items), days, [30, 60, 90]))
    document = paper(statement, language="zh", number="2026-000001")
    (pages,) = said_in(document, "pages")
    (rows,) = said_in(document, "movements")
    assert [row[1] for row in rows] == [item.document_number for item in items]
    # Some forty-five lines on a page, movements and open items, the reply at the end.
    assert 6 <= pages <= 8


def test_without_a_chinese_font_nothing_is_issued(books: Books, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fonts, "_found", lambda folder, names: typst.Fonts(include_system_fonts=False))
    with pytest.raises(Refusal, match="document_font_missing"):
        books.issue()
    assert IssuedStatement.objects.count() == 0


def test_the_period_says_which_day_belongs_to_it(books: Books) -> None:
    september = Period(date(2026, 9, 1), date(2026, 9, 30))
    before, now = books.said(period=september), books.said()
    assert before.account.figures.closing == now.account.figures.opening == 100_000_00
    assert before.account.period.until + timedelta(days=1) == OCTOBER.since
