"""Promises, plans and freezes as a browser receives them: written down, agreed, listed, exported; whose they are."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping, Sequence
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from huikuan.act.collection.operations.holding import hold
from huikuan.act.collection.queries.set_aside import aside_of, set_aside
from huikuan.kernel.dates import business_date
from huikuan.kernel.errors import Refusal
from huikuan.kernel.money import share, to_text
from huikuan.mechanisms.approvals.models import ApprovalRequest
from huikuan.mechanisms.approvals.operations import approve_request
from huikuan.mechanisms.identity.domain.roles import Permission
from huikuan.mechanisms.identity.models import Company
from huikuan.mechanisms.identity.operations import add_company, grant_role
from huikuan.mechanisms.identity.queries import scope
from huikuan.record.customers.models import Customer
from huikuan.record.customers.queries import customer_named
from huikuan.record.promises.models import Barter, Freeze, Plan, Promise
from huikuan.record.promises.operations.promising import promise_payment
from huikuan.record.promises.queries.claims import Owed, owed_by
from huikuan.record.receivables.models import Item
from huikuan.record.receivables.operations.items import post_item
from huikuan.record.receivables.operations.rates import record_rate
from huikuan.shell.tests.books import AS_OF, AT, Books
from huikuan.shell.tests.collected import collect_of
from huikuan.shell.tests.test_access import signed_in


@pytest.fixture
def collector(books: Books, on_the_day: None) -> Client:
    return signed_in("chen", "collector")


def claims() -> list[Owed]:
    customer = Customer.objects.get(code="C0001")
    return owed_by(Company.objects.get(code="MAIN").pk, customer.pk)


def in_days(days: int) -> str:
    return str(business_date(timezone.now()) + timedelta(days=days))


def exported(client: Client, url: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(b"".join(client.get(url).streaming_content).decode("utf-8-sig"))))


def promise(client: Client, **said: str) -> Any:
    (first, *_) = claims()
    body = {
        "company": "MAIN", "customer": "C0001", "by": in_days(5), "source": "phone", "said_by": "王经理",
        f"claim-{first.item_id}": "1.00", **said,
    }  # fmt: skip
    return client.post("/promises/new", body)


def approve(role: str = "management") -> None:
    signed_in("approver", role)
    asked = ApprovalRequest.objects.latest("pk")
    approve_request(request_id=asked.pk, digest=asked.digest, actor="approver", at=timezone.now())


def test_a_promise_is_written_down_shown_replaced_and_taken_back(collector: Client) -> None:
    form = collector.get("/promises/new?customer=C0001")
    assert len(form.context["claims"]) == len(claims())
    assert promise(collector).status_code == 302
    made = Promise.objects.get()
    page = collector.get(f"/promises/{made.pk}").content.decode()
    assert "王经理" in page
    assert [row.state for row in collector.get("/promises/").context["found"].rows] == ["open"]
    later = {"by": in_days(9), "source": "email", "said_by": ""}
    assert collector.post(f"/promises/{made.pk}/replace", later).status_code == 302
    second = Promise.objects.latest("pk")
    assert collector.get(f"/promises/{made.pk}").context["row"].replaced_by == second.pk
    refused = collector.post(f"/promises/{second.pk}/withdraw", {"note": ""})
    assert (refused.status_code, refused.context["opened"]) == (400, "withdraw")
    assert collector.post(f"/promises/{second.pk}/withdraw", {"note": "误听"}).status_code == 302
    states = [row.state for row in collector.get("/promises/").context["found"].rows]
    assert states == ["replaced", "withdrawn"]


def test_a_broken_promise_that_was_promised_anew_says_so_and_is_counted_once(collector: Client) -> None:
    (first, *_) = claims()
    company, customer = Company.objects.get(code="MAIN"), Customer.objects.get(code="C0001")
    now = timezone.now()
    broken = promise_payment(
        customer_id=customer.pk, company_id=company.pk, parts=[(first.item_id, 3_00)], by=now.date() - timedelta(10),
        said_by="", source="phone", actor="chen", at=now - timedelta(20),
    )  # fmt: skip
    page = collector.get(f"/promises/{broken}").content.decode()
    assert (f"/promises/{broken}/replace" in page, "data-elsewhere" in page) == (True, False)
    assert promise(collector, **{f"claim-{first.item_id}": "3.00"}).status_code == 302
    page = collector.get(f"/promises/{broken}").content.decode()
    assert (f"/promises/{broken}/replace" in page, "已另行承诺或列入分期" in page) == (False, True)
    assert collector.get("/promises/").context["found"].sums == {"CNY": 3_00}
    columns = [(row[11], row[15]) for row in exported(collector, "/promises/export?format=csv")[1:]]
    assert sorted(columns) == [("3.00", "0.00"), ("3.00", "3.00")]


def test_what_is_refused_stands_beside_its_field_and_nothing_typed_is_lost(collector: Client) -> None:
    (first, *_) = claims()
    too_much = to_text(first.open_amount + 1, first.currency)
    answer = promise(collector, **{f"claim-{first.item_id}": too_much})
    form = answer.context["form"]
    assert (answer.status_code, list(form.problems)) == (400, [f"claim-{first.item_id}"])
    assert form.text("said_by") == "王经理"
    below = promise(collector, **{f"claim-{first.item_id}": "-5"})
    assert list(below.context["form"].problems) == [f"claim-{first.item_id}"]
    assert "金额须大于 0" in below.content.decode()
    assert list(promise(collector, by="2020-01-01").context["form"].problems) == ["by"]
    assert list(promise(collector, customer="NOBODY").context["form"].problems) == ["customer"]
    assert Promise.objects.count() == 0


def test_the_file_says_what_the_list_says_and_who_only_to_who_may_read_it(collector: Client) -> None:
    promise(collector)
    rows = exported(collector, "/promises/export?format=csv")
    assert (len(rows), rows[1][2], rows[1][7], rows[1][11]) == (2, "C0001", "王经理", "1.00")
    resolver = signed_in("gao", "resolver")
    assert exported(resolver, "/promises/export?format=csv")[1][7] == ""
    assert "王经理" not in resolver.get(f"/promises/{Promise.objects.get().pk}").content.decode()
    assert resolver.get("/promises/new").status_code == 403
    # Who collects for another company alone is told no more of this one's people.
    add_company(code="OTHER", name="另一家", currency="CNY", time_zone="Asia/Shanghai")
    grant_role(username="gao", role="collector", company="OTHER", actor="cli:root", at=AT)
    assert exported(resolver, "/promises/export?format=csv&company=MAIN")[1][7] == ""
    assert "王经理" not in resolver.get(f"/promises/{Promise.objects.get().pk}").content.decode()


def assert_named(said: str, *amounts: int) -> None:
    for amount in amounts:
        assert f"{amount // 100:,}.{amount % 100:02}" in said, amount


def assert_claims_named(decider: Client, asked: ApprovalRequest, owed: Sequence[Any], promised: int) -> None:
    shown = decider.get(f"/approvals/{asked.pk}").context
    facts = {value for label, value in shown["facts"]}
    for one in owed:
        assert f"{one.document_number} · CNY {one.open_amount // 100:,}.{one.open_amount % 100:02}" in facts
    assert shown["beside"] == [("付款承诺", f"#{promised} · {owed[0].document_number} · CNY 1.00 · {in_days(5)}")]


def assert_marked(collector: Client, claim: Any, promised: int) -> None:
    marks = collector.get("/promises/plans/new?customer=C0001&company=MAIN").content.decode()
    assert re.findall(r'data-marks="(\d+)"', marks) == [str(claim.item_id)]
    assert f"/promises/{promised}" in marks


def test_what_stands_against_claims_is_asked_for_all_of_them_at_once(books: Books, collector: Client) -> None:
    address, customer = "/promises/plans/new?customer=C0001&company=MAIN", books.customer("C0001")
    promise(collector)

    def asked() -> tuple[int, int]:
        with CaptureQueriesContext(connection) as queries:
            page = collector.get(address).content.decode()
        return page.count("data-claim="), len(queries)

    asked()
    few, before = asked()
    for number in range(20):
        post_item(
            company=books.company, customer_id=customer, kind="invoice", amount=100_00, currency="CNY",
            document_date=AS_OF, posting_date=AS_OF, due_date=AS_OF, document_number=f"M-{number}", actor="t", at=AT,
        )  # fmt: skip
    assert asked() == (few + 20, before)


def test_what_is_left_alone_of_some_claims_is_what_the_whole_company_s_says_of_them(books: Books) -> None:
    collect_of(books)
    hold(
        company=books.company, customer_id=books.customer("C0002"), item_id=books.item("264377023310"), reason="对账",
        actor="heyu", at=AT,
    )  # fmt: skip
    whole = set_aside(books.company.pk, AS_OF).items
    kinds = {one.kind for found in whole.values() for one in found}
    assert kinds == {"promised", "planned", "disputed", "held"}
    items = list(Item.objects.values_list("pk", flat=True))
    assert aside_of(books.company.pk, items, AS_OF) == whole
    for item in items:
        assert aside_of(books.company.pk, [item], AS_OF) == {one: found for one, found in whole.items() if one == item}
    assert aside_of(books.company.pk, [], AS_OF) == {}


def test_a_plan_is_split_asked_for_approved_and_shown(collector: Client) -> None:
    owed = claims()[:2]
    total = sum(one.open_amount for one in owed)
    body = {
        "company": "MAIN", "customer": "C0001", "on_miss": "accelerate", "interest": "original", "parts": "3",
        "first": in_days(10), **{f"claim-{one.item_id}": "1" for one in owed},
    }  # fmt: skip
    form = collector.post("/promises/plans/new", {**body, "split": "1"}).context["form"]
    lines = {name: value for name, value in form.typed.items() if name.startswith("line-")}
    assert len(lines) == 6
    fewer = collector.post("/promises/plans/new", {**body, **lines, "split": "1", "parts": "２"}).context["form"]
    halves = [to_text(part, "CNY") for part in share(total, [1, 1])]
    assert [fewer.typed[f"line-{row}-amount"] for row in range(3)] == [*halves, ""]
    none = {name: value for name, value in body.items() if not name.startswith("claim-")}
    for more, beside in (({"split": "1"}, [""]), (lines, [""]), ({"split": "1", "first": ""}, ["", "first"])):
        refused = collector.post("/promises/plans/new", {**none, **more})
        assert sorted(refused.context["form"].problems) == beside
        assert "请勾选列入分期的款项。" in refused.content.decode()
    none = collector.post("/promises/plans/new", {**body, "split": "1", "parts": "0"})
    assert list(none.context["form"].problems) == ["parts"]
    wrong = collector.post("/promises/plans/new", {**body, **lines, "line-0-amount": "1.00"})
    assert (wrong.status_code, list(wrong.context["form"].problems)) == (400, ["lines"])
    assert_named(wrong.context["form"].problems["lines"], total - total // 3 + 1_00, total, total // 3 - 1_00)
    falls = collector.post("/promises/plans/new", {**body, **lines, "line-1-day": lines["line-0-day"]})
    assert list(falls.context["form"].problems) == ["line-1-day"]
    assert "第 2 期" in falls.context["form"].problems["line-1-day"]
    promise(collector)
    promised = Promise.objects.get().pk
    assert_marked(collector, owed[0], promised)
    sent = {**body, **lines, "file": SimpleUploadedFile("协议.pdf", b"%PDF-1.4 plan")}
    assert collector.post("/promises/plans/new", sent).status_code == 302
    assert Plan.objects.count() == 0
    asked = ApprovalRequest.objects.get()
    for address in ("/promises/plans", "/promises/plans?customer=C0001"):
        listed = collector.get(address)
        assert [(one.request_id, one.total, one.instalments) for one in listed.context["waiting"]] == [
            (asked.pk, total, 3)
        ]
        assert f"/approvals/{asked.pk}" in listed.content.decode()
    for address in ("/promises/plans?customer=C0002", "/promises/plans?customer=NOBODY"):
        assert collector.get(address).context["waiting"] == []
    decider = signed_in("approver", "management")
    assert_claims_named(decider, asked, owed, promised)
    (paper,) = re.findall(
        r'href="(/approvals/\d+/files/[^"?]+)', decider.get(f"/approvals/{asked.pk}").content.decode()
    )
    assert b"".join(decider.get(paper).streaming_content) == b"%PDF-1.4 plan"
    assert decider.get(f"{paper[:-1]}{'1' if paper[-1] != '1' else '2'}").status_code == 404
    assert signed_in("gao", "resolver").get(paper).status_code in (403, 404)
    approve()
    assert collector.get("/promises/plans").context["waiting"] == []
    made = Plan.objects.get()
    assert made.total == total
    page = collector.get(f"/promises/plans/{made.pk}")
    assert len(page.context["row"].lines) == 3
    assert b"".join(collector.get(f"/promises/plans/{made.pk}/files/{made.sha256}").streaming_content) == (
        b"%PDF-1.4 plan"
    )
    assert len(exported(collector, "/promises/plans/export?format=csv")) == 4
    assert [row.state for row in collector.get("/promises/plans").context["rows"]] == ["running"]


def test_an_instalment_without_its_day_or_its_amount_is_refused_beside_what_lacks(collector: Client) -> None:
    """Nothing that was typed is left out, so that what is told of the second row stands beside the second."""
    (one, *_) = claims()
    body = {
        "company": "MAIN", "customer": "C0001", "on_miss": "accelerate", "interest": "original",
        f"claim-{one.item_id}": "1",
        "line-0-day": in_days(10), "line-0-amount": "",
        "line-1-day": in_days(70), "line-1-amount": "1.00",
        "line-2-day": in_days(40), "line-2-amount": "2.00",
        "line-3-day": "", "line-3-amount": "3.00",
    }  # fmt: skip
    form = collector.post("/promises/plans/new", body).context["form"]
    assert form.problems == {"line-0-amount": "请填写本期金额。", "line-3-day": "请填写日期。"}
    whole = {**body, "line-0-amount": "1.00", "line-3-day": in_days(99)}
    falls = collector.post("/promises/plans/new", whole).context["form"].problems
    assert list(falls) == ["line-2-day"]
    assert "第 3 期" in falls["line-2-day"]


def test_a_plan_drawn_up_at_the_workbench_is_of_its_company_and_about_what_is_overdue(collector: Client) -> None:
    customer = Customer.objects.get(code="C0001")
    desk = collector.get(f"/collection/?customer={customer.pk}").content.decode()
    (link,) = re.findall(r'href="([^"]+)" data-instalments', desk)
    assert "company=MAIN" in link
    page = collector.get(unescape(link))
    today = business_date(timezone.now())
    late = {one.item_id for one in claims() if one.due_on and one.due_on < today}
    assert page.context["form"].typed["company"] == "MAIN"
    assert 0 < len(late) < len(claims())
    assert page.context["ticked"] == late


def test_a_freeze_is_asked_for_approved_and_released(collector: Client) -> None:
    asked = {"company": "MAIN", "customer": "C0001", "kind": "supply", "reason": "两次失约"}
    refused = collector.post("/promises/freezes/ask", {**asked, "reason": ""})
    assert (refused.status_code, list(refused.context["form"].problems)) == (400, ["reason"])
    assert collector.post("/promises/freezes/ask", asked).status_code == 302
    assert collector.get("/promises/freezes").context["rows"] == []
    approve("credit_manager")
    made = Freeze.objects.get()
    assert collector.post(f"/promises/freezes/{made.pk}/release", {"reason": "已付清"}).status_code == 302
    approve("credit_manager")
    assert collector.get("/promises/freezes").context["rows"] == []
    ((row, releases),) = collector.get("/promises/freezes?state=all").context["rows"]
    assert (row.released_because, releases) == ("已付清", False)
    assert len(exported(collector, "/promises/freezes/export?format=csv&state=all")) == 2


def test_goods_are_asked_for_approved_and_delivered(collector: Client, books: Books) -> None:
    today = business_date(timezone.now())
    one = next(claim for claim in claims() if claim.due_on and claim.due_on < today)
    body = {
        "company": "MAIN", "customer": "C0001", "asset": "立式加工中心", "valued": "2.00", "valuer": "江临评估",
        "valued_on": in_days(-5), "method": "appraisal", "deliver_by": in_days(20), f"claim-{one.item_id}": "1.00",
        "tax": "0.10", "fair_value": "0.90",
    }  # fmt: skip
    refused = collector.post("/promises/in-kind/new", {**body, "asset": ""})
    assert (refused.status_code, list(refused.context["form"].problems)) == (400, ["asset"])
    assert collector.post("/promises/in-kind/new", body).status_code == 302
    approve()
    made = Barter.objects.get()
    page = collector.get(f"/promises/in-kind/{made.pk}")
    assert ([amount for _, amount in page.context["entries"]], page.context["delivers"]) == ([80, 10, 10, -100], False)
    assert collector.post(f"/promises/in-kind/{made.pk}/deliver", {"on": str(today)}).status_code == 403
    clerk = signed_in("qian", "cash_clerk")
    assert clerk.post(f"/promises/in-kind/{made.pk}/deliver", {"on": str(today)}).status_code == 302
    (row,) = clerk.get("/promises/in-kind").context["rows"]
    assert row.state == "delivered"
    assert len(exported(clerk, "/promises/in-kind/export?format=csv")) == 2


def test_what_goods_are_worth_and_instalments_come_to_is_read_in_the_currency_of_what_was_chosen(
    collector: Client,
) -> None:
    """The customer's oldest claim is in yuan, what is written about is one in yen, which has no hundredths."""
    company, customer = Company.objects.get(code="MAIN"), Customer.objects.get(code="C0001")
    today = business_date(timezone.now())
    record_rate(
        currency="JPY", quote_currency="CNY", on_date=today, rate_e8=5_000_000, source="示例", actor="t",
        at=timezone.now(),
    )  # fmt: skip
    yen = post_item(
        company=company, customer_id=customer.pk, kind="invoice", amount=1_000_000, currency="JPY",
        document_date=today - timedelta(days=20), posting_date=today - timedelta(days=20),
        due_date=today - timedelta(days=5), actor="t", at=timezone.now(),
    )  # fmt: skip
    assert claims()[0].currency == "CNY"
    whose = {"company": "MAIN", "customer": "C0001"}
    goods = {
        **whose, "asset": "立式加工中心", "valued": "800000", "valuer": "江临评估", "valued_on": in_days(-5),
        "method": "appraisal", "deliver_by": in_days(20), f"claim-{yen}": "800000", "tax": "60000",
        "fair_value": "700000", "allowance": "5000",
    }  # fmt: skip
    assert collector.post("/promises/in-kind/new", goods).status_code == 302
    approve()
    made = Barter.objects.get()
    assert (made.currency, made.agreed, made.valued, made.tax, made.fair_value, made.allowance) == (
        "JPY", 800_000, 800_000, 60_000, 700_000, 5_000
    )  # fmt: skip
    plan = {
        **whose, "on_miss": "accelerate", "interest": "original", f"claim-{yen}": "1", "line-0-day": in_days(30),
        "line-0-amount": "1000000",
    }  # fmt: skip
    assert collector.post("/promises/plans/new", plan).status_code == 302


