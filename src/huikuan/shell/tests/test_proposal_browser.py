"""The policy's limit in a real browser: opened, asked for as proposed, and nobody shut out, on a phone too."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from huikuan.judge.credit.models import LimitRequest
from huikuan.record.customers.operations import affiliate, create_group
from huikuan.shell.tests.books import AT, Books
from huikuan.shell.tests.conftest import DESK, PHONE, shuts_nobody_out, stays_in_its_width
from huikuan.shell.tests.test_credit_pages import graded

pytestmark = pytest.mark.browser


def test_the_limit_by_policy_is_walked_and_shuts_nobody_out(page: Any, books: Books) -> None:
    customer = books.customer("C0002")
    graded(customer, "B")
    create_group(code="LU", name="麓合控股", actor="tester", at=AT)
    affiliate(
        customer_id=customer, dimension="group", value="LU", effective_on=date(2020, 1, 1), actor="tester", at=AT
    )
    here = f"/credit/customers/{customer}?company=MAIN"
    for path in (here, "/credit/groups?group=LU&company=MAIN", "/credit/drift?company=MAIN"):
        page.set_viewport_size(DESK)
        page.emulate_media(color_scheme="light")
        page.goto(path)
        for summary in page.locator("details.twin > summary").all():
            summary.click()
        shuts_nobody_out(page)
        page.emulate_media(color_scheme="dark")
        shuts_nobody_out(page, colours_alone=True)
        page.set_viewport_size(PHONE)
        stays_in_its_width(page)
    page.goto(here)
    page.click("[data-proposal] a.button.primary")
    page.wait_for_url("**by=MAIN**")
    assert page.input_value("#f-amount") == "98948.74"
    page.fill("#f-reason", "按建议额度申请")
    page.click("#ask button.primary")
    page.wait_for_selector("[data-figure=proposal]")
    page.set_viewport_size(DESK)
    shuts_nobody_out(page)
    assert [one.amount for one in LimitRequest.objects.all()] == [98_948_74]
