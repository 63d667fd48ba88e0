"""camt.052, .053 and .054: what is booked, what is announced, batches, reversals, proof, and hostile XML."""

from __future__ import annotations

from datetime import date

import pytest

from huikuan.kernel.errors import Refusal
from huikuan.record.banking.domain import xml
from huikuan.record.banking.domain.reading import read_statements
from huikuan.record.banking.domain.statements import Statement
from huikuan.record.banking.tests.camts import balance, camt, entry, payment, report

TODAY = date(2026, 11, 22)
BALANCES = balance("OPBD", "100.00") + balance("CLBD", "142.00")


def read(data: bytes, *, partial: bool = False) -> tuple[Statement, ...]:
    return read_statements(data, "day.xml", today=TODAY, partial=partial)


def code_of(data: bytes, *, partial: bool = False) -> str:
    with pytest.raises(Refusal) as caught:
        read(data, partial=partial)
    return caught.value.code


def test_a_statement_of_the_newest_and_the_oldest_publication() -> None:
    plain = entry("42.00", payment(), status="BOOK").replace("<Pty>", "").replace("</Pty>", "")
    for data in (
        camt(report(entry("42.00", payment()), balances=BALANCES)),
        camt(report(plain, balances=BALANCES), version="02"),
    ):
        (statement,) = read(data)
        assert (statement.account, statement.account_name, statement.currency) == (
            "DE99HAFEN0001",
            "Beispiel GmbH",
            "EUR",
        )
        assert (statement.opening, statement.closing, statement.number) == (10_000, 14_200, "S1")
        assert (statement.booked, statement.layout) == (True, "camt.053")
        (line,) = statement.lines
        assert (line.ordinal, line.amount, line.currency, line.row) == (1, 4_200, "EUR", 1)
        assert (line.booked_on, line.value_on) == (date(2026, 11, 20), date(2026, 11, 21))
        assert (line.counterparty_name, line.counterparty_account) == ("Nordlicht AG", "AT112222")
        assert (line.counterparty_bank, line.bank_reference, line.part_of) == ("HAFNATWW", "B1", "")
        assert (line.end_to_end, line.memo) == ("E-1", "Rechnung 4711; Eingang")
        assert line.raw["TxDtls/RmtInf/Ustrd"] == "Rechnung 4711"


def test_what_is_not_booked_is_only_announced() -> None:
    entries = (entry("42.00"), entry("5.00", status="<Cd>PDNG</Cd>", reference="B2"), entry("7.00", status="INFO"))
    booked, announced = read(camt(report(*entries, balances=BALANCES)))
    assert [line.amount for line in booked.lines] == [4_200]
    assert (announced.booked, [line.amount for line in announced.lines]) == (False, [500, 700])
    assert (announced.opening, announced.closing) == (None, None)


def test_a_report_within_the_day_is_announced_as_a_whole() -> None:
    (statement,) = read(camt(report(entry("42.00"), kind="052", balances=BALANCES), kind="052"))
    assert (statement.booked, statement.layout, len(statement.lines)) == (False, "camt.052", 1)


def test_a_notice_and_the_statement_after_it_name_their_lines_alike() -> None:
    batch = entry("42.00", payment("40.00"), payment("2.00", name="Seewind KG"), reference="B7")
    (notice,) = read(camt(report(batch, kind="054"), kind="054"))
    (statement,) = read(camt(report(batch, balances=BALANCES)))
    assert notice.booked
    names = [(line.bank_reference, line.part_of, line.amount) for line in notice.lines]
    assert names == [("B7/1", "B7", 4_000), ("B7/2", "B7", 200)]
    assert [(line.bank_reference, line.part_of, line.amount) for line in statement.lines] == names


def test_a_notice_without_references_is_only_announced() -> None:
    data = camt(report(entry("42.00", reference=""), entry("1.00"), kind="054"), kind="054")
    booked, announced = read(data)
    assert ([line.amount for line in booked.lines], booked.booked) == ([100], True)
    assert ([line.amount for line in announced.lines], announced.booked) == ([4_200], False)


