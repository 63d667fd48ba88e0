"""A customer answers in a real browser, from the link to the receipt: desk and phone, both languages."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import time_machine

from huikuan.mechanisms.notices.operations.sending import send_due
from huikuan.mechanisms.notices.tests.mail_server import MailServer
from huikuan.see.confirmations.domain.answers import DISPUTED, Said
from huikuan.see.confirmations.models import Reply, ReplyLine
from huikuan.see.confirmations.operations.answering import answer
from huikuan.see.confirmations.operations.lists import take_list
from huikuan.see.confirmations.tests.conftest import AT, GU, Portal, books, portal
from huikuan.see.confirmations.tests.test_lists import CSV, STRANGE, workbook
from huikuan.see.statements.tests.conftest import person
from huikuan.shell.tests.conftest import DESK, PHONE, shuts_nobody_out, stays_in_its_width
from huikuan.shell.tests.test_portal import PNG, code_sent

__all__ = ["books", "portal"]

pytestmark = pytest.mark.browser


@pytest.fixture
def on_the_day() -> Iterator[None]:
    with time_machine.travel(AT, tick=True):
        yield


@pytest.fixture
def stranger(browser: Any, portal: Portal, on_the_day: None, live_server: Any) -> Iterator[Any]:
    """Opens a page of somebody who was never here."""
    contexts = []

    def opened(size: dict[str, int], theme: str) -> Any:
        context = browser.new_context(viewport=size, base_url=live_server.url, color_scheme=theme, locale="fr-FR")
        contexts.append(context)
        return context.new_page()

    yield opened
    for context in contexts:
        context.close()


XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def looked_at(page: Any, name: str) -> None:
    """Nothing wider than the page, nobody shut out; kept as a picture where a folder for it is named."""
    stays_in_its_width(page)
    shuts_nobody_out(page)
    if folder := os.environ.get("HUIKUAN_PICTURES"):
        page.screenshot(path=str(Path(folder) / f"{name}.png"), full_page=True)


@pytest.mark.parametrize(
    ("language", "size", "theme"),
    [("zh", DESK, "light"), ("en", PHONE, "dark"), ("zh", PHONE, "light"), ("en", DESK, "dark")],
)
def test_from_the_link_to_the_receipt(
    portal: Portal, stranger: Any, tmp_path: Path, language: str, size: dict[str, int], theme: str
) -> None:
    name = f"{language}-{theme}-{size['width']}"
    _, token = portal.invite(language=language)
    page = stranger(size, theme)
    page.goto(f"/portal/open/{token}")
    looked_at(page, f"open-{name}")
    page.click("main button.primary")
    page.wait_for_url("**/portal/")
    assert page.get_attribute("html", "lang") == {"zh": "zh-Hans", "en": "en"}[language]
    looked_at(page, f"account-{name}")
    paper = tmp_path / "检验报告.png"
    paper.write_bytes(PNG)
    page.check("input[name=said-0][value=correct]", force=True)
    page.fill("input[name=promised_on-0]", "2026-11-25")
    assert not page.is_visible("#reason-1")
    page.check("input[name=said-1][value=disputed]", force=True)
    page.select_option("#reason-1", "quality")
    page.fill("#accepted-1", "58,000")
    page.fill("#note-1", "2 件法兰尺寸偏差 0.4 mm")
    page.set_input_files("#files-1", str(paper))
    page.wait_for_selector("[data-sum=disputed]:has-text('2,000.00')")
    page.fill("#name", "顾静")
    page.fill("#position", "财务部")
    with page.expect_navigation():
        page.click("button[value=code]")
    assert "检验报告.png" in page.inner_text(".portal-detail >> nth=1")
    looked_at(page, f"half-{name}")
    # One line is not answered: nothing is recorded, and nothing that was filled in is lost.
    page.fill("#code", code_sent())
    page.click("button[value=submit]")
    page.wait_for_selector("#problem")
    looked_at(page, f"refused-{name}")
    assert Reply.objects.count() == 0
    with page.expect_navigation():
        page.click("button[value=rest]")
    page.fill("#code", code_sent())
    page.click("button[value=submit]")
    page.wait_for_url("**/portal/receipt")
    looked_at(page, f"receipt-{name}")
    reply = Reply.objects.get()
    assert (reply.accepted, reply.disputed) == (83_499_95, 2_000_00)
    assert list(ReplyLine.objects.order_by("place").values_list("said", "promised_on", "reason")) == [
        ("correct", AT.date().replace(day=25), ""), ("disputed", None, "quality"), ("correct", None, ""),
    ]  # fmt: skip
    with page.expect_download() as taken:
        page.click("a[href$='/receipt/pdf']")
    assert Path(taken.value.path()).read_bytes().startswith(b"%PDF")
    page.click("a[href*='/portal/verify']")
    page.wait_for_selector(".said.good")
    looked_at(page, f"verify-{name}")
    page.goto(f"/portal/open/{token}")
    page.click("main button.primary")
    assert re.search(r"链接|link", page.inner_text("main"))
    looked_at(page, f"closed-{name}")


def test_the_account_is_answered_by_the_keyboard_alone(portal: Portal, stranger: Any) -> None:
    _, token = portal.invite()
    page = stranger(DESK, "light")
    page.goto(f"/portal/open/{token}")
    page.focus("main button.primary")
    page.keyboard.press("Enter")
    page.wait_for_url("**/portal/")
    page.focus("button[value=rest]")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    page.focus("#name")
    page.keyboard.type("顾静")
    page.focus("button[value=code]")
    with page.expect_navigation():
        page.keyboard.press("Space")
    page.focus("#code")
    page.keyboard.type(code_sent())
    # Enter in a field keeps, it never sends.
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert Reply.objects.count() == 0
    page.focus("#code")
    page.keyboard.type(code_sent())
    page.focus("button[value=submit]")
    page.keyboard.press("Enter")
    page.wait_for_url("**/portal/receipt")
    assert Reply.objects.get().disputed == 0


def test_link_and_code_come_by_real_mail(
    portal: Portal, stranger: Any, live_server: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The mail of a real server is all the customer has: the link in it opens, the code in it proves."""
    with MailServer() as server:
        monkeypatch.setenv("HUIKUAN_SMTP_URL", server.url)
        monkeypatch.setenv("HUIKUAN_SMTP_FROM", "ar@example.com")
        portal.invite(site=live_server.url)
        send_due()
        (letter,) = (mail.get_body().get_content() for mail in server.taken.mails())
        link = re.search(r"http://\S+/portal/open/[\w-]+", letter)
        assert link is not None
        page = stranger(DESK, "light")
        page.goto(link[0])
        page.click("main button.primary")
        page.wait_for_url("**/portal/")
        with page.expect_navigation():
            page.click("button[value=rest]")
        page.fill("#name", "顾静")
        with page.expect_navigation():
            page.click("button[value=code]")
        send_due()
        code = re.search(r"(?<![0-9])[0-9]{6}(?![0-9])", server.taken.mails()[-1].get_body().get_content())
        assert code is not None
        page.fill("#code", code[0])
        page.click("button[value=submit]")
        page.wait_for_url("**/portal/receipt")
    assert Reply.objects.get().accepted == 85_499_95


