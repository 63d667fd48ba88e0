"""Credit as a browser receives it: exposure beside the limit, asking and granting, orders that wait and go on."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from huikuan.judge.credit.models import LimitRequest, LimitStep, OrderStanding
from huikuan.judge.credit.policies import CREDIT_RULES
from huikuan.judge.rating.models import Assessment
from huikuan.kernel.money import to_text
from huikuan.mechanisms.audit.operations import record
from huikuan.mechanisms.identity.models import Company, User
from huikuan.mechanisms.identity.operations import add_company
from huikuan.mechanisms.pages.figures import grouped
from huikuan.mechanisms.policies import operations as policies
from huikuan.mechanisms.policies.queries import version
from huikuan.record.contracts.domain.orders import QUANTITY, Order, OrderLine
from huikuan.record.contracts.operations.orders import create_order
from huikuan.record.customers.operations import affiliate, create_group
from huikuan.shell.tests.books import AS_OF, AT, Books
from huikuan.shell.tests.test_access import signed_in


def enforce() -> None:
    signed_in("drafts", "credit_analyst")
    signed_in("approves", "credit_manager")
    number = policies.draft(
        kind=CREDIT_RULES.name, company_id=None, document={**CREDIT_RULES.default, "mode": "enforce"},
        actor="drafts", at=AT,
    )  # fmt: skip
    policies.approve(version_id=number, digest=version(number).digest, actor="approves", at=AT)
    policies.put_in_force(version_id=number, effective_at=AT, actor="approves", at=AT)


def prove(client: Client) -> None:
    """They have just given their password."""
    session = client.session
    session["proved"] = 2**40
    session.save()


def order(books: Books, code: str, number: str, amount: int = 1_000_00) -> int:
    said = Order(AS_OF, "CNY", (OrderLine(1, "主轴", QUANTITY, amount, "件"),))
    company = Company.objects.get(code="MAIN")
    return create_order(
        company=company, customer_id=books.customer(code), number=number, order=said, actor="enters", at=AT
    )


def exported(client: Client, url: str) -> list[list[str]]:
    text = b"".join(client.get(url).streaming_content).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text)))


def noon(told: str) -> None:
    """What happens on the day of these tests, on the company's clock and to the second."""
    assert re.fullmatch(rf"{AS_OF} 12:\d\d:\d\d\+08:00", told), told


def orders_of_the_day(client: Client) -> list[tuple[str, str]]:
    """Orders to release, as the page of the day says them."""
    groups = [one["group"] for one in client.get("/today").context["groups"]]
    return [(task.title, task.detail) for group in groups if group.title == "待放行订单" for task in group.tasks]


def ask(client: Client, customer: int, **said: str) -> Any:
    body = {
        "company": "MAIN",
        "kind": "standing",
        "amount": "800,000",
        "from": AS_OF.isoformat(),
        "reason": "年度授信",
    }
    return client.post(f"/credit/customers/{customer}?company=MAIN", {**body, **said})


