"""A phone, in the language with the longer words: what is decided and what is read stands inside the window."""

from __future__ import annotations

from typing import Any

import pytest

from huikuan.mechanisms.identity.operations import grant_role
from huikuan.record.receivables.models import OpenItem
from huikuan.shell.tests.books import AT, NAME, PASSWORD, Books
from huikuan.shell.tests.limits import ask_limit

pytestmark = pytest.mark.browser
WIDTHS = (390, 360)
#: What is seen of an element that reaches beyond the window, or is cut off by a box that scrolls inside of it.
BEYOND = """found => found.filter(one => one.checkVisibility()).map(one => one.getBoundingClientRect())
  .filter(box => box.left < 0 || box.right > innerWidth).map(box => [box.left, box.right])"""


@pytest.fixture
def english(page: Any, books: Books) -> Any:
    books.user.language = "en"
    books.user.save()
    # A role that approves ends the sessions before it, and the language is the person's once they have logged in.
    grant_role(username=NAME, role="management", actor="cli:test", at=AT)
    page.goto("/login")
    page.fill("#id_username", NAME)
    page.fill("#id_password", PASSWORD)
    page.click("form button.primary")
    page.wait_for_url("**/today")
    return page


def beyond(page: Any, chosen: str) -> list[list[float]]:
    assert page.locator(chosen).count(), chosen
    return page.locator(chosen).evaluate_all(BEYOND)


@pytest.mark.usefixtures("limits")
def test_the_verdict_stands_inside_a_phone_s_window(english: Any, books: Books) -> None:
    request = ask_limit(books, "C0001", yuan=123_456_789)
    for width in WIDTHS:
        english.set_viewport_size({"width": width, "height": 844})
        english.goto(f"/approvals/{request}")
        assert "CNY thousand" in english.inner_text(".verdict .grow summary")
        assert beyond(english, ".verdict summary") == []
        tall = english.locator(".verdict summary").evaluate_all("found => found.map(one => one.offsetHeight)")
        assert min(tall) >= 44
        assert len(set(tall)) == 1, "both are as tall as the words of one need"


def test_facts_stand_one_under_the_other_on_a_phone(english: Any, books: Books) -> None:
    for width in WIDTHS:
        english.set_viewport_size({"width": width, "height": 844})
        english.goto(f"/customers/{books.customer('C0001')}/facts")
        assert beyond(english, "tr[data-factor] :is(th, td, span)") == []
        assert "own ledger: " in english.locator("tr[data-factor] td.show").first.inner_text()


def test_the_letter_s_buttons_stand_apart_from_the_words_above_them(english: Any, books: Books) -> None:
    grant_role(username=NAME, role="collector", actor="cli:test", at=AT)
    claim = OpenItem.objects.filter(side="debit").order_by("pk").first()
    assert claim is not None
    for width in (1280, *WIDTHS):
        english.set_viewport_size({"width": width, "height": 844})
        english.goto(f"/limitation/items/{claim.item_id}")
        parts = (".panel-body > p:first-child", ".buttons")
        words, buttons = (english.locator(f"[data-demand] {part}").bounding_box() for part in parts)
        assert buttons["y"] - words["y"] - words["height"] == 16
        assert beyond(english, "[data-demand] a") == []
