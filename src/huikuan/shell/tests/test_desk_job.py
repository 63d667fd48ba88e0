"""A collector's morning in one walk: the list, a promise, a dispute, a day to call again, nobody reached, a word to a
colleague, and a visit checked in with a photograph. By the keyboard alone at a desk, by the thumb on a phone."""

from __future__ import annotations

import os
import re
import struct
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from huikuan.act.visits.models import Call, CheckIn, Outcome, Photo, Visit
from huikuan.mechanisms.files.queries import open_original
from huikuan.mechanisms.identity.models import User
from huikuan.mechanisms.identity.operations import add_user, grant_role
from huikuan.mechanisms.work.models import WorkItem
from huikuan.record.disputes.models import Dispute
from huikuan.record.promises.models import Promise, PromisePart
from huikuan.record.receivables.queries.check import check_ledger
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
from huikuan.shell.tests.test_desk_pages import meet

pytestmark = pytest.mark.browser

#: Where pictures of the walk go, if anywhere.
SHOTS = os.environ.get("HUIKUAN_SHOTS", "")
FIRST, SECOND, THIRD, FOURTH = "北麓矿业", "宏朔钢构", "海岳风电", "Norvik"


def photograph() -> bytes:
    """A grey picture of 8 × 6 points."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    rows = b"".join(b"\0" + b"\x90" * 8 for _ in range(6))
    header = struct.pack(">IIBBBBB", 8, 6, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


@pytest.fixture(
    params=[("zh-hans", DESK, "light"), ("en", PHONE, "dark"), ("zh-hans", PHONE, "light"), ("en", DESK, "dark")],
    ids=["zh-desk", "en-phone", "zh-phone", "en-desk"],
)
def collector(
    request: pytest.FixtureRequest, browser: Any, books: Books, on_the_day: None, live_server: Any
) -> Iterator[Any]:  # fmt: skip
    """The collector's page, logged in by the form."""
    language, size, scheme = request.param
    if request.node.callspec.id in ("zh-phone", "en-desk") and not SHOTS:
        pytest.skip("looked at, not asked again")
    add_user(username="heyu", password=PASSWORD, display_name="何渝", actor="cli:test", at=AT)
    grant_role(username="heyu", role="collector", actor="cli:test", at=AT)
    User.objects.filter(username="heyu").update(language=language)
    for code in ("C0001", "C0002", "C0003"):
        meet(books, code)
    context = browser.new_context(viewport=size, base_url=live_server.url, locale=language, color_scheme=scheme)
    page = context.new_page()
    page.by_thumb, page.name, page.faults = size == PHONE, request.node.name, []
    page.on("pageerror", lambda fault: page.faults.append(str(fault)))
    page.set_default_timeout(20_000)
    page.goto("/login")
    page.fill("#id_username", "heyu")
    page.fill("#id_password", PASSWORD)
    page.click("form button.primary")
    page.wait_for_url(lambda url: "/login" not in url)
    yield page
    assert page.faults == []
    context.close()


def press(page: Any, key: str, tapped: str) -> None:
    """A key where there is a keyboard; on a phone what does the same."""
    if page.by_thumb:
        page.locator(tapped).locator("visible=true").first.click()
    else:
        hit(page, key)


def at_customer(page: Any, name: str) -> None:
    page.wait_for_selector(f"h2#debtor:has-text('{name}')", state="attached")
    page.wait_for_load_state()


def result(page: Any, key: str) -> None:
    press(page, key, f"label.ending:has(input[data-key='{key}'])")


def write(page: Any) -> None:
    press(page, "Enter", "button[data-write]")


def picture(page: Any, what: str) -> None:
    stays_in_its_width(page)
    if SHOTS:
        page.screenshot(path=Path(SHOTS) / f"{page.name}-{what}.png", full_page=True)


