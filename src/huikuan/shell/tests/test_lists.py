"""Lists: views kept under a name, columns chosen, rows picked; the same on every list."""

from __future__ import annotations

import csv
import io
import re
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from huikuan.mechanisms.identity.models import User
from huikuan.mechanisms.identity.operations import grant_role
from huikuan.mechanisms.pages.lists import LISTINGS
from huikuan.mechanisms.pages.models import SavedView
from huikuan.shell.tests.books import AT, Books, open_by
from huikuan.shell.tests.conftest import PHONE, hit, shuts_nobody_out, stays_in_its_width

ITEMS = "/receivables/items"
KEEP = "/lists/receivables.items/views"


def tabs(client: Client, path: str = ITEMS, *, counted: bool = True) -> dict[str, int | None]:
    """Tab → how many rows it says its view has."""
    answer = client.get(path, headers={"HX-Target": "tabs"} if counted else {})
    assert answer.status_code == 200
    return {tab.title: tab.count for tab in answer.context["list"].tabs}


def current(client: Client, path: str) -> list[str]:
    return [tab.title for tab in client.get(path).context["list"].tabs if tab.current]


def rows(answer: Any) -> list[list[str]]:
    return list(csv.reader(io.StringIO(b"".join(answer.streaming_content).decode("utf-8-sig"))))[1:]


def entered(name: str, role: str) -> Client:
    user = User.objects.create_user(name, password="a long pass phrase")
    grant_role(username=name, role=role, actor="cli:test", at=AT)
    client = Client()
    client.force_login(User.objects.get(pk=user.pk))
    return client


def test_tabs_say_what_their_views_have_and_cost_nothing_until_asked(reader: Client) -> None:
    assert set(tabs(reader, counted=False).values()) == {None}
    for tab in reader.get(ITEMS).context["list"].tabs:
        assert reader.get(tab.url).context["found"].count == tabs(reader)[tab.title]
    assert current(reader, ITEMS) == ["全部"]
    assert current(reader, f"{ITEMS}?side=debit&slot=overdue") == ["逾期"]


def test_tabs_keep_and_count_with_the_other_conditions_and_one_is_always_current(reader: Client) -> None:
    narrowed = f"{ITEMS}?customer=C0001"
    told = tabs(reader, narrowed)
    assert told["全部"] == reader.get(narrowed).context["found"].count
    assert told["全部"] < (tabs(reader)["全部"] or 0)
    for tab in reader.get(narrowed).context["list"].tabs:
        assert "customer=C0001" in tab.url
        assert reader.get(tab.url).context["found"].count == told[tab.title], tab.title
    assert current(reader, narrowed) == ["全部"]
    assert current(reader, f"{ITEMS}?side=debit&slot=overdue&customer=C0001") == ["逾期"]
    aged = f"{ITEMS}?slot=days&from=1&to=30"
    assert current(reader, aged) == ["当前条件"]
    assert tabs(reader, aged)["当前条件"] == reader.get(aged).context["found"].count
    assert not any("from=" in tab.url for tab in reader.get(aged).context["list"].tabs if not tab.current)
    reader.post(KEEP, {"title": "北麓", "query": "customer=C0001", "next": ITEMS})
    assert current(reader, narrowed) == ["北麓"]
    assert not reader.get(narrowed).context["list"].may_save
    assert reader.get(aged).context["list"].may_save


def test_a_view_is_kept_found_again_and_forgotten(reader: Client) -> None:
    sent = {"title": " 北麓  逾期 ", "query": "customer=C0001&side=debit&slot=overdue&after=9&as_of=2020-01-01&x=1"}
    kept = reader.post(KEEP, sent)
    view = SavedView.objects.get()
    assert (view.title, view.company_id) == ("北麓 逾期", None)
    assert view.query == {"customer": "C0001", "side": "debit", "slot": "overdue"}
    assert current(reader, kept.headers["Location"]) == ["北麓 逾期"]
    assert tabs(reader)["北麓 逾期"] == 2
    # The same name again replaces it; another day's page has it with that day's rows.
    reader.post(KEEP, {"title": "北麓 逾期", "query": "customer=C0001"})
    assert SavedView.objects.get().query == {"customer": "C0001"}
    assert [tabs(reader, f"{ITEMS}?as_of=2026-10-{day}")["北麓 逾期"] for day in (30, 31)] == [2, 3]
    reader.post(f"/lists/views/{view.pk}/forget", {"next": ITEMS})
    assert not SavedView.objects.exists()


