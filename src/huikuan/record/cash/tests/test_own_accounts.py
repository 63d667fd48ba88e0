"""Lines and advice that name an account of somebody who works here are found as they come, each once."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from huikuan.mechanisms.events.delivery import announced_of
from huikuan.mechanisms.events.models import Event
from huikuan.mechanisms.events.operations import announce
from huikuan.mechanisms.identity.domain.scope import EVERYTHING
from huikuan.mechanisms.work.models import WorkItem
from huikuan.record.bills.operations.own_accounts import register_account
from huikuan.record.bills.queries.cash import own_payments
from huikuan.record.cash.operations.advising import take_remittance
from huikuan.record.cash.operations.own_accounts import TELLING, look_for_own_accounts
from huikuan.record.cash.tests.conftest import WHO, Till

ACCOUNT = "6222020200112233445"


def look() -> None:
    for event in Event.objects.filter(kind__in=TELLING).order_by("pk"):
        look_for_own_accounts(announced_of(event), at=WHO["at"])


def found() -> list[tuple[str, int | None]]:
    return [(row.told_by, row.amount) for row in own_payments(scope=EVERYTHING)]


def test_money_that_passed_through_somebodys_account_is_found_once(till: Till) -> None:
    till.line(500_00, counterparty_account=ACCOUNT, counterparty_name="韩越", memo="代北麓矿业装备付货款")
    till.line(300_00, counterparty_account="1234567890", counterparty_name="北麓矿业装备")
    till.line(-900_00, counterparty_account=ACCOUNT, counterparty_name="韩越", memo="工资")
    payload = {"file": "x", "statements": [1], "lines": 3}
    announce("banking.imported", at=WHO["at"], company_id=till.company.pk, payload=payload)
    look()
    assert found() == []  # nobody's account is registered
    register_account(company=till.company, holder="韩越", account=ACCOUNT, **WHO)
    look()
    look()
    assert found() == [("line", 500_00)]
    assert WorkItem.objects.filter(kind="bills.own_account").count() == 1
    assert own_payments(scope=EVERYTHING)[0].paid_on == date(2026, 3, 1)


def test_advice_that_says_so_is_found(till: Till, tmp_path: Path) -> None:
    register_account(company=till.company, holder="韩越", account=ACCOUNT, **WHO)
    path = tmp_path / "advice.csv"
    path.write_text("bank_reference,document_no,amount,memo\nB1,F1,100.00,已转给韩越微信\nB2,F2,50.00,货款\n", "utf-8")
    take_remittance(company=till.company, path=path, name="advice.csv", **WHO)
    look()
    assert found() == [("remittance", 100_00)]
