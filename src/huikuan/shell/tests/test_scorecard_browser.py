"""The scorecard editor in a browser: the effect follows what is typed, by keyboard, on a desk and on a phone."""

from __future__ import annotations

from typing import Any

import pytest

from huikuan.judge.rating.domain.factors import Reliability
from huikuan.judge.rating.models import ScorecardDraft
from huikuan.judge.rating.operations.information import record_information
from huikuan.shell.tests.books import AS_OF, AT, Books
from huikuan.shell.tests.conftest import DESK, PHONE, hit, shuts_nobody_out, stays_in_its_width

pytestmark = pytest.mark.browser


def test_the_effect_follows_what_is_typed(page: Any) -> None:
    page.goto("/credit/scorecards/")
    shuts_nobody_out(page)
    page.click("form[action*=begin] button.primary")
    draft = ScorecardDraft.objects.get()
    page.click("form[action*=measure] button")
    page.wait_for_selector("[data-cell]")
    assert page.locator("[data-cell]").count() == 1
    shuts_nobody_out(page)
    page.click("[data-cell]")
    page.wait_for_selector("[data-customer]")
    assert page.locator("[data-customer]").count() == 4
    shuts_nobody_out(page)
    page.goto(f"/credit/scorecards/{draft.pk}/cards/small_firms?who=C0001")
    shuts_nobody_out(page)
    row = page.locator("#effect tr[data-factor=years_established]")
    assert row.locator("td").all_inner_texts() == ["2 / 5", "2 / 5"]
    page.locator("[id='f-factors[10]'] summary").click()
    page.fill("[id='f-factors[10].missing']", "5")
    hit(page, "Tab")
    page.wait_for_selector("#effect tr[data-factor=years_established].strong")
    assert row.locator("td").all_inner_texts() == ["2 / 5", "5 / 5"]
    assert ScorecardDraft.objects.get().edition == draft.edition, "looking keeps nothing"
    page.fill("[id='f-factors[1].bins[3].from']", "0.5")
    hit(page, "Tab")
    page.wait_for_selector("#effect a[href='#f-factors[1].bins[3].from']")
    for size in (DESK, PHONE):
        page.set_viewport_size(size)
        shuts_nobody_out(page)
        stays_in_its_width(page)
    page.click("button.primary[value=save]")
    assert page.locator("[id='p-factors[1].bins[3].from']").is_visible()
    assert ScorecardDraft.objects.get().document["cards"]["small_firms"]["factors"][9]["missing"] == 5
    page.goto(f"/credit/scorecards/{draft.pk}")
    shuts_nobody_out(page)
    stays_in_its_width(page)


def test_facts_side_by_side_shut_nobody_out(page: Any, books: Books) -> None:
    told: dict[str, Any] = {
        "customer_id": books.customer("C0001"), "on": AS_OF, "reliability": Reliability.REPORTED, "actor": "cli:test",
        "at": AT,
    }  # fmt: skip
    for factor, value, source in (
        ("bank_reference", "fair", "bank"), ("debt_ratio", "0.35", "third_party"), ("debt_ratio", "0.6", "analyst"),
    ):  # fmt: skip
        record_information(factor=factor, value=value, source=source, **told)
    page.goto(f"/customers/{books.customer('C0001')}?tab=rating")
    page.click("a[href*='/facts']")
    row = page.locator("tr[data-factor=debt_ratio]")
    assert row.locator("td").count() == 2, "a column for each source of ratios, and no other"
    assert row.locator("[data-counts]").inner_text().startswith("35")
    for size in (DESK, PHONE):
        page.set_viewport_size(size)
        shuts_nobody_out(page)
        stays_in_its_width(page)
