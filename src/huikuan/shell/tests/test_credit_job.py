"""The main job of credit in four walks, from facts to a decided order: a prospect, a small customer, a key account, a
group. Exact figures, in both languages, at the desk and on a phone; whoever approves does it on a phone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from tests.standing import standing_on

from huikuan.judge.credit.models import OrderStanding
from huikuan.record.financials.tests.samples import CLOSING, FLOWS, OPENING
from huikuan.shell.recurring import deliver_events
from huikuan.shell.tests.conftest import DESK, PHONE
from huikuan.shell.tests.credit_books import (
    GROUP,
    KEY,
    MEMBER,
    NAMES,
    PROSPECT_CODE,
    SISTER,
    SMALL,
    Office,
    open_office,
)
from huikuan.shell.tests.test_main_job import go
from huikuan.shell.tests.walking import Walkers
from huikuan.shell.wiring import subscribers

pytestmark = pytest.mark.browser

#: What is clicked, as it is written.
SAID = {
    "zh-hans": {
        "assess": "评级", "rating": "信用评级", "inform": "登记信息", "record": "登记", "exposure": "信用敞口",
        "work out": "测算", "as proposed": "按建议申请", "ask": "提交申请", "approve": "批准", "yes": "确认批准",
        "enter": "录入订单", "enter it": "录入该订单", "release": "放行", "statements": "财务报表",
        "enter statements": "录入报表", "record statements": "登记报表", "read": "读入表单", "groups": "客户集团",
    },
    "en": {
        "assess": "Assess", "rating": "Credit rating", "inform": "Record what is known", "record": "Record",
        "exposure": "Exposure", "work out": "Work it out", "as proposed": "Ask for it as proposed",
        "ask": "Ask for it", "approve": "Approve", "yes": "Yes, approve", "enter": "Enter an order",
        "enter it": "Enter the order", "release": "Release", "statements": "Financial statements",
        "enter statements": "Enter statements", "record statements": "Record the statements",
        "read": "Read it into the form", "groups": "Groups",
    },
}  # fmt: skip

#: What the ratios of 2025 are worth on the key accounts' card.
RATIOS_TOLD = {
    "debt_ratio": "4 / 8", "quick_ratio": "7 / 7", "altman_z": "8 / 8", "cash_flow_ratio": "4 / 6",
    "receivables_turnover": "4 / 4", "receivables_and_inventory_share": "1 / 4", "return_on_equity": "3 / 3",
}  # fmt: skip
#: The statements of the samples are in these units; what they say is typed times this.
SCALE = 5


@dataclass
class Walk(Walkers):
    """The people of the office."""

    office: Office = field(kw_only=True)

    def said(self, what: str) -> str:
        return SAID[self.language][what]

    def press(self, page: Any, what: str, inside: str = "main") -> None:
        """The button or link with these words, as a hand would find it."""
        words, root = re.compile(rf"^\s*{self.said(what)}(\s|$)"), page.locator(inside)
        one = root.get_by_role("button", name=words).or_(root.get_by_role("link", name=words))
        one.or_(root.locator("summary", has_text=words)).locator("visible=true").first.click()


@pytest.fixture(params=[("zh-hans", DESK), ("en", PHONE)], ids=["zh-desk", "en-phone"])
def walk(
    request: pytest.FixtureRequest, browser: Any, transactional_db: None, data_folder: Path, on_the_day: None,
    live_server: Any,
) -> Iterator[Walk]:  # fmt: skip
    office = standing_on("credit_job", open_office, data_folder)
    language, size = request.param
    found = Walk(browser, live_server.url, language, size, request.node.name, office=office)
    yield found
    found.leave()
    assert found.faults == []


def open_customer(walk: Walk, who: str, code: str, tab: str = "") -> Any:
    """The customer's page, from the list, with one of its tabs."""
    page = walk.of(who)
    go(page, "/customers/")
    page.click(f"tr[data-customer] a[data-row]:has-text('{NAMES[code]}')")
    page.wait_for_selector(f"h1:has-text('{NAMES[code]}')")
    if tab:
        page.locator(".tabs").get_by_role("link", name=walk.said(tab)).click()
        page.wait_for_selector("#rating-title")
    return page


