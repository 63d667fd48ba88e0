"""Writes: what they do, once however often they are sent, and what they refuse."""

from __future__ import annotations

import time
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from huikuan.connect.api.models import KeptAnswer
from huikuan.connect.api.operations import answers
from huikuan.connect.api.operations.answers import KEPT, tidy_answers
from huikuan.connect.api.tests.conftest import Program, program_of
from huikuan.mechanisms.identity.operations import add_company
from huikuan.mechanisms.jobs.worker import Worker
from huikuan.record.customers.models import Customer, CustomerVersion
from huikuan.record.receivables.models import Item, Settlement
from huikuan.record.receivables.queries.check import check_ledger
from huikuan.record.receivables.tests.test_races import at_once
from huikuan.shell.tests.books import AT, Books
from huikuan.shell.wiring import jobs

INVOICE = {
    "customer": "C0001", "kind": "invoice", "amount": "1234.50", "currency": "CNY", "document_date": "2026-11-01",
    "due_date": "2026-12-01", "document_number": "A-1", "net_amount": "1092.48", "tax_amount": "142.02",
}  # fmt: skip


def posting(**changes: Any) -> dict[str, Any]:
    return {"company": "MAIN", "items": [{**INVOICE, **changes}]}


def test_items_are_posted_settled_rescheduled_and_taken_back(program: Program, books: Books) -> None:
    receipt = {name: INVOICE[name] for name in ("customer", "currency", "document_date")}
    items = [INVOICE, {**receipt, "kind": "receipt", "amount": "1000.00"}]
    made = program.post("/items", {"company": "MAIN", "items": items})
    assert made.status_code == 201
    invoice, paid = made.json()["data"]
    assert (invoice["amount"], invoice["net_amount"], invoice["open_amount"]) == ("1234.50", "1092.48", "1234.50")
    assert (paid["side"], invoice["actor"], invoice["posting_date"]) == ("credit", books.user.username, "2026-11-01")
    asked = {"credit": paid["id"], "debit": invoice["id"], "credit_amount": "400.00", "effective_on": "2026-11-02",
             "reason": "receipt"}  # fmt: skip
    (settled,) = program.post("/settlements", {"settlements": [asked]}).json()["data"]
    assert settled["debit_amount"] == "400.00"
    assert program.get(f"/items/{invoice['id']}").json()["open_amount"] == "834.50"
    lines = [{"due_date": "2027-01-31", "amount": "1234.50"}]
    later = program.post(f"/items/{invoice['id']}/schedule", {"lines": lines, "effective_on": "2026-11-20"})
    assert (later.status_code, later.json()["due_date"]) == (201, "2027-01-31")
    refused = program.post(f"/items/{invoice['id']}/reversal", {"reason": "wrong"})
    assert (refused.status_code, refused.json()["code"]) == (409, "item_has_settlements")
    assert refused.json()["where"][0]["value"] == str(settled["id"])
    undone = program.post(f"/settlements/{settled['id']}/reversal", {"reason": "wrong"}).json()
    assert (undone["credit_amount"], undone["reversal_of"]) == ("-400.00", settled["id"])
    mirror = program.post(f"/items/{invoice['id']}/reversal", {"reason": "wrong"}).json()
    assert (mirror["side"], mirror["reversal_of"]) == ("credit", invoice["id"])
    assert program.get(f"/items/{invoice['id']}").json()["open_amount"] == "0.00"
    assert check_ledger() == []


def test_a_customer_is_created_and_changed_as_it_was_read(program: Program) -> None:
    made = program.post("/customers", {"code": "N-1", "name": "澜海重工有限公司", "parent": "C0001"})
    assert (made.status_code, made.json()["version"], made.json()["parent"]) == (201, 1, "C0001")
    tag = program.get("/customers/N-1").headers["ETag"]
    assert made.headers["ETag"] == tag
    assert program.send("PATCH", "/customers/N-1", {"industry": "x"}).status_code == 428
    changed = program.send("PATCH", "/customers/N-1", {"industry": "造船"}, if_match=tag)
    assert (changed.status_code, changed.json()["industry"], changed.json()["version"]) == (200, "造船", 2)
    stale = program.send("PATCH", "/customers/N-1", {"industry": "y"}, if_match=tag)
    assert (stale.status_code, stale.json()["code"]) == (412, "precondition_failed")
    taken = program.post("/customers", {"code": "N-1", "name": "x"})
    assert (taken.status_code, taken.json()["code"]) == (409, "customer_code_taken")
    doubtful = program.post("/customers", {"code": "N-2", "name": "x", "uscc": "91310000MA1K00000X"})
    assert (doubtful.status_code, doubtful.json()["code"]) == (422, "uscc_doubtful")
    assert CustomerVersion.objects.filter(customer_id=Customer.objects.get(code="N-1").pk).count() == 2


