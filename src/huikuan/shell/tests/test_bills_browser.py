"""Bills in a real browser: taken in with the claims that are suggested, moved; nobody shut out, nothing wider than a
phone."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.utils import timezone

from huikuan.record.bills.domain.numbers import Range
from huikuan.record.bills.operations.cash import take_cash
from huikuan.record.bills.operations.moving import Move, endorse_bill
from huikuan.record.bills.operations.own_accounts import Told, flag_payment
from huikuan.record.bills.operations.receiving import Paper, receive_bill
from huikuan.shell.tests.books import AS_OF, NAME, Books
from huikuan.shell.tests.conftest import DESK, PHONE, shuts_nobody_out, stays_in_its_width

pytestmark = pytest.mark.browser

NUMBER = "531310000001720260801000000014"


def stands(books: Books, start: int = 1, amount: int = 300_000_000_00) -> int:
    """A bill with a long acceptor and a large face."""
    paper = Paper(
        "bank", NUMBER, amount, "北麓矿业装备制造集团股份有限公司", "江临农村商业银行股份有限公司江临高新区支行营业部",
        date(2026, 8, 1), date(2027, 3, 1), Range(start, start + amount - 1), transferable=True,
    )  # fmt: skip
    whose = {"company": books.company, "customer_id": books.customer("C0001")}
    return receive_bill(**whose, paper=paper, received_on=AS_OF, actor=NAME, at=timezone.now())


def test_a_bill_is_taken_in_and_pledged(page: Any, books: Books) -> None:
    page.goto("/bills/new?customer=C0001")
    for name, text in (
        ("number", NUMBER), ("range", "1-5000"), ("amount", "50"), ("drawer", "北麓矿业装备"),
        ("acceptor", "江临农村商业银行"), ("issued", "2026-08-01"), ("matures", "2027-01-10"),
    ):  # fmt: skip
        page.fill(f"#f-{name}", text)
    page.click("button[name=suggest]")
    assert page.input_value("[data-claim]:first-child input") == "50.00"
    page.click("button[data-commit]")
    page.wait_for_selector("[data-move=receive]")
    page.click("summary:has-text('质押')")
    page.fill("#f-pledge-to", "江临银行")
    page.click("details[open] button[data-commit]")
    page.wait_for_selector("[data-move=pledge]")
    assert "江临银行" in page.inner_text("[data-move=pledge]")


def test_no_page_of_bills_shuts_anyone_out_or_scrolls_sideways(page: Any, books: Books) -> None:
    first = stands(books)
    second = stands(books, 40_000_000_000, 100_00)
    endorse_bill(Move(second, AS_OF, NAME, timezone.now()), to="泓源铸造机械制造集团股份有限公司")
    said = {"amount": 1_800_00, "currency": "CNY", "received_on": AS_OF, "actor": "min", "at": timezone.now()}
    take_cash(company=books.company, customer_id=books.customer("C0001"), **said)
    told = Told("货款已转业务员微信，请查收并告知仓库发货", "note", books.customer("C0001"), 500_00, "CNY", AS_OF)
    flag_payment(company=books.company, told=told, actor=NAME, at=timezone.now())
    paths = (
        *("/bills/", "/bills/?state=lapsed", "/bills/calendar", "/bills/new?customer=C0001"),
        *("/bills/cash", "/bills/own-accounts"),
    )
    for path in (*paths, f"/bills/{first}", f"/bills/{second}"):
        for size, theme in ((DESK, "light"), (PHONE, "dark")):
            page.set_viewport_size(size)
            page.emulate_media(color_scheme=theme)
            page.goto(path)
            stays_in_its_width(page)
            shuts_nobody_out(page)
