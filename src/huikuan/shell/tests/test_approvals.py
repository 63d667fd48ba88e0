"""Approvals in the browser: who sees and may do what, deciding what was shown, delegations, the page of the day."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import partial

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from huikuan.mechanisms.approvals import queries
from huikuan.mechanisms.events.models import Event
from huikuan.mechanisms.identity.domain.scope import EVERYTHING
from huikuan.mechanisms.identity.operations import add_user, grant_role
from huikuan.record.customers.models import Customer
from huikuan.shell import messages
from huikuan.shell.tests.books import AT, CUSTOMERS, Books
from huikuan.shell.tests.colleagues import entered, read
from huikuan.shell.tests.limits import RAISED, ask_limit
from huikuan.shell.web import telling

pytestmark = pytest.mark.usefixtures("limits")
Ask = Callable[..., int]


@pytest.fixture
def ask(books: Books, people: dict[str, Client]) -> Ask:
    return partial(ask_limit, books)


def told(request: int) -> str:
    return queries.request(request, me="", scope=EVERYTHING).state


def decide(client: Client, request: int, deed: str, **more: str) -> str:
    digest = queries.request_record(request).digest
    answer = client.post(f"/approvals/{request}/decide", {"deed": deed, "digest": digest, **more}, follow=True)
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.fixture
def proved(people: dict[str, Client]) -> dict[str, Client]:
    """Everybody has just given their password."""
    for client in people.values():
        session = client.session
        session["proved"] = 2**40
        session.save()
    return people


def test_each_sees_the_requests_of_their_customers(ask: Ask, people: dict[str, Client]) -> None:
    numbers = {code: ask(code) for code in CUSTOMERS}
    for name, codes in {"li": {"C0001"}, "guo": {"C0001", "C0002"}, "zhou": set(CUSTOMERS)}.items():
        page = people[name].get("/approvals/").context["rows"]
        assert {one["customer"].code for one in page} == codes, name
        export = b"".join(people[name].get("/approvals/export?format=csv").streaming_content).decode()
        for code, number in numbers.items():
            assert (people[name].get(f"/approvals/{number}").status_code == 200) == (code in codes)
            assert (Customer.objects.get(code=code).name in export) == (code in codes)
    assert people["law"].get("/approvals/").status_code == 403


def test_the_team_lead_approves_what_was_shown(ask: Ask, proved: dict[str, Client]) -> None:
    request = ask("C0001")
    page = read(proved["guo"], f"/approvals/{request}")
    assert "确认批准" in page
    assert "pays on time" in page
    assert "15.00" in page  # 150,000.00 in 万
    assert "确认批准" not in read(proved["li"], f"/approvals/{request}")
    stale = proved["guo"].post(f"/approvals/{request}/decide", {"deed": "approve", "digest": "0" * 64}, follow=True)
    assert "请重新查看" in stale.content.decode()
    assert told(request) == "pending"
    assert "已批准" in decide(proved["guo"], request, "approve")
    assert told(request) == "approved"
    assert Event.objects.filter(kind=RAISED).count() == 1
    assert "已不在审批中" in decide(proved["zhou"], request, "approve")
    assert Event.objects.filter(kind=RAISED).count() == 1


def test_it_is_sent_back_with_a_reason_and_withdrawn_by_its_maker_alone(ask: Ask, proved: dict[str, Client]) -> None:
    first, second = ask("C0001"), ask("C0002", maker="zhou")
    assert "请说明理由" in decide(proved["guo"], first, "return")
    decide(proved["guo"], first, "return", comment="too much")
    assert told(first) == "returned"
    assert "too much" in read(proved["guo"], f"/approvals/{first}")
    assert "不是申请人" in decide(proved["guo"], second, "withdraw")
    decide(proved["zhou"], second, "withdraw")
    assert told(second) == "withdrawn"
    assert proved["zhou"].post(f"/approvals/{second}/decide", {"deed": "x"}).status_code == 404
    assert proved["li"].post(f"/approvals/{second}/decide", {"deed": "approve"}).status_code == 404


def test_the_maker_is_offered_no_approval(ask: Ask, people: dict[str, Client]) -> None:
    page = read(people["zhou"], f"/approvals/{ask('C0001', maker='zhou')}")
    assert "确认批准" not in page
    assert "该申请由 周岚 提交，须由他人审批" in page
    assert "撤回我的申请" in page


def test_a_refusal_names_people_and_roles_as_people_know_them(books: Books) -> None:
    """A command line says who somebody logs in as, a page what they are called."""
    beyond = {"actor": "zhou", "amount": "CNY 1.00", "least": "management"}
    assert messages.sentence("beyond_authority", beyond).startswith("CNY 1.00 超出 zhou 的审批权限")
    with CaptureQueriesContext(connection) as asked:
        said = telling.told("beyond_authority", beyond)
    assert said == "CNY 1.00 超出 周岚 的审批权限。有权批准的最低角色：管理层。"
    assert len(asked) == 1
    both = telling.told("request_delegate_conflict", {"actor": "cli:root", "other": "hance, zhou"})
    assert both.startswith("cli:root 与 韩策、周岚")
    needs = telling.told("request_not_yours", {"actor": "nobody", "roles": "finance_manager, management"})
    assert "财务经理、管理层" in needs


def test_whoever_proved_themselves_long_ago_proves_it_again(ask: Ask, people: dict[str, Client]) -> None:
    request = ask("C0001")
    answer = people["guo"].post(f"/approvals/{request}/decide", {"deed": "approve"})
    assert answer.headers["Location"].startswith("/me/again")
    assert told(request) == "pending"


def test_views_of_the_list(ask: Ask, proved: dict[str, Client]) -> None:
    mine, large, other = ask("C0001", maker="zhou"), ask("C0002", 6_000_000), ask("C0003")
    decide(proved["zhou"], other, "approve")

    def shown(name: str, query: str) -> list[int]:
        return [one["row"].id for one in proved[name].get(f"/approvals/?{query}").context["rows"]]

    assert shown("zhou", "") == [other, large, mine]
    assert shown("zhou", "show=waiting") == []
    assert shown("guo", "show=waiting") == [mine]
    assert shown("zhou", "show=own") == [mine]
    assert shown("zhou", "state=pending") == [large, mine]
    assert shown("zhou", "state=approved") == [other]
    assert shown("zhou", "kind=nothing") == []
    picked = proved["zhou"].post("/approvals/export?format=csv", {"picked": str(mine)})
    assert len(b"".join(picked.streaming_content).decode().strip().splitlines()) == 2


def test_the_page_of_the_day_says_what_waits(ask: Ask, people: dict[str, Client], on_the_day: None) -> None:
    request = ask("C0001")
    assert f"/approvals/{request}" in read(people["guo"], "/today")
    assert f"/approvals/{request}" not in read(people["chen"], "/today")


def test_a_delegate_decides_a_customer_they_do_not_see_otherwise(ask: Ask, proved: dict[str, Client]) -> None:
    request = ask("C0001")
    grant_role(username="newcomer", role="sales", actor="cli:test", at=AT)
    assert proved["newcomer"].get(f"/approvals/{request}").status_code == 404
    day = timezone.localdate().isoformat()
    sent = {"to": "newcomer", "from": day, "until": day, "reason": "journey"}
    assert "代理人已登记" in proved["guo"].post("/approvals/delegations/give", sent, follow=True).content.decode()
    assert "代 郭领" in read(proved["newcomer"], f"/approvals/{request}")
    decide(proved["newcomer"], request, "approve")
    assert told(request) == "approved"
    assert "代 郭领" in read(proved["newcomer"], f"/approvals/{request}")
    assert proved["li"].post("/approvals/delegations/give", sent).status_code == 403


def test_delegations_are_listed_ended_and_exported(proved: dict[str, Client]) -> None:
    day = timezone.localdate().isoformat()
    sent = {"to": "newcomer", "from": day, "until": day}
    proved["guo"].post("/approvals/delegations/give", sent)
    (row,) = queries.delegations()
    for name, sees in {"guo": True, "newcomer": True, "zhou": True, "li": False}.items():
        assert (f'data-delegation="{row.id}"' in read(proved[name], "/approvals/delegations/")) == sees, name
    export = proved["guo"].get("/approvals/delegations/export?format=csv")
    assert "newcomer" in b"".join(export.streaming_content).decode()
    assert "没有编号" in proved["li"].post(f"/approvals/delegations/{row.id}/end", follow=True).content.decode()
    proved["newcomer"].post(f"/approvals/delegations/{row.id}/end")
    assert queries.delegations()[0].ended_at is not None


def test_pages_ask_few_questions(
    ask: Ask, people: dict[str, Client], django_assert_max_num_queries: Callable[..., object]
) -> None:
    for code in CUSTOMERS:
        ask(code)
    people["zhou"].get("/approvals/")
    with django_assert_max_num_queries(30):  # type: ignore[attr-defined]
        people["zhou"].get("/approvals/")
    with django_assert_max_num_queries(45):  # type: ignore[attr-defined]
        people["zhou"].get("/approvals/?show=waiting")
    assert entered("zhou").get("/approvals/").status_code == 200


def test_an_exception_to_duties_is_asked_for_on_the_users_page_and_listed(proved: dict[str, Client]) -> None:
    for name, role in (("admin", "administrator"), ("boss", "management")):
        add_user(username=name, password="a long pass phrase", actor="cli:test", at=AT)
        grant_role(username=name, role=role, actor="cli:test", at=AT)
    root, boss = entered("admin"), entered("boss")
    for client in (root, boss):
        session = client.session
        session["proved"] = 2**40
        session.save()
    last = (timezone.localdate() + timedelta(days=30)).isoformat()
    sent = {"role": "cash_clerk", "reason": "alone"}
    assert "申请例外" in root.post("/users/of/li/grant", sent, follow=True).content.decode()
    assert "由他人审批" in root.post("/users/of/li/grant", sent | {"until": last}, follow=True).content.decode()
    (request,) = (one["row"] for one in boss.get("/approvals/?show=waiting").context["rows"])
    assert "alone" in read(boss, f"/approvals/{request.id}")
    assert "data-exception" not in read(boss, "/duties/")
    decide(boss, request.id, "approve")
    page = read(boss, "/duties/")
    assert page.count("data-exception") == 1
    assert "boss" in page
    assert "boss" in b"".join(boss.get("/duties/export?format=csv").streaming_content).decode()
    assert "boss" in read(root, "/users/of/li")
    assert proved["li"].get("/duties/").status_code == 403
