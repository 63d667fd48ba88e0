"""Every operation of the served OpenAPI document, asked what it allows and what it does not: never a failure of ours,
never a status or a body it does not describe, and nothing it allows is called malformed."""

from __future__ import annotations

import os
from collections import Counter
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from huikuan.connect.api.tests.conftest import Program
from huikuan.connect.api.tests.described import Operation, Request, faults, operations, requests
from huikuan.connect.api.tests.meant import walk
from huikuan.record.receivables.queries.check import check_ledger
from huikuan.shell.tests.books import Books

EACH = 120 if os.environ.get("HUIKUAN_PROVE") == "1" else 3
#: What the program says of a request whose shape is wrong.
MALFORMED = "request_invalid"


def send(program: Program, operation: Operation, request: Request) -> Any:
    headers = {**request.headers, "content-type": request.kind}
    return program.call(operation.method, request.address, request.content, **headers)


def wrong(operation: Operation, request: Request, answer: Any) -> list[str]:
    """What of the answer the document does not say."""
    said = operation.answers(answer.status_code)
    if answer.status_code >= 500 or said is None:
        return [f"{answer.status_code} is not described"]
    if answer.status_code == 304:
        return []
    [(kind, content)] = said["content"].items()
    if answer.headers["Content-Type"].partition(";")[0] != kind:
        return [f"{answer.headers['Content-Type']} instead of {kind}"]
    if "contentMediaType" in content["schema"]:
        return []
    body = answer.json()
    if request.valid and answer.status_code == 400 and body["code"] == MALFORMED:
        return [f"allowed, and called malformed: {body['where']}"]
    return list(faults(content["schema"], body, operation.schemas))


@pytest.mark.sealed
def test_every_operation_of_the_document_answers_as_it_says(program: Program, books: Books) -> None:
    ids = st.sampled_from(walk(program, books).ids())
    found, seen = [], Counter()

    def ask(operation: Operation, *, valid: bool) -> None:
        @settings(
            max_examples=EACH, derandomize=True, database=None, phases=[Phase.generate], deadline=None,
            suppress_health_check=list(HealthCheck),
        )  # fmt: skip
        @given(requests(operation, ids, valid=valid))
        def asked(request: Request) -> None:
            answer = send(program, operation, request)
            seen[answer.status_code] += 1
            if told := wrong(operation, request, answer):
                found.append((operation.name, request, answer.status_code, told))
            answer.close()

        asked()

    told = operations(Program("").get("/openapi.json").json())
    for operation in told:
        ask(operation, valid=True)
        ask(operation, valid=False)
    assert found == []
    assert {200, 400, 404, 415, 422} <= set(seen)
    assert check_ledger() == []
    print(f"{seen.total()} requests over {len(told)} operations, no failure of ours: {dict(sorted(seen.items()))}")


def test_twin_an_answer_beside_the_document_is_found(program: Program) -> None:
    listed = next(one for one in operations(Program("").get("/openapi.json").json()) if one.name == "listCustomers")
    answer = program.get("/customers")
    asked = Request("/customers", {}, None, "application/json", valid=True)
    assert wrong(listed, asked, answer) == []
    schema = listed.answers(200)["content"]["application/json"]["schema"]
    body = answer.json()
    for spoil, fault in (
        (lambda: body.pop("next"), ".next: missing"),
        (lambda: body["data"][0].update(code=1), ".data[0].code: no string"),
        (lambda: body["data"][0].update(secret="x"), ".data[0].secret: not said"),
    ):
        spoil()
        assert fault in list(faults(schema, body, listed.schemas))
    answer.status_code = 418
    assert wrong(listed, asked, answer) == ["418 is not described"]