def inform(walk: Walk, page: Any, **told: str) -> None:
    """What others say of the customer, entered one by one: factor → value, source."""
    for factor, said in told.items():
        value, _, source = said.partition(" ")
        walk.press(page, "inform")
        page.select_option("#i-factor", factor)
        page.fill("#i-value", value)
        page.select_option("#i-source", source)
        walk.press(page, "record", ".pop-body")
        page.wait_for_selector(f"[data-informed={factor}]")


def assess(walk: Walk, page: Any) -> tuple[str, int, dict[str, str]]:
    """Assessed with one click: grade, score, and points by factor as the page writes them, adding up to the score."""
    walk.press(page, "assess")
    page.wait_for_selector("tr[data-factor]")
    rows = page.locator("tr[data-factor]").all()
    points = {str(row.get_attribute("data-factor")): row.locator("td").nth(2).inner_text() for row in rows}
    score = int(page.locator(".kpi .figure a[href*='tab=rating']").inner_text())
    assert sum(int(told.split("/")[0]) for told in points.values()) == score
    assert sum(int(told.split("/")[1]) for told in points.values()) == 100
    return page.inner_text(".grade-box").strip()[-1], score, points


def open_limit(page: Any) -> None:
    """From the customer's page to its exposure and limit."""
    page.click("main a[href*='/credit/customers/'] >> nth=0")
    page.wait_for_url("**/credit/customers/**")


def amounts(page: Any, inside: str) -> list[str]:
    """The amounts that stand there, to the cent."""
    return [one.get_attribute("value") for one in page.locator(f"{inside} data.amount").all()]


def ask(walk: Walk, page: Any, why: str, **typed: str) -> None:
    """The form for a limit as it stands filled in, with what is typed over it."""
    page.wait_for_selector("#f-reason", state="attached")
    for name, value in {**typed, "reason": why}.items():
        page.fill(f"#f-{name}", value)
    walk.press(page, "ask", "#ask")
    page.wait_for_selector(f"text={why}")


def ask_as_proposed(walk: Walk, page: Any, why: str) -> str:
    """The policy's limit, worked out, asked for as it stands; answers the amount as the form had it."""
    walk.press(page, "as proposed")
    page.wait_for_url("**by=**")
    amount = str(page.locator("#f-amount").input_value())
    ask(walk, page, why)
    return amount


def approve(walk: Walk, shot: str) -> str:
    """The one request that waits for the finance manager, decided on a phone; answers what was approved."""
    page = walk.of("zhou")
    go(page, "/approvals/")
    page.locator("main a[data-row]").first.click()
    page.wait_for_selector(".verdict")
    walk.picture(page, f"{shot}-asked")
    asked = amounts(page, ".verdict summary.primary")[-1]
    walk.press(page, "approve", ".verdict")
    walk.press(page, "yes", ".verdict")
    page.wait_for_selector(".verdict", state="detached")
    page.wait_for_load_state()
    walk.picture(page, f"{shot}-approved")
    return asked


def enter_order(walk: Walk, code: str, number: str, yuan: str) -> tuple[str, str]:
    """An order entered by sales; answers what became of it, and why, in words without separators of thousands."""
    page = walk.of("li")
    go(page, "/orders/")
    walk.press(page, "enter")
    page.fill("#f-customer", NAMES[code])
    page.fill("#f-number", number)
    page.fill("#f-line-0-product", "离心泵")
    page.fill("#f-line-0-quantity", "1")
    page.fill("#f-line-0-amount", yuan)
    walk.press(page, "enter it")
    page.wait_for_selector("[data-decided]")
    walk.picture(page, number)
    return decided(page)


def decided(page: Any) -> tuple[str, str]:
    """What the order's page says of its check."""
    said = page.locator("[data-decided]")
    return said.get_attribute("data-decided"), said.inner_text().replace(",", "")


def open_order(walk: Walk, who: str, number: str) -> Any:
    """An order that waits, from their list of those, with its ways out."""
    page = walk.of(who)
    go(page, "/credit/")
    page.click(f"main a[data-row]:has-text('{number}')")
    page.wait_for_selector("[data-way]")
    return page


def ways(page: Any) -> list[str]:
    return [way.get_attribute("data-way") for way in page.locator("[data-way]").all()]


