"""The main job of cash in one walk: three banks' files dropped, most money on its invoices by itself, the rest cleared
on the workbench by the keyboard alone (on a phone by the thumb), until every receipt is explained. Exact sums."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from huikuan.mechanisms.identity.models import User
from huikuan.mechanisms.identity.operations import add_user, grant_role
from huikuan.mechanisms.jobs.worker import Worker
from huikuan.record.banking.models import BankLine, LineUse, OpenLine
from huikuan.record.cash.models import Application, Rejection, Undoing
from huikuan.record.receivables.queries.check import check_ledger
from huikuan.record.receivables.queries.ledger import open_of
from huikuan.shell.tests.books import AT, PASSWORD, Books
from huikuan.shell.tests.conftest import (
    DESK,
    PHONE,
    hit,
    keyboard_at,
    script_held,
    shuts_nobody_out,
    stays_in_its_width,
)
from huikuan.shell.tests.test_cash_pages import line_in, suggest
from huikuan.shell.tests.test_main_job import go
from huikuan.shell.wiring import jobs

pytestmark = pytest.mark.browser

#: Where pictures of the walk go, if anywhere.
SHOTS = os.environ.get("HUIKUAN_SHOTS", "")
HEADER = "account,booked_on,value_on,amount,currency,payer_name,payer_account,memo,bank_reference"
FILES = {
    "江临银行.csv": (
        "6222010100000001,2026-11-19,,645000.05,CNY,北麓矿业装备集团有限公司,62280001,货款264388117730,A1",
        "6222010100000001,2026-11-19,,86400.55,CNY,宏朔钢构有限公司,62280002,付264377023311,A2",
    ),
    "海门银行.csv": (
        "1100200300400500,2026-11-19,,880000.00,CNY,启程供应链有限公司,62280003,代付264401827731,B1",
    ),
    "东陵银行.csv": (
        "3300400500600700,2026-11-19,,50000.00,CNY,往来单位,,往来款,C1",
        "3300400500600700,2026-11-19,,12.34,CNY,东陵银行,,结息,C2",
    ),
}  # fmt: skip
#: What is open at the end, in fen.
OPEN = {
    "264388117730": 0,
    "264377023311": 0,
    "264401827731": 0,
    "264377023310": 2_143_000_00 - 50_000_00,
    "264388102254": 730_000_00,
}
#: Drops several files on the field of the page, as a hand does.
DROP = """files => {
  const all = new DataTransfer();
  for (const [name, text] of files) all.items.add(new File([text], name, { type: 'text/csv' }));
  document.querySelector('[data-drop]').dispatchEvent(new DragEvent('drop', { dataTransfer: all, bubbles: true }));
}"""


@pytest.fixture(params=[("zh-hans", DESK), ("en", PHONE)], ids=["zh-desk", "en-phone"])
def clerk(
    request: pytest.FixtureRequest, browser: Any, books: Books, on_the_day: None, live_server: Any
) -> Iterator[Any]:  # fmt: skip
    """The cash clerk's page, logged in by the form."""
    language, size = request.param
    add_user(username="lin", password=PASSWORD, display_name="林静", actor="cli:test", at=AT)
    grant_role(username="lin", role="cash_clerk", actor="cli:test", at=AT)
    User.objects.filter(username="lin").update(language=language)
    context = browser.new_context(viewport=size, base_url=live_server.url, locale=language)
    page = context.new_page()
    page.by_thumb, page.name, page.faults = size == PHONE, request.node.name, []
    page.on("pageerror", lambda fault: page.faults.append(str(fault)))
    page.set_default_timeout(20_000)
    page.goto("/login")
    page.fill("#id_username", "lin")
    page.fill("#id_password", PASSWORD)
    page.click("form button.primary")
    page.wait_for_url(lambda url: "/login" not in url)
    yield page
    assert page.faults == []
    context.close()


#: What only a keyboard does is asked where there is one.
at_desk = pytest.mark.parametrize("clerk", [("zh-hans", DESK)], ids=["zh-desk"], indirect=True)


def work() -> None:
    """What the worker does of cash and banking, until nothing waits."""
    Worker({kind: one for kind, one in jobs().items() if kind.split(".")[0] in ("cash", "banking")}).run(
        until_idle=True
    )


