"""Collecting from a customer that does not keep its word, and from one that is right to complain, each in one walk: a
promise passes, instalments take the place of the due date, one is missed; a dispute is answered and granted. Exact
figures, in both languages, at a desk and on a phone; who approves does so on a phone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
import time_machine

from huikuan.mechanisms.identity.operations import add_user, grant_role
from huikuan.mechanisms.jobs.worker import Worker
from huikuan.mechanisms.work.models import WorkItem
from huikuan.record.promises.models import Plan, Promise
from huikuan.record.receivables.models import Item
from huikuan.record.receivables.queries.check import check_ledger
from huikuan.shell.tests.books import AS_OF, AT, PASSWORD, Books
from huikuan.shell.tests.conftest import DESK, PHONE
from huikuan.shell.tests.test_desk_pages import meet
from huikuan.shell.tests.test_main_job import go
from huikuan.shell.tests.walking import Walkers
from huikuan.shell.wiring import jobs

pytestmark = pytest.mark.browser

DEBTOR, PARTNER = "宏朔钢构", "海岳风电"
#: Of DEBTOR, due on 17 April; of PARTNER, due on 31 October.
OLD, DISPUTED = "264377023310", "264402031188"
PAPER = {"name": "分期协议.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.4 plan"}
PICTURE = {"name": "裂纹.png", "mimeType": "image/png", "buffer": b"\x89PNG\r\n\x1a\n crack"}


@dataclass
class Walk(Walkers):
    """The people, and the days that pass."""

    books: Books = field(kw_only=True)
    clock: Any = field(kw_only=True)

    def pass_to(self, day: date) -> None:
        """The night before noon of that day: everybody went home, what the calendar does was done."""
        self.leave()
        self.clock.move_to(f"{day}T04:00:00Z")
        Worker({kind: job for kind, job in jobs().items() if kind == "promises.judge"}).run(until_idle=True)

    def at_customer(self, who: str, code: str, name: str) -> Any:
        """Their workbench with the customer open."""
        page = self.of(who)
        page.goto(f"/collection/?customer={self.books.customer(code)}")
        page.wait_for_selector(f"h2#debtor:has-text('{name}')", state="attached")
        return page


@pytest.fixture(params=[("zh-hans", DESK), ("en", PHONE)], ids=["zh-desk", "en-phone"])
def walk(request: pytest.FixtureRequest, browser: Any, books: Books, live_server: Any) -> Iterator[Walk]:
    language, size = request.param
    with time_machine.travel(f"{AS_OF}T04:00:00Z", tick=True) as clock:
        for name, shown, role in (("heyu", "何渝", "collector"), ("qiu", "邱质", "resolver")):
            add_user(username=name, password=PASSWORD, display_name=shown, actor="cli:test", at=AT)
            grant_role(username=name, role=role, actor="cli:test", at=AT)
        for code in ("C0002", "C0003"):
            meet(books, code)
        found = Walk(browser, live_server.url, language, size, request.node.name, books=books, clock=clock)
        yield found
        found.leave()
    assert found.faults == []
    assert check_ledger() == []


def stands(page: Any, figure: str) -> str:
    """A figure of the page, to the cent."""
    return str(page.locator(f"[data-figure={figure}] data.amount").first.get_attribute("value"))


def open_first(page: Any, path: str, figure: str) -> None:
    """A list, and its first row with its figures."""
    page.goto(path)
    page.locator("main a[data-row]").first.click()
    page.wait_for_selector(f"[data-figure={figure}]")


def open_work(page: Any) -> None:
    """The first thing that waits for them, and what it is about."""
    page.goto("/today")
    go(page, "/work/")
    page.locator("main a[data-row]").first.click()
    page.locator("main a[href^='/disputes/']").click()
    page.wait_for_selector("[data-figure=pursued]")


@pytest.mark.on_both
def test_a_broken_promise_becomes_a_plan_and_the_plan_is_missed(walk: Walk) -> None:
    promise(walk)
    walk.pass_to(date(2026, 11, 30))
    see_it_broken(walk)
    ask_for_instalments(walk)
    approve(walk)
    see_the_plan_run(walk)
    walk.pass_to(date(2026, 12, 21))
    see_the_plan_broken(walk)


def promise(walk: Walk) -> None:
    """The customer says: by Wednesday, all of it."""
    page = walk.at_customer("heyu", "C0002", DEBTOR)
    page.locator("label.ending:has([value=promised])").click()
    page.fill("#f-by", "2026-11-25")
    page.fill("#f-note", "25 号款到")
    page.click("button[data-write]")
    page.wait_for_selector(".said.good")
    assert Promise.objects.get().pay_by == date(2026, 11, 25)
    walk.at_customer("heyu", "C0002", DEBTOR)
    walk.picture(page, "promised")


def see_it_broken(walk: Walk) -> None:
    """The grace of three days is over: the list says why they are called again, the story what they said."""
    page = walk.of("heyu")
    go(page, "/collection/")
    row = page.locator(f".queue li[data-customer='{walk.books.customer('C0002')}']")
    assert {"zh-hans": "失约 1 次", "en": "1 promise broken"}[walk.language] in row.inner_text()
    walk.picture(page, "list")
    page = walk.at_customer("heyu", "C0002", DEBTOR)
    assert page.locator("[data-entry=promise] .tag.bad").count() == 1
    walk.picture(page, "broken")
    open_first(page, "/promises/", "promised")
    assert [stands(page, one) for one in ("promised", "paid", "short")] == ["2143000.00", "0.00", "2143000.00"]
    walk.picture(page, "promise")
    assert WorkItem.objects.filter(kind="promises.broken").count() == 1


def ask_for_instalments(walk: Walk) -> None:
    page = walk.at_customer("heyu", "C0002", DEBTOR)
    page.click("[data-instalments]")
    page.wait_for_selector("tr[data-claim]")
    # What is overdue is ticked already; the instalments are to be for one claim alone.
    for claim in page.locator("tr[data-claim]").all():
        claim.locator("input").set_checked(claim.get_attribute("data-claim") == str(walk.books.item(OLD)))
    page.fill("#f-parts", "3")
    page.fill("#f-first", "2026-12-15")
    page.click("button[name=split]")
    page.wait_for_selector("input[name='line-2-amount'][value='714333.33']")
    lines = [page.input_value(f"[name='line-{row}-{what}']") for row in range(3) for what in ("day", "amount")]
    assert lines == ["2026-12-15", "714333.33", "2027-01-15", "714333.34", "2027-02-15", "714333.33"]
    page.select_option("#f-on_miss", "original")
    page.set_input_files("#f-file", PAPER)
    walk.picture(page, "asking")
    page.click("button[data-commit]")
    page.wait_for_selector(".said.good")
    assert not Plan.objects.exists(), "nobody agrees to a plan alone"


def approve(walk: Walk) -> None:
    """The finance manager, on the telephone, by what the request shows."""
    page = walk.of("zhou")
    go(page, "/approvals/")
    page.locator("main a[data-row]").first.click()
    page.wait_for_selector(".verdict")
    shown = page.inner_text("main")
    assert all(one in shown for one in ("2026-12-15", "714,333.34", "2027-02-15", "分期协议.pdf"))
    walk.picture(page, "to-approve")
    page.locator(".verdict summary.primary").click()
    page.locator(".verdict .pop-body button.primary >> visible=true").click()
    page.wait_for_selector(".verdict", state="detached")
    walk.picture(page, "approved")


def see_the_plan_run(walk: Walk) -> None:
    plan, page = Plan.objects.get(), walk.of("heyu")
    page.goto(f"/promises/plans/{plan.pk}")
    assert (stands(page, "debt"), stands(page, "paid")) == ("2143000.00", "0.00")
    claim = page.locator(f"tr[data-item='{walk.books.item(OLD)}']")
    assert claim.locator("td").nth(1).text_content() == "2026-04-17", "the original day stays beside it"
    walk.picture(page, "running")
    assert Item.objects.get(document_number=OLD).due_date == date(2026, 4, 17)
    page.goto(f"/receivables/items/{walk.books.item(OLD)}")
    walk.picture(page, "item-in-plan")
    page = walk.at_customer("heyu", "C0002", DEBTOR)
    overdue = page.locator(".desk-figures data.amount").first
    assert Decimal(overdue.get_attribute("value")) == Decimal("86400.55"), "what is in the plan is not late"


def see_the_plan_broken(walk: Walk) -> None:
    """The first instalment of 15 December and its grace are over: the original day counts again, 248 days ago."""
    plan, page = Plan.objects.get(), walk.of("heyu")
    page.goto(f"/promises/plans/{plan.pk}")
    missed = page.locator("tr[data-line='1']").inner_text()
    assert {"zh-hans": "未付", "en": "not paid"}[walk.language] in missed
    walk.picture(page, "missed")
    page = walk.at_customer("heyu", "C0002", DEBTOR)
    assert Decimal(page.locator(".desk-figures data.amount").first.get_attribute("value")) == Decimal("2229400.55")
    assert page.locator("[data-entry=warning]").count() == 2, "the promise and the plan"
    assert "248" in page.locator(f".desk-claims li:has(a[href*='/items/{walk.books.item(OLD)}'])").inner_text()
    walk.picture(page, "after-the-miss")
    page.goto("/work/")
    assert page.locator("main").inner_text().count(DEBTOR) >= 1
    assert WorkItem.objects.filter(kind="promises.plan_broken").count() == 1
    walk.picture(page, "work")


def test_a_dispute_is_raised_with_a_file_answered_and_granted(walk: Walk) -> None:
    raise_it(walk)
    answer(walk)
    grant(walk)


def raise_it(walk: Walk) -> None:
    page = walk.at_customer("heyu", "C0003", PARTNER)
    page.locator("label.ending:has([value=disputed])").click()
    page.fill("#f-amount", "12,000.00")
    page.select_option("#f-reason", "quality")
    page.set_input_files("#f-file", PICTURE)
    page.fill("#f-note", "两台法兰有裂纹")
    walk.picture(page, "complaint")
    page.click("button[data-write]")
    page.wait_for_selector(".said.good")
    page = walk.at_customer("heyu", "C0003", PARTNER)
    assert page.locator("[data-entry=dispute]").count() == 1
    walk.picture(page, "complained")
    open_first(page, "/disputes/", "pursued")
    assert [stands(page, one) for one in ("disputed", "open", "pursued")] == ["12000.00", "754200.45", "742200.45"]
    assert "质量部" in page.locator("[data-step=routed]").inner_text()
    assert page.locator("[data-step=raised] a").inner_text() == "裂纹.png"
    walk.picture(page, "dispute")


def answer(walk: Walk) -> None:
    """The department finds most of it right."""
    page = walk.of("qiu")
    open_work(page)
    deed(page, "answer", {"answer-amount": "9,000.00", "answer-note": "一台退换，一台折让"})
    assert page.locator("[data-step=answered]").count() == 1
    walk.picture(page, "answered")


def grant(walk: Walk) -> None:
    """Finance posts the credit note, which settles so much of the claim; the rest is pursued again."""
    page = walk.of("zhou")
    open_work(page)
    page.locator("details:has([name=resolve-outcome]) summary").click()
    page.select_option("[name=resolve-outcome]", "credit_note")
    deed(page, "resolve", {"resolve-amount": "9,000.00", "resolve-document": "红字-1", "resolve-note": "同意折让"})
    assert [stands(page, one) for one in ("disputed", "open", "pursued")] == ["12000.00", "745200.45", "745200.45"]
    walk.picture(page, "resolved")
    page.click("[data-step=resolved] a")
    page.wait_for_url("**/items/*")
    credit = Item.objects.get(document_number="红字-1")
    assert (credit.side, credit.amount, credit.kind) == ("credit", 9_000_00, "credit_note")
    walk.picture(page, "credit-note")


def deed(page: Any, name: str, typed: dict[str, str]) -> None:
    box = page.locator(f"details:has([name={name}-note])")
    if box.get_attribute("open") is None:
        box.locator("summary").click()
    for field_name, value in typed.items():
        page.fill(f"[name={field_name}]", value)
    box.locator("button[data-commit]").click()
    page.wait_for_selector(".said.good")
