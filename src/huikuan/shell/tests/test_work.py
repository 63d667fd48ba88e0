"""Work in the browser: whose it is, doing it with one click, what the page of the day, side bar and bell say of it."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from huikuan.judge.credit.work import CROSSING, LIMIT_ENDS, WARNING
from huikuan.mechanisms.identity.domain.scope import EVERYTHING
from huikuan.mechanisms.identity.operations import add_user, grant_role
from huikuan.mechanisms.work import queries
from huikuan.mechanisms.work.models import WorkStep
from huikuan.mechanisms.work.operations import Wanted, open_item
from huikuan.mechanisms.work.queries import ItemRow
from huikuan.shell import cli
from huikuan.shell.tests.books import AS_OF, AT, CUSTOMERS, Books
from huikuan.shell.tests.colleagues import entered, names_in, read

SHOWN = {"group": "", "currency": "CNY", "used": "800.01", "limit": "1000.00", "utilisation_e4": 8001, "warn_over": 80,
         "kind": "standing", "until_on": "2026-12-01"}  # fmt: skip


@pytest.fixture
def put(books: Books, people: dict[str, Client], on_the_day: None) -> Callable[..., int]:
    """Puts an item about a customer; zhou does finance, guo leads li's team."""

    def one(code: str = "C0001", kind: str = CROSSING.name, **more: Any) -> int:
        wanted = Wanted(f"{code}:{more.get('owner', '')}", books.company.pk, books.customer(code), SHOWN, **more)
        return open_item(kind=kind, wanted=wanted, at=timezone.now())

    return one


def known(item: int) -> ItemRow:
    return queries.item(item, scope=EVERYTHING)


def rows(client: Client, query: str = "") -> list[int]:
    return [one["row"].id for one in client.get(f"/work/{query}").context["rows"]]


def test_each_sees_the_work_of_their_customers(put: Callable[..., int], people: dict[str, Client]) -> None:
    items = {code: put(code) for code in CUSTOMERS}
    assert rows(people["zhou"]) == sorted(items.values()), "hers by role"
    assert rows(people["li"]) == []
    for name, codes in {"li": {"C0001"}, "guo": {"C0001", "C0002"}, "zhou": set(CUSTOMERS)}.items():
        page = read(people[name], "/work/?show=all")
        assert names_in(page) <= codes, name
        assert rows(people[name], "?show=all") == [item for code, item in items.items() if code in codes], name
        export = b"".join(people[name].get("/work/export?show=all&format=csv").streaming_content).decode("utf-8-sig")
        assert names_in(export) == codes, name
        assert len(list(csv.reader(io.StringIO(export)))) == len(codes) + 1
        for code, item in items.items():
            seen = code in codes
            assert (people[name].get(f"/work/{item}").status_code == 200) == seen
            answer = people[name].post(f"/work/{item}/do", {"deed": "finish"})
            assert answer.status_code == (302 if seen else 404)
    assert [known(item).state for item in items.values()] == ["finished"] * len(items), (
        "by zhou, the last and only one who may"
    )
    assert people["law"].get("/work/").status_code == 403


def test_done_with_one_click_or_with_result_and_note(put: Callable[..., int], people: dict[str, Client]) -> None:
    first, second = put(), put("C0002")
    assert "额度 CNY 1,000.00 已用 800.01（80.1%），超过 80%" in read(people["zhou"], "/work/")
    people["zhou"].post(f"/work/{first}/do", {"deed": "finish"})
    sent = {"deed": "finish", "result": "collected", "note": " pays on Friday "}
    done = people["zhou"].post(f"/work/{second}/do", sent, follow=True)
    assert "已办结" in done.content.decode()
    assert (known(first).result, known(second).result, known(second).note) == ("done", "collected", "pays on Friday")
    assert rows(people["zhou"]) == []
    assert rows(people["zhou"], "?show=closed") == [second, first]
    assert "pays on Friday" in read(people["zhou"], f"/work/{second}")
    assert people["zhou"].post(f"/work/{second}/do", {"deed": "x"}).status_code == 404
    again = people["zhou"].post(f"/work/{second}/do", {"deed": "finish"}, follow=True).content.decode()
    assert "已不在等待" in again
    assert WorkStep.objects.count() == 2


def test_several_at_once_or_none(put: Callable[..., int], people: dict[str, Client]) -> None:
    first, second, other = put(), put("C0002"), put("C0003", kind=WARNING.name, owner="zheng")

    def finish(*items: int) -> str:
        picked = {"picked": ",".join(map(str, items)), "note": "met them"}
        return people["zhou"].post("/work/finish", picked, follow=True).content.decode()

    assert "请至少选中" in finish()
    assert "在等别人处理" in finish(first, second, other)
    assert WorkStep.objects.count() == 0
    assert "已办结 2 项" in finish(first, second)
    assert [known(item).note for item in (first, second)] == ["met them"] * 2


