"""Bank statements in a real browser: several files dropped, one asked about, nobody shut out, nothing too wide."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from huikuan.record.banking.models import BankAccount, BankLine, Upload
from huikuan.shell.tests.books import Books
from huikuan.shell.tests.conftest import DESK, PHONE, shuts_nobody_out, stays_in_its_width
from huikuan.shell.tests.test_bank_pages import HEADER, NUMBER, ROWS

pytestmark = pytest.mark.browser


def handed_in(page: Any, folder: Path, **files: tuple[str, ...]) -> None:
    """Read in: the files by name, the first line their header."""
    for name, rows in files.items():
        (folder / f"{name}.csv").write_text("\n".join(rows), encoding="utf-8")
    page.goto("/bank/import")
    page.set_input_files("input[type=file]", [str(folder / f"{name}.csv") for name in files])
    assert all(name in page.inner_text("[data-drop-name]") for name in files)
    page.click("form.start button[data-commit]")
    page.wait_for_selector("[data-upload]")


def test_two_files_are_read_in_and_a_line_is_opened(page: Any, books: Books, tmp_path: Path) -> None:
    handed_in(
        page, tmp_path, 三月=(HEADER, *ROWS), 四月=(HEADER, ROWS[0].replace("2026-03", "2026-04").replace("B1", "B9"))
    )
    for _ in range(2):
        page.click("[data-state=asking] button[data-commit]")
        page.wait_for_load_state()
        page.goto("/bank/import")
        if not page.query_selector("[data-state=asking]"):
            break
    assert {one.state for one in Upload.objects.all()} == {"imported"}
    page.goto("/bank/lines/?state=open")
    page.click(f"[data-line='{BankLine.objects.order_by('id')[0].id}'] a[data-row]")
    assert page.inner_text("[data-figure=amount]").startswith("1,200.50")


def test_no_page_of_banking_shuts_anyone_out_or_scrolls_sideways(page: Any, books: Books, tmp_path: Path) -> None:
    long_name = "江临市鸿远精密机械制造与成套设备安装工程（集团）股份有限公司第三分公司"
    rows = (HEADER, *ROWS, ROWS[0].replace("北麓矿业装备有限公司", long_name).replace("B1", "B7" * 15))
    handed_in(
        page,
        tmp_path,
        三月=rows,
        陌生=("Tag;Wert;Wofür", "01.03.2026;12,50;货款"),
        坏=(HEADER, ROWS[0].replace("03-01", "02-31")),
    )
    page.click("[data-state=asking] button[data-commit]")
    page.wait_for_load_state()
    line, account = BankLine.objects.latest("id").id, BankAccount.objects.get(number=NUMBER).id
    strange = Upload.objects.get(file_name="陌生.csv").pk
    for path in (
        "/bank/lines/", "/bank/lines/?state=set_aside", f"/bank/lines/{line}", "/bank/accounts/",
        f"/bank/accounts/{account}", "/bank/import", f"/bank/import/{strange}/columns",
    ):  # fmt: skip
        for size, theme in ((DESK, "light"), (PHONE, "dark")):
            page.set_viewport_size(size)
            page.emulate_media(color_scheme=theme)
            page.goto(path)
            stays_in_its_width(page)
            shuts_nobody_out(page)