def enter_statement(walk: Walk, page: Any) -> None:
    """The balance of 2024 in the form, in units of ten thousand yuan."""
    walk.press(page, "enter statements")
    page.fill("#f-ends_on", "2024-12-31")
    page.fill("#f-received_on", "2025-03-20")
    page.select_option("#f-unit", "wan")
    for line, amount in {**OPENING, "revenue": 1_000, "cost_of_sales": 760, "net_profit": 40}.items():
        page.fill(f"#f-closing-{line}", str(amount * SCALE))
    walk.press(page, "record statements")
    page.wait_for_selector("[data-ratio=debt_ratio]")


def upload_statement(walk: Walk, page: Any, room: Path) -> None:
    """2025 in the template: downloaded, filled in, read into the form and recorded."""
    with page.expect_download() as sent:
        page.locator("main a[href*='template']").first.click()
    sent.value.save_as(room / "filled.xlsx")
    book = openpyxl.load_workbook(room / "filled.xlsx")
    head = {"ends_on": "2025-12-31", "received_on": "2026-03-15", "unit": "wan", "nil-balance": "yes"}
    for row in book.active.iter_rows():
        line = row[0].value
        if line in head:
            row[2].value = head[line]
        for cell, stated in ((row[2], CLOSING | FLOWS), (row[3], OPENING)):
            if line in stated:
                cell.value = str(stated[line] * SCALE)
    book.save(room / "filled.xlsx")
    page.set_input_files("#file", room / "filled.xlsx")
    walk.press(page, "read")
    page.wait_for_selector("#f-closing-cash")
    walk.press(page, "record statements")
    page.wait_for_selector("[data-ratio=debt_ratio]")


def test_a_prospect_is_given_a_limit_on_what_others_say_and_on_stated_sales(walk: Walk) -> None:
    page = open_customer(walk, "shen", PROSPECT_CODE, "rating")
    inform(
        walk, page, years_established="6 registry", open_lawsuits="0 registry", third_party_rating="good third_party",
        bank_reference="good bank", peer_reference="prompt peers", management_view="sound analyst",
    )  # fmt: skip
    grade, score, points = assess(walk, page)
    assert (grade, score) == ("A", 83)
    assert list(points.values()) == ["11 / 15", "15 / 15", "16 / 20", "15 / 15", "15 / 15", "4 / 10", "7 / 10"]
    walk.picture(page, "rated")
    open_limit(page)
    assert page.locator("[data-figure=proposal]").count() == 0, "nothing was sold, no statements"
    page.fill("input[id^=sales-]", "6,000,000")
    walk.press(page, "work out")
    page.wait_for_selector("[data-figure=proposal]")
    # 6 m × 1.13 ÷ 365 × 75 × 1.2, half of it without statements
    assert ask_as_proposed(walk, page, "新客户首单") == "835890.41"
    assert approve(walk, "prospect") == "835890.41"
    state, why = enter_order(walk, PROSPECT_CODE, "SO-11", "900,000")
    assert state == "held"
    assert all(said in why for said in ("900000.00", "835890.41", "64109.59", "107.7 %"))
    assert ways(walk.of("li")) == ["prepay", "temporary_limit", "limit_change", "release_by_authority", "stop_supply"]
    assert walk.of("li").locator("[data-way] a").count() == 0, "sales asks for no limit and releases nothing"
    state, why = enter_order(walk, PROSPECT_CODE, "SO-12", "300,000")
    assert (state, "35.9 %" in why) == ("released", True)


