"""Letters as they go out: the version in force, PDF and Word with the same blocks, bounds and refusals."""

from __future__ import annotations

import copy
import io
import re
import zipfile
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from docx import Document
from lxml import etree

from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.documents.tests.pdf_text import page_count, page_texts, pdf_text
from huikuan.mechanisms.identity import operations as identity
from huikuan.mechanisms.identity.models import Company, User
from huikuan.mechanisms.notices.domain.template_codes import CODES, KEYS
from huikuan.mechanisms.notices.domain.templates import Table
from huikuan.mechanisms.notices.letters.policies import KINDS
from huikuan.mechanisms.notices.letters.shipped import shipped
from huikuan.mechanisms.notices.letters.writing import (
    Draft,
    Writer,
    letter_pages,
    write_letter,
    write_short,
    write_words,
)
from huikuan.mechanisms.notices.tests.letter_samples import CUSTOMER, items, tables, values
from huikuan.mechanisms.notices.tests.test_templates import HOSTILE
from huikuan.mechanisms.policies import operations as policies
from huikuan.mechanisms.policies.queries import version
from huikuan.shell import catalogs

AT = datetime(2026, 11, 22, 2, tzinfo=UTC)
LETTERHEAD = {
    "name": "江临精工装备股份有限公司",
    "english_name": "Jianglin Precision Equipment Co., Ltd.",
    "uscc": "91310115MA1K4JLX0K",
    "address": "示范省江临市示范路 88 号",
    "phone": "000-8888 0000",
    "email": "ar@example.com",
    "bank_accounts": [
        {"currency": "CNY", "holder": "", "bank": "示例银行江临分行", "number": "1234 5678", "swift": ""}
    ],
}


@pytest.fixture(scope="session", autouse=True)
def chinese() -> None:
    """The catalogues are built, not committed."""
    catalogs.main()


@pytest.fixture
def company(db: None) -> Company:
    company = Company.objects.create(code="MAIN", name="江临精工")
    User.objects.create(username="boss")
    identity.grant_role(username="boss", role="finance_manager", actor="cli:root", at=AT)
    in_force("letterhead", company, LETTERHEAD)
    return company


def in_force(kind: str, company: Company, document: Any, at: datetime = AT) -> int:
    """The document as the company's version, approved by another."""
    drafted = policies.draft(kind=kind, company_id=company.pk, document=document, actor="cli:test", at=at)
    policies.approve(version_id=drafted, digest=version(drafted).digest, actor="boss", at=at)
    policies.put_in_force(version_id=drafted, effective_at=at, actor="cli:test", at=at)
    return drafted


def asked(company: Company, code: str, language: str, **more: Any) -> dict[str, Any]:
    return {
        "code": code, "language": language, "values": values(language), "tables": tables(language),
        "company_id": company.pk, "at": AT, **more,
    }  # fmt: skip


@pytest.mark.parametrize("language", KEYS)
@pytest.mark.parametrize("code", CODES)
def test_every_letter_is_written_in_both_languages(company: Company, code: str, language: str) -> None:
    written = write_letter(**asked(company, code, language))
    assert written.pdf.startswith(b"%PDF-")
    assert (written.version_id, written.lacking) == (None, ())
    assert "{{" not in written.subject + written.text
    document = Document(io.BytesIO(written.docx))
    said = "\n".join(node.text for node in document.element.body.iter() if node.tag.endswith("}t") and node.text)
    assert "{{" not in said
    assert values(language)["customer_name"] in said
    name = LETTERHEAD["english_name"] if language == "en" else LETTERHEAD["name"]
    assert str(name) in said


def squeezed(text: str) -> str:
    """Without spaces, line breaks, and the hyphens at which a line was broken."""
    return re.sub(r"[\s\u200b\u00ad‐-]", "", text)


@pytest.mark.parametrize("language", KEYS)
@pytest.mark.parametrize("code", CODES)
def test_pdf_and_word_say_the_same_words(company: Company, code: str, language: str) -> None:
    written = write_letter(**asked(company, code, language))
    printed = squeezed(pdf_text(written.pdf))
    document = Document(io.BytesIO(written.docx))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    said = [line for text in (*cells, *(one.text for one in document.paragraphs)) for line in text.splitlines()]
    blank = re.compile(r"[_＿☐□\s]+")
    lines = [part for line in said for part in map(squeezed, blank.split(line)) if part]
    assert len(lines) > 15
    assert [line for line in lines if line not in printed] == []


@pytest.mark.parametrize("language", KEYS)
def test_the_slip_of_a_short_demand_is_on_its_page(company: Company, language: str) -> None:
    written = write_letter(**asked(company, "demand", language))
    assert page_count(written.pdf) == 1
    assert ("签收人" if language == "zh-hans" else "Receivedby") in squeezed(pdf_text(written.pdf))


