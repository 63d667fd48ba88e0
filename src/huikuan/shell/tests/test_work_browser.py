"""Work in a real browser: done with one click, picked and done together, at desk and phone width, in both colours."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone

from huikuan.judge.credit.work import CROSSING
from huikuan.mechanisms.work.operations import Wanted, open_item
from huikuan.shell.tests.books import CUSTOMERS, Books
from huikuan.shell.tests.conftest import PHONE, shuts_nobody_out, stays_in_its_width
from huikuan.shell.tests.test_work import SHOWN, known

pytestmark = pytest.mark.browser


def test_work_is_done_at_the_desk_and_on_a_phone(page: Any, books: Books) -> None:
    items = [
        open_item(
            kind=CROSSING.name,
            wanted=Wanted(code, books.company.pk, books.customer(code), SHOWN),
            at=timezone.now(),
        )
        for code in CUSTOMERS
    ]
    page.goto("/work/")
    shuts_nobody_out(page)
    assert page.locator(".nav .waits").inner_text().startswith(str(len(items)))
    page.click(f"tr[data-work='{items[0]}'] button")
    page.wait_for_selector("text=已办结。")
    assert known(items[0]).state == "finished"
    page.emulate_media(color_scheme="dark")
    shuts_nobody_out(page, colours_alone=True)
    page.set_viewport_size(PHONE)
    stays_in_its_width(page)
    shuts_nobody_out(page)
    page.click(f"tr[data-work='{items[1]}'] a")
    page.wait_for_selector("#result")
    stays_in_its_width(page)
    shuts_nobody_out(page)
    page.select_option("#result", "collected")
    page.fill("#note", "周五付款")
    page.click("button[value=finish]")
    page.wait_for_selector("text=已办结。")
    assert (known(items[1]).result, known(items[1]).note) == ("collected", "周五付款")
    page.set_viewport_size({"width": 1440, "height": 900})
    for item in items[2:]:
        page.check(f"tr[data-work='{item}'] [data-pick]")
    page.fill("#bulk-note", "已处理")
    page.click(".bulk button.primary")
    page.wait_for_selector("text=您没有待办")
    assert {known(item).note for item in items[2:]} == {"已处理"}
