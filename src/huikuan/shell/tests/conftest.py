"""The pages' tests stand on one small set of books."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.test import Client
from tests.standing import standing_on

from huikuan.shell import catalogs
from huikuan.shell.tests.books import AS_OF, NAME, PASSWORD, Books, open_books
from huikuan.shell.tests.colleagues import people
from huikuan.shell.tests.limits import limits

__all__ = ["limits", "people"]

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


@pytest.fixture(scope="session", autouse=True)
def chinese() -> None:
    """The catalogues are built, not committed."""
    catalogs.main()


@pytest.fixture
def books(transactional_db: None, data_folder: Path) -> Books:
    return standing_on("books", open_books, data_folder)


@pytest.fixture
def on_the_day():
    """The web's clock stands at noon of the books' day."""
    with time_machine.travel(f"{AS_OF}T04:00:00Z", tick=True):
        yield


@pytest.fixture
def reader(books: Books, on_the_day: None, client: Client) -> Client:
    client.force_login(books.user)
    return client


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """One Chromium for a module: each test has a context of its own, which shares nothing with another."""
    if CHROMIUM is None:
        pytest.skip("no Chromium on this machine; set HUIKUAN_CHROMIUM to try one")
    playwright = pytest.importorskip("playwright.sync_api")
    # The driver runs an event loop in this thread; the ORM calls of the test itself are not in it.
    with pytest.MonkeyPatch.context() as patch, playwright.sync_playwright() as driver:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        for look in ("inner_text", "all_inner_texts", "is_visible", "bounding_box"):
            patch.setattr(playwright.Locator, look, _once_styled(getattr(playwright.Locator, look)))
        patch.setattr(playwright.Page, "wait_for_function", _asked_only_once)
        chromium = driver.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield chromium
        chromium.close()


def _once_styled(look: Callable[..., Any]) -> Callable[..., Any]:
    """A person sees a page with its styles; a test that looks sooner reads what they hide."""

    def styled(locator: Any, *args: Any, **options: Any) -> Any:
        locator.page.wait_for_load_state()
        return look(locator, *args, **options)

    return styled


def _asked_only_once(*_: Any, **__: Any) -> None:
    raise AssertionError("its second look is an eval, which the pages' own policy refuses: wait for a selector")


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
    page.wait_for_url("**/today")
    page.goto("/receivables/overview")
    yield page
    assert page.faults == []
    context.close()


def hit(page: Any, key: str) -> None:
    """A key, once the page hears keys: what is seen of it comes before its scripts have run."""
    page.wait_for_load_state("domcontentloaded")
    page.keyboard.press(key)


@contextmanager
def script_held(page: Any) -> Iterator[None]:
    """Inside, the page that comes next has no script yet, as over a slow line; after it the page is whole."""
    held: list[Any] = []

    def hold(script: Any) -> None:
        held.append(script)

    page.route("**/app.js?*", hold)
    yield
    assert held, "no page asked for the script"
    for script in held:
        script.continue_()
    page.unroute("**/app.js?*")
    page.wait_for_load_state()


def keyboard_at(page: Any, selector: str) -> None:
    """The keyboard is there where typing begins, once the page's scripts have brought it there."""
    page.wait_for_selector(f":is({selector}):focus")


def stays_in_its_width(page: Any) -> None:
    """The page does not scroll sideways, asked once its styles are there: without them it is wide."""
    page.wait_for_load_state()
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide <= 0, (page.url, page.viewport_size)


def shuts_nobody_out(page: Any, *, colours_alone: bool = False) -> None:
    """Nothing axe finds is wrong with the page as it stands; `colours_alone`: all else was asked of it before."""
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    # What is still being fetched is dimmed for as long: that is not how the page stands.
    page.wait_for_selector(".htmx-request, [aria-busy=true]", state="detached")
    rules = {"runOnly": ["color-contrast"]} if colours_alone else None
    found = axe.run(page, options=rules).response["violations"]
    assert [(fault["id"], [node["target"] for node in fault["nodes"]]) for fault in found] == [], page.url
