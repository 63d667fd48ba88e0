"""Approvals for programs: read, decided once for a key, by the user's own right and for what was shown."""

from __future__ import annotations

from huikuan.connect.api.tests.conftest import Program, program_of
from huikuan.judge.credit.domain.limits import STANDING, Wish
from huikuan.judge.credit.models import LimitStep
from huikuan.judge.credit.operations.limits import request_limit
from huikuan.shell.tests.books import AS_OF, AT, Books


def ask(books: Books, code: str = "C0001", *, yuan: int = 800_000, actor: str = "cli:root") -> int:
    wish = Wish(STANDING, "CNY", yuan * 100, AS_OF)
    return request_limit(
        company=books.company, customer_id=books.customer(code), wish=wish, reason="year", actor=actor, at=AT
    )


def test_a_request_is_read_and_decided_once(program: Program, books: Books) -> None:
    number = ask(books)
    (told,) = program.pages("/approvals?state=pending&kind=credit.limit")
    assert (told["id"], told["amount"], told["customer"], told["put_to"]) == (
        number, "800000.00", "C0001", "credit_manager"
    )  # fmt: skip
    assert [row["id"] for row in program.pages("/approvals?show=waiting")] == [number]
    whole = program.get(f"/approvals/{number}").json()
    assert whole["digest"] == told["digest"]
    assert whole["route"] == [["credit_manager", "finance_manager", "management"]]
    assert whole["facts"]
    assert whole["beside"]
    wrong = program.post(f"/approvals/{number}/decision", {"decision": "approve", "digest": "0" * 64})
    assert (wrong.status_code, wrong.json()["code"], LimitStep.objects.count()) == (409, "request_not_as_shown", 0)
    said = {"decision": "approve", "digest": told["digest"], "comment": "fine"}
    for _ in range(2):
        done = program.post(f"/approvals/{number}/decision", said, key="one")
        assert (done.status_code, done.json()["state"]) == (200, "approved")
    assert [(step["actor"], step["comment"]) for step in done.json()["history"]] == [(books.user.username, "fine")]
    assert LimitStep.objects.count() == 1
    late = program.post(f"/approvals/{number}/decision", said)
    assert (late.status_code, late.json()["code"]) == (409, "request_decided")


def test_it_is_returned_with_a_reason_and_withdrawn_by_its_maker(program: Program, books: Books) -> None:
    first, second = ask(books), ask(books, "C0002", actor=books.user.username)

    def decide(number: int, decision: str, comment: str = "") -> tuple[int, str]:
        digest = program.get(f"/approvals/{number}").json()["digest"]
        said = {"decision": decision, "digest": digest, "comment": comment}
        answer = program.post(f"/approvals/{number}/decision", said)
        return answer.status_code, answer.json().get("state") or answer.json()["code"]

    assert decide(first, "return") == (422, "request_reason_missing")
    assert decide(first, "return", "too much") == (200, "returned")
    assert decide(second, "approve") == (422, "request_own")
    assert decide(second, "withdraw") == (200, "withdrawn")
    assert LimitStep.objects.count() == 0


def test_a_token_decides_only_where_it_was_made_to(books: Books, on_the_day: None) -> None:
    number = ask(books)
    reads = program_of("reads", "finance_manager", areas=("approvals:read",))
    digest = reads.get(f"/approvals/{number}").json()["digest"]
    refused = reads.post(f"/approvals/{number}/decision", {"decision": "approve", "digest": digest})
    assert (refused.status_code, refused.json()["code"], LimitStep.objects.count()) == (403, "token_area_missing", 0)
    sells = program_of("sells", "integration", company="MAIN", reach="own")
    assert sells.pages("/approvals") == []
    assert sells.get(f"/approvals/{number}").status_code == 404