def test_what_belongs_to_others_is_not_there(collector: Client) -> None:
    promise(collector)
    number = Promise.objects.get().pk
    seller = signed_in("mei", "sales")
    assert seller.get("/promises/").context["found"].count == 0
    assert seller.get(f"/promises/{number}").status_code == 404
    assert seller.post(f"/promises/{number}/withdraw", {"note": "x"}).status_code == 404
    assert collector.get(f"/promises/{number}?as_of=2020-01-01").status_code == 404


def test_a_customer_reached_in_one_company_is_not_written_about_in_another(books: Books, on_the_day: None) -> None:
    """Who collects for another company, and for this one from customers of their own: C0001 is none of those."""
    Company.objects.create(code="ELSE", name="别处", currency="CNY")
    signed_in("lu", "collector", company="MAIN", reach="own")
    client = signed_in("lu", "collector", company="ELSE", reach="company")
    assert "customer" not in client.get("/promises/new?customer=C0001&company=ELSE").context["form"].problems
    form = client.post("/promises/new", {"company": "MAIN", "customer": "C0001", "show": "1"}).context["form"]
    assert "customer" in form.problems
    assert promise(client).status_code == 400
    assert not Promise.objects.exists()


@pytest.mark.parametrize("address", ["/promises/new", "/promises/plans/new"])
def test_a_customer_is_named_by_what_people_call_it(collector: Client, address: str) -> None:
    for text in ("C0002", "宏朔", "hs"):
        shown = collector.post(address, {"company": "MAIN", "customer": text, "show": "1"}).context
        assert (shown["whose"].code, shown["form"].problems) == ("C0002", {}), text
    several = collector.post(address, {"company": "MAIN", "customer": "C000", "show": "1"}).context["form"].problems
    assert "C0001" in several["customer"]
    assert "C0002" in several["customer"]
    nobody = collector.post(address, {"company": "MAIN", "customer": "没有这家", "show": "1"}).context["form"].problems
    assert nobody["customer"] == "没有客户 没有这家。"


def test_nobody_is_named_to_whoever_does_not_see_them(people: Mapping[str, Client], books: Books) -> None:
    theirs = scope("li", Permission.VIEW_LEDGER, at=AT)
    assert customer_named("C000", scope=theirs).code == "C0001", "of several the only one they see"
    for hidden in ("宏朔", "C0002"):
        with pytest.raises(Refusal) as refusal:
            customer_named(hidden, scope=theirs)
        assert (refusal.value.code, refusal.value.params) == ("customer_unknown", {"customer": hidden})
