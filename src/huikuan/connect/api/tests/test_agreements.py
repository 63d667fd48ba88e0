"""Contracts, orders, milestones and statements for programs, and nobody else's."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from huikuan.connect.api.models import KeptAnswer
from huikuan.connect.api.tests.conftest import Program, program_of
from huikuan.connect.api.web.endpoints import statements
from huikuan.mechanisms.audit.models import Head, Leaf
from huikuan.mechanisms.identity.operations import add_company
from huikuan.record.contracts.models import Contract, ContractVersion, Fulfilment, SalesOrder, SalesOrderVersion
from huikuan.record.contracts.queries.terms import terms_of
from huikuan.record.receivables.queries.check import check_ledger
from huikuan.see.statements.models import IssuedStatement
from huikuan.shell.tests.books import Books

SHARES = [{"event": "signing", "share": "30", "days": 10}, {"title": "验收合格", "share": "50", "days": 30},
          {"event": "end_of_warranty", "share": "20", "planned_on": "2028-06-30"}]  # fmt: skip
CONTRACT = {
    "company": "MAIN", "customer": "C0001", "number": "JL-001", "name": "主轴总成", "currency": "CNY",
    "amount": "1000.01", "signed_on": "2026-01-10", "milestones": SHARES, "late_interest": "日万分之五",
    "service_addresses": ["江临市 1 号"], "payment_terms": "月结 30 天",
}  # fmt: skip
LINE = {"line": 1, "product": "主轴", "quantity": "3", "amount": "100.00", "unit": "件"}
ORDER = {"company": "MAIN", "customer": "C0001", "number": "SO-1", "currency": "CNY", "ordered_on": "2026-02-01",
         "contract_number": "JL-001", "lines": [LINE]}  # fmt: skip
PERIOD = {"company": "MAIN", "customer": "C0001", "currency": "CNY", "since": "2026-07-01", "until": "2026-11-20"}
DRAFT = "/statements/draft?" + "&".join(f"{name}={value}" for name, value in PERIOD.items())


def agreed(program: Program) -> tuple[int, int]:
    """A contract in three milestones, and an order below it."""
    made = [program.post(address, said) for address, said in (("/contracts", CONTRACT), ("/orders", ORDER))]
    assert [one.status_code for one in made] == [201, 201], [one.content for one in made]
    return made[0].json()["id"], made[1].json()["id"]


def test_a_contract_is_registered_read_and_amended_as_it_was_read(program: Program) -> None:
    contract, _ = agreed(program)
    (row,) = program.pages("/contracts?customer=C0001")
    assert (row["number"], row["amount"], row["signed_on"]) == ("JL-001", "1000.01", "2026-01-10")
    read = program.get(f"/contracts/{contract}")
    whole, tag = read.json(), read.headers["ETag"]
    assert [(one["code"], one["amount"], one["days"]) for one in whole["milestones"]] == [
        ("signing", "300.00", 10), ("acceptance", "500.01", 30), ("end_of_warranty", "200.00", 0),
    ]  # fmt: skip
    assert (whole["late_interest"], whole["service_addresses"]) == ("daily 0.05%", ["江临市 1 号"])
    said = {"reason": "补 1 号", "payment_terms": "款到发货", "emptied": ["amount"], "applies_from": "2026-06-01"}
    address = f"/contracts/{contract}"
    assert program.send("PATCH", address, said).status_code == 428
    changed = program.send("PATCH", address, said, if_match=tag)
    assert (changed.status_code, changed.json()["payment_terms"], changed.json()["amount"]) == (200, "款到发货", None)
    assert changed.json()["milestones"] == [{**one, "amount": None} for one in whole["milestones"]]
    stale = program.send("PATCH", address, said, if_match=tag)
    assert (stale.status_code, stale.json()["code"]) == (412, "precondition_failed")
    assert program.get(address, if_none_match=changed.headers["ETag"]).status_code == 304
    assert ContractVersion.objects.filter(contract_id=contract).count() == 2
    assert terms_of(contract).service_addresses == ("江临市 1 号",)


WRONG: list[tuple[dict[str, Any], int, str]] = [
    ({"number": "JL-001"}, 409, "contract_number_taken"),
    ({"customer": "nobody"}, 422, "customer_code_unknown"),
    ({"company": "NOPE"}, 422, "company_unknown"),
    ({"amount": "1.005"}, 422, "amount_too_fine"),
    ({"jurisdiction": "a", "arbitration": "b"}, 422, "court_or_arbitration"),
    ({"milestones": SHARES[:1]}, 422, "milestones_not_whole"),
    ({"milestones": [{"share": "x"}]}, 422, "milestone_share_bad"),
    ({"late_interest": "a lot"}, 422, "late_interest_unreadable"),
    ({"expires_on": "2025-01-01"}, 422, "contract_expires_early"),
    ({"status": "lost"}, 400, "request_invalid"),
    ({"colour": "red"}, 400, "request_invalid"),
]


def test_what_no_contract_says_is_refused(program: Program) -> None:
    assert program.post("/contracts", CONTRACT).status_code == 201
    for changes, status, code in WRONG:
        refused = program.post("/contracts", {**CONTRACT, "number": "JL-002", **changes})
        assert (refused.status_code, refused.json()["code"]) == (status, code), changes
    assert Contract.objects.count() == 1


def test_a_milestone_is_reached_and_taken_back(program: Program) -> None:
    contract, _ = agreed(program)
    address = f"/contracts/{contract}/milestones"
    said = {"milestone": "acceptance", "happened_on": "2026-11-01"}
    reached = program.post(address, said)
    assert (reached.status_code, reached.json()["milestones"][1]["due_date"]) == (201, "2026-12-01")
    assert program.post(address, said).status_code == 422
    assert program.post(address, said | {"milestone": "none"}).status_code == 422
    event = reached.json()["milestones"][1]["event_id"]
    assert program.post(f"{address}/{event + 99}/withdrawal", {"reason": "x"}).status_code == 404
    back = program.post(f"{address}/{event}/withdrawal", {"reason": "x"})
    assert (back.status_code, back.json()["milestones"][1]["due_date"]) == (201, None)
    again = program.post(f"{address}/{event}/withdrawal", {"reason": "x"})
    assert (again.status_code, again.json()["code"]) == (409, "milestone_event_withdrawn")


def test_an_order_is_entered_delivered_changed_and_cancelled(program: Program) -> None:
    _, order = agreed(program)
    address = f"/orders/{order}"
    said = {"line": 1, "what": "delivered", "quantity": "1", "happened_on": "2026-11-02", "document_number": "D-1"}
    done = program.post(f"{address}/fulfilments", said, key="once")
    assert program.post(f"{address}/fulfilments", said, key="once").content == done.content
    assert (done.status_code, done.json()["delivered_amount"], done.json()["state"]) == (201, "33.33", "partly")
    (line,) = done.json()["lines"]
    assert (line["delivered"], line["invoiced"], line["quantity"]) == ("1", "0", "3")
    over = program.post(f"{address}/fulfilments", said | {"quantity": "2.5"})
    assert (over.status_code, over.json()["code"]) == (422, "more_than_ordered")
    tag = done.headers["ETag"]
    void = program.send("PATCH", address, {"void": True}, if_match=tag)
    assert (void.status_code, void.json()["code"]) == (422, "order_done_already")
    fulfilment = done.json()["fulfilments"][0]["id"]
    assert program.post(f"{address}/fulfilments/{fulfilment + 99}/withdrawal").status_code == 404
    back = program.post(f"{address}/fulfilments/{fulfilment}/withdrawal")
    assert (back.status_code, back.json()["state"]) == (201, "open")
    more = [LINE, LINE | {"line": 2, "quantity": "0.5"}]
    stale = program.send("PATCH", address, {"lines": more}, if_match=tag)
    assert stale.status_code == 412
    changed = program.send("PATCH", address, {"lines": more}, if_match=back.headers["ETag"])
    assert (changed.status_code, changed.json()["amount"], changed.json()["contract_number"]) == (
        200, "200.00", "JL-001",
    )  # fmt: skip
    void = program.send("PATCH", address, {"void": True}, if_match=changed.headers["ETag"])
    assert (void.status_code, void.json()["state"], void.json()["version"]) == (200, "void", 3)
    assert (SalesOrderVersion.objects.count(), Fulfilment.objects.count()) == (3, 2)
    assert check_ledger() == []


def test_a_draft_statement_says_the_account_and_writes_nothing(program: Program) -> None:
    before = (Leaf.objects.count(), Head.objects.count(), IssuedStatement.objects.count())
    said = program.get(DRAFT)
    assert said.status_code == 200, said.content
    figures = said.json()["figures"]
    assert (figures["opening"], figures["closing"]) == ("0.00", "2255000.05")
    assert (said.json()["head"], said.json()["customer"]["code"]) == (None, "C0001")
    assert before == (Leaf.objects.count(), Head.objects.count(), IssuedStatement.objects.count())


def test_a_statement_is_issued_once_and_its_document_is_what_was_issued(program: Program) -> None:
    said = {**PERIOD, "language": "en"}
    first = program.post("/statements", said, key="st-1")
    assert first.status_code == 201, first.content
    assert first.json()["closing"] == "2255000.05"
    again = program.post("/statements", said, key="st-1")
    assert (again.content, again.headers["Idempotency-Replayed"]) == (first.content, "true")
    assert IssuedStatement.objects.count() == 1
    address = f"/statements/{first.json()['id']}"
    assert program.get(address).json() == first.json()
    document = program.get(f"{address}/document")
    content = b"".join(document.streaming_content)
    assert (content[:5], document.headers["Content-Type"]) == (b"%PDF-", "application/pdf")
    assert document.headers["Content-Disposition"].startswith("attachment")
    assert document.headers["ETag"] == f'"{first.json()["file_sha256"]}"'
    assert program.get(f"{address}/document", if_none_match=document.headers["ETag"]).status_code == 304
    empty = program.post("/statements", said | {"currency": "USD"}, key="st-2")
    assert (empty.status_code, empty.json()["code"]) == (422, "statement_empty")
    assert program.post("/statements", said | {"currency": "USD"}, key="st-2").content == empty.content
    assert [row["id"] for row in program.pages("/statements")] == [first.json()["id"]]
    second = program.post("/statements", said, key="st-3")
    assert (second.status_code, second.json()["code"]) == (409, "statement_issued_already")
    replacing = program.post("/statements", said | {"replaces": first.json()["id"]}, key="st-4")
    assert (replacing.status_code, replacing.json()["replaces"]) == (201, first.json()["id"])


def test_a_number_taken_meanwhile_is_followed_by_the_next(program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody issues between the setting of the document and its being recorded: it is set anew."""
    record, tries = statements.record_issue, []

    def later(ready: Any, **more: Any) -> int | None:
        tries.append(ready.number)
        return None if len(tries) == 1 else record(ready, **more)

    monkeypatch.setattr(statements, "record_issue", later)
    made = program.post("/statements", {**PERIOD, "language": "zh"}, key="k")
    assert (made.status_code, len(tries)) == (201, 2)
    assert KeptAnswer.objects.filter(key="k").count() == 1
    monkeypatch.setattr(statements, "record_issue", lambda *_, **__: None)
    other = {**PERIOD, "since": "2026-08-01", "language": "en"}
    given_up = program.post("/statements", other, key="never")
    assert (given_up.status_code, given_up.headers["Retry-After"]) == (503, "1")
    assert not KeptAnswer.objects.filter(key="never").exists()