def test_the_same_write_is_done_once_and_answered_the_same(program: Program) -> None:
    first = program.post("/items", posting(), key="erp-1")
    spaced = b'{ "items":[ %s ],  "company": "MAIN"}' % str(INVOICE).replace("'", '"').encode()
    for again in (program.post("/items", posting(), key="erp-1"), program.post("/items", spaced, key="erp-1")):
        assert (again.status_code, again.content) == (201, first.content)
        assert again.headers["Idempotency-Replayed"] == "true"
    other = program.post("/items", posting(amount="1.00", net_amount=None, tax_amount=None), key="erp-1")
    assert (other.status_code, other.json()["code"]) == (409, "idempotency_key_reused")
    elsewhere = program.post("/customers", {"code": "N-1", "name": "x"}, key="erp-1")
    assert elsewhere.json()["code"] == "idempotency_key_reused"
    assert Item.objects.filter(document_number="A-1").count() == 1
    assert not Customer.objects.filter(code="N-1").exists()


def test_a_refusal_is_an_answer_too_and_a_key_belongs_to_its_token(program: Program, books: Books) -> None:
    body = {"code": "C0001", "name": "again"}
    first = program.post("/customers", body, key="k")
    assert first.status_code == 409
    assert program.post("/customers", body, key="k").content == first.content
    robot = program_of("robot", "integration")
    made = robot.post("/customers", {"code": "N-9", "name": "x"}, key="k")
    assert made.status_code == 201


def test_answers_are_forgotten_after_a_week(program: Program) -> None:
    program.post("/items", posting(), key="old")
    assert tidy_answers(at=AT + KEPT) == 0
    assert tidy_answers(at=AT + KEPT + timedelta(days=1)) == 1
    assert not KeptAnswer.objects.exists()


@pytest.mark.parametrize(
    ("body", "code", "where"),
    [
        (posting(amount=1234.5), "request_invalid", "items[0].amount"),
        (posting(amount="1,234.50"), "request_invalid", "items[0].amount"),
        (posting(amount="1e3"), "request_invalid", "items[0].amount"),
        (posting(amount="１００"), "request_invalid", "items[0].amount"),
        (posting(amount="1234.505"), "amount_too_fine", None),
        (posting(amount="0"), "amount_not_positive", None),
        (posting(colour="red"), "request_invalid", "items[0].colour"),
        (posting(customer="nobody"), "customer_code_unknown", None),
        (posting(due_date=None), "due_or_awaits", None),
        (posting(text="a\x00b"), "request_invalid", "items[0].text"),
        (posting(document_date="2026-11-31"), "request_invalid", "items[0].document_date"),
        ({"company": "NOPE", "items": [INVOICE]}, "company_unknown", None),
        ({"company": "MAIN", "items": []}, "request_invalid", "items"),
        ({"company": "MAIN"}, "request_invalid", "items"),
        ([], "request_invalid", ""),
    ],
)
def test_what_is_wrong_is_refused_with_its_place_and_nothing_is_written(
    program: Program, body: Any, code: str, where: str | None
) -> None:
    before = Item.objects.count()
    refused = program.post("/items", body)
    assert 400 <= refused.status_code < 500
    assert refused.json()["code"] == code
    if where is not None:
        assert where in [place["column"] for place in refused.json()["where"]]
    assert Item.objects.count() == before


@pytest.mark.parametrize(
    "raw",
    [b"{", b"\xff", b'{"company": "MAIN", "company": "MAIN"}', b'{"a": NaN}', b"[" * 100_000,
     b'{"a": ' + b"9" * 5_000 + b"}", b'{"company": "\\ud800", "items": []}'],
)  # fmt: skip
def test_bodies_that_are_no_json_are_refused(program: Program, raw: bytes) -> None:
    refused = program.post("/items", raw)
    assert refused.status_code == 400
    assert refused.json()["code"] in ("body_unreadable", "request_invalid")


def test_headers_of_a_write_are_needed(program: Program) -> None:
    assert program.call("POST", "/items", posting()).json()["code"] == "idempotency_key_missing"
    for key in ("a b", "x" * 101, "é"):
        assert program.post("/items", posting(), key=key).json()["code"] == "idempotency_key_bad"
    form = program.send("POST", "/items", b"company=MAIN", content_type="application/x-www-form-urlencoded")
    assert form.status_code == 415
    large = program.post("/items", b" " * 2_000_001)
    assert (large.status_code, large.json()["code"]) == (413, "body_too_large")