@pytest.mark.on_both
def test_a_small_customers_orders_pause_and_are_held_and_go_on(walk: Walk) -> None:
    page = open_customer(walk, "shen", SMALL, "rating")
    grade, score, points = assess(walk, page)
    assert (grade, score, points["average_days_late"], points["years_established"]) == ("A", 91, "28 / 30", "2 / 5")
    open_limit(page)
    # 6 m ÷ 365 × 75 × 1.2, half of it without statements
    assert ask_as_proposed(walk, page, "年度授信") == approve(walk, "small") == "739726.03"
    state, why = enter_order(walk, SMALL, "SO-21", "100,000")
    assert (state, "600000.00" in why, "81.2 %" in why) == ("paused", True, True)
    manager = open_order(walk, "guo", "SO-21")
    manager.click("[data-way=release_by_sales_manager] a")
    manager.fill("#f-reason", "货已备好，客户下周付款")
    walk.press(manager, "release")
    manager.wait_for_selector("#release-title", state="detached")
    state, why = enter_order(walk, SMALL, "SO-22", "200,000")
    assert (state, "60273.97" in why, "108.2 %" in why) == ("held", True, True)
    page = open_order(walk, "shen", "SO-22")
    walk.picture(page, "held")
    page.click("[data-way=temporary_limit] a")
    page.wait_for_selector("#f-amount")
    assert (page.input_value("#f-kind"), page.input_value("#f-amount")) == ("temporary", "60273.97")
    # So much that the order stands at 80 % of the limit and not over it.
    ask(walk, page, "旺季备货，年前回款", amount="260,273.97", until="2026-12-31")
    assert approve(walk, "temporary") == "1000000.00", "the button says what the limit comes to"
    deliver_events(subscribers())
    sales = walk.of("li")
    sales.reload()
    state, why = decided(sales)
    assert (state, "1000000.00" in why, "80.0 %" in why) == ("released", True, True)
    assert set(OrderStanding.objects.values_list("state", flat=True)) == {"released"}
    walk.picture(sales, "went-on")
    open_customer(walk, "shen", SMALL)
    open_limit(page)
    assert amounts(page, "[data-figure=exposure]") == ["800000.00"]
    walk.picture(page, "used")


def test_a_key_account_is_rated_by_two_years_of_statements(walk: Walk, tmp_path: Path) -> None:
    page = open_customer(walk, "shen", KEY)
    walk.press(page, "statements", ".page-head")
    enter_statement(walk, page)
    upload_statement(walk, page, tmp_path)
    walk.picture(page, "ratios")
    page = open_customer(walk, "shen", KEY, "rating")
    grade, score, points = assess(walk, page)
    assert (grade, score) == ("A", 80)
    assert {name: points[name] for name in RATIOS_TOLD} == RATIOS_TOLD
    walk.picture(page, "rated")
    open_limit(page)
    # Net worth 20 m × 10 %; sales would give 2,958,904.11
    assert ask_as_proposed(walk, page, "年度授信") == approve(walk, "key") == "2000000.00"
    state, why = enter_order(walk, KEY, "SO-31", "500,000")
    assert (state, "1500000.00" in why, "75.0 %" in why) == ("released", True, True)


def test_a_groups_limit_holds_a_members_order_and_is_told_to_nobody_who_sees_one_member(walk: Walk) -> None:
    for code in (SISTER, MEMBER):
        page = open_customer(walk, "shen", code, "rating")
        assert assess(walk, page)[:2] == ("A", 91)
    open_limit(page)
    assert ask_as_proposed(walk, page, "年度授信") == approve(walk, "member") == "1479452.06"
    go(page, "/customers/groups/")
    page.click(f"tr[data-group={GROUP}] a[href*='/credit/groups']")
    page.wait_for_url("**/credit/groups**")
    walk.press(page, "as proposed")
    page.wait_for_url("**by=**")
    assert page.input_value("#f-amount") == "2899726.04", "1,479,452.06 and 1,420,273.98"
    ask(walk, page, "集团合并授信", amount="2,100,000")
    assert approve(walk, "group") == "2100000.00"
    state, why = enter_order(walk, MEMBER, "SO-41", "180,000")
    assert (state, GROUP in why) == ("held", True)
    sales = walk.of("li")
    reads = [sales.content(), open_order(walk, "li", "SO-41").content()]
    open_limit(sales)
    assert amounts(sales, "[data-figure=exposure]") == ["1000000.00"]
    assert "1,479,452.06" in sales.content(), "the order fits the member's own"
    reads += [sales.content(), sales.request.get("/credit/export?format=csv").text()]
    for secret in ("2100000", "2140000", "1960000", "960000", "40000.00", "102.0", "93.4", NAMES[SISTER]):
        assert not any(secret in read.replace(",", "") for read in reads), secret
    page = open_order(walk, "shen", "SO-41")
    page.click("[data-way=temporary_limit] a")
    page.wait_for_url("**/credit/groups**")
    assert page.input_value("#f-kind") == "temporary"
    assert amounts(page, "[data-figure=exposure]") == ["1960000.00"]
    walk.picture(page, "group")
