"""Cash takes two people; a customer's money in somebody's own account is found and is work for finance."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.audit.models import Erasable
from huikuan.mechanisms.identity.domain.scope import EVERYTHING, NOTHING
from huikuan.mechanisms.work.kinds import kind_named
from huikuan.mechanisms.work.models import WorkItem
from huikuan.mechanisms.work.queries import rows_of
from huikuan.record.bills.domain.own_accounts import Account, named_in
from huikuan.record.bills.jobs import tend
from huikuan.record.bills.models import CashReceipt, CashSignature, OwnAccount, OwnAccountPayment
from huikuan.record.bills.operations.cash import sign_cash, take_cash, turn_down_cash
from huikuan.record.bills.operations.own_accounts import Told, flag_payment, look_for_own_account, register_account
from huikuan.record.bills.queries.cash import cash, cash_rows, own_payments
from huikuan.record.bills.tests.conftest import AT, Till
from huikuan.record.receivables.models import Item, OpenItem
from huikuan.record.receivables.queries.check import check_ledger
from huikuan.shell import cli

COUNTED = (CashReceipt, CashSignature, OwnAccount, OwnAccountPayment, Item, WorkItem)


def refused(code: str, work: Any, **said: Any) -> None:
    before = [model.objects.count() for model in COUNTED]
    with pytest.raises(Refusal) as found:
        work(**said)
    assert found.value.code == code
    assert [model.objects.count() for model in COUNTED] == before


def taken(till: Till, **said: Any) -> int:
    given: dict[str, Any] = {
        "customer_id": till.customer.id, "amount": 800_00, "currency": "CNY", "received_on": date(2026, 11, 1),
        "actor": "min", "at": AT, **said,
    }  # fmt: skip
    return take_cash(company=till.company, **given)


def test_cash_counts_once_another_person_has_signed(till: Till) -> None:
    number = taken(till, note="  收据 0012 ")
    assert (OpenItem.objects.count(), cash(number, scope=EVERYTHING).state) == (0, "waiting")
    refused("cash_second_person", sign_cash, receipt_id=number, actor="min", at=AT)
    refused("cash_second_person", sign_cash, receipt_id=number, actor="cli:min", at=AT)
    item = sign_cash(receipt_id=number, actor="lan", at=AT)
    row = cash(number, scope=EVERYTHING)
    assert (row.state, row.taken_by, row.signed_by, row.item_id, row.note) == (
        "signed",
        "min",
        "lan",
        item,
        "收据 0012",
    )
    posted = Item.objects.get(pk=item)
    assert (posted.kind, posted.amount, posted.posting_date) == ("receipt", 800_00, date(2026, 11, 1))
    refused("cash_signed_already", sign_cash, receipt_id=number, actor="lan", at=AT)
    refused("cash_signed_already", turn_down_cash, receipt_id=number, reason="x", actor="lan", at=AT)
    assert check_ledger() == []


def test_what_is_not_right_is_posted_nowhere(till: Till) -> None:
    number = taken(till)
    refused("cash_reason_missing", turn_down_cash, receipt_id=number, reason=" ", actor="lan", at=AT)
    turn_down_cash(receipt_id=number, reason="少一百元", actor="lan", at=AT)
    row = cash(number, scope=EVERYTHING)
    assert (row.state, row.reason, row.item_id, Item.objects.count()) == ("turned_down", "少一百元", None, 0)


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ({"amount": 0}, "cash_amount_bad"),
        ({"received_on": date(2026, 11, 3)}, "cash_ahead"),
        ({"customer_id": 999}, "customer_unknown"),
    ],
)
def test_what_is_no_cash_is_refused(till: Till, said: dict[str, Any], code: str) -> None:
    refused(code, lambda: taken(till, **said))


def tended(at: datetime) -> dict[str, int]:
    return tend(SimpleNamespace(at=at))  # type: ignore[arg-type]


def test_cash_nobody_signed_within_a_day_is_work(till: Till) -> None:
    number = taken(till)
    assert tended(AT + timedelta(hours=23)) == {"lapsed": 0, "opened": 0, "cancelled": 0}
    assert tended(AT + timedelta(hours=24))["opened"] == 1
    (item,) = rows_of(WorkItem.objects.all())
    said = kind_named(item.kind).describe(item.about)
    assert (item.kind, item.role) == ("bills.cash", "finance_manager")
    assert all(text in said for text in ("北麓矿业装备", "800.00", "min", "2026-11-01"))
    sign_cash(receipt_id=number, actor="lan", at=AT)
    assert tended(AT + timedelta(hours=25))["cancelled"] == 1


ACCOUNTS = [Account(1, "韩越", "6222020200112233445"), Account(2, "罗敏", "13800138000")]


@pytest.mark.parametrize(
    ("says", "found"),
    [
        ("货款转韩越卡 6222 0202 0011 2233 445", 1),
        ("６２２２０２０２００１１２２３３４４５", 1),
        ("已转给罗敏微信", 2),
        ("微信 138-0013-8000", 2),
        ("韩越联系发货", None),
        ("付至贵公司账户", None),
        ("货款 622202020011223344", None),
        ("", None),
    ],
)
def test_words_name_an_account_by_its_number_or_its_holder_beside_paying(says: str, found: int | None) -> None:
    named = named_in(says, ACCOUNTS)
    assert (named.id if named else None) == found


def test_what_names_a_registered_account_is_found_once(till: Till) -> None:
    register_account(company=till.company, holder="韩越", account="6222 0202 0011 2233 445", actor="lan", at=AT)
    refused(
        "own_account_known",
        register_account, company=till.company, holder="韩某", account="6222020200112233445", actor="lan", at=AT,
    )  # fmt: skip
    # The number lies where it can be erased, not in the table.
    assert "6222020200112233445" in Erasable.objects.get(kind="bills_ownaccount").content
    told = Told("货款已转 6222020200112233445", "remittance", till.customer.id, 800_00, "CNY", date(2026, 11, 1))
    number = look_for_own_account(company=till.company, told=told, actor="system", at=AT)
    assert look_for_own_account(company=till.company, told=told, actor="system", at=AT) == number
    assert look_for_own_account(company=till.company, told=Told("货款"), actor="system", at=AT) is None
    (row,) = own_payments(scope=EVERYTHING)
    assert (row.id, row.customer_name, row.amount, row.told_by) == (number, "北麓矿业装备", 800_00, "remittance")
    assert own_payments(scope=NOTHING) == []
    (item,) = rows_of(WorkItem.objects.all())
    assert (item.kind, item.role, item.owner) == ("bills.own_account", "finance_manager", "")
    assert "800.00" in kind_named(item.kind).describe(item.about)


def test_said_by_hand_it_is_found_whoever_s_account_it_is(till: Till) -> None:
    refused("own_payment_silent", flag_payment, company=till.company, told=Told(" "), actor="lan", at=AT)
    refused(
        "own_payment_told_by_unknown", flag_payment, company=till.company, told=Told("x", "rumour"), actor="lan", at=AT
    )
    told = Told("客户对账时说现金交给了业务员", customer_id=till.customer.id, amount=800_00, currency="CNY")
    flag_payment(company=till.company, told=told, actor="lan", at=AT)
    assert [row.says for row in own_payments(scope=EVERYTHING)] == ["客户对账时说现金交给了业务员"]


@pytest.mark.parametrize(
    ("holder", "account", "code"),
    [(" ", "6222020200112233445", "own_account_holder_missing"), ("韩越", "12-34", "own_account_bad")],
)
def test_what_is_no_account_is_refused(till: Till, holder: str, account: str, code: str) -> None:
    refused(code, register_account, company=till.company, holder=holder, account=account, actor="lan", at=AT)


@pytest.mark.django_db(transaction=True)
def test_the_commands_say_it(capsys: pytest.CaptureFixture[str], transactional_db: None) -> None:
    till = Till()

    def said(*words: str) -> tuple[int, Any]:
        capsys.readouterr()
        code = cli.main(["cash", *words, "--json"])
        return code, json.loads(capsys.readouterr().out)

    code, row = said("receive", "MAIN-1", "800", "--on", "2026-11-01")
    assert (code, row["state"], row["amount"], row["signed_by"]) == (0, "waiting", "800.00", None)
    code, told = said("sign", str(row["id"]))
    assert (code, told["error"]["code"]) == (1, "cash_second_person")
    other = taken(till, at=datetime.now(UTC))
    code, done = said("sign", str(other))
    assert (code, done["state"]) == (0, "signed")
    code, done = said("refuse", str(taken(till, at=datetime.now(UTC))), "--reason", "假币")
    assert (code, done["state"], done["reason"]) == (0, "turned_down", "假币")
    assert [one["id"] for one in said("list", "--state", "waiting")[1]["cash"]] == [row["id"]]
    assert said("own-account", "韩越", "6222020200112233445")[0] == 0
    assert said("paid-to", "MAIN-1", "500", "--says", "交给了韩越")[0] == 0
    assert [one["says"] for one in said("flags")[1]["findings"]] == ["交给了韩越"]
    assert len(cash_rows(scope=EVERYTHING)) == 3