@pytest.mark.parametrize(
    "payments",
    [
        (payment("40.00"), payment("1.99")),
        (payment("40.00"), payment()),
        (payment("40.00", currency="CHF"), payment("2.00", currency="CHF")),
    ],
)
def test_a_batch_whose_payments_do_not_make_it_stays_one_line(payments: tuple[str, ...]) -> None:
    (statement,) = read(camt(report(entry("42.00", *payments), balances=BALANCES)))
    (line,) = statement.lines
    assert (line.amount, line.bank_reference, line.part_of, line.counterparty_name) == (4_200, "B1", "", "")


def test_payments_named_by_the_bank_keep_their_names() -> None:
    named = [
        payment(amount).replace("<Refs>", f"<Refs><AcctSvcrRef>P{amount}</AcctSvcrRef>")
        for amount in ("40.00", "2.00")
    ]
    (statement,) = read(camt(report(entry("42.00", *named), balances=BALANCES)))
    assert [line.bank_reference for line in statement.lines] == ["P40.00", "P2.00"]


def test_a_reversal_goes_the_way_the_bank_says_and_names_who_paid() -> None:
    data = camt(report(entry("-42.00", payment(), more="<RvslInd>true</RvslInd>")))
    (line,) = read(data)[0].lines
    assert (line.amount, line.reversal, line.counterparty_name) == (-4_200, True, "Nordlicht AG")


def test_the_other_side_is_never_ourselves() -> None:
    swapped = payment().replace("Dbtr", "X").replace("Cdtr", "Dbtr").replace("X", "Cdtr")
    alone = payment().replace("<Cdtr><Pty><Nm>Beispiel GmbH</Nm></Pty></Cdtr>", "")
    back = "<RvslInd>true</RvslInd>"
    cases = [
        (entry("-42.00", payment()), "Nordlicht AG"),
        (entry("-42.00", swapped), "Nordlicht AG"),
        (entry("42.00", swapped), "Nordlicht AG"),
        (entry("-42.00", alone), ""),
        (entry("42.00", alone, more=back), "Nordlicht AG"),
        (entry("42.00", payment(name="Beispiel GmbH").replace("<IBAN>AT11 2222", "<IBAN>DE99HAFEN0001")), ""),
    ]
    for one, name in cases:
        (line,) = read(camt(report(one)))[0].lines
        assert line.counterparty_name == name


def test_the_memo_says_numbers_references_and_for_whom() -> None:
    structured = (
        "<Strd><RfrdDocInf><Nb>INV-9</Nb></RfrdDocInf><CdtrRefInf><Ref>RF18</Ref></CdtrRefInf>"
        "<AddtlRmtInf>less fee</AddtlRmtInf></Strd>"
    )
    ultimate = "<UltmtDbtr><Pty><Nm>Seewind KG</Nm></Pty></UltmtDbtr>"
    tx = payment(more=structured).replace("<Dbtr>", ultimate + "<Dbtr>", 1)
    (line,) = read(camt(report(entry("42.00", tx))))[0].lines
    assert line.memo == "Rechnung 4711; INV-9; RF18; less fee; Seewind KG; Eingang"
    assert line.counterparty_name == "Nordlicht AG"


def test_several_accounts_and_days_in_one_file() -> None:
    day = balance("OPBD", "142.00") + balance("CLBD", "142.00")
    data = camt(
        report(entry("42.00"), balances=BALANCES),
        report(balances=day, number="S2"),
        report(entry("-1.00"), account="DE99HAFEN0002", number="S1"),
    )
    read_all = read(data)
    assert [(one.account, one.number, len(one.lines)) for one in read_all] == [
        ("DE99HAFEN0001", "S1", 1),
        ("DE99HAFEN0001", "S2", 0),
        ("DE99HAFEN0002", "S1", 1),
    ]


def test_pages_are_proved_by_the_balance_between_them() -> None:
    first = balance("OPBD", "100.00") + balance("ITBD", "142.00")
    second = balance("ITBD", "142.00") + balance("CLBD", "141.00")
    data = camt(report(entry("42.00"), balances=first), report(entry("-1.00"), balances=second))
    assert [(one.opening, one.closing) for one in read(data)] == [(10_000, 14_200), (14_200, 14_100)]


