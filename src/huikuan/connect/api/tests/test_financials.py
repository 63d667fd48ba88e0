"""Statements by programs: recorded with every rule, read whole, corrected, taken back, seen by scope."""

from __future__ import annotations

from typing import Any

from huikuan.connect.api.tests.conftest import Program, program_of
from huikuan.record.customers.operations import affiliate
from huikuan.record.financials.models import StatementVersion
from huikuan.record.financials.tests.samples import small
from huikuan.shell.tests.books import AS_OF, AT, Books

ABOUT = {"customer": "C0001", "format": "small", "ends_on": "2025-12-31", "received_on": "2026-03-15"}


def whole(**changes: Any) -> dict[str, Any]:
    """The small firm's 2025 as a program sends it."""
    stated = small()

    def amount(amounts: Any, code: str) -> str | None:
        return f"{amounts[code] / 100:.2f}" if code in amounts else None

    codes = [code for code in stated.form.by_code if code in stated.amounts or code in stated.opening]
    lines = [
        {"line": code, "closing": amount(stated.amounts, code), "opening": amount(stated.opening, code)}
        for code in codes
    ]
    return {**ABOUT, "lines": lines, **changes}


def test_statements_are_recorded_and_read_whole(program: Program) -> None:
    made = program.post("/financials", whole())
    assert made.status_code == 201, made.json()
    said = made.json()
    assert (said["version"], said["withdrawn"], said["checks"]) == (1, False, [])
    assert said["lines"][0] == {"line": "cash", "closing": "140.00", "opening": "90.00"}
    ratios = {one["ratio"]: one for one in said["ratios"]}
    assert (ratios["altman_z"]["value"], ratios["altman_z"]["zone"]) == ("3.038600", "safe")
    assert program.get(f"/financials/{said['id']}").json() == said
    (listed,) = program.pages("/financials?customer=C0001")
    assert listed == {name: said[name] for name in listed}


def test_the_same_key_records_once_and_a_correction_is_a_version(program: Program) -> None:
    first = program.send("POST", "/financials", whole(), key="k")
    again = program.send("POST", "/financials", whole(), key="k")
    assert again.headers["Idempotency-Replayed"] == "true"
    assert again.json() == first.json()
    corrected = program.post("/financials", whole(note="audited", audited=True, seen=1))
    assert corrected.json()["version"] == 2
    late = program.post("/financials", whole(note="late", seen=1))
    assert (late.status_code, late.json()["code"]) == (409, "financials_changed_since")
    assert [row["version"] for row in program.pages("/financials?limit=1")] == [2, 1]


def test_what_is_wrong_is_refused_and_nothing_is_written(program: Program) -> None:
    lines = whole()["lines"]
    off = [{**one, "closing": "150.00"} if one["line"] == "closing_cash" else one for one in lines]
    for changes, status, code in (
        ({"lines": off}, 422, "financials_inconsistent"),
        ({"lines": [*lines, lines[0]]}, 422, "financials_line_repeated"),
        ({"lines": [{"line": "luck", "closing": "1"}]}, 422, "financials_line_unknown"),
        ({"lines": []}, 400, "request_invalid"),
        ({"lines": [{"line": "cash", "closing": 1}]}, 400, "request_invalid"),
        ({"ends_on": "2025-12-30"}, 422, "financials_end_bad"),
        ({"months": 13}, 400, "request_invalid"),
        ({"customer": "C0009"}, 422, "customer_code_unknown"),
    ):
        refused = program.post("/financials", whole(**changes))
        assert (refused.status_code, refused.json()["code"]) == (status, code), changes
    assert StatementVersion.objects.count() == 0
    where = program.post("/financials", whole(lines=off)).json()["where"]
    assert [one["value"] for one in where] == ["150.00"]
    assert program.post("/financials", whole(lines=off, kept_reason="as handed in")).status_code == 201


def test_taken_back_once(program: Program) -> None:
    made = program.post("/financials", whole()).json()
    done = program.post(f"/financials/{made['id']}/withdrawal", {"reason": "of another firm"})
    assert (done.status_code, done.json()["version"], done.json()["withdrawn"]) == (200, 2, True)
    assert program.post(f"/financials/{made['id']}/withdrawal", {"reason": "again"}).status_code == 422
    assert program.post("/financials/987654/withdrawal", {"reason": "x"}).status_code == 404


def test_whose_statements_a_program_sees(program: Program, books: Books) -> None:
    made = program.post("/financials", whole()).json()
    other = program_of("li", "finance_manager", reach="own")
    assert other.get(f"/financials/{made['id']}").status_code == 404
    assert other.pages("/financials") == []
    refused = other.post("/financials", whole(note="mine"))
    assert (refused.status_code, refused.json()["code"]) == (422, "customer_code_unknown")
    assert other.post(f"/financials/{made['id']}/withdrawal", {"reason": "x"}).status_code == 404
    customer = books.customer("C0001")
    affiliate(customer_id=customer, dimension="owner", value="li", effective_on=AS_OF, actor="test", at=AT)
    assert other.get(f"/financials/{made['id']}").json()["id"] == made["id"]
    kinds = [event["kind"] for event in program.get("/events?kinds=financials.recorded").json()["data"]]
    assert kinds == ["financials.recorded"]
