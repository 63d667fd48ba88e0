"""Statements come in once: the right account, all of a file or nothing, the original kept."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.events.models import Event
from huikuan.mechanisms.files.models import StoredFile
from huikuan.mechanisms.files.operations import keep_bytes
from huikuan.mechanisms.identity.domain.scope import EVERYTHING
from huikuan.mechanisms.identity.models import Company
from huikuan.record.banking.domain.statements import Line, Statement
from huikuan.record.banking.models import BankAccount, BankLine, BankStatement, OpenLine
from huikuan.record.banking.operations.accounts import Account, open_account
from huikuan.record.banking.operations.importing import Asked, Brought, File, record_statements
from huikuan.record.banking.queries.accounts import accounts, statements
from huikuan.record.banking.queries.lines import open_receipts
from huikuan.record.banking.tests.conftest import AT, NUMBER, WHO, Bank
from huikuan.record.receivables.queries.check import check_ledger

OTHER = "6222010100000002"


def line(amount: int, day: str = "2026-03-01", **more: Any) -> Line:
    return Line(ordinal=1, booked_on=date.fromisoformat(day), amount=amount, currency="CNY", **more)


def statement(*lines: Line, account: str = NUMBER, **more: Any) -> Statement:
    return Statement(account, "CNY", lines, **more)


def bring(bank: Bank, *statements: Statement, content: bytes = b"one", **more: Any) -> list[Brought]:
    asked = Asked(bank.company, "cli:tester", AT, **more)
    return record_statements(statements=statements, file=File(keep_bytes(content), "三月.csv"), asked=asked)


def counts(brought: list[Brought]) -> list[tuple[int, int]]:
    return [(len(one.sifted.new), len(one.sifted.known)) for one in brought]


def written() -> tuple[int, ...]:
    return tuple(
        model.objects.count() for model in (BankAccount, BankStatement, BankLine, OpenLine, StoredFile, Event)
    )


def test_a_statement_comes_in_with_its_lines_and_its_file(bank: Bank) -> None:
    told = statement(
        line(500_00, counterparty_name=" 北麓矿业装备\t", row=7, raw={"摘要": "货款\x00"}), line(-20_00),
        number="2026-03", layout="plain", opening=1_000_00, closing=1_480_00,
    )  # fmt: skip
    (brought,) = bring(bank, told)
    recorded = BankStatement.objects.get()
    assert brought.statement_id == recorded.id
    assert (recorded.account_id, recorded.lines_new, recorded.lines_known) == (bank.account, 2, 0)
    assert (recorded.opening, recorded.closing) == (1_000_00, 1_480_00)
    assert recorded.period_from == recorded.period_through == date(2026, 3, 1)
    assert StoredFile.objects.get().sha256 == recorded.file_sha256
    first = BankLine.objects.order_by("id")[0]
    assert (first.counterparty_name, first.row, first.raw) == ("北麓矿业装备", 7, {"摘要": "货款"})
    assert [(row.amount, row.left) for row in open_receipts(bank.company.pk)] == [(500_00, 500_00)]
    assert Event.objects.get(kind="banking.imported").payload["lines"] == 2
    assert check_ledger() == []


def test_the_same_file_twice_brings_nothing(bank: Bank) -> None:
    told = statement(line(500_00), line(500_00), line(-20_00, bank_reference="A1"))
    assert counts(bring(bank, told)) == [(3, 0)]
    before = written()
    assert counts(bring(bank, told)) == [(0, 3)]
    assert written() == before


def test_another_file_with_known_lines_is_kept_and_adds_only_the_new(bank: Bank) -> None:
    bring(bank, statement(line(1_00, "2026-03-01"), line(2_00, "2026-03-02")))
    brought = bring(bank, statement(line(2_00, "2026-03-02"), line(3_00, "2026-03-03")), content=b"two")
    assert counts(brought) == [(1, 1)]
    assert sorted(BankLine.objects.values_list("amount", flat=True)) == [1_00, 2_00, 3_00]
    assert StoredFile.objects.count() == 2


def test_two_accounts_in_one_file_go_where_they_belong(bank: Bank) -> None:
    second = open_account(company=bank.company, account=Account(OTHER), **WHO)
    twin = line(9_00, bank_reference="A1")
    assert counts(bring(bank, statement(twin), statement(twin, account=OTHER))) == [(1, 0), (1, 0)]
    assert set(BankLine.objects.values_list("account_id", flat=True)) == {bank.account, second}


def test_an_account_that_is_not_here_is_asked_for_or_opened(bank: Bank) -> None:
    told = statement(line(1_00), account="6222 0101-0000 0009", bank="江临银行", account_name="江临精工")
    before = written()
    with pytest.raises(Refusal) as refused:
        bring(bank, statement(line(5_00)), told)
    assert refused.value.code == "bank_account_new"
    assert refused.value.also["accounts"] == [
        {"number": "6222010100000009", "bank": "江临银行", "name": "江临精工", "currency": "CNY"}
    ]
    assert written() == before
    _, brought = bring(bank, statement(line(5_00)), told, opens=True)
    assert (brought.opened, brought.account) == (True, "6222010100000009")
    assert BankAccount.objects.get(number=brought.account).bank == "江临银行"


def test_the_wrong_account_is_refused(bank: Bank) -> None:
    open_account(company=bank.company, account=Account(OTHER), **WHO)
    elsewhere = Company.objects.create(code="SUB", name="江临服务", currency="CNY")
    open_account(company=elsewhere, account=Account("999999"), **WHO)
    before = written()
    for code, told, asked in (
        ("bank_account_differs", statement(line(1_00)), {"account": OTHER}),
        ("bank_account_of_another", statement(line(1_00), account="999 999"), {"opens": True}),
        ("bank_account_unsaid", statement(line(1_00), account=""), {"opens": True}),
        ("bank_currency_differs", replace(statement(line(1_00)), currency="USD"), {}),
        ("bank_account_bad", statement(line(1_00), account="6222****7777"), {"opens": True}),
    ):
        with pytest.raises(Refusal) as refused:
            bring(bank, told, **asked)
        assert refused.value.code == code
        assert written() == before


def test_hidden_digits_and_a_given_account_find_theirs(bank: Bank) -> None:
    assert bring(bank, statement(line(1_00), account="6222****0001"))[0].account == NUMBER
    assert bring(bank, statement(line(2_00), account=""), account=NUMBER, content=b"two")[0].account == NUMBER
    open_account(company=bank.company, account=Account("6222999900000001"), **WHO)
    with pytest.raises(Refusal) as refused:
        bring(bank, statement(line(3_00), account="6222****0001"), content=b"three")
    assert refused.value.code == "bank_account_unclear"


def test_what_is_only_announced_is_read_and_not_recorded(bank: Bank) -> None:
    before = written()
    (brought,) = bring(bank, statement(line(1_00), booked=False, account="unknown"), opens=True)
    assert (brought.account, brought.statement_id, len(brought.statement.lines)) == ("UNKNOWN", None, 1)
    assert written() == before


def test_a_line_without_an_amount_moves_no_money(bank: Bank) -> None:
    assert counts(bring(bank, statement(line(0), line(1_00)))) == [(1, 0)]


def test_a_reference_longer_than_any_banks_is_refused_at_its_row(bank: Bank) -> None:
    before = written()
    with pytest.raises(Refusal) as refused:
        bring(bank, statement(line(1_00), line(1_00, bank_reference="x" * 121, row=9)))
    assert (refused.value.code, refused.value.where[0].row) == ("bank_field_too_long", 9)
    assert written() == before


def test_who_may_not_read_in_is_refused(bank: Bank) -> None:
    with pytest.raises(Refusal) as refused:
        record_statements(
            statements=[statement(line(1_00))],
            file=File(keep_bytes(b"one"), "a.csv"),
            asked=Asked(bank.company, "nobody", AT),
        )
    assert refused.value.code == "not_permitted"


def test_statements_follow_one_another_or_the_check_says_which_does_not(bank: Bank) -> None:
    def month(number: int, opening: int, closing: int, content: bytes, day: int = 1) -> Statement:
        period = {"period_from": date(2026, number, day), "period_through": date(2026, number, 28)}
        moved = line(closing - opening, f"2026-0{number}-15", memo=content.decode())
        return statement(moved, opening=opening, closing=closing, **period)

    bring(bank, month(2, 0, 100_00, b"february"), content=b"february")
    bring(bank, month(3, 100_00, 130_00, b"march"), content=b"march")
    assert [row.follows for row in statements(bank.account)] == [None, True]
    assert check_ledger() == []
    bring(bank, month(5, 500_00, 510_00, b"may"), content=b"may")
    assert [row.follows for row in statements(bank.account)] == [None, True, False]
    assert accounts(EVERYTHING)[0].gaps == 1
    assert check_ledger() == []
    bring(bank, month(3, 90_00, 95_00, b"another march"), content=b"another march")
    bring(bank, replace(month(6, 0, 1, b"june"), period_from=date(2026, 5, 29)), content=b"june")
    assert [(one.kind, one.expected, one.found) for one in check_ledger()] == [
        ("bank_statement_chain", "100.00", "90.00"),
        ("bank_statement_chain", "510.00", "0.00"),
    ]


def test_two_files_of_one_day_bring_two_equal_receipts(bank: Bank) -> None:
    def told(opening: int) -> Statement:
        paid = line(100_00, counterparty_name="北麓矿业装备", balance_after=opening + 100_00)
        return statement(paid, opening=opening, closing=opening + 100_00)

    assert counts(bring(bank, told(1_000_00))) == [(1, 0)]
    assert counts(bring(bank, told(1_100_00), content=b"two")) == [(1, 0)]
    assert counts(bring(bank, told(1_000_00), content=b"three")) == [(0, 1)]
    assert counts(bring(bank, told(1_100_00), content=b"four")) == [(0, 1)]