def test_sums_that_do_not_hold_are_refused_also_as_a_part() -> None:
    data = camt(report(entry("42.01"), balances=BALANCES))
    with pytest.raises(Refusal) as caught:
        read(data)
    assert caught.value.code == "statement_sums_differ"
    assert caught.value.params["difference"] == "-0.01"
    assert code_of(data, partial=True) == "statement_sums_differ"


def test_another_currency_on_the_account_is_refused() -> None:
    assert (
        code_of(camt(report(balances=balance("OPBD", "1") + balance("CLBD", "1", "SEK"))))
        == "statement_currencies_differ"
    )


def test_nothing_is_said_of_an_entry_of_nothing() -> None:
    (statement,) = read(camt(report(entry("0.00"))))
    assert (statement.lines, [place.reason for place in statement.left_out]) == ((), ["no_amount"])


@pytest.mark.parametrize(
    ("bad", "code"),
    [
        (entry("42.00").replace("CRDT", "LEFT"), "statement_direction_unknown"),
        (entry("42.00").replace("42.00", "4,2"), "statement_amount_unreadable"),
        (entry("42.001"), "statement_amount_too_fine"),
        (entry("42.00").replace("2026-11-20", "").replace("2026-11-21", ""), "statement_date_unreadable"),
    ],
)
def test_a_booked_entry_that_cannot_be_read_is_refused(bad: str, code: str) -> None:
    assert code_of(camt(report(bad))) == code


LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))
HOSTILE = {
    "doctype": "<!DOCTYPE Document>",
    "external": '<!DOCTYPE Document [<!ENTITY x SYSTEM "file:///etc/passwd">]>',
    "laughs": f'<!DOCTYPE Document [<!ENTITY l0 "ha">{LAUGHS}]>',
    "quadratic": f'<!DOCTYPE Document [<!ENTITY q "{"q" * 50_000}">]>',
    "parameter": '<!DOCTYPE Document [<!ENTITY % p SYSTEM "http://127.0.0.1:9/x.dtd"> %p;]>',
}


@pytest.mark.parametrize("before", HOSTILE.values(), ids=HOSTILE.keys())
def test_any_document_type_is_refused_before_it_is_expanded(before: str) -> None:
    data = camt(report(entry("42.00", payment(free="&l11;" * 10 + "&q;" * 1_000 + "&x;"))), before=before)
    assert code_of(data) == "statement_xml_doctype"


def test_the_guard_is_what_keeps_entities_out(monkeypatch: pytest.MonkeyPatch) -> None:
    data = camt(report(entry("42.00", payment(free="&q;"))), before='<!DOCTYPE Document [<!ENTITY q "expanded">]>')
    assert code_of(data) == "statement_xml_doctype"
    monkeypatch.setattr(xml._Builder, "_forbidden", lambda *_declared: None)
    assert read(data)[0].lines[0].memo == "expanded; Eingang"


def test_an_inclusion_is_refused() -> None:
    include = '<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="file:///etc/passwd" parse="text"/>'
    assert code_of(camt(report(entry("42.00", payment(free=include))))) == "statement_xml_doctype"


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"<a>" * 100, "statement_xml_too_large"),
        (camt(report(entry("1", payment(free="x" * 200_000)))), "statement_xml_too_large"),
        (camt(report(entry("42.00")))[:-20], "statement_xml_broken"),
        (b"<html><body>Session expired</body></html>", "statement_xml_unknown"),
        (b'<?xml version="1.0" encoding="klingon"?><Document/>', "encoding_unknown"),
    ],
)
def test_other_xml_is_refused(data: bytes, code: str) -> None:
    assert code_of(data) == code


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "gb18030", "utf-8-sig"])
def test_encodings(encoding: str) -> None:
    text = camt(report(entry("42.00", payment(name="海岳风电设备（盐城）有限公司")))).decode()
    declared = encoding.removesuffix("-sig")
    data = text.replace('version="1.0"', f'version="1.0" encoding="{declared}"').encode(encoding)
    assert read(data)[0].lines[0].counterparty_name == "海岳风电设备（盐城）有限公司"