def press(page: Any, key: str, tapped: str) -> None:
    """A key where there is a keyboard; on a phone what does the same."""
    if page.by_thumb:
        page.locator(tapped).locator("visible=true").first.click()
    else:
        hit(page, key)


def push(page: Any, button: str) -> None:
    """A button by the thumb, or by the keyboard as whoever has come to it with Tab."""
    if page.by_thumb:
        page.click(button)
    else:
        page.locator(button).first.focus()
        hit(page, "Enter")


def at_line(page: Any, payer: str) -> None:
    page.wait_for_selector(f"h2#payer:has-text('{payer}')", state="attached")


def picture(page: Any, what: str) -> None:
    stays_in_its_width(page)
    if SHOTS:
        page.screenshot(path=Path(SHOTS) / f"{page.name}-{what}.png", full_page=True)


def drop_files(page: Any) -> None:
    go(page, "/bank/import")
    page.evaluate(DROP, [[name, "\n".join([HEADER, *rows])] for name, rows in FILES.items()])
    push(page, ".start button.primary")
    page.wait_for_selector("[data-upload]")
    work()
    for waiting in range(len(FILES), 0, -1):
        page.goto("/bank/import")
        assert page.locator("[data-state=asking]").count() == waiting
        with page.expect_navigation():
            push(page, "[data-state=asking] button.primary >> nth=0")
        work()
    page.goto("/bank/import")
    assert page.locator("[data-state=imported]").count() == len(FILES)


@pytest.mark.parametrize(
    "clerk",
    [("zh-hans", DESK), ("en", DESK), ("en", PHONE)],
    ids=["zh-desk", "en-desk", "en-phone"],
    indirect=True,
)
def test_a_day_of_three_banks_is_worked_through(clerk: Any, books: Books) -> None:
    page = clerk
    drop_files(page)
    go(page, "/cash/")
    with page.expect_navigation():
        push(page, "form[action^='/cash/match'] button")
    work()
    page.goto("/cash/")
    assert {one.kind for one in Application.objects.all()} == {"automatic"}
    assert page.inner_text("[data-progress-automatic]") == "2"
    shuts_nobody_out(page)
    picture(page, "begin")
    accept_and_think_again(page)
    apply_to_whom_is_found(page)
    set_aside(page)
    page.wait_for_selector(".empty h2")
    picture(page, "end")
    assert not OpenLine.objects.exists()
    assert {name: open_of(books.item(name)).amount for name in OPEN} == OPEN
    standing = Application.objects.exclude(id__in=Undoing.objects.values("application_id"))
    assert sum(one.amount for one in standing) == 645_000_05 + 86_400_55 + 880_000_00 + 50_000_00
    assert LineUse.objects.get(purpose="set_aside").amount == 12_34
    assert check_ledger() == []
    back_to_the_file(page, books)


def accept_and_think_again(page: Any) -> None:
    """The suggestion for the third party's payment is taken, taken back, and taken again."""
    if page.by_thumb:
        page.click(".queue a:has-text('启程供应链')")
    at_line(page, "启程供应链")
    line = BankLine.objects.get(bank_reference="B1").id
    press(page, "Enter", "button[data-apply]")
    page.wait_for_selector("[data-undo]")
    assert not OpenLine.objects.filter(pk=line).exists()
    press(page, "Control+z", "button[data-undo]")
    page.wait_for_selector(".said.good:not(.undo)")
    assert OpenLine.objects.get(pk=line).left == 880_000_00
    at_line(page, "启程供应链")
    press(page, "Enter", "button[data-apply]")
    page.wait_for_selector("[data-undo]")
    assert Application.objects.filter(kind="accepted").count() == 2, "it was suggested again as before"


def apply_to_whom_is_found(page: Any) -> None:
    """Nobody is suggested: the customer is looked for, its item ticked, part of it stays open."""
    if page.by_thumb and not page.locator("h2#payer:visible").count():
        page.click(".queue a:has-text('往来单位')")
    at_line(page, "往来单位")
    press(page, "/", "[data-find]")
    page.keyboard.type("hs")
    page.wait_for_selector("#customers-found a:has-text('宏朔')")
    if page.by_thumb:
        page.click("#customers-found a:has-text('宏朔')")
    else:
        hit(page, "Enter")
    page.wait_for_selector("tr[data-claim]")
    press(page, "ArrowDown", "tr[data-claim] input[type=checkbox] >> nth=0") if page.by_thumb else None
    if not page.by_thumb:
        keyboard_at(page, "[name=item]")
        hit(page, "Space")
    assert page.locator("[data-told=rest]").first.inner_text() == "0.00"
    press(page, "Enter", "button[data-apply]")


