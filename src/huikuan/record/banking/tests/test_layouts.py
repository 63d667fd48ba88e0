"""The exports of Chinese banks and wallets: every layout tells the same movements, however it writes them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from huikuan.kernel.errors import Refusal
from huikuan.record.banking.domain.reading import read_statements
from huikuan.record.banking.domain.statements import Statement
from huikuan.record.banking.tests.exports import ACCOUNT, EXPORTS, JIA, YI, Export

TODAY = date(2026, 11, 22)
CCB, ICBC = EXPORTS[0], EXPORTS[1]


def read(data: str | bytes, **how: bool) -> Statement:
    raw = data.encode() if isinstance(data, str) else data
    (statement,) = read_statements(raw, "day.csv", today=TODAY, partial=how.get("partial", False))
    return statement


@pytest.mark.parametrize("export", EXPORTS, ids=lambda export: export.layout)
def test_a_layout_is_known_by_its_columns_and_read(export: Export) -> None:
    statement = read(export.text())
    assert statement.layout == export.layout
    assert [line.amount for line in statement.lines] == [800_050, -3_500, 120_000]
    assert [line.booked_on.day for line in statement.lines] == [18, 19, 20]
    assert (statement.opening, statement.closing) == (10_000_000, 10_916_550)
    assert statement.account == ("" if "wechat" in export.layout else ACCOUNT)
    assert "货款INV-1001" in statement.lines[0].memo
    if "wechat" not in export.layout:
        named = ("", "") if "alipay" in export.layout else (JIA, YI)
        assert (statement.lines[0].counterparty_name, statement.lines[2].counterparty_name) == named
        assert statement.lines[0].counterparty_account == "6222021001112223334"
    if any("{reference}" in value for value in export.columns.values()):
        assert [line.bank_reference for line in statement.lines] == ["L0001", "L0002", "L0003"]


@pytest.mark.parametrize("encoding", ["gb18030", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("separator", ["\t", ";", "|"])
def test_encodings_and_separators(encoding: str, separator: str) -> None:
    statement = read(CCB.text(separator).replace("\n", "\r\n").encode(encoding))
    assert [line.amount for line in statement.lines] == [800_050, -3_500, 120_000]
    assert statement.lines[0].counterparty_name == JIA


WRITTEN = {
    "full width": str.maketrans("0123456789,.-()", "０１２３４５６７８９，．－（）"),
    "brackets": str.maketrans({"(": "（", ")": "）"}),
}


@pytest.mark.parametrize("table", WRITTEN.values(), ids=WRITTEN.keys())
def test_full_width_digits_and_brackets(table: dict[int, int]) -> None:
    text = ICBC.text("\t")
    assert [line.amount for line in read(text.translate(table)).lines] == [800_050, -3_500, 120_000]


def test_padding_signs_of_currency_and_guards_against_spreadsheets() -> None:
    text = (
        ICBC.text("\t")
        .replace("8,000.50\t", " ¥8,000.50  \t")
        .replace("6222021001112223334", '="6222021001112223334"')
    )
    text = text.replace("2026-11-19", "20261119").replace("2026-11-20", "46346").replace("\t35.00", "\t'35.00")
    statement = read(text)
    assert [line.amount for line in statement.lines] == [800_050, -3_500, 120_000]
    assert [line.booked_on for line in statement.lines] == [date(2026, 11, 18), date(2026, 11, 19), date(2026, 11, 20)]
    assert statement.lines[0].counterparty_account == "6222021001112223334"


def test_rows_around_tell_the_account_and_its_balances() -> None:
    export = Export(
        ICBC.layout, ICBC.header, ICBC.columns, (*ICBC.before, "期初余额：,100000.00"), ("期末余额,109165.50",)
    )
    statement = read(export.text())
    assert (statement.account, statement.account_name, statement.currency) == (ACCOUNT, "示例制造有限公司", "CNY")
    assert (statement.period_from, statement.period_through) == (date(2026, 11, 18), date(2026, 11, 20))
    assert (statement.opening, statement.closing) == (10_000_000, 10_916_550)
    assert [place.reason for place in statement.left_out] == ["not_a_line"]


@pytest.mark.parametrize(
    ("before", "after", "code"),
    [
        ("期初余额,99999.99", "", "statement_opening_differs"),
        ("", "期末余额,109165.51", "statement_closing_differs"),
        ("", "合计,,,,,,,35.00,9200.51,", "statement_totals_differ"),
    ],
)
def test_what_the_bank_sums_up_must_hold(before: str, after: str, code: str) -> None:
    export = Export(ICBC.layout, ICBC.header, ICBC.columns, (*ICBC.before, before), (after,))
    with pytest.raises(Refusal) as caught:
        read(export.text())
    assert caught.value.code == code
    assert abs(Decimal(str(caught.value.params["difference"]))) == Decimal("0.01")
    assert read(export.text(), partial=True).opening is None


def test_true_sums_are_left_out_and_prove_the_lines() -> None:
    export = Export(ICBC.layout, ICBC.header, ICBC.columns, ICBC.before, ("合计,,,,,,,35.00,9200.50,", "以上仅供参考"))
    statement = read(export.text())
    assert ([place.row for place in statement.left_out], len(statement.lines)) == ([10, 11], 3)
    page = Export(ICBC.layout, ICBC.header, ICBC.columns, ICBC.before, ("本页小计,,,,,,,35.00,1200.00,",))
    assert [place.row for place in read(page.text()).left_out] == [10]


def test_the_way_may_be_said_in_the_kind_of_movement() -> None:
    boc = next(export for export in EXPORTS if export.layout == "boc")
    words = {**boc.columns, "交易金额": "{moved}", "交易类型": "{came}"}
    statement = read(Export(boc.layout, boc.header, words, boc.before).text())
    assert [line.amount for line in statement.lines] == [800_050, -3_500, 120_000]


def test_the_way_may_be_said_by_which_side_is_the_account_itself() -> None:
    text = (
        f"账号：{ACCOUNT}\n付款人名称,付款人账号,收款人名称,收款人账号,交易日期,交易金额\n"
        f"甲,77,示例制造有限公司,{ACCOUNT},2026-11-20,5.00\n示例制造有限公司,{ACCOUNT},乙,88,2026-11-20,3.00\n"
    )
    statement = read(text)
    found = [(line.amount, line.counterparty_name, line.counterparty_account) for line in statement.lines]
    assert found == [(500, "甲", "77"), (-300, "乙", "88")]
    with pytest.raises(Refusal) as caught:
        read(text.replace("甲,77", "丙,66").replace(f"{ACCOUNT},2026", "99,2026"))
    assert caught.value.code == "statement_direction_unproven"


def test_a_masked_or_broken_account_number_is_no_number() -> None:
    text = ICBC.text().replace(ACCOUNT, "3301****6543").replace("6222021001112223334", "6.22202E+18")
    statement = read(text)
    assert (statement.account, statement.lines[0].counterparty_account) == ("", "")


def test_columns_in_another_order_read_the_same() -> None:
    headers = ICBC.header.split(", ")
    turned = Export(ICBC.layout, ", ".join(reversed(headers)), ICBC.columns, ICBC.before)
    assert [(line.amount, line.memo) for line in read(turned.text()).lines] == [
        (line.amount, line.memo) for line in read(ICBC.text()).lines
    ]


WALLET = (
    "微信支付账单明细\n微信昵称：[示例]\n----------------------微信支付账单明细列表--------------------\n"
    "交易时间,交易类型,交易对方,商品,收/支,金额(元),支付方式,当前状态,交易单号,商户单号,备注\n"
    '2026-11-18 09:00:00,"转账","甲","货款","收入","¥1,200.00",零钱,已收钱,"T1"\t,"M1"\t,"/"\n'
    "2026-11-18 10:00:00,零钱提现,招商银行,/,/,¥100.10,零钱,提现已到账,T2,/,服务费¥0.10\n"
    "2026-11-19 10:00:00,商户消费,乙,/,支出,¥7.00,零钱,支付成功,T3,M3,/\n"
    "2026-11-19 11:00:00,商户消费,丙,/,支出,¥9.00,零钱,支付失败,T4,M4,/\n"
    "2026-11-19 12:00:00,二维码收款,丁,/,收入,¥5.00,零钱,等待确认收货,T5,M5,/\n"
)


def test_a_wallet_tells_what_moved_what_waits_and_what_came_to_nothing() -> None:
    booked, waiting = read_statements(WALLET.encode(), "wallet.csv", today=TODAY)
    assert (booked.layout, [line.amount for line in booked.lines]) == ("wechat", [120_000, -700])
    assert (booked.lines[0].bank_reference, booked.lines[0].end_to_end, booked.lines[0].memo) == ("T1", "M1", "货款")
    assert [(place.row, place.reason) for place in booked.left_out] == [(6, "neutral"), (8, "closed")]
    assert (waiting.booked, [line.amount for line in waiting.lines]) == (False, [500])


def test_a_state_nobody_knows_is_refused() -> None:
    with pytest.raises(Refusal) as caught:
        read_statements(WALLET.replace("支付成功", "冻结").encode(), "wallet.csv", today=TODAY)
    assert (caught.value.code, caught.value.where[0].value) == ("statement_state_unknown", "冻结")