def test_taken_and_handed_to_a_person_or_a_role(put: Callable[..., int], people: dict[str, Client]) -> None:
    item = put()

    def deed(name: str, **sent: str) -> str:
        return people[name].post(f"/work/{item}/do", sent, follow=True).content.decode()

    assert "由我处理" in read(people["zhou"], f"/work/{item}")
    deed("zhou", deed="take")
    assert known(item).owner == "zhou"
    assert "看不到" in deed("zhou", deed="hand", to="zheng"), "another's customer"
    deed("zhou", deed="hand", to="li", note="yours")
    assert rows(people["li"]) == [item]
    assert "yours" in read(people["li"], f"/work/{item}")
    deed("li", deed="hand", to="role:sales_manager")
    assert (known(item).role, known(item).owner) == ("sales_manager", "")
    assert rows(people["guo"]) == [item]
    assert 'name="deed"' not in read(people["li"], f"/work/{item}"), "no longer hers to do"


def test_views_and_kinds_of_the_list(put: Callable[..., int], people: dict[str, Client]) -> None:
    late = put(due_on=AS_OF - timedelta(days=1))
    soon, ends = put("C0002"), put("C0003", kind=LIMIT_ENDS.name, owner="zhou")
    zhou = people["zhou"]
    assert rows(zhou) == [late, soon, ends]
    assert rows(zhou, "?show=late") == [late]
    assert rows(zhou, f"?kind={LIMIT_ENDS.name}") == [ends]
    assert rows(zhou, "?kind=nothing") == []
    assert "没有符合条件的工作项" in read(zhou, "/work/?kind=nothing")
    tabs = zhou.get("/work/", headers={"HX-Request": "true", "HX-Target": "tabs"}).context["list"].tabs
    assert [(tab.title, tab.count) for tab in tabs] == [("我的待办", 3), ("全部待办", 3), ("已超期", 1), ("已办结", 0)]
    picked = zhou.post("/work/export?format=csv", {"picked": str(soon)})
    assert len(b"".join(picked.streaming_content).decode().strip().splitlines()) == 2


def test_the_page_of_the_day_the_side_bar_and_the_bell_say_it(
    put: Callable[..., int], people: dict[str, Client]
) -> None:
    assert "项待办" not in read(people["li"], "/today")
    warning = put(kind=WARNING.name, owner="li", due_on=AS_OF)
    page = people["li"].get("/today")
    (group,) = (one for one in page.context["groups"] if one["group"].title == "我的待办")
    assert [(one["task"].title, one["urgency"]) for one in group["tasks"]] == [
        (f"预警：额度将用尽 · {CUSTOMERS['C0001']}", "bad")
    ]
    assert f"/work/{warning}" in page.content.decode()
    assert page.context["work_waiting"] == 1
    assert [one.title for one in page.context["bell"].ended] == ["预警：额度将用尽"]
    assert read(people["zhou"], "/today").count(f"/work/{warning}") == 0
    people["li"].post(f"/work/{warning}/do", {"deed": "finish", "result": "told"})
    assert people["li"].get("/today").context["bell"].ended == []


def test_what_waits_elsewhere_is_linked_from_the_head(people: dict[str, Client], on_the_day: None) -> None:
    assert people["guo"].get("/work/").context["beside"] == []
    assert "data-beside" not in read(people["zhou"], "/work/")


@pytest.mark.usefixtures("limits")
def test_approvals_that_wait_are_counted_in_the_head(
    books: Books, people: dict[str, Client], on_the_day: None
) -> None:
    from huikuan.shell.tests.limits import ask_limit

    ask_limit(books, "C0001")
    (one,) = people["guo"].get("/work/").context["beside"]
    assert (one["words"], one["url"]) == ("1 项申请等您审批", "/approvals/?show=waiting")
    assert people["li"].get("/work/").context["beside"] == []


def test_commands(put: Callable[..., int], people: dict[str, Client], capsys: pytest.CaptureFixture[str]) -> None:
    item, other = put(), put("C0003")
    add_user(username="fang", password="a long pass phrase", actor="cli:test", at=AT)
    grant_role(username="fang", role="finance_manager", actor="cli:test", at=AT)

    def run(*words: str) -> tuple[int, Any]:
        code = cli.main(["work", *words, "--json"])
        return code, json.loads(capsys.readouterr().out)

    assert [one["id"] for one in run("list")[1]["items"]] == [item, other]
    assert [one["id"] for one in run("list", "--actor", "guo", "--show", "all")[1]["items"]] == [item]
    assert run("take", str(item), "--actor", "li")[0] == 1
    assert run("take", str(item), "--actor", "zhou")[1]["owner"] == "zhou"
    code, told = run("finish", str(item), "--actor", "fang")
    assert (code, told["error"]["code"]) == (1, "work_not_yours")
    code, told = run("finish", str(item), "--actor", "zhou", "--result", "collected", "--note", "Friday")
    assert (code, told["state"], told["result"], told["history"][-1]["note"]) == (0, "finished", "collected", "Friday")
    assert run("hand", str(other), "--role", "management", "--actor", "zhou")[1]["role"] == "management"
    assert run("tend")[1] == {"escalated": 0}
    assert run("show", "99999")[0] == 1
    assert cli.main(["work", "list"]) == 0
    assert "额度将用尽" in capsys.readouterr().out


def test_pages_ask_few_questions(
    put: Callable[..., int], people: dict[str, Client], django_assert_max_num_queries: Callable[..., Any]
) -> None:
    for code in CUSTOMERS:
        put(code)
    people["zhou"].get("/work/")
    with django_assert_max_num_queries(30):
        people["zhou"].get("/work/")
    assert entered("zhou").get("/work/").status_code == 200
