"""Cash in notes and money gone astray, as a browser receives them."""

from __future__ import annotations

from datetime import date

import pytest
from django.test import Client
from django.utils import timezone

from huikuan.record.bills.models import CashReceipt
from huikuan.record.bills.operations.own_accounts import Told, flag_payment
from huikuan.record.receivables.models import Item
from huikuan.shell.tests.books import Books
from huikuan.shell.tests.test_access import signed_in
from huikuan.shell.tests.test_cover_pages import exported


@pytest.fixture
def clerk(books: Books, on_the_day: None) -> Client:
    return signed_in("min", "cash_clerk")


def test_one_takes_it_and_another_signs(clerk: Client, books: Books) -> None:
    said = {"company": "MAIN", "customer": "C0001", "amount": "1,800", "on": "2026-11-19", "note": "收据 0012"}
    for wrong, field in (
        ({"amount": "0"}, "amount"),
        ({"customer": "NOBODY"}, "customer"),
        ({"customer": ""}, "customer"),
    ):
        answer = clerk.post("/bills/cash/take", {**said, **wrong})
        assert (answer.status_code, field in answer.context["form"].problems) == (400, True)
    assert clerk.post("/bills/cash/take", said).status_code == 302
    number = CashReceipt.objects.get().pk
    assert [(row.state, signs) for row, signs in clerk.get("/bills/cash").context["rows"]] == [("waiting", False)]
    own = clerk.post(f"/bills/cash/{number}/sign")
    assert own.status_code == 400
    assert "min" in own.context["form"].problems[""]
    posted = Item.objects.count()
    other = signed_in("lan", "finance_manager")
    assert [signs for _, signs in other.get("/bills/cash?state=waiting").context["rows"]] == [True]
    assert other.post(f"/bills/cash/{number}/turn-down", {"reason": ""}).status_code == 400
    assert other.post(f"/bills/cash/{number}/sign").status_code == 302
    assert Item.objects.count() == posted + 1
    assert [row.signed_by for row, _ in other.get("/bills/cash?state=signed").context["rows"]] == ["lan"]
    assert exported(clerk, "/bills/cash/export?format=csv")[1][3:6] == ["2026-11-19", "CNY", "1800.00"]
    assert signed_in("xia", "sales").get("/bills/cash").context["rows"] == []
    assert signed_in("xun", "sales").post(f"/bills/cash/{number}/sign").status_code == 403


def test_money_gone_astray_is_shown_to_those_who_audit(clerk: Client, books: Books) -> None:
    told = Told("现金交给了业务员", "note", books.customer("C0001"), 500_00, "CNY", date(2026, 11, 18))
    flag_payment(company=books.company, told=told, actor="min", at=timezone.now())
    manager = signed_in("lan", "finance_manager")
    assert [row.says for row, _ in manager.get("/bills/own-accounts").context["rows"]] == ["现金交给了业务员"]
    assert exported(manager, "/bills/own-accounts/export?format=csv")[1][1:4] == [
        "北麓矿业装备集团有限公司", "CNY", "500.00"
    ]  # fmt: skip
    assert signed_in("xia", "sales").get("/bills/own-accounts").status_code == 403