@pytest.mark.parametrize(
    "sent", [{"title": "", "query": "q=1"}, {"title": "长" * 41, "query": "q=1"}, {"title": "空", "query": "after=1"}]
)
def test_what_is_no_view_is_refused_and_nothing_is_kept(sent: dict[str, str], reader: Client) -> None:
    reader.post(KEEP, {**sent, "next": ITEMS})
    assert not SavedView.objects.exists()
    assert 'role="alert"' in reader.get(ITEMS).content.decode()


def test_views_are_ones_own_until_shared_and_then_for_who_sees_the_whole_company(reader: Client, books: Books) -> None:
    auditor, seller = entered("chen", "auditor"), entered("li", "sales")
    reader.post(f"{KEEP}?company=MAIN", {"title": "我的", "query": "customer=C0001"})
    reader.post(f"{KEEP}?company=MAIN", {"title": "大家的", "query": "customer=C0002", "shared": "1"})
    seller.post(f"{KEEP}?company=MAIN", {"title": "小李的", "query": "side=credit", "shared": "1"})
    assert SavedView.objects.get(title="小李的").company is None
    assert {"我的", "大家的"} <= set(tabs(reader))
    assert set(tabs(auditor)) & {"我的", "大家的", "小李的"} == {"大家的"}
    assert set(tabs(seller)) & {"我的", "大家的", "小李的"} == {"小李的"}
    shared = SavedView.objects.get(title="大家的")
    # Whoever shared it may have left: who sees the whole company may remove it, and nobody else.
    for foreign in (shared, SavedView.objects.get(title="我的")):
        seller.post(f"/lists/views/{foreign.pk}/forget", {"next": ITEMS})
    auditor.post(f"/lists/views/{SavedView.objects.get(title='我的').pk}/forget", {"next": ITEMS})
    assert SavedView.objects.filter(title__in=["我的", "大家的"]).count() == 2
    assert f"/lists/views/{shared.pk}/forget" in auditor.get(ITEMS).content.decode()
    auditor.post(f"/lists/views/{shared.pk}/forget", {"next": ITEMS})
    assert set(SavedView.objects.values_list("title", flat=True)) == {"我的", "小李的"}


def test_neither_endless_views_nor_endless_conditions_are_kept(reader: Client) -> None:
    for number in range(31):
        reader.post(KEEP, {"title": f"第 {number}", "query": "side=debit", "next": ITEMS})
    assert SavedView.objects.count() == 30
    reader.post(KEEP, {"title": "第 3", "query": "side=credit", "next": ITEMS})
    view = SavedView.objects.get(title="第 3")
    assert view.query == {"side": "credit"}
    reader.post(KEEP, {"title": "第 3", "query": "q=" + "长" * 2_000, "next": ITEMS})
    view.refresh_from_db()
    assert view.query == {"side": "credit"}
    assert 'role="alert"' in reader.get(ITEMS).content.decode()


def test_columns_are_left_out_and_the_conditions_stay(reader: Client) -> None:
    path = f"{ITEMS}?side=debit&only=CNY"
    before = reader.get(path)
    answer = reader.post("/lists/receivables.items/columns", {"shown": ["due", "kind"], "next": path})
    assert answer.headers["Location"] == path
    after = reader.get(path)
    assert [row.item_id for row in after.context["found"].rows] == [
        row.item_id for row in before.context["found"].rows
    ]
    heads = re.findall(r"<th[^>]*>(?:<[^>]+>)*([^<]+)", after.content.decode())
    assert [head.strip() for head in heads if head.strip()] == ["客户", "单据", "类型", "到期日 ↑", "未清"]
    # Every row of the table has as many cells as its head, the sums too.
    table = after.content.decode().partition("<table")[2].partition("</table>")[0]
    widths = {len(re.findall(r"<t[hd][ >]", row)) for row in table.split("<tr")[1:] if "more-row" not in row}
    assert widths == {6}
    assert entered("chen", "auditor").get(path).context["list"].shows != after.context["list"].shows