def test_a_morning_is_worked_through(collector: Any, books: Books) -> None:
    page = collector
    page.goto("/collection/")
    picture(page, "list")
    if page.by_thumb:
        page.click(f".queue a:has-text('{FIRST}')")
    at_customer(page, FIRST)
    shuts_nobody_out(page)
    tell_a_colleague(page)
    promise(page, books)
    dispute(page)
    call_again(page)
    nobody_reached(page)
    page.goto("/collection/")
    page.wait_for_selector(".empty h2")
    picture(page, "end")
    assert [one.result for one in Call.objects.order_by("id")] == ["promised", "disputed", "again", "not_reached"]
    assert check_ledger() == []
    page.goto(f"/collection/?customer={books.customer('C0001')}")
    assert page.locator("[data-entry=promise]").count() == 1
    assert page.locator("[data-entry=mention]").count() == 1
    picture(page, "story")


def tell_a_colleague(page: Any) -> None:
    press(page, "@", "#mention summary")
    page.wait_for_selector("#w-to", state="visible")
    page.select_option("#w-to", "zhou")
    page.fill("#w-says", "主轴锻件质检报告给一份")
    page.press("#w-says", "Enter")
    page.wait_for_selector(".said.good")
    assert WorkItem.objects.get(kind="visits.mention").owner == "zhou"


def promise(page: Any, books: Books) -> None:
    """1, the day, Enter: all of the oldest document."""
    result(page, "1")
    page.wait_for_selector("#f-by", state="visible")
    if not page.by_thumb:
        keyboard_at(page, "[name=by]")
    page.fill("#f-by", "2026-12-04")
    page.fill("#f-note", "4 号一定付")
    picture(page, "promise")
    page.press("#f-note", "Enter") if not page.by_thumb else write(page)
    at_customer(page, SECOND)
    made = Promise.objects.get()
    assert made.pay_by.isoformat() == "2026-12-04"
    part = PromisePart.objects.get()
    assert (part.item_id, part.amount) == (books.item("264388102254"), 730_000_00)


def dispute(page: Any) -> None:
    """2, the amount, Enter; the rest stays to be asked for."""
    result(page, "2")
    page.wait_for_selector("#f-amount", state="visible")
    page.fill("#f-amount", "12,000.00")
    page.select_option("#f-reason", "price")
    page.press("#f-amount", "Enter") if not page.by_thumb else write(page)
    at_customer(page, THIRD)
    assert (Dispute.objects.get().amount, Dispute.objects.get().reason) == (12_000_00, "price")


def call_again(page: Any) -> None:
    result(page, "3")
    page.wait_for_selector("#f-again_on", state="visible")
    page.fill("#f-again_on", "2026-11-24")
    page.press("#f-again_on", "Enter") if not page.by_thumb else write(page)
    at_customer(page, FOURTH)


def nobody_reached(page: Any) -> None:
    """4 alone is enough."""
    result(page, "4")
    page.wait_for_selector(".said.good")


def test_the_keys_go_along_the_list_and_to_a_visit(collector: Any, books: Books) -> None:
    page = collector
    if page.by_thumb:
        pytest.skip("there are no keys on a phone")
    page.goto("/collection/")
    at_customer(page, FIRST)
    for key, name in (("j", SECOND), ("j", THIRD), ("k", SECOND)):
        hit(page, key)
        at_customer(page, name)
    hit(page, "m")
    page.wait_for_selector("#m-subject", state="visible")
    hit(page, "Escape")
    page.wait_for_selector("#m-subject", state="hidden")
    assert page.locator("[data-dial]").get_attribute("href") == "tel:13800002046"
    hit(page, "v")
    page.wait_for_url("**/collection/visits/plan?customer=C0002&company=MAIN")
    hit(page, "g")
    hit(page, "c")
    page.wait_for_url("**/collection/?company=MAIN")


on_a_phone = pytest.mark.parametrize("collector", [("en", PHONE, "dark")], ids=["en-phone"], indirect=True)
A_PICTURE = {"name": "厂门.png", "mimeType": "image/png", "buffer": photograph()}


