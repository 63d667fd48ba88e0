"""The story on the workbench and on a customer's page: what was agreed, asked for, claimed and let go, as it was."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from huikuan.act.collection.queries.timeline import timeline
from huikuan.act.collection.web.desk_customer import story_of
from huikuan.act.collection.work import LAWYER
from huikuan.act.visits.operations.calls import record_call
from huikuan.mechanisms.approvals.models import ApprovalRequest
from huikuan.mechanisms.audit.queries import last_head
from huikuan.mechanisms.identity.actors import SYSTEM
from huikuan.mechanisms.identity.domain.roles import ROLES, Permission
from huikuan.mechanisms.identity.domain.scope import EVERYTHING, NOTHING
from huikuan.mechanisms.identity.models import User
from huikuan.mechanisms.identity.operations import add_company, add_user, grant_role
from huikuan.mechanisms.work.operations import open_item
from huikuan.mechanisms.work.operations.opening import Wanted
from huikuan.record.customers.models import ContactVersion
from huikuan.record.interest.models import Claim
from huikuan.record.interest.operations.claiming import claim_interest
from huikuan.record.promises.models import Plan, Promise
from huikuan.see.statements.domain.account import Period
from huikuan.see.statements.operations.issuing import issue_statement
from huikuan.shell.tests.books import AS_OF, AT, NAME, Books, seal_everything
from huikuan.shell.tests.test_desk_pages import agreed, collector, meet, plan_agreed, plan_asked, send

__all__ = ["collector"]


def test_the_story_tells_plans_interest_and_the_lawyer_to_who_sees_the_customer(
    books: Books, collector: Client
) -> None:
    customer, claim = books.customer("C0001"), books.item("264388102254")
    claim_interest(item_id=claim, until=date(2026, 11, 20), actor="cli:test", at=AT)
    agreed(books, customer, [claim, books.item("264388117730")])
    shown = {"amounts": "CNY 1375000.05", "lines": 2, "late": 75, "run": 1}
    wanted = Wanted("approach:1", books.company.pk, customer, shown)
    task = open_item(kind=LAWYER.name, wanted=wanted, actor="heyu", at=AT)
    found = collector.get(f"/collection/?customer={customer}").context["desk"].entries
    [whole] = Claim.objects.values_list("amount", flat=True)
    [plan], [request] = Plan.objects.all(), ApprovalRequest.objects.all()
    said = {(one.entry.kind, one.entry.what): (one.entry.amount, one.entry.link) for one in found}
    assert said["plan", "asked"] == (1_375_000_05, ("shell:approval", request.pk))
    assert said["plan", "agreed"] == (1_375_000_05, ("promises:plan", plan.pk))
    assert said["interest", "claimed"] == (whole, ("interest:item", claim))
    assert said["lawyer", LAWYER.name] == (None, ("shell:work-item", task))
    page = collector.get(f"/collection/?customer={customer}").content.decode()
    for words in (
        "申请分期还款：1,375,000.05，共 2 期",
        "批准分期还款，共 1,375,000.05",
        "放行移交律师",
        "主张利息 ",
    ):
        assert words in page, words
    assert f"/promises/plans/{plan.pk}" in page
    with CaptureQueriesContext(connection) as asked:
        theirs = collector.get(f"/customers/{customer}?tab=timeline&kind=collecting")
    assert len([one for one in asked if '"username" IN' in one["sql"]]) == 1, "the names are asked for once"
    assert [one.what for one in theirs.context["events"]].count("plan") == 2
    assert {one.what for one in theirs.context["events"]} == {"plan", "interest", "lawyer"}
    assert f'href="/promises/plans/{plan.pk}"' in theirs.content.decode()
    kinds = {one.kind for one in timeline(customer, NOTHING, day=date(2026, 11, 20))}
    assert kinds == set()


def test_the_story_of_one_company_tells_of_no_other(books: Books, collector: Client) -> None:
    add_company(code="NORTH", name="北方分公司", currency="CNY", time_zone="Asia/Shanghai")
    customer, claim = books.customer("C0001"), books.item("264388102254")
    claim_interest(item_id=claim, until=AS_OF, actor="cui", at=AT)
    seal_everything()
    issue_statement(
        company_id=books.company.pk, customer_id=customer, currency="CNY",
        period=Period(date(2026, 11, 1), AS_OF), language="zh", known=last_head(), actor=NAME, at=AT,
    )  # fmt: skip

    def told(company: str) -> set[str]:
        page = collector.get(f"/customers/{customer}?tab=timeline&company={company}")
        return {one.kind for one in page.context["events"]}

    assert told("MAIN") - told("NORTH") == {"collecting", "money", "statements"}


def test_the_desk_of_one_company_tells_of_no_other(books: Books, collector: Client) -> None:
    add_company(code="NORTH", name="北方分公司", currency="CNY", time_zone="Asia/Shanghai")
    customer = books.customer("C0001")
    claim_interest(item_id=books.item("264388102254"), until=AS_OF, actor="cui", at=AT)

    def told(company: str) -> set[str]:
        page = collector.get("/collection/", {"customer": customer, "company": company})
        return {one.entry.kind for one in page.context["desk"].entries}

    assert ("interest" in told("MAIN"), told("NORTH")) == (True, set())


def test_on_a_past_day_a_request_is_told_as_it_stood_then(books: Books, collector: Client) -> None:
    customer, both = books.customer("C0001"), [books.item("264388102254"), books.item("264388117730")]
    plan_agreed(plan_asked(books, customer, both, AT - timedelta(days=5)))
    tags = {}
    for day in ("2026-11-14", "2026-11-17", "2026-11-19", "2026-11-20"):
        desk = collector.get(f"/collection/?customer={customer}&as_of={day}").context["desk"].entries
        theirs = collector.get(f"/customers/{customer}?tab=timeline&kind=collecting&as_of={day}").context["events"]
        tags[day] = [one.tag for one in desk if one.entry.kind == "plan"]
        assert [one.fact.tag for one in theirs] == tags[day]
    assert tags == {
        "2026-11-14": [], "2026-11-17": ["待审批"], "2026-11-19": ["待审批"],
        "2026-11-20": ["已约定", "已批准并执行"],
    }  # fmt: skip


def test_a_request_is_told_as_it_was_known_to_stand(books: Books, collector: Client) -> None:
    customer, both = books.customer("C0001"), [books.item("264388102254"), books.item("264388117730")]
    request = plan_asked(books, customer, both)
    seal_everything()
    plan_agreed(request, AT + timedelta(hours=1))
    address = f"/customers/{customer}?tab=timeline&kind=collecting"
    for known, tags in (("", ["已约定", "已批准并执行"]), ("&known_at=2026-11-20T10:30", ["待审批"])):
        assert [one.fact.tag for one in collector.get(address + known).context["events"]] == tags


def test_a_request_is_told_to_whoever_may_open_it_alone(books: Books, collector: Client) -> None:
    customer, both = books.customer("C0001"), [books.item("264388102254"), books.item("264388117730")]
    request = plan_asked(books, customer, both)
    add_user(username="qa", password="a long pass phrase", actor="cli:test", at=AT)
    grant_role(username="qa", role="resolver", actor="cli:test", at=AT)
    resolver = Client()
    resolver.force_login(User.objects.get(username="qa"))
    address = f"/customers/{customer}?tab=timeline&kind=collecting"
    export = f"/customers/{customer}/export/timeline?format=csv&kind=collecting"
    for client, opens in ((collector, True), (resolver, False)):
        assert client.get(f"/approvals/{request}").status_code == (200 if opens else 403)
        page = client.get(address)
        file = b"".join(client.get(export).streaming_content).decode()  # type: ignore[attr-defined]
        for text in (page.content.decode(), file):
            assert ("对方现金紧" in text, "申请分期还款：1,375,000.05" in text) == (opens, opens)
    plan_agreed(request)
    told = resolver.get(address).context["events"]
    assert [(one.fact.entry.what, one.fact.entry.link[0]) for one in told] == [("agreed", "promises:plan")]


def test_the_desk_too_tells_requests_to_whoever_may_open_them_alone(
    books: Books, collector: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    customer, both = books.customer("C0001"), [books.item("264388102254"), books.item("264388117730")]
    plan_asked(books, customer, both)

    def plans() -> list[str]:
        found = collector.get(f"/collection/?customer={customer}").context["desk"].entries
        return [one.entry.what for one in found if one.entry.kind == "plan"]

    assert plans() == ["asked"]
    role = ROLES["collector"]
    less = replace(role, permissions=role.permissions - {Permission.VIEW_REQUESTS})
    monkeypatch.setitem(ROLES, "collector", less)
    assert plans() == []


def test_what_the_system_hands_to_the_lawyer_nobody_let_go(books: Books, collector: Client) -> None:
    customer = books.customer("C0001")
    shown = {"amounts": "CNY 1375000.05", "lines": 2, "late": 75, "run": 1}
    for number, actor in enumerate(("heyu", SYSTEM)):
        wanted = Wanted(f"approach:{number}", books.company.pk, customer, shown)
        open_item(kind=LAWYER.name, wanted=wanted, actor=actor, at=AT + timedelta(minutes=number))
    said = ["已开出移交律师任务", "何渝 放行移交律师"]
    desk = collector.get(f"/collection/?customer={customer}").context["desk"].entries
    assert [one.title for one in desk if one.entry.kind == "lawyer"] == said
    theirs = collector.get(f"/customers/{customer}?tab=timeline&kind=collecting").context["events"]
    assert [one.fact.title for one in theirs] == said


def test_a_command_on_the_machine_is_named_to_whoever_sees_the_machinery_alone(
    books: Books, collector: Client
) -> None:
    customer = books.customer("C0001")
    claim_interest(item_id=books.item("264388102254"), until=AS_OF, actor="cli:root", at=AT)
    add_user(username="shen", password="a long pass phrase", actor="cli:test", at=AT)
    grant_role(username="shen", role="auditor", actor="cli:test", at=AT)
    auditor = Client()
    auditor.force_login(User.objects.get(username="shen"))
    address = f"/customers/{customer}?tab=timeline&kind=collecting"
    for client, name in ((collector, "服务器命令"), (auditor, "cli:root")):
        [event] = client.get(address).context["events"]
        assert event.fact.title.split(" ")[0] == name
    desk = collector.get(f"/collection/?customer={customer}").context["desk"].entries
    [told] = [one.title for one in desk if one.entry.kind == "interest"]
    assert told.startswith("服务器命令 主张利息 ")
    with translation.override("en"):
        story = story_of(customer, EVERYTHING, day=AS_OF, about="money")
        [told] = [one.title for one in story if one.entry.kind == "interest"]
    assert told.startswith("A command on the machine claimed CNY ")


def test_statements_and_what_the_customer_was_asked_stand_in_the_story(books: Books, collector: Client) -> None:
    customer = books.customer("C0001")
    asked = {
        "company_id": books.company.pk, "period": Period(AS_OF.replace(day=1), AS_OF), "language": "zh",
        "known": last_head(), "actor": "heyu", "at": AT,
    }  # fmt: skip
    statement = issue_statement(customer_id=customer, currency="CNY", **asked)
    page = collector.get(f"/collection/?customer={customer}&about=money").content.decode()
    assert "截至 11-20 的对账单：2,255,000.05" in page
    assert f"/receivables/statements/issued/{statement}" in page


def test_the_customer_s_page_tells_what_the_desk_tells(books: Books, collector: Client) -> None:
    customer, claim = books.customer("C0001"), books.item("264388102254")
    send(collector, customer, result="promised", item=claim, by="2026-12-04", amount="100000", note="25 号一定付")
    send(collector, customer, result="disputed", item=claim, amount="12000", reason="quality")
    address = f"/customers/{customer}?tab=timeline&kind=collecting"
    desk = collector.get(f"/collection/?customer={customer}").context["desk"].entries
    page = collector.get(address)
    of_desk = [one.title for one in desk if one.entry.kind != "payment"]
    assert sorted(one.entry.kind for one in desk if one.entry.kind != "payment") == [
        "call", "call", "dispute", "promise"
    ]  # fmt: skip
    assert [one.fact.title for one in page.context["events"]] == of_desk
    text = page.content.decode()
    assert "25 号一定付" in text
    assert f'href="/promises/{Promise.objects.get().pk}"' in text
    assert collector.get(f"{address}&as_of=2026-11-19").context["events"] == []
    export = f"/customers/{customer}/export/timeline?format=csv&kind=collecting"
    file = b"".join(collector.get(export).streaming_content).decode()  # type: ignore[attr-defined]
    assert all(title in file for title in of_desk)
    assert f'href="/collection/?customer={customer}" data-desk-of' in text


def test_who_does_not_collect_is_told_what_the_books_say_and_nobody_s_words(books: Books, collector: Client) -> None:
    customer, claim = books.customer("C0001"), books.item("264388102254")
    meet(books, "C0001")
    person = ContactVersion.objects.latest("id").pk
    said = {"item": claim, "by": "2026-12-04", "amount": "100000", "person": person, "note": "老板不在"}
    send(collector, customer, result="promised", **said)
    add_user(username="shen", password="a long pass phrase", actor="cli:test", at=AT)
    grant_role(username="shen", role="auditor", actor="cli:test", at=AT)
    auditor = Client()
    auditor.force_login(User.objects.get(username="shen"))
    told = {}
    for client in (collector, auditor):
        page = client.get(f"/customers/{customer}?tab=timeline&kind=collecting")
        told[client] = [(one.what, one.fact.title) for one in page.context["events"]]
        assert ("data-desk-of" in page.content.decode()) == (client is collector)
    assert told[collector] == [
        ("promise", "顾宁承诺 12-04 前付 100,000.00"), ("call", "何渝致电顾宁"),
    ]  # fmt: skip
    assert told[auditor] == [("promise", "对方承诺 12-04 前付 100,000.00")]


def test_the_customer_s_page_asks_no_more_for_more_that_happened(books: Books, collector: Client) -> None:
    customer = books.customer("C0001")

    def asked() -> int:
        with CaptureQueriesContext(connection) as found:
            collector.get(f"/customers/{customer}?tab=timeline")
        return len(found)

    send(collector, customer, result="not_reached")
    asked()
    few = asked()
    for _ in range(3):
        record_call(customer_id=customer, company_id=books.company.pk, person_id=None, result="not_reached",
                    actor="heyu", at=AT)  # fmt: skip
    assert asked() == few