def test_a_demand_says_what_it_must(company: Company) -> None:
    written = write_letter(**asked(company, "demand", "zh-hans"))
    assert written.subject == ("催款函：逾期货款 CNY 1,336,480.50，请于2026-12-05前付清，江临精工装备股份有限公司")
    assert (
        "单据号 XS-2026-0412 · 单据日期 2026-06-12 · 到期日 2026-08-11 · 逾期天数 103 · 原金额 380,000.00"
        " · 未付金额 380,000.00\n"
    ) in written.text
    assert "合计 · 原金额 1,736,480.50 · 未付金额 1,336,480.50" in written.text
    assert "户名: 江临精工装备股份有限公司\n开户行: 示例银行江临分行\n账号: 1234 5678" in written.text
    paragraphs = [one.text for one in Document(io.BytesIO(written.docx)).paragraphs]
    assert "现正式要求贵公司于2026-12-05前付清上述全部款项，款项汇至以下账户：" in paragraphs
    assert "2026年11月22日" in paragraphs


def test_the_same_letter_has_the_same_bytes(company: Company) -> None:
    first, second = (write_letter(**asked(company, "reminder", "en", forms=["pdf"])) for _ in range(2))
    assert first == second
    assert first.docx == b""


def test_word_takes_the_document_as_it_is(company: Company) -> None:
    """Well-formed parts, page fields, a repeated head, A4, the right families for Chinese."""
    written = write_letter(**asked(company, "demand", "zh-hans", forms=["docx"]))
    assert written.pdf == b""
    with zipfile.ZipFile(io.BytesIO(written.docx)) as package:
        assert package.testzip() is None
        parts = {name: package.read(name) for name in package.namelist()}
    for name, content in parts.items():
        if name.endswith((".xml", ".rels")):
            etree.fromstring(content)
    body, footer = parts["word/document.xml"].decode(), parts["word/footer1.xml"].decode()
    assert 'w:w="11906"' in body
    assert "<w:tblHeader/>" in body
    assert 'w:eastAsia="SimHei"' in body
    assert ('w:instr="PAGE"' in footer, 'w:instr="NUMPAGES"' in footer) == (True, True)
    table = Document(io.BytesIO(written.docx)).tables[0]
    assert [cell.text for cell in table.rows[0].cells] == list(items("zh-hans").heads)
    assert [cell.text for cell in table.rows[4].cells][-1] == "1,336,480.50"


def test_hostile_names_print_as_they_are(company: Company) -> None:
    for text in HOSTILE:
        hostile = {**values("en"), "customer_name": text, "contract_numbers": text}
        table = Table(("Document", "Due"), ((text, "2026-01-01"),))
        written = write_letter(**asked(company, "demand", "en", values=hostile, tables={"items": table}))
        assert written.pdf.startswith(b"%PDF-")
        assert text in written.text
        texts = "".join(node.text for node in Document(io.BytesIO(written.docx)).element.body.iter()
                        if node.tag.endswith("}t") and node.text)  # fmt: skip
        assert texts.count(text) >= 3


def test_control_characters_never_reach_word(company: Company) -> None:
    nasty = {**values("zh-hans"), "customer_name": "海岳\x00\u202e风电\ud800\x0b\n有限公司"}
    written = write_letter(**asked(company, "reminder", "zh-hans", values=nasty))
    assert "海岳风电 有限公司" in written.text
    etree.fromstring(zipfile.ZipFile(io.BytesIO(written.docx)).read("word/document.xml"))


def test_the_version_in_force_is_used_and_named(company: Company) -> None:
    document = copy.deepcopy(shipped("reminder"))
    document["zh"]["subject"] = "请付款：{{total}}"
    later = AT + timedelta(days=1)
    number = in_force("letter_reminder", company, document, at=later)
    assert write_letter(**asked(company, "reminder", "zh-hans", forms=[])).version_id is None
    written = write_letter(**asked(company, "reminder", "zh-hans", forms=[], at=later))
    assert (written.subject, written.version_id) == ("请付款：1,336,480.50", number)