def test_a_limit_is_asked_for_granted_and_shown(books: Books, on_the_day: None) -> None:
    analyst, manager = signed_in("chen", "credit_analyst"), signed_in("li", "finance_manager")
    customer = books.customer("C0001")
    page = analyst.get(f"/credit/customers/{customer}?company=MAIN")
    (_, blocks), *_rest = page.context["exposures"]
    total = blocks[0].picture.exposure.total
    assert total == sum(row.amount for row in blocks[0].rows) > 0
    assert blocks[0].picture.limit.state == "none"
    for row in blocks[0].rows:
        assert analyst.get(row.url).status_code == 200
    assert ask(analyst, customer).status_code == 302
    waiting = manager.get("/credit/limits/", follow=True)
    (told,) = waiting.context["rows"]
    row = told["row"]
    assert (row.kind, row.amount, row.customer_id) == ("credit.limit", 800_000_00, customer)
    decided = f"/approvals/{row.id}/decide"
    told = [value for _, value in manager.get(f"/approvals/{row.id}").context["beside"]]
    assert told[0].startswith("CNY 0.00")
    assert told[1] == f"CNY {grouped(to_text(total, 'CNY'))}"
    prove(manager)
    manager.post(decided, {"deed": "approve", "digest": "0"})
    assert LimitStep.objects.count() == 0
    assert manager.post(decided, {"deed": "approve", "digest": row.digest}).status_code == 302
    assert manager.get("/credit/limits/", follow=True).context["rows"] == []
    shown = analyst.get(f"/credit/customers/{customer}?company=MAIN").context["exposures"][0][1][0]
    assert (shown.picture.limit.amount, shown.picture.available) == (800_000_00, 800_000_00 - total)
    strip = analyst.get(f"/customers/{customer}?company=MAIN").content.decode()
    assert 'data-figure="limit"' in strip
    assert f"{shown.picture.percent}%" in strip
    User.objects.filter(username="chen").update(display_name="陈析")
    (_, line) = exported(analyst, f"/credit/customers/{customer}/export?format=csv&company=MAIN")
    asked_by, asked_at, _step, decided_by = line[11:15]
    assert (asked_by, decided_by) == ("陈析", "li"), "by the name they are known by, where there is one"
    noon(asked_at)
    (_, line) = exported(analyst, "/approvals/export?format=csv")
    assert line[8] == "陈析"
    noon(line[9])


def test_whoever_decides_sees_from_what_to_what_and_how_much_is_used(books: Books, on_the_day: None) -> None:
    analyst, manager = signed_in("chen", "credit_analyst"), signed_in("zhou", "management")
    customer = books.customer("C0001")
    block = analyst.get(f"/credit/customers/{customer}?company=MAIN").context["exposures"][0][1][0]
    total = block.picture.exposure.total
    prove(manager)

    def asked(amount: int, **more: str) -> Any:
        assert ask(analyst, customer, amount=to_text(amount, "CNY"), **more).status_code == 302
        row = manager.get("/credit/limits/", follow=True).context["rows"][0]["row"]
        return row, manager.get(f"/approvals/{row.id}").context

    row, page = asked(total * 2)
    told = page["weighed"]
    assert (told.before, told.after, told.used, told.difference, told.left) == (None, total * 2, total, None, total)
    assert (page["used_before"], page["used_after"], page["tone"]) == ("", "50.0 %", "")
    manager.post(f"/approvals/{row.id}/decide", {"deed": "approve", "digest": row.digest})
    # Decided: what is used now says nothing of it.
    assert "gauge" not in manager.get(f"/approvals/{row.id}").context
    row, page = asked(total)
    told = page["weighed"]
    assert (told.before, told.after, told.difference, page["moved"]) == (total * 2, total, -total, "−50.0 %")
    assert (page["used_before"], page["used_after"], page["tone"]) == ("50.0 %", "100.0 %", "warned")
    manager.post(f"/approvals/{row.id}/decide", {"deed": "return", "comment": "x"})
    _row, page = asked(total, kind="temporary", until="2027-01-31")
    told = page["weighed"]
    # On top of the standing limit.
    assert (told.before, told.after, page["moved"]) == (total * 2, total * 3, "+50.0 %")


def test_the_form_begins_with_the_company_that_trades_with_the_customer(books: Books, on_the_day: None) -> None:
    Company.objects.create(code="HD", name="江临精工装备华东")
    analyst, customer = signed_in("chen", "credit_analyst"), books.customer("C0001")
    page = analyst.get(f"/credit/customers/{customer}")
    assert [code for code, _ in page.context["ask_for"]] == ["HD", "MAIN"]
    assert page.context["form"].typed["company"] == "MAIN"
    assert '<option value="MAIN" selected>' in page.content.decode()
    branch = analyst.get(f"/credit/customers/{customer}?company=HD")
    assert branch.context["ask_for"] == [("HD", "江临精工装备华东")]
    assert branch.context["form"].typed["company"] == "HD"