def set_aside(page: Any) -> None:
    """Interest is no customer's money."""
    if page.by_thumb and not page.locator("h2#payer:visible").count():
        page.click(".queue a:has-text('东陵银行')")
    at_line(page, "东陵银行")
    summary = page.locator("#aside summary")
    summary.click() if page.by_thumb else summary.press("Enter")
    page.fill("#aside-note", "活期利息")
    page.press("#aside-note", "Enter")


def back_to_the_file(page: Any, books: Books) -> None:
    """From what an invoice was paid, click by click, to the line of the bank's file."""
    page.goto(f"/receivables/items/{books.item('264401827731')}")
    page.click("[data-application] >> nth=0")
    page.wait_for_url("**/cash/applications/*")
    shuts_nobody_out(page)
    page.click("[data-bank-line]")
    page.wait_for_url("**/bank/lines/*")
    assert "代付264401827731" in page.inner_text("main")
    assert "海门银行.csv" in page.inner_text("main")


@at_desk
def test_the_keys_of_the_map_do_what_they_say(clerk: Any, books: Books) -> None:
    """J K and S go along the queue, D to the difference, ↓ and Space tick."""
    page = clerk
    first, second = line_in(books, 600_000_00), line_in(books, 70_00, day="2026-11-18")
    suggest(books, first, "C0001", {"264388117730": 600_000_00}, 0.9)
    page.goto("/cash/")
    for key, at in (("j", second), ("k", first), ("s", second)):
        hit(page, key)
        page.wait_for_url(f"**/cash/?line={at}")
    hit(page, "k")
    page.wait_for_url(f"**/cash/?line={first}")
    hit(page, "d")
    keyboard_at(page, "[name=short]")
    page.evaluate("document.querySelector('tr[data-claim] input[type=checkbox]').focus()")
    hit(page, "ArrowDown")
    hit(page, "Space")
    assert page.inner_text("[data-told=count] >> nth=0") == "2"
    assert page.locator("[data-when=over]").is_visible(), "more is ticked than came in"
    hit(page, "Space")
    assert page.inner_text("[data-told=rest] >> nth=0") == "0.00"


@at_desk
def test_a_script_that_comes_late_leaves_the_keyboard_where_somebody_is(clerk: Any, books: Books) -> None:
    """Brought to the payer while “Not a customer's money” is being opened, Enter would apply the payment."""
    page = clerk
    line_in(books, 600_000_00)
    with script_held(page):
        with page.expect_request("**/app.js?*"):
            page.goto("/cash/", wait_until="commit")
        page.locator("#aside summary").focus()
    keyboard_at(page, "#aside summary")
    hit(page, "Enter")
    page.fill("#aside-note", "活期利息")


@at_desk
def test_who_looks_for_a_customer_before_the_script_came_is_answered(clerk: Any, books: Books) -> None:
    page = clerk
    line_in(books, 600_000_00)
    with script_held(page):
        with page.expect_request("**/app.js?*"):
            page.goto("/cash/", wait_until="commit")
        page.fill("[data-find]", "hs")
    page.wait_for_selector("#customers-found a:has-text('宏朔')")


#: Of each row of claims and of the equation: pairs of boxes that stand on each other, and the tops of '=' and 剩余.
LAID = """() => {
  const box = (one) => one.getBoundingClientRect();
  const said = (one) => { const range = document.createRange(); range.selectNodeContents(one); return box(range); };
  const over = (a, b) => a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
  const numbers = document.querySelectorAll('tr[data-claim] a.number');
  for (const one of numbers) one.textContent = '2632 2000 0001 4572 2491';
  const laid = (cell) => cell.querySelector('input') ? box(cell) : said(cell);
  const rows = [...document.querySelectorAll('tr[data-claim]')].map((row) =>
    [...row.cells].filter((cell) => box(cell).width).map(laid));
  const [, , , equals, rest] = document.querySelector('.equation').children;
  return {
    rows: rows.length,
    overprinted: rows.filter((cells) => cells.some((a, i) => cells.slice(i + 1).some((b) => over(a, b)))).length,
    apart: Math.abs((box(equals).top + box(equals).bottom) / 2 - (box(rest).top + box(rest).bottom) / 2),
  };
}"""