def test_of_another_company_they_are_not_there(program: Program, books: Books) -> None:
    contract, order = agreed(program)
    statement = program.post("/statements", {**PERIOD, "language": "zh"}).json()["id"]
    add_company(code="NORTH", name="北方分公司", currency="CNY", time_zone="Asia/Shanghai")
    north = program_of("north", "finance_manager", company="NORTH")
    for address in ("/contracts", "/orders", "/statements"):
        assert north.pages(address) == []
    gone = [f"/contracts/{contract}", f"/orders/{order}", f"/statements/{statement}",
            f"/statements/{statement}/document"]  # fmt: skip
    assert {north.get(address).status_code for address in gone} == {404}
    said = {"milestone": "signing", "happened_on": "2026-11-01"}
    assert north.post(f"/contracts/{contract}/milestones", said).status_code == 404
    refused = [
        north.post("/contracts", CONTRACT | {"number": "X"}),
        north.post("/orders", ORDER | {"number": "X"}),
        north.post("/statements", PERIOD),
        north.get(DRAFT),
    ]
    assert {one.json()["code"] for one in refused} == {"company_unknown"}
    for address in (f"/contracts/{contract}", f"/orders/{order}"):
        assert north.send("PATCH", address, {"reason": "x"}, if_match="*").status_code in (400, 404)
    assert (Contract.objects.count(), SalesOrder.objects.count(), IssuedStatement.objects.count()) == (1, 1, 1)


def test_a_token_for_one_area_opens_no_other(program: Program, books: Books) -> None:
    agreed(program)
    narrow = program_of("narrow", "integration", areas=("contracts:read", "statements:read"))
    assert narrow.get("/contracts").status_code == 200
    assert narrow.get("/orders").status_code == 403
    assert narrow.post("/contracts", CONTRACT | {"number": "X"}).status_code == 403
    assert narrow.get(DRAFT).status_code == 200
    assert narrow.post("/statements", PERIOD).status_code == 403
    assert Client().get("/api/v1/statements/draft").status_code == 401
