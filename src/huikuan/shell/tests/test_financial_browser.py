"""Statements in a real browser: totals are summed while they are typed, a ratio is walked to its line, nobody is shut
out."""

from __future__ import annotations

from typing import Any

import pytest

from huikuan.record.financials.operations.statements import record_statement
from huikuan.record.financials.tests.samples import small, year_before
from huikuan.shell.tests.books import AT, Books
from huikuan.shell.tests.conftest import DESK, PHONE, hit, keyboard_at, shuts_nobody_out, stays_in_its_width

pytestmark = pytest.mark.browser
WHO: dict[str, Any] = {"actor": "test", "at": AT}


def test_totals_are_summed_while_they_are_typed_and_enter_goes_on(page: Any, books: Books) -> None:
    page.goto(f"/customers/{books.customer('C0002')}/financials/edit")
    for name, value in (("cash", "1,000.10"), ("inventory", "(0.30)"), ("fixed_assets_cost", "500")):
        page.fill(f"#f-closing-{name}", value)
    page.fill("#f-closing-accumulated_depreciation", "120.5")
    said = "#s-closing-{}"
    assert page.inner_text(said.format("current_assets")) == "Σ 999.80"
    assert page.inner_text(said.format("fixed_assets")) == "Σ 379.50"
    assert page.inner_text(said.format("total_assets")) == "Σ 1,379.30"
    page.fill("#f-closing-current_assets", "1000")
    assert page.inner_text(said.format("current_assets")) == "Σ 999.80 · Δ 0.20"
    assert page.inner_text(said.format("total_assets")) == "Σ 1,379.50"
    assert page.inner_text("#s-opening-total_assets") == ""
    page.focus("#f-closing-cash")
    hit(page, "Enter")
    keyboard_at(page, "#f-opening-cash")
    assert page.url.endswith("/edit")


def test_statements_are_entered_and_a_ratio_leads_to_its_line(page: Any, books: Books) -> None:
    place = f"/customers/{books.customer('C0002')}/financials"
    page.goto(f"/customers/{books.customer('C0002')}")
    page.click(f".page-head a[href='{place}']")
    page.click("a:has-text('录入报表')")
    for name, value in (("current_assets", "600"), ("current_liabilities", "400"), ("total_assets", "1000")):
        page.fill(f"#f-closing-{name}", value)
    page.click("button[data-commit]")
    page.wait_for_selector("[data-ratio=current_ratio]")
    assert page.inner_text("[data-ratio=current_ratio] td:nth-child(2)").strip() == "1.50"
    page.click("[data-ratio=current_ratio] a")
    page.click("main td a, main tbody th a >> nth=0")
    page.wait_for_selector("tr:target")
    assert "流动资产合计" in page.inner_text("tr:target")


def test_no_page_of_statements_shuts_anyone_out_or_scrolls_sideways(page: Any, books: Books) -> None:
    customer = books.customer("C0001")
    for statement in (year_before(), small()):
        record_statement(customer_id=customer, statement=statement, **WHO)
    place = f"/customers/{customer}/financials"
    paths = ["", "?sheet=balance", "?sheet=checks", "?sheet=versions", "/ratios/altman_z", "/edit",
             "/edit?period=2025-12-31_12"]  # fmt: skip
    for path in [
        *(place + path for path in paths),
        f"/customers/{books.customer('C0002')}/financials",
        "/customers/references",
    ]:
        page.set_viewport_size(DESK)
        page.emulate_media(color_scheme="light")
        page.goto(path)
        shuts_nobody_out(page)
        page.emulate_media(color_scheme="dark")
        shuts_nobody_out(page, colours_alone=True)
        page.set_viewport_size(PHONE)
        stays_in_its_width(page)
