"""The pages in a real browser: figures lead to rows, nobody is shut out, nothing scrolls sideways."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest

from huikuan.shell.tests.books import NAME, PASSWORD, Books, open_by

pytestmark = pytest.mark.browser

CHROMIUM = os.environ.get("HUIKUAN_CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
PHONE, DESK = {"width": 390, "height": 844}, {"width": 1440, "height": 900}


@pytest.fixture
def browser(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    if CHROMIUM is None:
        pytest.skip("no Chromium on this machine; set HUIKUAN_CHROMIUM to try one")
    playwright = pytest.importorskip("playwright.sync_api")
    # The driver runs an event loop in this thread; the ORM calls of the test itself are not in it.
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
    with playwright.sync_playwright() as driver:
        chromium = driver.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield chromium
        chromium.close()


@pytest.fixture
def page(browser: Any, books: Books, on_the_day: None, live_server: Any) -> Iterator[Any]:
    """A page of someone who has logged in by the form."""
    context = browser.new_context(viewport=DESK, base_url=live_server.url, locale="zh-CN")
    page = context.new_page()
    page.faults = []
    page.on("pageerror", lambda fault: page.faults.append(str(fault)))
    page.on("console", lambda said: page.faults.append(said.text) if said.type == "error" else None)
    page.goto("/login")
    page.fill("#id_username", NAME)
    page.fill("#id_password", PASSWORD)
    page.click("form button.primary")
    page.wait_for_url("**/receivables/overview")
    yield page
    assert page.faults == []
    context.close()


def amount(locator: Any) -> Decimal:
    return Decimal(locator.locator("data.amount").first.get_attribute("value"))


def test_a_figure_leads_to_its_rows_and_a_row_to_its_line(page: Any, books: Books) -> None:
    overdue = amount(page.locator("[data-figure=overdue]"))
    page.click("[data-figure=overdue]")
    page.wait_for_url("**/receivables/items?**")
    assert amount(page.locator("[data-sum=value-debit]")) == overdue
    shown = page.locator("tbody tr td:nth-last-child(2) data.amount")
    assert sum(Decimal(cell.get_attribute("value")) for cell in shown.all()) == overdue
    page.click(f"td a[href*='/items/{books.item('264388102254')}']")
    page.wait_for_selector("tr.lit")
    assert amount(page.locator("[data-figure=open]")) == open_by("264388102254")
    assert "264388102254" in page.locator("tr.lit").inner_text()
    assert "事实都在链上" in page.inner_text("main")


def test_the_as_of_picker_changes_every_headline_figure(page: Any) -> None:
    before = page.locator(".kpi .figure").all_inner_texts()
    page.keyboard.press("t")
    page.fill("#as-of-day", "2026-09-30")
    page.click("#as-of button.primary")
    page.wait_for_url("**as_of=2026-09-30**")
    after = page.locator(".kpi .figure").all_inner_texts()
    assert len(before) == len(after) == 6
    assert all(one != other for one, other in zip(before, after, strict=True))
    assert "2026-09-30" in page.inner_text(".past")


def test_panels_change_in_place_and_without_a_script_too(page: Any, browser: Any) -> None:
    page.click("#aging-by-customer")
    page.wait_for_selector("#aging td.name")
    assert "by=customer" in page.url
    assert "北麓矿业装备集团有限公司" in page.inner_text("#aging")
    plain = browser.new_context(java_script_enabled=False, storage_state=page.context.storage_state())
    without = plain.new_page()
    without.goto(page.url)
    assert "北麓矿业装备集团有限公司" in without.inner_text("#aging")
    plain.close()


def test_language_unit_and_theme_are_chosen_and_kept(page: Any, books: Books) -> None:
    page.click("#person summary")
    page.click("#person button[value=en]")
    page.wait_for_selector("h1:has-text('Receivables overview')")
    page.click("#person summary")
    page.click("#person button[value=dark]")
    page.wait_for_selector("html[data-theme=dark]")
    page.click(".top > form button[value=yuan]")
    page.wait_for_selector(".top > form button[value=yuan][aria-pressed=true]")
    assert re.search(r"\.\d\d\s*CNY", page.inner_text(".kpi >> nth=0"))
    books.user.refresh_from_db()
    assert (books.user.language, books.user.amount_unit) == ("en", "yuan")


def test_what_is_copied_is_exact(page: Any) -> None:
    exact = page.locator("[data-figure=total] data").get_attribute("value")
    copied = page.evaluate(
        """() => {
          const figure = document.querySelector('[data-figure=total]');
          getSelection().selectAllChildren(figure);
          const clipboardData = new DataTransfer();
          const event = new ClipboardEvent('copy', {clipboardData, bubbles: true, cancelable: true});
          figure.dispatchEvent(event);
          return event.clipboardData.getData('text/plain');
        }"""
    )
    assert copied == exact


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_no_page_shuts_anyone_out_or_scrolls_sideways(theme: str, page: Any, books: Books) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    page.emulate_media(color_scheme=theme)
    paths = ["/receivables/overview", "/receivables/overview?by=customer&as_of=2026-10-31", "/receivables/items",
             f"/receivables/items/{books.item('264388102254')}", "/imports/", f"/imports/{books.batch}",
             f"/imports/{books.batch}/lines/3", "/receivables/items?q=nothing-like-it", "/login"]  # fmt: skip
    for path in paths:
        page.set_viewport_size(DESK)
        page.goto(path)
        found = axe.run(page).response["violations"]
        assert [(fault["id"], [node["target"] for node in fault["nodes"]]) for fault in found] == [], path
        page.set_viewport_size(PHONE)
        page.goto(path)
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"], path
