"""Mapping documents: strict, round trip, every preset valid; guesses; sentences in both languages."""

from __future__ import annotations

from pathlib import Path

import pytest

from huikuan.connect.connectors import domain, messages, presets
from huikuan.connect.connectors.domain import checking, columns
from huikuan.connect.connectors.domain.checking import check
from huikuan.connect.connectors.domain.guessing import guess_mapping
from huikuan.connect.connectors.domain.mapping import document_of, mapping_of, parse_mapping
from huikuan.connect.connectors.domain.sheets import parse_text
from huikuan.connect.connectors.tests.conftest import MAPPING
from huikuan.kernel import amounts, written_dates
from huikuan.kernel.errors import Refusal

WRONG = {
    'colour = "red"': "colour",
    "[columns]\namonut = 'x'": "columns.amonut",
    "[columns]\namount = 5": "columns.amount",
    "[constants]\namount = '5'": "constants.amount",
    "[constants]\nkind = 'gift'": "gift",
    "[columns]\ncurrency = 'a'\n[constants]\ncurrency = 'CNY'": "currency",
    "[dates]\norder = 'ydm'": "ydm",
    "[amounts]\ndecimal = ';'": "decimal",
    "[amounts]\nunit = 0": "unit",
    "[kinds_of_document]\nRV = 'gift'": "gift",
    "[derived]\ndocument_date = 30": "derived.document_date",
    "[derived]\namount = { from = 'due_date', days = 1 }": "derived.amount",
    "header_row = '3'": "header_row",
    "kinds = ['letters']": "letters",
    "key = 5": "key",
}


@pytest.mark.parametrize("text", WRONG)
def test_what_is_wrong_is_named(text: str) -> None:
    with pytest.raises(Refusal) as refused:
        parse_mapping(text)
    assert refused.value.code == "mapping_invalid"
    assert WRONG[text] in str(refused.value.params["problem"])


def test_broken_toml_is_refused() -> None:
    with pytest.raises(Refusal, match="mapping_unreadable"):
        parse_mapping("[columns")


@pytest.mark.parametrize("name", presets.preset_names())
def test_every_preset_is_valid_and_survives_a_round_trip(name: str) -> None:
    preset = presets.load_preset(name)
    assert preset.name == name
    assert preset.source
    assert mapping_of(document_of(preset)) == preset


def test_presets_are_saved_and_loaded() -> None:
    mapping = mapping_of({**MAPPING, "name": "ours"})
    presets.save_preset("ours", mapping)
    assert presets.load_preset("ours") == mapping
    assert "ours" in presets.preset_names()


@pytest.mark.parametrize("name", ["../x", "A", "", "x" * 61])
def test_bad_preset_names(name: str) -> None:
    with pytest.raises(Refusal, match="preset_name_bad"):
        presets.save_preset(name, mapping_of(MAPPING))
    with pytest.raises(Refusal, match="preset_unknown"):
        presets.load_preset(name)


def test_a_preset_of_the_product_is_not_replaced() -> None:
    with pytest.raises(Refusal, match="preset_exists"):
        presets.save_preset("yonyou", mapping_of(MAPPING))


def test_an_ordinary_export_is_guessed() -> None:
    text = (
        "客户应收明细\n单据编号,往来单位编码,往来单位,单据日期,应收日期,价税合计（元）,币别,业务员,摘要\n"
        'Y1,K01,宏远公司,2026/1/5,2026/2/4,"1,000.00",人民币,王,货款\nY2,K02,泰和公司,2026/1/6,2026/2/5,5,人民币,李,货款\n'
    )
    sheet = parse_text(text.encode("gb18030"), "t.csv")
    guess = guess_mapping(sheet, "items")
    assert {one.field: one.column for one in guess.columns} == {
        "document_number": "单据编号",
        "customer_code": "往来单位编码",
        "customer_name": "往来单位",
        "document_date": "单据日期",
        "due_date": "应收日期",
        "amount": "价税合计（元）",
        "currency": "币别",
        "owner": "业务员",
        "text": "摘要",
    }
    result = check(sheet, guess.mapping, "items", company_currency="CNY")
    assert (result.rejected, result.frame["amount"].to_list()) == (0, [100000, 500])


def test_content_overrules_a_header() -> None:
    rows = "1,A,2026-01-01,2026-02-01,n/a,5\n2,B,2026-01-01,2026-02-01,n/a,6\n"
    text = f"invoice no,customer,date,due date,amount,balance\n{rows}"
    guess = guess_mapping(parse_text(text.encode(), "t.csv"), "open-items")
    assert guess.mapping.columns["amount"] == ("balance",)


def test_what_is_not_found_is_named() -> None:
    with pytest.raises(Refusal) as refused:
        guess_mapping(parse_text("发票号,客户名称,金额\n1,甲,5\n".encode(), "t.csv"), "items")
    assert refused.value.params == {"fields": "document_date, due_date", "columns": "发票号, 客户名称, 金额"}


def test_an_order_of_dates_is_never_invented() -> None:
    text = "invoice no,customer,invoice date,due date,amount\n1,A,{},5/6/2026,5\n"
    with pytest.raises(Refusal, match="date_order_unclear"):
        guess_mapping(parse_text(text.format("3/4/2026").encode(), "t.csv"), "items")
    assert guess_mapping(parse_text(text.format("3/14/2026").encode(), "t.csv"), "items").mapping.date_order == "mdy"


def test_a_document_number_that_repeats_takes_the_customer_into_the_key() -> None:
    text = "发票号,客户编码,开票日期,到期日,金额\n1,A,2026-01-01,2026-02-01,5\n1,B,2026-01-01,2026-02-01,5\n"
    assert guess_mapping(parse_text(text.encode(), "t.csv"), "items").mapping.key == (("客户编码",), ("发票号",))


def test_every_sentence_is_translated() -> None:
    po = Path(messages.__file__).parent / "locale/zh_Hans/LC_MESSAGES/django.po"
    translated = {
        line[7:-1].replace('\\"', '"') for line in po.read_text("utf-8").splitlines() if line.startswith('msgid "')
    }
    notes = {
        value
        for module in (checking, columns)
        for name, value in vars(module).items()
        if name.isupper() and isinstance(value, str)
    }
    said = {*messages.SENTENCES.values(), *messages.CELL_REASONS.values(), *messages.CELL_FIXES.values()}
    said |= {*messages.FIELD_LABELS.values(), *(note for note in notes if " " in note)}
    assert said - translated == set()
    assert messages.CELL_REASONS.keys() == messages.CELL_FIXES.keys()


def test_codes_used_are_codes_known() -> None:
    context = Path(domain.__file__).parent.parent
    folders = (context / "domain", context / "operations")
    files = [path for folder in folders for path in folder.glob("*.py")] + [
        Path(rule.__file__) for rule in (amounts, written_dates)
    ]
    source = "".join(path.read_text("utf-8") for path in files)
    assert [code for code in messages.CELL_REASONS if f'"{code}"' not in source] == []
