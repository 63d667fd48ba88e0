"""Collecting for programs: what is agreed instead of payment, calls, visits, holds, the day ahead, confirmations."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from huikuan.act.collection.models import Hold
from huikuan.act.visits.models import Call, Visit
from huikuan.connect.api.models import KeptAnswer
from huikuan.connect.api.tests.conftest import Program, program_of, token_of
from huikuan.mechanisms.approvals.models import ApprovalRequest
from huikuan.mechanisms.approvals.queries import request
from huikuan.mechanisms.identity.domain.scope import EVERYTHING
from huikuan.mechanisms.identity.models import User
from huikuan.mechanisms.identity.operations import add_company, grant_role
from huikuan.mechanisms.notices.models import Notice
from huikuan.mechanisms.notices.queries import words
from huikuan.record.customers.domain.contacts import Contact
from huikuan.record.customers.operations.people import add_contact
from huikuan.record.promises.models import Barter, Freeze, Plan
from huikuan.record.receivables.queries.ledger import open_of
from huikuan.see.confirmations.domain.answers import Said
from huikuan.see.confirmations.models import Invitation
from huikuan.see.confirmations.operations.answering import Person as Answerer
from huikuan.see.confirmations.operations.answering import answer
from huikuan.see.confirmations.operations.guests import open_link, send_code
from huikuan.see.confirmations.queries.guests import guest_of
from huikuan.see.confirmations.queries.shown import lines_of, shown_to
from huikuan.see.confirmations.tests.conftest import code_received
from huikuan.shell import cli
from huikuan.shell.tests.books import AT, Books

OWED = "264377023310"
HALVES = [{"due": "2026-12-20", "amount": "40000.00"}, {"due": "2027-01-20", "amount": "46400.55"}]


def collector() -> Program:
    """A collector who may use the API, with a token for collecting alone."""
    User.objects.get_or_create(username="he")
    grant_role(username="he", role="collector", actor="cli:root", at=AT)
    return program_of("he", "integration", areas=("collection:write",))


def agree(program: Program, number: int) -> None:
    digest = request(number, me="", scope=EVERYTHING).digest
    answer = program.post(f"/approvals/{number}/decision", {"decision": "approve", "digest": digest})
    assert answer.status_code == 200, answer.content


def stranger() -> Program:
    """Somebody who sees their own customers, of whom there are none."""
    return program_of("own", "integration", company="MAIN", reach="own")


def test_a_plan_is_asked_for_once_and_listed_when_another_agreed(program: Program, books: Books) -> None:
    said = {"items": [books.item("264377023311")], "lines": HALVES, "note": "两期"}
    asking = collector()
    made = asking.post("/plans", said, key="k-1")
    assert (made.status_code, made.json()["state"]) == (201, "waiting"), made.content
    assert asking.post("/plans", said, key="k-1").json() == made.json()
    assert (asking.post("/plans", said).json()["code"], Plan.objects.count()) == ("request_waits_already", 0)
    short = {**said, "lines": HALVES[:1]}
    assert program.post("/plans", short).status_code == 422
    agree(program, made.json()["request"])
    [row] = program.pages("/plans?state=running")
    assert (row["total"], row["paid"], [line["amount"] for line in row["lines"]]) == (
        "86400.55", "0.00", ["40000.00", "46400.55"],
    )  # fmt: skip
    assert program.get(f"/plans/{row['id']}").json() == row
    assert program.pages("/plans?as_of=2026-11-01") == program.pages("/plans?state=broken") == []
    other = stranger()
    assert (other.pages("/plans"), other.get(f"/plans/{row['id']}").status_code) == ([], 404)
    assert other.post("/plans", said).status_code == 403
    reader = Program(token_of(books.user.username, ("ledger:read",)))
    assert reader.post("/plans", said).json()["code"] == "token_area_missing"


def test_lists_go_on_page_by_page(program: Program, books: Books) -> None:
    asking = collector()
    for kind in ("supply", "account"):
        for code in ("C0001", "C0002"):
            said = {"company": "MAIN", "customer": code, "kind": kind, "reason": "逾期"}
            agree(program, asking.post("/freezes", said).json()["request"])
    rows = program.pages("/freezes?limit=3")
    assert [row["id"] for row in rows] == sorted((row["id"] for row in rows), reverse=True)
    assert [(row["customer"], row["kind"]) for row in rows] == [
        ("C0002", "account"), ("C0001", "account"), ("C0002", "supply"), ("C0001", "supply"),
    ]  # fmt: skip


def test_a_freeze_ends_by_two_as_it_began(program: Program, books: Books) -> None:
    asking = collector()
    said = {"company": "MAIN", "customer": "C0002", "kind": "supply", "reason": "逾期 200 天"}
    agree(program, asking.post("/freezes", said).json()["request"])
    [row] = program.pages("/freezes?customer=C0002")
    assert (row["reason"], row["approved_by"], row["released_on"]) == ("逾期 200 天", books.user.username, None)
    own = asking.post("/freezes", {**said, "company": "OTHER"})
    assert (own.status_code, own.json()["code"]) == (422, "company_unknown")
    assert asking.post("/freezes", said).json()["code"] == "freeze_stands"
    assert stranger().post(f"/freezes/{row['id']}/release", {"reason": "x"}).status_code == 403
    released = asking.post(f"/freezes/{row['id']}/release", {"reason": "已付"})
    agree(program, released.json()["request"])
    assert program.pages("/freezes") == []
    assert program.pages("/freezes?show=all")[0]["released_because"] == "已付"
    assert asking.post(f"/freezes/{row['id']}/release", {"reason": "已付"}).json()["code"] == "freeze_over"
    assert Freeze.objects.count() == 1


def test_goods_pay_when_they_are_there(program: Program, books: Books) -> None:
    item = books.item(OWED)
    before = open_of(item).amount
    days = {"valued_on": "2026-11-01", "deliver_by": "2026-12-01", "valuer": "江临评估所", "method": "appraisal"}
    said = {**days, "parts": [{"item": item, "amount": "100.00"}], "asset": "机床一台", "valued": "120.00",
            "fair_value": "90.00", "tax": "10.00"}  # fmt: skip
    asked = collector().post("/in-kind", said)
    agree(program, asked.json()["request"])
    [row] = program.pages("/in-kind?state=agreed&customer=C0002")
    assert (row["agreed"], row["credit_item"], open_of(item).amount) == ("100.00", None, before)
    where = f"/in-kind/{row['id']}"
    refused = collector().post(f"{where}/delivery", {})
    assert (refused.status_code, refused.json()["code"]) == (403, "token_area_missing"), (
        "whoever settles takes them in"
    )
    done = program.post(f"{where}/delivery", {"on": "2026-11-20"})
    assert (done.status_code, done.json()["state"]) == (201, "delivered"), done.content
    assert open_of(item).amount == before - 100_00
    assert done.json()["voucher"][-1] == {"account": "receivables", "amount": "-100.00"}
    assert program.post(f"{where}/failure", {"reason": "未到"}).json()["code"] == "barter_over"
    assert stranger().get(where).status_code == 404
    assert Barter.objects.count() == 1


def test_a_call_is_told_to_who_collects_and_counts_for_the_day(program: Program, books: Books) -> None:
    person = add_contact(
        customer_id=books.customer("C0001"), contact=Contact("顾静", phone="138 0013 2046"), actor="cli:test", at=AT
    )
    said = {"company": "MAIN", "customer": "C0001", "person": person, "result": "other", "note": "财务在外地"}
    made = program.post("/calls", said, key="k")
    assert made.status_code == 201, made.content
    row = made.json()
    assert (row["person"], row["note"], row["on"], row["incoming"]) == ("顾静", "财务在外地", "2026-11-20", False)
    assert program.post("/calls", said, key="k").json()["id"] == row["id"]
    assert [program.post("/calls", said).status_code for _ in range(2)] == [201, 201]
    assert program.post("/calls", said).json()["code"] == "call_too_many"
    assert program.post("/calls", {**said, "person": 99}).status_code == 404
    assert len(program.pages("/calls?customer=C0001&result=other&limit=2")) == 3
    assert program.pages("/calls?since=2026-11-21") == program.pages("/calls?customer=C0002") == []
    assert Program(token_of(books.user.username, ("ledger:read",))).get("/calls").status_code == 403


def test_a_visit_is_planned_made_and_ended_and_who_was_met_is_not_for_all(program: Program, books: Books) -> None:
    said = {"company": "MAIN", "customer": "C0001", "on": "2026-11-20", "purpose": "collect", "note": "带对账单"}
    made = program.post("/visits", said)
    assert (made.status_code, made.json()["visitor"], made.json()["state"]) == (201, "zhou", "planned"), made.content
    where = f"/visits/{made.json()['id']}"
    assert program.post(f"{where}/outcome", {"outcome": "met"}).json()["code"] == "visit_not_checked_in"
    there = program.post(f"{where}/arrival", {"place": "东门", "latitude": "-31.5", "longitude": "121.473701"})
    assert there.json()["arrival"] | {"at": ""} == {
        "at": "", "place": "东门", "latitude": "-31.500000", "longitude": "121.473701",
    }  # fmt: skip
    picture, kind = b"\x89PNG\r\n\x1a\n....", {"content_type": "application/octet-stream"}
    [photo] = program.post(f"{where}/photos?name=gate.png", picture, **kind).json()["photos"]
    assert photo["media_type"] == "image/png"
    shown = program.get(f"{where}/photos/{photo['id']}")
    assert b"".join(shown.streaming_content) == picture
    assert program.post(f"{where}/photos?name=x.exe", b"MZ", **kind).json()["code"] == "visit_photo_bad"
    ended = {"outcome": "met", "sights": ["running", "creditors"], "others": "门卫", "note": "愿付一半",
             "satisfaction": 3, "follow_up_on": "2026-11-27"}  # fmt: skip
    row = program.post(f"{where}/outcome", ended).json()
    assert (row["state"], row["outcome"]["others"], row["outcome"]["sights"]) == ("ended", "门卫", ended["sights"])
    assert program.get(where).json() == row
    assert [one["id"] for one in program.pages("/visits?state=ended&visitor=zhou")] == [row["id"]]
    reader = Program(token_of(books.user.username, ("ledger:read",)))
    told = reader.get(where).json()
    hidden = (told["note"], told["arrival"]["place"], told["arrival"]["latitude"], told["outcome"]["others"])
    assert (hidden, told["outcome"]["note"], told["outcome"]["satisfaction"]) == ((None,) * 4, None, 3)
    assert stranger().get(where).status_code == 404


def test_the_day_ahead_is_the_command_s_and_a_hold_stops_it(program: Program, books: Books, capsys: Any) -> None:
    asked = "/collection/preview?company=MAIN&date=2026-11-23"
    day = program.get(asked).json()
    assert cli.main(["collect", "preview", "--date", "2026-11-23", "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert (day, day["date"]) == (said, "2026-11-23")
    whose = day["rows"][0]["customer"]
    theirs = {one["document_no"] for one in day["rows"] if one["customer"] == whose}
    made = program.post(
        "/collection/holds", {"company": "MAIN", "customer": whose, "reason": "在谈展期", "until": "2026-11-30"}
    )
    assert made.status_code == 201, made.content
    after = program.get(asked).json()
    held = {one["document_no"] for one in after["excluded"] if one["reason"] == "on hold: 在谈展期"}
    assert (theirs - held, [one for one in after["rows"] if one["customer"] == whose]) == (set(), [])
    assert program.pages("/collection/holds?company=MAIN") == [made.json()]
    others = {"company": "MAIN", "customer": "C0001", "reason": "x", "item": books.item(OWED)}
    assert program.post("/collection/holds", others).status_code == 404
    where = f"/collection/holds/{made.json()['hold']}/release"
    assert stranger().post(where, {}).status_code == 403
    assert program.post(where, {"reason": "谈完"}).json() == {"hold": made.json()["hold"], "released_on": "2026-11-20"}
    assert (program.post(where, {}).status_code, program.get(asked).json()) == (404, day)


def test_a_confirmation_is_asked_for_and_its_link_is_told_nobody(
    program: Program, books: Books, settings: Any
) -> None:
    contact = Contact("顾静", role="payables", email="gu@hongshuo.example")
    person = add_contact(customer_id=books.customer("C0002"), contact=contact, actor="cli:test", at=AT)
    period = {"since": "2026-01-01", "until": "2026-11-20"}
    issued = program.post("/statements", {"company": "MAIN", "customer": "C0002", "currency": "CNY", **period}).json()
    where, said = f"/statements/{issued['id']}/confirmations", {"person": person, "channel": "email", "days": 7}
    made = program.post(where, said, key="k")
    assert made.status_code == 201, made.content
    row = made.json()
    assert (row["state"], row["closing"], row["statement"], row["reply"]) == (
        "sent", issued["closing"], issued["id"], None,
    )  # fmt: skip
    assert program.post(where, said, key="k").json()["id"] == row["id"]
    mail = Notice.objects.get(purpose="confirmation")
    text = words([mail.pk])[mail.pk].text
    token = text.partition("https://ar.example.com/portal/open/")[2].split()[0]
    assert len(token) > 20
    assert not [one for one in KeptAnswer.objects.all() if token in str(vars(one))]
    assert program.post(where, {**said, "channel": "copy"}).status_code == 400
    assert program.pages("/confirmations?customer=C0002&state=sent")[0]["person"] != "顾静"
    other = stranger()
    assert (other.pages("/confirmations"), other.get(f"/confirmations/{row['id']}").status_code) == ([], 404)
    again = program.post(f"/confirmations/{row['id']}/reminders", {"channel": "email"})
    assert again.json()["reminders"] == 1
    assert program.post(f"/confirmations/{row['id']}/revocation", {"reason": "误发"}).json()["state"] == "revoked"
    settings.SITE = ""
    refused = program.post(where, said)
    assert (refused.json()["code"], Invitation.objects.count()) == ("confirmation_site_missing", 1)


def test_who_answered_a_confirmation_is_told_programs_that_see_the_people_of_this_customer(
    program: Program, books: Books
) -> None:
    contact = Contact("顾静", role="payables", email="gu@hongshuo.example")
    number = add_contact(customer_id=books.customer("C0002"), contact=contact, actor="cli:test", at=AT)
    period = {"since": "2026-01-01", "until": "2026-11-20"}
    issued = program.post("/statements", {"company": "MAIN", "customer": "C0002", "currency": "CNY", **period}).json()
    said = {"person": number, "channel": "email", "days": 7}
    row = program.post(f"/statements/{issued['id']}/confirmations", said).json()
    now = datetime(2026, 11, 20, 4, 30, tzinfo=UTC)
    link = words_of("confirmation").partition("https://ar.example.com/portal/open/")[2].split()[0]
    guest = guest_of(open_link(token=link, address="192.0.2.7", whence="here", at=now).key, at=now)
    assert guest is not None
    send_code(guest=guest, at=now)
    correct = {line.key: Said("correct") for line in lines_of(shown_to(guest.invitation))}
    answer(guest=guest, said=correct, person=Answerer("顾静", "财务部", ""), code=code_received(now), at=now)
    add_company(code="EAST", name="东港精工", currency="CNY", time_zone="Asia/Shanghai")
    User.objects.create(username="lu")
    grant_role(username="lu", role="treasurer", actor="cli:root", at=AT)
    elsewhere = program_of("lu", "integration", company="EAST")
    told = {name: whose.get(f"/confirmations/{row['id']}").json()["reply"] for name, whose in
            (("here", program), ("elsewhere", elsewhere))}  # fmt: skip
    assert {name: (one["name"], one["content"] is None) for name, one in told.items()} == {
        "here": ("顾静", False), "elsewhere": ("顾*", True),
    }  # fmt: skip


def words_of(purpose: str) -> str:
    sent = Notice.objects.get(purpose=purpose)
    return words([sent.pk])[sent.pk].text


def own_collector() -> Program:
    """Somebody who may do all of it, for their own customers, of whom there are none."""
    areas = ("collection:write", "ledger:read", "ledger:write", "statements:write")
    found = program_of("own2", "integration", company="MAIN", reach="own", areas=areas)
    grant_role(username="own2", role="sales", actor="cli:root", at=AT)
    return found


def every_write(item: int) -> dict[str, dict[str, Any]]:
    """What a collecting program says, by its address."""
    who = {"company": "MAIN", "customer": "C0001"}
    goods = {"asset": "x", "valued": "1.00", "valuer": "v", "valued_on": "2026-11-01", "deliver_by": "2026-12-01"}
    return {
        "/plans": {"items": [item], "lines": HALVES},
        "/freezes": {**who, "customer": "C0002", "kind": "supply", "reason": "x"},
        "/calls": {**who, "result": "other", "note": "x"},
        "/visits": {**who, "on": "2026-11-20", "purpose": "collect"},
        "/collection/holds": {**who, "reason": "x"},
        "/in-kind": {"parts": [{"item": item, "amount": "1.00"}], **goods, "method": "appraisal"},
    }


def test_nothing_is_written_of_a_customer_out_of_reach(program: Program, books: Books) -> None:
    said = every_write(books.item("264377023311"))
    me = own_collector()
    answers = {where: me.post(where, body).status_code for where, body in said.items()}
    assert set(answers.values()) <= {404, 422}, answers
    visit = program.post("/visits", said["/visits"]).json()["id"]
    hold = program.post("/collection/holds", said["/collection/holds"]).json()["hold"]
    for where, body in (
        (f"/visits/{visit}/arrival", {"place": "x"}),
        (f"/visits/{visit}/outcome", {"outcome": "met"}),
        (f"/collection/holds/{hold}/release", {}),
    ):
        assert me.post(where, body).status_code == 404, where
    for where in ("/visits", "/calls", "/plans", "/freezes", "/in-kind", "/collection/holds?company=MAIN"):
        assert me.get(where).json()["data"] == [], where
    written = [one.objects.count() for one in (Call, Visit, Hold, ApprovalRequest, Freeze, Barter, Plan)]
    assert written == [0, 1, 1, 0, 0, 0, 0]


def test_the_same_words_are_taken_from_who_reaches_the_customer(program: Program, books: Books) -> None:
    """The twin: what was refused above was refused for whom it is about."""
    for where, body in every_write(books.item("264377023311")).items():
        answer = program.post(where, body)
        assert answer.status_code == 201, (where, answer.content)