def take(page: Any, pictures: Any) -> None:
    """Pictures are taken, once the page can send them."""
    page.wait_for_selector("#f-photos:enabled", state="attached")
    page.set_input_files("#f-photos", pictures)


def there(page: Any) -> None:
    """Stands at C0001, checked in."""
    page.goto("/collection/visits/plan?customer=C0001")
    picture(page, "plan")
    page.click("form.form button.primary")
    page.wait_for_url("**/collection/visits/*")
    picture(page, "before")
    page.fill("#f-place", "盐城大丰厂区")
    page.press("#f-place", "Enter")
    page.wait_for_selector("[data-visit-state=there]")


def test_a_visit_is_checked_in_on_the_spot_with_a_photograph(collector: Any, books: Books) -> None:
    page = collector
    there(page)
    visit = Visit.objects.get()
    assert (visit.visitor, visit.customer_id) == ("heyu", books.customer("C0001"))
    assert CheckIn.objects.get().visit_id == visit.pk
    page.fill("#f-others", "赵建国")
    take(page, A_PICTURE)
    page.wait_for_selector("[data-photo] img")
    assert page.input_value("#f-others") == "赵建国", "what is typed stays while a picture goes"
    assert page.evaluate("document.querySelector('[data-photo] img').decode().then(() => true)")
    assert open_original(Photo.objects.get().sha256).read_bytes() == photograph()
    page.locator("label.tap:has([value=partly_stopped])").click()
    page.locator("label.tap:has([name=people])").first.click()
    page.fill("#f-note", "第 4 期先付一半")
    page.fill("#f-follow_up_on", "2026-11-27")
    shuts_nobody_out(page)
    picture(page, "found")
    page.locator(".visit-bar button").click()
    page.wait_for_selector("[data-visit-state=ended]")
    ended = Outcome.objects.get()
    assert (ended.outcome, ended.sights, len(ended.people)) == ("met", ["partly_stopped"], 1)
    assert page.locator("dd", has_text="赵建国").count() == 1
    picture(page, "ended")
    page.goto("/collection/visits/")
    picture(page, "visits")
    page.goto(f"/collection/?customer={books.customer('C0001')}")
    assert page.locator("[data-entry=visit]").count() == 1


@on_a_phone
def test_no_picture_is_taken_before_it_can_be_sent(collector: Any) -> None:
    """Kept before the script came, the visit would be over without its picture."""
    page = collector
    there(page)
    with script_held(page):
        with page.expect_request("**/app.js?*"):
            page.reload(wait_until="commit")
        page.wait_for_selector("#f-photos:disabled", state="attached")
    take(page, A_PICTURE)
    page.wait_for_selector("[data-photo] img")
    assert Photo.objects.count() == 1


@on_a_phone
def test_pictures_that_do_not_go_say_so_and_go_later(collector: Any) -> None:
    """Without a connection two are taken one after the other; beside them a note is typed, which stays."""
    page = collector
    there(page)
    page.fill("#f-note", "第 4 期先付一半")
    page.evaluate("document.activeElement.blur()")
    page.context.set_offline(True)
    take(page, A_PICTURE)
    keyboard_at(page, "[data-again]")
    take(page, {**A_PICTURE, "name": "二.png", "buffer": photograph() + b"2"})
    page.wait_for_selector("[data-unsent-count]:text-is('2')")
    shuts_nobody_out(page)
    picture(page, "unsent")
    page.context.set_offline(False)
    page.click("[data-again]")
    page.wait_for_selector("[data-photo] >> nth=1")
    assert [one.file_name for one in Photo.objects.order_by("id")] == ["厂门.png", "二.png"]
    keyboard_at(page, "#f-photos")
    assert page.inner_text("#spoken") == "Photos 2 / 9"
    bad = {**A_PICTURE, "buffer": b"no picture"}
    take(page, [bad, {**A_PICTURE, "buffer": photograph() + b"3"}])
    page.wait_for_selector("#photos-problems")
    page.wait_for_selector("[data-unsent-count]:text-is('1')")
    shuts_nobody_out(page)
    picture(page, "refused")
    page.click("[data-again]")
    page.wait_for_selector("[data-photo] >> nth=2")
    assert (Photo.objects.count(), page.input_value("#f-note")) == (3, "第 4 期先付一半")


