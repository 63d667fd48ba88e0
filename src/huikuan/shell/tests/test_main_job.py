"""The main job of the README in one walk: an export dropped, its columns confirmed, a bad cell mended, committed;
the checkup read, a customer opened, a statement issued and its document opened. Exact figures, in both languages."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from huikuan.mechanisms.identity.models import Company, User
from huikuan.mechanisms.identity.operations import grant_role
from huikuan.record.receivables.models import Item
from huikuan.see.statements.models import IssuedStatement
from huikuan.shell.tests.books import AT, NAME, PASSWORD, ask_second_factor_of
from huikuan.shell.tests.conftest import DESK, PHONE
from huikuan.shell.tests.test_wizard import work
from huikuan.shell.tests.test_wizard_browser import DROP

pytestmark = [pytest.mark.browser, pytest.mark.on_both]

EXPORT = Path(__file__).parents[4] / "examples" / "receivables.csv"
#: What the checkup of the books' day says of the file with its bad cell mended, worked out by hand: rule → amount.
FINDINGS = {
    "unknown_big_customers": "2452200.75",  # no registration code is known of any of the four
    "over_concentration": "1610500.50",  # C1001 owes 66 %
    "long_overdue": "1070000.00",  # 860,000 and 210,000
    "newly_overdue": "649300.50",  # 432,500.50 and 96,400 twice and 24,000
    "suspected_duplicates": "192800.00",  # 96,400 twice
    "without_due_date": "128000.00",  # awaits acceptance since April
    "odd_terms": "66000.00",  # a year
    "stale_cash": "50000.00",
    "usable_credits": "50000.00",
    "retention_due": "24000.00",
}
ACCOUNT = {"opening": "1242500.50", "invoiced": "318000.00", "closing": "1560500.50"}
SAID = {
    "zh-hans": ("12 行", "1 行 · 1 格", "入账 12 行"),
    "en": ("12 rows", "1 row · 1 cell", "12 rows were taken over"),
}


@pytest.fixture(params=[("zh-hans", DESK), ("en", PHONE)], ids=["zh-desk", "en-phone"])
def newcomer(
    request: pytest.FixtureRequest, browser: Any, transactional_db: None, on_the_day: None, live_server: Any
) -> Iterator[Any]:
    """A page of somebody in finance who has just logged in, on books in which nothing stands yet."""
    language, size = request.param
    Company.objects.get_or_create(code="MAIN", defaults={"name": "江临精工装备股份"})
    User.objects.create_user(NAME, password=PASSWORD, display_name="周岚", language=language)
    grant_role(username=NAME, role="finance_manager", actor="cli:test", at=AT)
    ask_second_factor_of("nobody")
    context = browser.new_context(viewport=size, base_url=live_server.url, locale=language)
    page = context.new_page()
    page.said = SAID[language]
    page.faults = []
    page.on("pageerror", lambda fault: page.faults.append(str(fault)))
    page.goto("/login")
    page.fill("#id_username", NAME)
    page.fill("#id_password", PASSWORD)
    page.click("form button.primary")
    page.wait_for_url("**/today")
    yield page
    assert page.faults == []
    context.close()


def go(page: Any, path: str) -> None:
    """By the navigation, as it stands beside or below the page; beside a workbench a group's places fly out."""
    page.wait_for_load_state()  # before its styles are there every entry is seen
    entry = page.locator(f".nav a[href='{path}']")
    if not entry.last.is_visible() and not entry.first.is_visible():
        group = page.locator(f".nav li:has(> ul a[href='{path}']) > .group")
        first = group.get_attribute("href")
        group.click()
        page.wait_for_url(f"**{first}")
        if page.viewport_size != PHONE:
            group.hover()
    page.click(f".nav a[href='{path}']:visible >> nth=-1")
    page.wait_for_url(f"**{path}")


def stated(page: Any, attribute: str) -> dict[str, str]:
    """What each marked figure of the page says, to the cent."""
    return {
        link.get_attribute(attribute): link.locator("data.amount").get_attribute("value")
        for link in page.locator(f"main a[{attribute}]").all()
    }


def test_the_main_job_from_the_export_to_the_statement(newcomer: Any) -> None:
    page = newcomer
    take_over(page)
    go(page, "/receivables/checkup")
    assert list(stated(page, "data-finding").items()) == list(FINDINGS.items()), "by money"
    page.click("[data-finding=over_concentration]")
    page.wait_for_selector("[data-sum=finding]")
    assert page.locator("[data-sum=finding] data.amount").get_attribute("value") == FINDINGS["over_concentration"]
    go(page, "/customers/")
    page.click("tr[data-customer] a[data-row] >> nth=0")
    page.wait_for_selector("h1:has-text('云桥起重机械有限公司')")
    page.click("main a[href*='/statements/customers/'] >> nth=0")
    page.wait_for_selector("[data-figure=closing]")
    shown = stated(page, "data-figure")
    assert {name: shown[name] for name in ACCOUNT} == ACCOUNT
    assert sum(Decimal(shown[name]) for name in ("opening", "invoiced", "returned", "paid", "other")) == Decimal(
        shown["closing"]
    )
    issue(page)


def take_over(page: Any) -> None:
    """The export through the wizard: dropped, confirmed, one cell mended, committed."""
    good, bad, done = page.said
    go(page, "/imports/")
    page.click("main a.primary[href*='/imports/new'] >> nth=0")
    page.wait_for_url("**/imports/new")
    page.evaluate(DROP, [EXPORT.name, EXPORT.read_text("utf-8")])
    page.click(".start button.primary")
    page.wait_for_url("**/columns")
    assert page.locator("th.sure").count() == 10, "every column was recognised"
    page.click("button[name=check]")
    page.wait_for_url("**/check")
    assert page.locator(".kpi .figure").nth(1).inner_text() == bad
    page.fill(".mend input[name=value]", "2026-11-28")
    page.press(".mend input[name=value]", "Enter")
    page.wait_for_selector("#edits-title")
    assert page.locator(".kpi .figure").nth(0).inner_text() == good
    page.click(".commit button.primary")
    page.wait_for_url("**/progress")
    work()
    page.wait_for_selector(".done")
    assert done in page.inner_text(".done")
    assert Item.objects.count() == 12


def issue(page: Any) -> None:
    """The statement gets its number; its document is the one the register keeps."""
    page.click("details.pop > summary.primary")
    page.click("details.pop[open] button.primary")
    page.wait_for_url("**/issued?**")
    fact = IssuedStatement.objects.get()
    assert f"2026-{fact.number:06}" in page.inner_text("tbody")
    assert page.locator("tbody data.amount").first.get_attribute("value") == ACCOUNT["closing"]
    with page.expect_download() as opened:
        page.click(f"tbody a[href='/receivables/statements/issued/{fact.pk}'] >> nth=0")
    document = Path(opened.value.path()).read_bytes()
    assert document.startswith(b"%PDF-")
    assert hashlib.sha256(document).hexdigest() == fact.file_sha256
    assert (fact.opening, fact.closing) == (124_250_050, 156_050_050)