def test_staffs_pages_and_the_customers_list_shut_nobody_out(
    portal: Portal, browser: Any, on_the_day: None, live_server: Any, client: Any, stranger: Any
) -> None:
    """The register, one reply, the form that asks, a compared list: desk and phone, light and dark."""
    invited, token = portal.invite()
    guest = portal.enter(token)
    second = portal.lines(guest)[1]
    said = portal.all_correct(guest) | {second.key: Said(DISPUTED, "quality", 58_000_00, "尺寸偏差 0.4 mm")}
    asked = {"invitation_id": invited, "content": CSV, "name": "清单.csv", "source": "staff", "actor": "cli:test"}
    take_list(**asked, at=AT)
    answer(guest=guest, said=said, person=GU, code=portal.code(guest), at=AT)
    client.force_login(person("clerk", "billing_clerk"))
    session = {"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}
    again, listed = portal.invite()[1], f"/receivables/confirmations/{invited}/list"
    paths = {
        "register": "/receivables/confirmations/", "reply": f"/receivables/confirmations/{invited}", "list": listed,
        "ask": f"/receivables/confirmations/ask/{portal.statement}", "many": "/receivables/confirmations/ask",
    }  # fmt: skip
    for size, theme in ((DESK, "light"), (PHONE, "dark")):
        context = browser.new_context(viewport=size, base_url=live_server.url, color_scheme=theme, locale="zh-CN")
        context.add_cookies([session])
        page = context.new_page()
        for name, path in paths.items():
            page.goto(path)
            looked_at(page, f"staff-{name}-{theme}-{size['width']}")
        context.close()
        own = stranger(size, theme)
        own.goto(f"/portal/open/{again}")
        own.click("main button.primary")
        own.wait_for_url("**/portal/")
        own.goto("/portal/list")
        own.set_input_files("#file", files=[{"name": "应付.xlsx", "mimeType": XLSX, "buffer": workbook(STRANGE)}])
        own.click("form[enctype] button.primary")
        for column, field in (("1", "document"), ("4", "amount"), ("5", "kind")):
            own.select_option(f"#column-{column}", field)
        looked_at(own, f"columns-{theme}-{size['width']}")
        with own.expect_navigation():
            own.click("form[enctype] button.primary")
        assert "95,000.00" in own.inner_text("main")
        looked_at(own, f"list-{theme}-{size['width']}")