def test_picked_rows_are_exported_and_no_others(reader: Client, books: Books) -> None:
    keys = [f"{books.item(document)}.0" for document in ("264388102254", "INV-7")]
    for picked, documents in (
        (",".join(keys), {"264388102254", "INV-7"}),
        (keys[0], {"264388102254"}),
        ("", set()),
        ("1.x,DROP TABLE,9" * 3, set()),
    ):
        answer = reader.post(f"{ITEMS}/export?side=debit&format=csv", {"picked": picked})
        assert {row[3] for row in rows(answer)} == documents, picked
    # Picking narrows what the list has; it never adds to it.
    answer = reader.post(f"{ITEMS}/export?side=debit&only=USD&format=csv", {"picked": ",".join(keys)})
    assert [row[3] for row in rows(answer)] == ["INV-7"]
    stranger = entered("li", "sales").post(f"{ITEMS}/export?format=csv", {"picked": ",".join(keys)})
    assert rows(stranger) == []


def test_every_list_answers_its_tabs_and_its_files_by_well_formed_addresses(reader: Client) -> None:
    for listing in LISTINGS.values():
        path = reverse(listing.place)
        assert None not in tabs(reader, path).values(), listing.name
        for page in (path, f"{path}?q=%26x&as_of=2026-11-01"):
            for address in re.findall(r'href="([^"]*export[^"]*)"', reader.get(page).content.decode()):
                assert "?&" not in address
                assert "&amp;&amp;" not in address
                answer = reader.get(address.replace("&amp;", "&"))
                answer.close()
                assert answer.status_code == 200


def test_the_overviews_panels_come_as_files_with_the_pages_figures(reader: Client) -> None:
    def panel(name: str, query: str = "") -> list[list[str]]:
        answer = reader.get(f"/receivables/overview/export/{name}?format=csv{query}")
        assert answer.status_code == 200
        return rows(answer)

    shown = reader.get("/receivables/overview").context["overview"]
    aged = panel("aging")
    assert [Decimal(row[2]) for row in aged[:-1]] == [Decimal(line.amount) / 100 for line in shown.buckets]
    assert sum(Decimal(row[2]) for row in aged[:-1]) == Decimal(aged[-1][2]) == Decimal(shown.total.amount) / 100
    assert [row[0] for row in panel("top")] == [row.code for row in shown.top]
    for months in (12, 24):
        points = reader.get(f"/receivables/overview?months={months}").context["overview"].trend
        assert [row[0] for row in panel("trend", f"&months={months}")] == [point.on.isoformat() for point in points]
    assert [row[1] for row in panel("concentration")] == [bar.code for bar in shown.concentration.bars]
    by = panel("aging", "&by=customer&as_of=2026-10-31")
    listed = reader.get("/receivables/overview?by=customer&as_of=2026-10-31").context["aging"]
    assert [(row[1], Decimal(row[4])) for row in by] == sorted(
        (row.key, Decimal(row.total) / 100) for row in listed.rows
    )
    assert reader.get("/receivables/overview/export/nothing").status_code == 404


@pytest.mark.browser
def test_picking_by_mouse_and_keys_sums_exactly_and_a_view_is_kept(page: Any) -> None:
    page.goto(f"{ITEMS}?side=debit&only=CNY")
    page.wait_for_selector("#tabs .tabs .quiet")
    bar = page.locator("[data-bulk]")
    assert bar.is_hidden()
    for key in ("j", "x", "j", "j", "Shift+X"):
        hit(page, key)
    numbers = [text.replace(" ", "") for text in page.locator("[data-row]").all_inner_texts()[:3]]
    total = sum(open_by(number) for number in numbers)
    assert bar.locator("[data-count]").inner_text() == "3"
    assert bar.locator("[data-sums]").inner_text() == f"CNY {total:,.2f}"
    shuts_nobody_out(page)
    with page.expect_download() as fetched:
        bar.locator("button").nth(1).click()
    assert len(fetched.value.path().read_text("utf-8-sig").splitlines()) == 4
    hit(page, "Escape")
    assert bar.is_hidden()
    page.check("[data-pick-all]")
    assert bar.locator("[data-count]").inner_text() == str(page.locator("[data-row]").count())
    # V opens the views; a name keeps the conditions as a tab.
    page.locator("h1").click()
    hit(page, "v")
    page.fill("#view-title", "人民币借方")
    hit(page, "Enter")
    page.wait_for_selector("#tabs [aria-current=page]:has-text('人民币借方')")
    shuts_nobody_out(page)
    page.set_viewport_size(PHONE)
    page.goto(ITEMS)
    stays_in_its_width(page)
    shuts_nobody_out(page)