def test_what_was_returned_is_asked_anew_with_what_was_typed(books: Books, on_the_day: None) -> None:
    analyst, manager = signed_in("chen", "credit_analyst"), signed_in("li", "finance_manager")
    customer = books.customer("C0001")
    ask(analyst, customer, term="60")
    (told,) = manager.get("/credit/limits/", follow=True).context["rows"]
    number = told["row"].id
    prove(manager)
    manager.post(f"/approvals/{number}/decide", {"deed": "return", "comment": "缺报表"})
    assert manager.get(f"/approvals/{number}").context["again_url"] == ""
    form = analyst.get(analyst.get(f"/approvals/{number}").context["again_url"]).context["form"]
    assert {name: form.text(name) for name in ("again", "amount", "term", "reason")} == {
        "again": str(number), "amount": "800000.00", "term": "60", "reason": "年度授信"
    }  # fmt: skip
    assert (
        analyst.post(f"/credit/customers/{customer}?company=MAIN", {**form.typed, "amount": "700000"}).status_code
        == 302
    )
    anew = manager.get("/credit/limits/", follow=True).context["rows"][0]["row"]
    assert (anew.replaces_id, anew.amount) == (number, 700_000_00)
    assert f"/approvals/{number}" in manager.get(f"/approvals/{anew.id}").content.decode()


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"amount": "viel"}, "amount"), ({"amount": ""}, "amount"), ({"from": "2020-01-01"}, "from"),
        ({"kind": "temporary"}, "until"), ({"term": "x"}, "term"), ({"reason": ""}, "reason"),
    ],
)  # fmt: skip
def test_what_cannot_be_asked_for_stands_beside_its_field(
    books: Books, on_the_day: None, said: dict[str, str], field: str
) -> None:
    answer = ask(signed_in("chen", "credit_analyst"), books.customer("C0001"), **said)
    assert (answer.status_code, list(answer.context["form"].problems)) == (400, [field])


def test_the_side_bar_shows_exposure_under_the_customers(books: Books, on_the_day: None) -> None:
    page = signed_in("chen", "credit_analyst").get(f"/credit/customers/{books.customer('C0001')}?company=MAIN")
    shown = [child.name for place in page.context["places"] for child in (place, *place.children) if child.here]
    assert shown == ["dossiers:customers"]


def test_a_company_without_anything_is_a_line_and_a_group_without_a_limit_binds_nobody(
    books: Books, on_the_day: None
) -> None:
    add_company(code="EAST", name="江临精工装备（华东）", currency="CNY", time_zone="Asia/Shanghai")
    create_group(code="LU", name="麓合控股", actor="tester", at=AT)
    customer = books.customer("C0001")
    affiliate(
        customer_id=customer, dimension="group", value="LU", effective_on=date(2020, 1, 1), actor="tester", at=AT
    )
    analyst = signed_in("chen", "credit_analyst")
    page = analyst.get(f"/credit/customers/{customer}")
    ((company, (own, group)),) = page.context["exposures"]
    assert (company.code, page.context["quiet"]) == ("MAIN", ["江临精工装备（华东）"])
    assert (own.bound, own.tag, group.bound, group.state, group.tag) == (True, "warn", False, "未设集团额度", "")
    assert "可用额度" not in analyst.get("/credit/groups?group=LU&company=MAIN").content.decode()
    # Asked for by name it is told like any other.
    ((company, _),) = analyst.get(f"/credit/customers/{customer}?company=EAST").context["exposures"]
    assert company.code == "EAST"