def test_nobody_writes_on_rows_that_are_not_theirs(program: Program, books: Books) -> None:
    add_company(code="NORTH", name="北方分公司", currency="CNY", time_zone="Asia/Shanghai")
    north = program_of("north", "finance_manager", company="NORTH")
    item, settled = books.item("INV-7"), Settlement.objects.get()
    pair = {"credit": settled.credit_id, "debit": item, "credit_amount": "1.00", "effective_on": "2026-11-20",
            "reason": "x"}  # fmt: skip
    tries = [
        north.post("/items", posting()),
        north.post("/settlements", {"settlements": [pair]}),
        north.post(f"/items/{item}/reversal", {"reason": "x"}),
        north.post(f"/settlements/{settled.pk}/reversal", {"reason": "x"}),
        north.post(f"/imports/{books.batch}/undo"),
        north.post("/customers", {"code": "N-1", "name": "x"}),
    ]
    assert [one.json()["code"] for one in tries] == [
        "company_unknown", "item_unknown", "not_found", "not_found", "not_found", "token_area_missing",
    ]  # fmt: skip
    assert Settlement.objects.count() == 1
    assert program.get(f"/items/{item}").json()["open_amount"] == "48200.01"


FILE = (
    "客户编码,客户名称,发票号码,开票日期,到期日,金额,币种\r\nC0009,云岭铸造,N-77,2026-11-01,2026-12-01,88.00,CNY\r\n"
)
UPLOAD = "/imports/drafts?company=MAIN&kind=items&name=new.csv"


def sent(program: Program, key: str, raw: bytes = FILE.encode()) -> Any:
    return program.send("POST", UPLOAD, raw, key=key, content_type="application/octet-stream")


def work() -> None:
    ours = {kind: handler for kind, handler in jobs().items() if kind.startswith("imports.") and not handler.every}
    Worker(ours).run(until_idle=True)


def test_a_file_is_uploaded_planned_committed_and_undone(program: Program) -> None:
    draft = sent(program, "up").json()
    assert (draft["state"], draft["columns"]["发票号码"]) == ("open", "document_number")
    again = sent(program, "up")
    assert again.json() == draft
    assert sent(program, "up", FILE.replace("88", "99").encode()).json()["code"] == "idempotency_key_reused"
    address = f"/imports/drafts/{draft['id']}"
    assert program.post(f"{address}/plan").status_code == 202
    work()
    planned = program.get(address).json()
    assert planned["plan"]["created"] == 1
    stale = program.post(f"{address}/commit", {"version": planned["version"] + 1})
    assert (stale.status_code, stale.json()["code"]) == (409, "draft_changed")
    assert program.post(f"{address}/commit", {"version": planned["version"]}).json()["state"] == "queued"
    work()
    done = program.get(address).json()
    assert (done["state"], done["result"]["created"]) == ("committed", 1)
    batch = done["result"]["batch"]
    assert [row["document_number"] for row in program.pages("/items?customer=C0009")] == ["N-77"]
    assert program.post(f"/imports/{batch}/undo").status_code == 202
    work()
    assert program.get(f"/imports/{batch}").json()["state"] == "undone"
    assert {row["open_amount"] for row in program.pages("/items?customer=C0009")} == {"0.00"}


def test_a_file_that_cannot_be_read_is_refused(program: Program) -> None:
    refused = sent(program, "bad", b"\x00\x01\x02")
    assert 400 <= refused.status_code < 500
    wrong = program.send("POST", UPLOAD, FILE.encode(), content_type="text/csv")
    assert wrong.status_code == 415


def race(program: Program, count: int) -> list[Any]:
    """The same write from `count` at once, each with a connection of its own."""
    body = posting()
    return at_once(count, lambda _: Program(program.token).post("/items", body, key="race"))


needs_postgres = pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer")


@needs_postgres
@pytest.mark.postgres
def test_of_twenty_equal_writes_at_once_one_is_done(program: Program) -> None:
    answers_given = race(program, 20)
    statuses = sorted({answer.status_code for answer in answers_given})
    assert statuses in ([201], [201, 409])
    assert {one.json()["code"] for one in answers_given if one.status_code == 409} <= {"request_in_flight"}
    assert len({one.content for one in answers_given if one.status_code == 201}) == 1
    assert Item.objects.filter(document_number="A-1").count() == 1
    # Alone, whoever asks again has the first answer (two at once may be told that the other is at it).
    assert race(program, 1)[0].status_code == 201


@needs_postgres
@pytest.mark.postgres
def test_twin_without_the_guard_the_write_is_done_twice(program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    @contextmanager
    def open_door(_: Any) -> Any:
        yield True

    def slow(_: Any) -> None:
        time.sleep(0.3)

    monkeypatch.setattr(answers, "_alone", open_door)
    monkeypatch.setattr(answers, "answered_before", slow)
    monkeypatch.setattr(answers, "_keep", lambda *_: None)
    race(program, 4)
    assert Item.objects.filter(document_number="A-1").count() > 1


def test_a_write_that_fails_half_way_leaves_neither_effect_nor_answer(
    program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a crash between effect and answer leaves: both are of one transaction."""
    with monkeypatch.context() as broken:
        broken.setattr(answers, "_keep", lambda *_: 1 / 0)
        assert program.post("/items", posting(), key="k").status_code == 500
    assert not Item.objects.filter(document_number="A-1").exists()
    assert program.post("/items", posting(), key="k").status_code == 201
    assert Item.objects.filter(document_number="A-1").count() == 1