def test_a_template_without_a_required_element_is_refused(company: Company) -> None:
    document = copy.deepcopy(shipped("demand"))
    document["en"]["letter"] = document["en"]["letter"].replace("{{receipt}}", "").replace("{{deadline}}", "soon")
    with pytest.raises(Refusal) as refused:
        policies.draft(kind=KINDS["demand"].name, company_id=None, document=document, actor="cli:test", at=AT)
    assert refused.value.code == "template_invalid"
    assert [(place.column, place.value, place.fix) for place in refused.value.where] == [
        ("en.letter", "deadline", "{{deadline}}"),
        ("en.letter", "receipt", "{{receipt}}"),
    ]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"code": "love"}, "letter_unknown"),
        ({"language": "fr"}, "letter_language_unknown"),
        ({"values": {}}, "letter_value_missing"),
        ({"values": {**values("zh-hans"), "deadline": " "}}, "letter_value_missing"),
        ({"values": {**values("zh-hans"), "customer_name": "9" * 2_001}}, "letter_value_too_long"),
        ({"tables": {}}, "letter_table_missing"),
        ({"tables": {"items": Table(("a", "b"), (("1",),))}}, "letter_table_uneven"),
        ({"tables": {"items": Table(("a",), (("1",),) * 2_001)}}, "letter_too_many_rows"),
        ({"tables": {"items": Table(("a",), (("界" * 400_000,),))}}, "letter_too_large"),
    ],
)
def test_what_cannot_be_written_is_refused(company: Company, change: dict[str, Any], code: str) -> None:
    with pytest.raises(Refusal, match=code):
        write_letter(**{**asked(company, "demand", "zh-hans", forms=[]), **change})


def test_what_a_letter_lacks_is_told(company: Company) -> None:
    silent = {**values("zh-hans"), "contract_numbers": "", "currency": "EUR"}
    written = write_letter(**asked(company, "demand", "zh-hans", values=silent, forms=[]))
    assert written.lacking == ("contract_numbers", "bank_account")


def test_short_texts(company: Company) -> None:
    given = {"code": "demand", "language": "en", "values": values("en"), "company_id": company.pk, "at": AT}
    assert write_short(channel="sms", **given) == (
        "Jianglin Precision Equipment Co., Ltd.: Haiyue Wind Power Equipment (Yancheng) Co., Ltd., CNY 1,336,480.50 is"
        " overdue by up to 103 days. Pay by 2026-12-05; a formal demand was sent. Tel. 000-8800 1234."
        " Reply STOP to opt out."
    )
    with pytest.raises(Refusal, match="letter_short_text_missing"):
        write_short(channel="sms", **{**given, "code": "lawyers_letter"})


def test_a_draft_says_that_it_is_one(company: Company) -> None:
    document = copy.deepcopy(shipped("demand"))
    document["en"]["subject"] = "As I would write"
    written = write_letter(**asked(company, "demand", "en", draft=Draft(document)))
    assert written.subject == "As I would write"
    texts = [one.text for one in Document(io.BytesIO(written.docx)).paragraphs]
    assert any("Draft: not approved, not to be sent" in one for one in texts)


def test_a_writer_asks_once_for_everybody(company: Company, django_assert_num_queries: Any) -> None:
    writer = Writer(code="reminder", company_id=company.pk, at=AT)
    first = writer.words(language="en", values=values("en"), tables=tables("en"))
    with django_assert_num_queries(0):
        for number in range(50):
            mine = {**values("en"), "customer_name": f"Customer {number}"}
            assert f"Dear Customer {number}," in writer.words(language="en", values=mine, tables=tables("en")).text
    assert first == write_words(**asked(company, "reminder", "en"))


def test_long_letters_have_pages(company: Company) -> None:
    long = {"items": items("zh-hans", 120)}
    writer = Writer(code="reminder", company_id=company.pk, at=AT)
    said = writer.said(language="zh-hans", values=values("zh-hans"), tables=long)
    assert len(letter_pages(said, ppi=30)) >= 3
    assert CUSTOMER in write_letter(**asked(company, "reminder", "zh-hans", tables=long, forms=[])).text


@pytest.mark.parametrize(("language", "seal"), [("zh-hans", "（公章）"), ("en", "(Seal)")])
def test_nobody_signs_a_page_on_which_nothing_is_said(company: Company, language: str, seal: str) -> None:
    alone = []
    for rows in range(1, 40):
        long = {"items": items(language, rows)}
        written = write_letter(**asked(company, "account_confirmation", language, tables=long, forms=["pdf"]))
        [signed] = [page for page in map(squeezed, page_texts(written.pdf)) if squeezed(seal) in page]
        if "12345678" not in signed:
            alone.append(rows)
    assert alone == []


def test_in_word_what_leads_to_the_signature_goes_with_it(company: Company) -> None:
    written = write_letter(**asked(company, "account_confirmation", "en", forms=["docx"]))
    kept = {one.text: one.paragraph_format.keep_with_next for one in Document(io.BytesIO(written.docx)).paragraphs}
    assert all(kept[text] for text in ("Please pay to:", "Jianglin Precision Equipment Co., Ltd.", "(Seal)"))
    assert not kept["22 November 2026"]
