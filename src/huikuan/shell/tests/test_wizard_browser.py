"""The import wizard in a real browser: dropped and clicked, by the keyboard alone, on a phone, in both themes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from huikuan.connect.connectors.models import Batch, ImportDraft
from huikuan.record.receivables.models import Item
from huikuan.shell.tests.conftest import DESK, PHONE, hit, keyboard_at, shuts_nobody_out, stays_in_its_width
from huikuan.shell.tests.test_wizard import CONTENT, work

pytestmark = pytest.mark.browser

DROP = """([name, text]) => {
  const drop = document.querySelector('[data-drop]');
  const dataTransfer = new DataTransfer();
  dataTransfer.items.add(new File([text], name, {type: 'text/csv'}));
  drop.dispatchEvent(new DragEvent('drop', {dataTransfer, bubbles: true, cancelable: true}));
}"""


@pytest.fixture
def csv(tmp_path: Path) -> Path:
    path = tmp_path / "十月.csv"
    path.write_bytes(CONTENT)
    return path


def look(page: Any) -> None:
    """The page as it stands: nobody shut out in either theme, and no sideways scrolling on a phone."""
    for theme in ("light", "dark"):
        page.emulate_media(color_scheme=theme)
        # A theme changes colours and nothing else.
        shuts_nobody_out(page, colours_alone=theme == "dark")
    page.set_viewport_size(PHONE)
    stays_in_its_width(page)
    page.set_viewport_size(DESK)


def test_a_file_is_dropped_mended_committed_and_undone(page: Any) -> None:
    page.goto("/imports/")
    page.click("text=导入文件")
    page.wait_for_url("**/imports/new")
    look(page)
    page.evaluate(DROP, ["十月.csv", CONTENT.decode()])
    assert "十月.csv" in page.inner_text("[data-drop-name]")
    page.click(".start button.primary")
    page.wait_for_url("**/columns")
    look(page)
    page.click("button[name=check]")
    page.wait_for_url("**/check")
    look(page)
    page.fill(".mend >> nth=0 >> input[name=value]", "2026-10-31")
    page.press(".mend >> nth=0 >> input[name=value]", "Enter")
    page.wait_for_selector("#edits-title")
    # What is to be mended next waits for it.
    keyboard_at(page, "[name=value]")
    assert page.locator(".mend").count() == 2 - 1
    look(page)
    page.click(".commit button.primary")
    page.wait_for_url("**/progress")
    assert "没有后台进程在运行" in page.inner_text("main")
    look(page)
    work()
    page.wait_for_selector(".done")
    draft = ImportDraft.objects.get()
    batch = Batch.objects.get(draft_id=draft.pk)
    assert f"导入批次 {batch.pk} 已入账" in page.inner_text("main")
    look(page)
    page.click("text=撤销此批次")
    page.wait_for_url("**/undo")
    look(page)
    page.click("button.danger")
    page.wait_for_selector("text=正在撤销")
    work()
    page.wait_for_selector(".done")
    assert f"导入批次 {batch.pk} 已撤销" in page.inner_text("main")
    for path in ("/imports/", f"/imports/{batch.pk}", "/imports/presets"):
        page.goto(path)
        look(page)
    assert Item.objects.filter(batch_id=batch.pk, reversal_of__isnull=False).count() == 3


def test_the_whole_walk_by_the_keyboard_alone(page: Any, csv: Path) -> None:
    def reach(selector: str) -> None:
        """Tab on until the element is in focus."""
        for _ in range(150):
            if page.evaluate("(wanted) => document.activeElement.matches(wanted)", selector):
                return
            hit(page, "Tab")
        raise AssertionError(f"{selector} cannot be reached on {page.url}")

    # The browser hands its file dialog over only once somebody listens: from the start, not in the press's instant.
    page.on("filechooser", lambda chooser: None)
    hit(page, "g")
    hit(page, "i")
    page.wait_for_url("**/imports/**")
    reach("a.primary[href*='/imports/new']")
    hit(page, "Enter")
    page.wait_for_url("**/new")
    reach("input[name=kind]")
    reach("input[type=file]")
    with page.expect_file_chooser() as chooser:
        hit(page, "Enter")
    chooser.value.set_files(csv)
    reach(".start button.primary")
    hit(page, "Enter")
    page.wait_for_url("**/columns")
    reach("select[name=column-7]")
    hit(page, "Home")
    reach("button[name=check]")
    hit(page, "Enter")
    page.wait_for_url("**/check")
    for value, cell in (("2026-10-31", ".mend input[name=value]"), ("4000", ".mend input[data-focus]")):
        page.wait_for_selector(".htmx-settling, .htmx-swapping", state="detached")
        reach(cell)
        hit(page, "Control+a")
        page.keyboard.type(value)
        hit(page, "Enter")
        page.wait_for_selector(f"td.strong:has-text('{value}')")
    assert page.locator(".mend").count() == 0
    hit(page, "Control+Enter")
    page.wait_for_url("**/progress")
    work()
    page.wait_for_selector(".done")
    keyboard_at(page, "[href='/receivables/overview']")
    hit(page, "Enter")
    page.wait_for_url("**/receivables/overview")
    assert Item.objects.filter(batch_id=Batch.objects.latest("pk").pk).count() == 4


def test_it_is_done_on_a_phone_in_english(page: Any, csv: Path) -> None:
    page.click("#person summary")
    page.click("#person button[value=en]")
    page.wait_for_selector("h1:has-text('Receivables overview')")
    page.set_viewport_size(PHONE)
    page.goto("/imports/new")
    page.set_input_files("input[type=file]", csv)
    page.click(".start button.primary")
    page.wait_for_url("**/columns")
    page.click("button[name=check]")
    page.wait_for_url("**/check")
    page.goto("/imports/")
    assert "checked, not committed" in page.inner_text(".drafts")
    stays_in_its_width(page)
    page.click(".drafts a")
    page.wait_for_url("**/check")
    assert page.locator(".kpi .figure").all_inner_texts()[:2] == ["2 rows", "2 rows · 2 cells"]
    page.click(".commit button.primary")
    page.wait_for_url("**/progress")
    work()
    page.wait_for_selector(".done")
    assert "2 rows were taken over" in page.inner_text(".done")
    stays_in_its_width(page)
