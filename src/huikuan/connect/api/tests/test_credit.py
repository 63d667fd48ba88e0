"""Credit decisions for programs: a question reserves nothing, an order is decided about as it is entered."""

from __future__ import annotations

import pytest

from huikuan.connect.api.tests.conftest import Program, program_of
from huikuan.connect.api.tests.test_agreements import ORDER
from huikuan.judge.credit.models import OrderDecision
from huikuan.shell.tests.books import Books

ASKED = {"company": "MAIN", "customer": "C0001", "amount": "100.00", "currency": "CNY"}


def test_a_question_is_answered_once_for_a_key_and_reserves_nothing(program: Program) -> None:
    first = program.post("/credit/decisions", ASKED, key="ask-1")
    assert (first.status_code, first.json()["decision"], first.json()["limit"]) == (200, "hold", "0.00")
    assert [one["rule"] for one in first.json()["reasons"]][:1] == ["not_assessed"]
    again = program.post("/credit/decisions", ASKED, key="ask-1")
    assert (again.json(), again.headers["Idempotency-Replayed"]) == (first.json(), "true")
    other = program.post("/credit/decisions", {**ASKED, "amount": "101.00"}, key="ask-1")
    assert (other.status_code, other.json()["code"]) == (409, "idempotency_key_reused")
    assert OrderDecision.objects.count() == 0


@pytest.mark.parametrize(
    ("changed", "status", "code"),
    [
        ({"customer": "nobody"}, 422, "customer_code_unknown"),
        ({"amount": "0"}, 422, "order_amount_bad"),
        ({"amount": "1.005"}, 422, "amount_too_fine"),
        ({"currency": "EUR"}, 422, "exposure_without_rate"),
        ({"colour": "red"}, 400, "request_invalid"),
    ],
)
def test_what_cannot_be_asked(program: Program, changed: dict[str, str], status: int, code: str) -> None:
    answer = program.post("/credit/decisions", {**ASKED, **changed})
    assert (answer.status_code, answer.json()["code"]) == (status, code)


def test_an_order_tells_what_was_decided_about_it(program: Program) -> None:
    order = program.post("/orders", {**ORDER, "contract_number": ""}).json()["id"]
    told = program.get(f"/orders/{order}/decisions").json()["data"]
    assert [(one["decision"], one["state"], one["amount"]) for one in told] == [("hold", "released", "100.00")]
    assert told[0]["reasons"][0]
    assert program.post(f"/orders/{order}/decisions", {}).status_code == 201
    assert OrderDecision.objects.count() == 1  # released: looked at, nothing recorded


def test_nobody_is_told_of_anothers_orders(program: Program, books: Books) -> None:
    order = program.post("/orders", {**ORDER, "contract_number": ""}).json()["id"]
    other = program_of("seller", "integration", company="MAIN", reach="own")
    assert other.get(f"/orders/{order}/decisions").status_code == 404
    assert other.post(f"/orders/{order}/decisions", {}).status_code == 404
    assert other.post("/credit/decisions", ASKED).status_code == 422