@on_a_phone
def test_a_server_that_fails_leaves_what_is_typed_and_taken(collector: Any) -> None:
    page = collector
    there(page)
    page.fill("#f-note", "第 4 期先付一半")
    page.route(re.compile("/photos([?]|$)"), lambda route: route.fulfill(status=502, body="bad gateway"))
    take(page, A_PICTURE)
    page.wait_for_selector("[data-unsent]")
    assert page.input_value("#f-note") == "第 4 期先付一半"
    page.click(".visit-bar button")
    keyboard_at(page, "[data-again]")
    assert not Outcome.objects.exists(), "kept without its picture, the visit would be over"
    page.click("[data-leave-out]")
    page.wait_for_selector("[data-unsent]", state="hidden")
    page.click(".visit-bar button")
    page.wait_for_selector("[data-visit-state=ended]")
    assert (Photo.objects.count(), Outcome.objects.count()) == (0, 1)


@on_a_phone
def test_a_visit_that_is_kept_waits_for_its_pictures(collector: Any) -> None:
    page = collector
    there(page)
    held: list[Any] = []
    photos = re.compile("/photos([?]|$)")

    def hold(sending: Any) -> None:
        held.append(sending)

    page.route(photos, hold, times=1)
    with page.expect_request(photos):
        take(page, [A_PICTURE, {**A_PICTURE, "buffer": photograph() + b"2"}])
    page.click(".visit-bar button")
    assert not Outcome.objects.exists()
    held[0].continue_()
    page.wait_for_selector("[data-visit-state=ended]")
    assert (Photo.objects.count(), Outcome.objects.count()) == (2, 1)


@on_a_phone
def test_pictures_beyond_those_a_visit_takes_are_told(collector: Any) -> None:
    page = collector
    there(page)
    take(page, [{**A_PICTURE, "buffer": photograph() + bytes([n])} for n in range(11)])
    page.wait_for_selector("[data-unsent-count]:text-is('2')")
    assert (Photo.objects.count(), page.locator("#f-photos").count()) == (9, 0)
    shuts_nobody_out(page)
    page.click(".visit-bar button")
    keyboard_at(page, "[data-leave-out]")
    assert not Outcome.objects.exists()
    page.click("[data-leave-out]")
    page.click(".visit-bar button")
    page.wait_for_selector("[data-visit-state=ended]")


@on_a_phone
def test_a_day_that_was_refused_before_keeps_no_picture_and_no_visit_back(collector: Any) -> None:
    page = collector
    there(page)
    page.fill("#f-follow_up_on", "2020-01-01")
    page.click(".visit-bar button")
    page.wait_for_selector("#problems")
    page.fill("#f-follow_up_on", "2026-11-27")
    take(page, [A_PICTURE, {**A_PICTURE, "buffer": photograph() + b"2"}])
    page.click(".visit-bar button")
    page.wait_for_selector("[data-visit-state=ended]")
    assert (Photo.objects.count(), Outcome.objects.count()) == (2, 1)


@on_a_phone
def test_who_was_logged_out_meanwhile_is_asked_to_log_in_and_comes_back_to_the_page(collector: Any) -> None:
    """The page that asks is a whole one: it does not stand in the place of the photographs."""
    page = collector
    there(page)
    here = page.url
    page.context.clear_cookies(name="sessionid")
    take(page, A_PICTURE)
    page.wait_for_url(re.compile("/login[?]next="))
    assert not Photo.objects.exists()
    page.fill("#id_username", "heyu")
    page.fill("#id_password", PASSWORD)
    page.click("form button.primary")
    page.wait_for_url(here)
    page.wait_for_selector("main #photos")
