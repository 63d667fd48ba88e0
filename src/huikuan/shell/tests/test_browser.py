"""The pages in a real browser: figures lead to rows, nobody is shut out, nothing scrolls sideways."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

import pytest

from huikuan.record.contracts.models import SalesOrder
from huikuan.record.interest.operations.claiming import claim_interest
from huikuan.shell.tests.books import AS_OF, AT, Books, open_by
from huikuan.shell.tests.collected import collect_of
from huikuan.shell.tests.conftest import DESK, PHONE, hit, shuts_nobody_out, stays_in_its_width
from huikuan.shell.tests.limits import ask_credit, ask_limit, flag
from huikuan.shell.tests.test_contract_pages import agree

pytestmark = pytest.mark.browser


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


def test_a_milestone_contract_is_walked_on_its_page(page: Any, books: Books) -> None:
    contract = agree(books)
    page.goto("/contracts/")
    page.click(f"td a[href='/contracts/{contract}']")
    items = "#items-title >> xpath=ancestor::section >> [data-item]"
    steps = [("signing", "2026-03-02", "2026-03-12"), ("acceptance", "2026-06-15", "2026-07-15")]
    steps.append(("end_of_warranty", "2026-11-01", "2026-11-01"))
    page.wait_for_selector("tr[data-item]")
    assert page.locator(items).count() == 3
    assert [cell.inner_text() for cell in page.locator("[data-item] [data-due]").all()] == [
        "待触发 签订",
        "待触发 验收",
        "待触发 质保期满",
    ]
    for place, (milestone, on, due) in enumerate(steps):
        row = page.locator(f"tr[data-milestone={milestone}]")
        row.locator("summary").click()
        row.locator("[name=happened_on]").fill(on)
        row.locator("button.primary").click()
        page.wait_for_selector(f"tr[data-milestone={milestone}] [data-due]:has-text('{due}')")
        page.wait_for_selector("tr[data-item]")
        assert page.locator("[data-item] [data-due]").nth(place).inner_text() == due
    ages = [tag.inner_text() for tag in page.locator("[data-item] td:last-child .tag").all()]
    assert ages == ["逾期 253 天", "逾期 128 天", "逾期 19 天"]
    assert amount(page.locator("[data-sum=open]")) == Decimal("10000.01")


def test_what_opens_beside_a_claim_of_interest_stays_inside_the_window(page: Any, books: Books) -> None:
    item = books.item("264402031188")
    claim_interest(item_id=item, until=AS_OF, actor="min", at=AT)
    page.goto(f"/interest/items/{item}")
    for deed in ("waive", "withdraw"):
        page.click(f"[data-claim] details:has(form[action$='/{deed}']) > summary")
        assert page.locator(f"form[action$='/{deed}'] [name=reason]").is_visible()
        stays_in_its_width(page)


def test_the_as_of_picker_changes_every_headline_figure(page: Any) -> None:
    before = page.locator(".kpi .figure").all_inner_texts()
    hit(page, "t")
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


@pytest.mark.usefixtures("limits")
def test_no_page_shuts_anyone_out_or_scrolls_sideways(page: Any, books: Books) -> None:
    contract = agree(books)
    paths = ["/today", "/receivables/checkup", "/receivables/checkup/long_overdue", "/receivables/indicators",
             "/receivables/overview", "/receivables/overview?by=customer&as_of=2026-10-31", "/receivables/items",
             f"/receivables/items/{books.item('264388102254')}", "/imports/", f"/imports/{books.batch}",
             f"/imports/{books.batch}/lines/3", "/receivables/items?q=nothing-like-it",
             "/receivables/statements/", f"/receivables/statements/customers/{books.customer('C0001')}",
             "/receivables/statements/issued", "/login",
             "/contracts/", f"/contracts/{contract}", f"/receivables/contracts/{contract}/items",
             "/orders/", f"/orders/{SalesOrder.objects.get().pk}", "/contracts/new", f"/contracts/{contract}/amend",
             "/orders/new", f"/orders/{SalesOrder.objects.get().pk}/change", "/programs/", "/policies/",
             "/approvals/", "/approvals/delegations/", "/duties/",
             f"/approvals/{ask_limit(books, 'C0001')}", f"/approvals/{ask_credit(books, 'C0001')}",
             f"/approvals/{flag(books, 'C0001')}", f"/customers/{books.customer('C0001')}/conduct"]  # fmt: skip
    for path in paths:
        stands_well(page, path)


def test_no_page_of_collecting_shuts_anyone_out_or_scrolls_sideways(page: Any, books: Books) -> None:
    found, item = collect_of(books), books.item("264402031188")
    paths = ["/collection/", f"/collection/?customer={books.customer('C0001')}", "/collection/strategies",
             f"/collection/preview?date={AS_OF}", "/collection/runs", f"/collection/runs/{found.run}",
             "/collection/holds", "/collection/simulations", "/collection/uplift", "/collection/visits/",
             f"/collection/visits/{found.visit}", f"/collection/visits/plan?customer={books.customer('C0001')}",
             "/collection/planning/", f"/collection/planning/{found.line}", "/collection/planning/tiers",
             "/promises/", f"/promises/{found.promise}", "/promises/new?customer=C0001",
             "/promises/plans", f"/promises/plans/{found.plan}", "/promises/plans/new?customer=C0001",
             "/promises/in-kind", f"/promises/in-kind/{found.barter}", "/promises/in-kind/new?customer=C0001",
             "/promises/freezes", "/disputes/", f"/disputes/{found.dispute}", "/disputes/statistics",
             f"/disputes/items/{item}/raise", "/notices/", f"/notices/{found.notice}", "/notices/letters/",
             "/notices/letters/demand", "/notices/calls/", "/notices/post/",
             "/interest/", f"/interest/items/{item}", "/limitation/", f"/limitation/items/{item}",
             "/receivables/confirmations/", "/receivables/confirmations/ask"]  # fmt: skip
    for path in paths:
        stands_well(page, path)


def stands_well(page: Any, path: str) -> None:
    """Found there, open to everybody in both themes, and inside its width on a phone."""
    page.set_viewport_size(DESK)
    page.emulate_media(color_scheme="light")
    answer = page.goto(path)
    assert answer.status == 200, path
    shuts_nobody_out(page)
    # A theme changes colours, a narrow window what goes beside what: no page is fetched again for either.
    page.emulate_media(color_scheme="dark")
    shuts_nobody_out(page, colours_alone=True)
    page.set_viewport_size(PHONE)
    stays_in_its_width(page)
