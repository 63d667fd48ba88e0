"""Ratings as a browser receives them: the list, a customer's rating, what is done to it and by whom."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from huikuan.judge.rating.jobs import assess_all
from huikuan.judge.rating.models import Assessment, Information, Override, OverrideStep, ReviewCall
from huikuan.judge.rating.operations.assessing import RUN, assess_customer
from huikuan.judge.rating.tests.register import ENTRY, KEY, SECRET, standing
from huikuan.mechanisms.audit.operations import record
from huikuan.mechanisms.identity.models import User
from huikuan.mechanisms.jobs.handlers import Handler
from huikuan.mechanisms.jobs.worker import Worker
from huikuan.record.customers.domain.master import Master
from huikuan.record.customers.operations import create_customer
from huikuan.shell.tests.books import AS_OF, AT, CUSTOMERS, Books
from huikuan.shell.tests.colleagues import READERS, SEES, names_in
from huikuan.shell.tests.test_access import signed_in

WHO: dict[str, Any] = {"actor": "cli:test", "at": AT}
NOON = datetime(AS_OF.year, AS_OF.month, AS_OF.day, 4, tzinfo=UTC)


def exported(client: Client, url: str) -> list[list[str]]:
    text = b"".join(client.get(url).streaming_content).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text)))


def assess(books: Books, *codes: str, as_of: date = AS_OF) -> None:
    for code in codes:
        assess_customer(customer_id=books.customer(code), as_of=as_of, **{**WHO, "at": NOON})


def listed(client: Client, query: str = "") -> list[tuple[str, str]]:
    rows = client.get(f"/credit/ratings{query}").context["rows"]
    return [(row.code, row.rating.grade if row.rating else "") for row, _state in rows]


def answered(client: Client, path: str) -> int:
    answer = client.get(path)
    answer.close()
    return answer.status_code


def test_the_list_shows_narrows_and_exports_the_same_rows(reader: Client, books: Books) -> None:
    assess(books, "C0001")
    assess(books, "C0002", as_of=date(2026, 1, 31))
    graded = Assessment.objects.get(customer_id=books.customer("C0001")).grade
    assert listed(reader) == [("C0001", graded), ("C0002", ""), ("C0003", ""), ("C0004", "")]
    for query, codes in {
        "?state=never": ["C0003", "C0004"],
        "?state=due": ["C0002"],
        "?state=soon": [],
        f"?grade={graded}": ["C0001"],
        "?grade=none": ["C0002"],
        "?card=small_firms": ["C0001", "C0002"],
        "?card=prospects": [],
        "?q=C0003": ["C0003"],
        "?state=nonsense": sorted(CUSTOMERS),
    }.items():
        assert [code for code, _ in listed(reader, query)] == codes, query
        rows = exported(reader, f"/credit/ratings/export{query}&format=csv")
        assert [row[0] for row in rows[1:]] == codes, query
        assert reader.get(f"/credit/ratings{query}").context["count"] == len(codes), query
    months = {month.first: month.reviews for month in reader.get("/credit/ratings").context["months"]}
    assert sum(months.values()) == 2
    assert months[AS_OF.replace(day=1)] == 1, "the review that has come stands in this month"
    for first, reviews in months.items():
        assert len(listed(reader, f"?month={first:%Y-%m}")) == reviews, "each figure opens to its rows"
    assert reader.get("/credit/ratings?month=soon").status_code == 400


def test_a_cause_that_came_up_twice_is_said_once(reader: Client, books: Books) -> None:
    assess(books, "C0001")
    row = {"customer_id": books.customer("C0001"), "cause": "held", "on_date": AS_OF, "event_id": None}
    rows = [{**row, "detail": "7"}, {**row, "detail": "8"}, {**row, "cause": "overdue", "detail": "90"}]
    record(ReviewCall, rows, at=AT)
    (_, line) = exported(reader, "/credit/ratings/export?q=C0001&format=csv")
    assert line[-1] == "订单被冻结; 逾期超过 90 天"


def test_more_rows_come_by_a_partial_update(reader: Client, books: Books) -> None:
    for number in range(50):
        create_customer(master=Master(f"M{number:03}", f"客户 {number}"), **WHO)
    page = reader.get("/credit/ratings")
    assert (len(page.context["rows"]), page.context["next"], page.context["count"]) == (50, "M045", 54)
    more = reader.get("/credit/ratings?after=M045", headers={"HX-Target": "more"})
    assert [row.code for row, _state in more.context["rows"]] == ["M046", "M047", "M048", "M049"]
    assert "<html" not in more.content.decode()


def test_a_customer_is_assessed_and_its_page_tells_grade_score_and_every_reason(reader: Client, books: Books) -> None:
    one = books.customer("C0001")
    assert "尚未评定" in reader.get(f"/customers/{one}").content.decode()
    assert "rating" in [name for name, *_ in reader.get(f"/customers/{one}").context["tabs"]]
    answer = reader.post(f"/credit/ratings/{one}/assess", {"note": "年度"})
    assert answer.headers["Location"] == f"/customers/{one}?tab=rating"
    fact = Assessment.objects.get()
    assert (fact.customer_id, fact.as_of, fact.actor, fact.note) == (one, AS_OF, books.user.username, "年度")
    page = reader.get(f"/customers/{one}?tab=rating")
    told = page.content.decode()
    assert page.context["rating"].assessment.id == fact.pk
    for reason in page.context["rating"].assessment.reasons:
        assert f'data-factor="{reason.factor}"' in told
    for word in ("平均逾期天数", "自有台账", "成立年限", "未知", "首次评级", f">{fact.score}<"):
        assert word in told, word
    rows = exported(reader, f"/customers/{one}/export/rating?format=csv")
    assert len(rows) == 1 + 10
    assert sum(int(row[6]) for row in rows[1:]) == fact.score
    assert reader.get(f"/customers/{one}?tab=rating&as_of=2026-10-01").context["rating"] is None


def test_every_factor_value_is_told_in_words(reader: Client, books: Books) -> None:
    one = books.customer("C0001")
    given = {"source": "registry", "on": "2026-11-01", "reliability": "3", "note": ""}
    for factor, value, shown in (
        ("debt_ratio", "0.456", "45.6%"),
        ("years_established", "8", "8 年"),
        ("current_ratio", "1.25", "1.25"),
        ("registry_status", "revoked", "吊销"),
        ("registry_status", "", "已撤回"),
    ):
        answer = reader.post(f"/credit/ratings/{one}/inform", {**given, "factor": factor, "value": value})
        assert answer.status_code == 302
        assert shown in reader.get(f"/customers/{one}?tab=rating").content.decode(), factor
    assert Information.objects.count() == 5
    answer = reader.post(
        f"/credit/ratings/{one}/inform", {**given, "factor": "debt_ratio", "value": "viel"}, follow=True
    )
    assert "不是 debt_ratio 的有效取值" in answer.content.decode()
    assert Information.objects.count() == 5


def test_another_grade_is_drawn_up_by_one_and_approved_by_another(reader: Client, books: Books) -> None:
    one = books.customer("C0001")
    assess(books, "C0001")
    analyst = signed_in("ana", "credit_analyst")
    analyst.post(f"/credit/ratings/{one}/override", {"grade": "A", "reason": "母公司担保", "until": "2026-12-31"})
    fact = Override.objects.get()
    shown = analyst.get(f"/customers/{one}?tab=rating").content.decode()
    assert "母公司担保" in shown
    request = f"/approvals/{fact.approval_id}"
    assert request in shown
    page = reader.get(request)
    assert [value for _, value in page.context["facts"]][:2] == ["C → A", "2026-12-31"]
    assert page.context["beside"][0][1].startswith("C · ")
    session = reader.session
    session["proved"] = 2**40
    session.save()
    reader.post(f"{request}/decide", {"deed": "approve", "digest": page.context["row"].digest})
    assert OverrideStep.objects.get().actor == books.user.username
    page = reader.get(f"/customers/{one}?tab=rating")
    assert page.context["rating"].grade == "A"
    end = f"/credit/overrides/{fact.pk}/end"
    assert end in page.content.decode()
    assert dict(listed(reader))["C0001"] == "A"
    assert analyst.post(end, {"comment": "x"}).status_code == 403
    reader.post(end, {"comment": ""})
    assert reader.get(f"/customers/{one}").context["rating"].override is not None
    reader.post(end, {"comment": "担保撤销"})
    assert reader.get(f"/customers/{one}").context["rating"].override is None


def test_one_s_own_override_can_be_withdrawn_and_not_approved(reader: Client, books: Books) -> None:
    one = books.customer("C0001")
    assess(books, "C0001")
    reader.post(f"/credit/ratings/{one}/override", {"grade": "A", "reason": "x", "until": ""})
    told = reader.get(f"/approvals/{Override.objects.get().approval_id}").content.decode()
    assert ('value="approve"' in told, 'value="withdraw"' in told) == (False, True)
    assert "须由他人审批" in told


def test_facts_stand_side_by_side_and_an_agency_s_grade_goes_in(reader: Client, books: Books) -> None:
    page = f"/customers/{books.customer('C0001')}/facts"
    User.objects.filter(username=books.user.username).update(display_name="周岚")
    reader.post(f"/credit/ratings/{books.customer('C0001')}/inform", {
        "factor": "bank_reference", "value": "fair", "source": "bank", "reliability": "2", "note": "回函",
    })  # fmt: skip
    reader.post(f"{page}/rate", {"agency": "dnb", "grade": "5A1"})
    refused = reader.post(f"{page}/rate", {"agency": "dnb", "grade": "??"}, follow=True).content.decode()
    assert "对照表没有“??”" in refused
    answer = reader.get(page)
    assert answer.context["facts"].sources == ("own_ledger", "bank", "third_party")
    assert "dnb 5A1" in answer.content.decode()
    lines = exported(reader, f"{page}/export?format=csv")
    assert ["第三方评级", "评级机构", "优"] in [line[:3] for line in lines]
    (recorded,) = [line[6:8] for line in lines if line[1] == "银行"]
    assert recorded[0] == "周岚"
    assert re.fullmatch(rf"{AS_OF} 12:\d\d:\d\d\+08:00", recorded[1])
    assert len(lines) == 1 + sum(len(row.told) for row in answer.context["facts"].rows)
    past = reader.get(f"{page}?as_of=2026-01-01")
    assert past.context["facts"].rows == ()
    assert "/rate" not in past.content.decode()


def test_the_register_is_asked_where_one_is_set_up(reader: Client, books: Books, settings: Any) -> None:
    page = f"/customers/{books.customer('C0001')}/facts"
    assert "/lookup" not in reader.get(page).content.decode()
    assert "未配置工商登记查询" in reader.post(f"{page}/lookup", follow=True).content.decode()
    with standing() as register:
        settings.REGISTRY_URL, settings.REGISTRY_KEY, settings.REGISTRY_SECRET = register.url, KEY, SECRET
        settings.WEBHOOKS_LOCAL = True
        register.entries[CUSTOMERS["C0001"]] = {**ENTRY, "Name": CUSTOMERS["C0001"]}
        assert f"{page}/lookup" in reader.get(page).content.decode()
        shown = reader.post(f"{page}/lookup", follow=True).content.decode()
    assert "已查得工商登记信息" in shown
    assert "5000万元人民币" in shown
    assert "宏朔投资有限公司 60%" in shown
    assert Information.objects.filter(source="registry").count() == 4


def test_a_run_is_asked_for_by_who_rates_everybody(reader: Client, books: Books) -> None:
    assert reader.post("/credit/ratings/run", {"which": "due"}).status_code == 302
    told = reader.get("/credit/ratings").content.decode()
    assert "批量评级等待后台执行" in told
    assert 'value="due"' not in told
    Worker({RUN: Handler(assess_all)}, clock=lambda: NOON + timedelta(minutes=1)).turn()
    assert Assessment.objects.count() == 4
    assert listed(reader, "?state=never") == []
    looking = signed_in("looker", "auditor")
    assert 'value="due"' not in looking.get("/credit/ratings").content.decode()
    assert looking.post("/credit/ratings/run", {"which": "all"}).status_code == 403


def test_a_past_day_is_read_only(reader: Client, books: Books) -> None:
    one = books.customer("C0001")
    assess(books, "C0001", as_of=date(2026, 6, 1))
    page = reader.get(f"/customers/{one}?tab=rating&as_of=2026-06-01")
    assert page.context["rating"].assessment.as_of == date(2026, 6, 1)
    assert "/assess" not in page.content.decode()
    for path in (f"/credit/ratings/{one}/assess", f"/credit/ratings/{one}/inform", "/credit/ratings/run"):
        assert reader.post(f"{path}?as_of=2026-06-01", {}).status_code == 404, path
    assert Assessment.objects.count() == 1


def test_each_sees_the_ratings_of_their_customers_and_does_nothing_to_others(
    people: Mapping[str, Client], books: Books, on_the_day: None
) -> None:
    assess(books, *CUSTOMERS)
    for name in READERS:
        mine, client = SEES[name], people[name]
        assert {code for code, _ in listed(client)} == mine, name
        text = b"".join(client.get("/credit/ratings/export?format=csv").streaming_content).decode("utf-8-sig")
        assert names_in(text) == mine == names_in(client.get("/credit/ratings").content.decode()), name
        months = client.get("/credit/ratings").context["months"]
        assert sum(month.reviews for month in months) == len(mine), name
        for code in CUSTOMERS:
            paths = [
                f"/customers/{books.customer(code)}{rest}" for rest in ("?tab=rating", "/export/rating?format=csv")
            ]
            paths += [f"/customers/{books.customer(code)}/facts{rest}" for rest in ("", "/export?format=csv")]
            assert {answered(client, path) for path in paths} == {200 if code in mine else 404}, (name, code)


def test_an_analyst_of_some_customers_cannot_touch_another_s(books: Books, on_the_day: None) -> None:
    assess(books, "C0001")
    narrow = signed_in("narrow", "credit_manager", reach="own")
    one = books.customer("C0001")
    before = Assessment.objects.count()
    for rest in ("assess", "inform", "override"):
        assert narrow.post(f"/credit/ratings/{one}/{rest}", {"grade": "A", "reason": "x"}).status_code == 404, rest
    reader = signed_in("wide", "credit_analyst")
    reader.post(f"/credit/ratings/{one}/override", {"grade": "A", "reason": "x", "until": ""})
    number = Override.objects.get().pk
    assert narrow.post(f"/credit/overrides/{number}/decide", {"verdict": "approve"}).status_code == 404
    assert narrow.post("/credit/ratings/run", {"which": "all"}).status_code == 404
    assert 'value="due"' not in narrow.get("/credit/ratings").content.decode()
    assert (Assessment.objects.count(), OverrideStep.objects.count()) == (before, 0)


def test_pages_ask_the_database_no_more_for_more_rows(reader: Client, books: Books) -> None:
    assess(books, "C0001")
    pages = ["/credit/ratings", f"/customers/{books.customer('C0001')}?tab=rating"]

    def asked() -> list[int]:
        counts = []
        for path in pages:
            reader.get(path)
            with CaptureQueriesContext(connection) as queries:
                reader.get(path)
            counts.append(len(queries))
        return counts

    before = asked()
    assess(books, *CUSTOMERS)
    assess(books, "C0001", as_of=date(2026, 6, 1))
    assert asked() == before


@pytest.mark.browser
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_no_page_of_ratings_shuts_anyone_out_or_scrolls_sideways(theme: str, page: Any, books: Books) -> None:
    from huikuan.shell.tests.conftest import DESK, PHONE, shuts_nobody_out, stays_in_its_width

    assess(books, *CUSTOMERS)
    one = books.customer("C0001")
    page.emulate_media(color_scheme=theme)
    page.goto(f"/customers/{one}?tab=rating")
    page.click("text=调整等级")
    page.fill("#o-reason", "母公司担保")
    page.click("text=提出")
    page.wait_for_selector("[data-override]")
    for path in ("/credit/ratings", "/credit/ratings?state=soon", f"/customers/{one}?tab=rating"):
        page.set_viewport_size(DESK)
        page.goto(path)
        shuts_nobody_out(page)
        page.set_viewport_size(PHONE)
        page.goto(path)
        stays_in_its_width(page)