def test_the_bar_ends_where_the_exposure_does_and_marks_the_threshold(books: Books, on_the_day: None) -> None:
    analyst, manager = signed_in("chen", "credit_analyst"), signed_in("zhou", "management")
    customer = books.customer("C0001")
    here = f"/credit/customers/{customer}?company=MAIN"
    total = analyst.get(here).context["exposures"][0][1][0].picture.exposure.total
    prove(manager)
    for limit, tag, ticks in (
        (total * 2, "ok", [("80", "80 %")]), (total, "warn", [("80", "80 %")]),
        (total // 2, "bad", [("40", "80 %"), ("50", "额度")]),
    ):  # fmt: skip
        ask(analyst, customer, amount=to_text(limit, "CNY"))
        row = manager.get("/credit/limits/", follow=True).context["rows"][0]["row"]
        manager.post(f"/approvals/{row.id}/decide", {"deed": "approve", "digest": row.digest})
        block = analyst.get(here).context["exposures"][0][1][0]
        assert (block.picture.limit.amount, block.tag, list(block.bar.ticks)) == (limit, tag, ticks)
        filled = sum(float(mark.width) for mark in block.bar.segments)
        assert abs(filled - min(100, total * 100 / limit)) < 0.1


def test_no_page_takes_the_place_of_the_side_bars_companies(books: Books, on_the_day: None) -> None:
    manager, customer = signed_in("li", "finance_manager"), books.customer("C0001")
    for path in (f"/credit/customers/{customer}", "/credit/drift", "/credit/dry-run", "/cover/new"):
        page = manager.get(path)
        assert page.status_code == 200, path
        assert [one.code for one in page.context["companies"]] == ["MAIN"], path


def test_a_past_day_offers_nothing_to_write(books: Books, on_the_day: None) -> None:
    analyst = signed_in("chen", "credit_analyst")
    page = analyst.get(f"/credit/customers/{books.customer('C0001')}?as_of=2026-10-31&company=MAIN")
    assert page.status_code == 200
    assert page.context["ask_for"] == []


def test_an_order_waits_says_why_and_is_released(books: Books, on_the_day: None) -> None:
    enforce()
    number = order(books, "C0001", "SO-1")
    manager, seller = signed_in("zhou", "management"), signed_in("bill", "billing_clerk")
    listed = manager.get("/credit/")
    ((row, _, reason),) = listed.context["rows"]
    assert (row.number, row.state) == ("SO-1", "held")
    assert reason
    (_, line) = exported(manager, "/credit/export?format=csv")
    assert line[6] == "2026-11-20 10:00:00+08:00", "when it was entered, on the company's clock"
    assert [one["words"] for one in manager.get("/work/").context["beside"]] == ["1 张订单待您放行"]
    ((title, detail),) = orders_of_the_day(manager)
    assert title.startswith("SO-1 · ")
    assert reason in detail
    assert orders_of_the_day(seller) == []
    lead = signed_in("lead", "sales_manager", reach="all")
    assert (len(lead.get("/credit/").context["rows"]), orders_of_the_day(lead)) == (1, []), "beyond their authority"
    page = manager.get(f"/credit/orders/{number}")
    assert page.context["releases"]
    assert page.context["now"].reasons
    assert page.context["ways"]
    # As they were told when it was decided, not as of now.
    assert '解决办法</h2><span class="small muted">检查时间 11-20 10:00' in page.content.decode()
    assert not seller.get(f"/credit/orders/{number}").context["releases"]
    assert seller.post(f"/credit/orders/{number}", {"reason": "x"}).status_code == 403
    silent = manager.post(f"/credit/orders/{number}", {"reason": ""})
    assert (silent.status_code, OrderStanding.objects.get().state) == (400, "held")
    assert manager.post(f"/credit/orders/{number}", {"reason": "货已备好"}).status_code == 302
    assert OrderStanding.objects.get().state == "released"
    assert manager.get("/credit/").context["rows"] == []
    # Nothing waits for a way out any more.
    assert "ways-title" not in manager.get(f"/credit/orders/{number}").content.decode()


def test_everybody_sees_their_own_customers_alone(
    people: Mapping[str, Client], books: Books, on_the_day: None
) -> None:
    enforce()
    numbers = {code: order(books, code, f"SO-{code}") for code in ("C0001", "C0003")}
    for name, mine in {"li": {"C0001"}, "zheng": {"C0003"}, "guo": {"C0001"}, "chen": set(numbers)}.items():
        client = people[name]
        assert {row.customer_code for row, _, _ in client.get("/credit/").context["rows"]} == mine, name
        for code, number in numbers.items():
            there = 200 if code in mine else 404
            assert client.get(f"/credit/orders/{number}").status_code == there
            assert client.get(f"/credit/customers/{books.customer(code)}").status_code == there
            if there == 404:
                assert client.get(f"/credit/customers/{books.customer(code)}/export").status_code == 404
    # The lead of one team does not release another's order.
    assert people["guo"].post(f"/credit/orders/{numbers['C0003']}", {"reason": "x"}).status_code == 404
    assert OrderStanding.objects.filter(state="held").count() == 2


def test_nobody_decides_out_of_their_reach(people: Mapping[str, Client], books: Books, on_the_day: None) -> None:
    ask(signed_in("analyst", "credit_analyst"), books.customer("C0003"))
    assert people["guo"].get("/credit/limits/", follow=True).context["rows"] == []
    (told,) = signed_in("li2", "credit_manager").get("/credit/limits/", follow=True).context["rows"]
    approve = f"/approvals/{told['row'].id}/decide", {"deed": "approve", "digest": told["row"].digest}
    for name in ("guo", "chen"):
        prove(people[name])
    assert people["guo"].post(*approve).status_code == 404
    assert people["chen"].post(*approve).status_code == 302
    assert LimitStep.objects.count() == 0


def test_pages_ask_no_more_for_more_rows(books: Books, on_the_day: None) -> None:
    enforce()
    manager = signed_in("zhou", "management")
    manager.get("/credit/")  # what is looked up once in a process and a session
    counts = []
    for first in (0, 5):
        for place in range(first, first + 5):
            order(books, "C0001", f"SO-{place}")
        with CaptureQueriesContext(connection) as asked:
            assert manager.get("/credit/").status_code == 200
        counts.append(len(asked))
    assert counts[0] == counts[1]


def graded(customer: int, grade: str) -> None:
    row = {"customer_id": customer, "as_of": AS_OF, "scorecard_number": 0, "card": "small_firms", "score": 70,
           "grade": grade, "known": 100, "reasons": "[]", "review_on": date(2027, 5, 20), "cause": "first",
           "actor": "tester"}  # fmt: skip
    record(Assessment, [row], at=AT)


def test_what_the_policy_proposes_opens_and_is_asked_for_as_it_stands(books: Books, on_the_day: None) -> None:
    analyst, customer = signed_in("chen", "credit_analyst"), books.customer("C0002")
    graded(customer, "B")
    page = analyst.get(f"/credit/customers/{customer}?company=MAIN")
    ((shown),) = page.context["proposals"]
    one = shown.proposal
    # 2,229,400.55 ÷ 365 × 45 × 1.2, half of it without statements, × 0.6
    assert (one.amount, one.term_days, one.until_on) == (98_948_74, 30, date(2027, 5, 20))
    (_name, _value, _source, day, rows), *rest = shown.methods[0].figures
    assert (day, rest) == ("2026-11-20", [])
    assert analyst.get(rows).status_code == 200
    assert shown.methods[1].missing
    filled = analyst.get(shown.ask_url.partition("#")[0]).context["form"].typed
    assert (filled["amount"], filled["term"], filled["prepaid"], filled["until"]) == (
        "98948.74",
        "30",
        "0",
        "2027-05-20",
    )
    assert (
        analyst.post(f"/credit/customers/{customer}?company=MAIN", {**filled, "reason": "按建议"}).status_code == 302
    )
    (asked,) = LimitRequest.objects.all()
    kept = json.loads(asked.calculation)
    assert (kept["amount"], kept["departures"], asked.prepaid_percent) == (98_948_74, [], 0)
    beyond = books.customer("C0003")
    assert ask(analyst, beyond).status_code == 302
    assert "金额高于政策建议" in analyst.get(f"/credit/customers/{beyond}?company=MAIN").content.decode()
    assert "金额高于政策建议" not in analyst.get(f"/credit/customers/{customer}?company=MAIN").content.decode()


def test_sales_that_are_stated_take_the_place_of_the_ledgers(books: Books, on_the_day: None) -> None:
    analyst, customer = signed_in("chen", "credit_analyst"), books.customer("C0002")
    graded(customer, "A")
    page = analyst.get(f"/credit/customers/{customer}?company=MAIN&sales=12,000,000")
    (shown,) = page.context["proposals"]
    assert (shown.methods[0].amount, shown.proposal.amount) == (3_343_561_64, 1_671_780_82)
    assert "sales=12" in shown.ask_url
    wrong = analyst.get(f"/credit/customers/{customer}?company=MAIN&sales=many")
    assert (wrong.status_code, bool(wrong.context["sales_problem"])) == (200, True)
    past = analyst.get(f"/credit/customers/{customer}?company=MAIN&as_of=2026-10-31")
    assert past.context["proposals"] == []


def test_a_group_has_a_page_where_its_limit_is_asked_for(books: Books, on_the_day: None) -> None:
    create_group(code="LU/HE", name="麓合控股", actor="tester", at=AT)
    for code in ("C0001", "C0002"):
        affiliate(
            customer_id=books.customer(code), dimension="group", value="LU/HE", effective_on=date(2020, 1, 1),
            actor="tester", at=AT,
        )  # fmt: skip
        graded(books.customer(code), "A")
    analyst = signed_in("chen", "credit_analyst")
    own = analyst.get(f"/credit/customers/{books.customer('C0001')}?company=MAIN")
    url = own.context["exposures"][0][1][1].url
    page = analyst.get(url)
    (shown,) = page.context["proposals"]
    assert [given for _, _, given in shown.members] == [one.amount for _, one in shown.proposal.members]
    assert shown.proposal.amount == sum(one.amount or 0 for _, one in shown.proposal.members) > 0
    filled = analyst.get(shown.ask_url.partition("#")[0]).context["form"].typed
    assert analyst.post(url, {**filled, "reason": "集团"}).status_code == 302
    (asked,) = LimitRequest.objects.all()
    assert (asked.group_code, asked.amount) == ("LU/HE", shown.proposal.amount)
    assert analyst.post(url, {**filled, "amount": "", "reason": "x"}).status_code == 400
    assert len(exported(analyst, "/credit/groups/export?format=csv&company=MAIN&group=LU%2FHE")) == 2
    assert analyst.get("/credit/groups?group=NOBODY").status_code == 404


def test_a_group_is_shown_to_whoever_sees_all_of_it(
    people: Mapping[str, Client], books: Books, on_the_day: None
) -> None:
    create_group(code="LU", name="麓合控股", actor="tester", at=AT)
    for code in ("C0001", "C0003"):
        affiliate(
            customer_id=books.customer(code), dimension="group", value="LU", effective_on=date(2020, 1, 1),
            actor="tester", at=AT,
        )  # fmt: skip
    for name, status in {"li": 404, "zheng": 404, "guo": 404, "chen": 200}.items():
        assert people[name].get("/credit/groups?group=LU").status_code == status, name
        if status == 404:
            assert people[name].get("/credit/groups/export?group=LU&format=csv").status_code == 404, name


def test_limits_stand_beside_what_the_policy_gives(
    people: Mapping[str, Client], books: Books, on_the_day: None
) -> None:
    for code in ("C0001", "C0003"):
        graded(books.customer(code), "A")
    analyst = signed_in("analyst", "credit_analyst")
    page = analyst.get("/credit/drift?company=MAIN")
    rows = {row.code: row.drift.signs for row, _, _ in page.context["rows"]}
    assert rows == {"C0001": ("without_limit",), "C0003": ("without_limit",)}
    assert page.context["looked_at"] == 4
    for _, _, url in page.context["rows"]:
        assert analyst.get(url).status_code == 200
    assert analyst.get("/credit/drift?company=MAIN&sign=over").context["rows"] == []
    table = exported(analyst, "/credit/drift/export?format=csv&company=MAIN")
    assert [line[1] for line in table[1:]] == [row.code for row, _, _ in page.context["rows"]]
    assert table[1][-1] == "无额度"
    ask(analyst, books.customer("C0002"), amount="1")
    manager = signed_in("li2", "credit_manager")
    prove(manager)
    (told,) = manager.get("/credit/limits/", follow=True).context["rows"]
    row = told["row"]
    manager.post(f"/approvals/{row.id}/decide", {"deed": "approve", "digest": row.digest})
    assert LimitStep.objects.count() == 1
    # One yuan too much, and before the hundred thousands of those without any.
    rows = [row.code for row, _, _ in analyst.get("/credit/drift?company=MAIN&percent=0").context["rows"]]
    assert (rows[0], set(rows[1:])) == ("C0002", {"C0001", "C0003"})
    seen = {row.code for row, _, _ in people["zheng"].get("/credit/drift").context["rows"]}
    assert seen == {"C0003"}