def test_long_numbers_and_large_amounts_stand_clear_of_each_other(clerk: Any, books: Books) -> None:
    """A number of twenty digits beside an amount of millions, and 剩余 in the row of its '='."""
    page = clerk
    line = line_in(books, 880_000_00)
    page.goto(f"/cash/?line={line}&customer=C0001")
    laid = page.evaluate(LAID)
    assert laid["rows"] > 1
    assert laid["overprinted"] == 0
    assert laid["apart"] < 4
    picture(page, "long-numbers")


@at_desk
def test_another_customer_is_found_by_the_keys_alone(clerk: Any, books: Books) -> None:
    """↓ goes into what was found and ↑ back, ↵ takes the one with the focus; ↵ too early asks for the page with it."""
    page = clerk
    line = line_in(books, 70_00, counterparty_name="往来单位")
    page.goto(f"/cash/?line={line}")
    hit(page, "/")
    page.keyboard.type("公司")
    page.wait_for_selector("#customers-found a >> nth=1")
    focused = "[...document.querySelectorAll('#customers-found a')].indexOf(document.activeElement)"
    for key, at in (("ArrowDown", 0), ("ArrowDown", 1), ("ArrowUp", 0), ("ArrowUp", -1), ("Enter", 0)):
        hit(page, key)
        assert page.evaluate(focused) == at, key
    hit(page, "ArrowUp")
    keyboard_at(page, "[name=find]")
    page.fill("#choose [data-find]", "hs")
    hit(page, "Enter")
    page.wait_for_url("**find=hs*")
    assert page.evaluate(focused) == 0
    hit(page, "Enter")
    page.wait_for_url(f"**/cash/?line={line}&customer=C0002")
    page.wait_for_selector("tr[data-claim]")


@at_desk
def test_every_deed_has_a_key(clerk: Any, books: Books) -> None:
    """N asks what it is, R says no to the suggestion, O puts all on account; the hint bar names each of them. Where
    nobody is suggested the keyboard begins at the payer."""
    page = clerk
    first, second = line_in(books, 600_000_00), line_in(books, 70_00, day="2026-11-18", counterparty_name="往来单位")
    suggest(books, first, "C0001", {"264388117730": 600_000_00}, 0.9)
    page.goto(f"/cash/?line={second}")
    named = page.locator(".hints kbd").all_inner_texts()
    assert {"N", "R", "O"} <= set(named)
    keyboard_at(page, "#payer")
    hit(page, "n")
    keyboard_at(page, "#aside-note")
    page.goto(f"/cash/?line={first}")
    hit(page, "r")
    page.wait_for_selector(".said.good:not(.undo)")
    assert list(Rejection.objects.values_list("line_id", flat=True)) == [first]
    page.goto(f"/cash/?line={second}&customer=C0001")
    page.evaluate("document.querySelector('form[data-bench]').addEventListener('submit', () => (window.sent = 1))")
    hit(page, "Enter")
    assert not page.evaluate("window.sent"), "nothing is ticked: Enter puts nothing on account"
    hit(page, "o")
    page.wait_for_selector("[data-undo]")
    made = Application.objects.get()
    assert (made.parts, made.rest) == ([], 70_00)


@at_desk
def test_what_was_done_does_not_move_the_bench(clerk: Any, books: Books) -> None:
    """The next payment stands where this one stood: the eye and the hand go on."""
    page = clerk
    first, second = line_in(books, 70_00), line_in(books, 60_00, day="2026-11-18")
    top = "document.querySelector('.bench').getBoundingClientRect().top"
    page.goto(f"/cash/?line={second}")
    before = page.evaluate(top)
    page.goto(f"/cash/?line={first}&customer=C0001")
    hit(page, "o")
    page.wait_for_selector("[data-undo]")
    picture(page, "done")
    assert abs(page.evaluate(top) - before) < 1
