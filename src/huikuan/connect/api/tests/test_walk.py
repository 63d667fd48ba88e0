"""Every endpoint, asked what it describes and much it does not: never a failure of ours, always what is documented."""

from __future__ import annotations

import json
import os
import random
import re
import string
from typing import Any
from urllib.parse import quote

import pytest

from huikuan.connect.api.domain.fields import (
    Amount,
    Choice,
    Day,
    Fault,
    Flag,
    Instant,
    Kind,
    Listed,
    Maybe,
    Record,
    Table,
    Text,
    Whole,
)  # fmt: skip
from huikuan.connect.api.tests.conftest import PREFIX, Program
from huikuan.connect.api.tests.meant import MEANT, walk
from huikuan.connect.api.web.calls import Endpoint
from huikuan.connect.api.web.endpoints import ENDPOINTS
from huikuan.connect.api.web.openapi import PROBLEM, document, fails
from huikuan.record.receivables.queries.check import check_ledger
from huikuan.shell.tests.books import Books

ROUNDS = 200 if os.environ.get("HUIKUAN_PROVE") == "1" else 6
ODD = [None, True, -1, 0, 2**63, 10**30, 1.5, "", " ", "\0", "%s'--", "\ud800", "9" * 300, [], {}, [[]], "null",
       "2026-02-30", "C0001", "ＭＡＩＮ", "1e999", "NaN", "../..", "<x>", "=1+1", "٣"]  # fmt: skip
KNOWN = {"company": "MAIN", "customer": "C0001", "code": "C0001", "currency": "CNY", "parent": "C0002",
         "milestone": "acceptance", "share": "50", "quantity": "1"}  # fmt: skip


LIKELY: dict[type[Kind], list[Any]] = {
    Amount: ["0", "1.00", "12345.67", "0.01", "-5", "9999999999999999", "1.005"],
    Instant: ["2026-11-20T12:00:00+08:00", "2026-11-20T02:06:00Z", "2026-11-20T02:00:00"],
    Flag: [True, False],
}


class Dice(random.Random):
    """Chance, and ids of things that are there."""

    ids: list[int]


def value_of(kind: Kind, dice: Dice, name: str = "") -> Any:
    """A value of the kind, one that means something where it can; now and then something odd."""
    if dice.random() < 0.07:
        return dice.choice(ODD)
    if name in KNOWN and dice.random() < 0.9:
        return KNOWN[name]
    if isinstance(kind, Maybe):
        return value_of(kind.of, dice, name) if dice.random() < 0.7 else None
    if isinstance(kind, Listed):
        return [value_of(kind.of, dice) for _ in range(dice.randint(kind.least, 3))]
    if isinstance(kind, Record):
        return record_of(kind, dice)
    return plain_value(kind, dice)


def plain_value(kind: Kind, dice: Dice) -> Any:
    if isinstance(kind, Text):
        if kind.pattern:
            return dice.choice(["receivables.settled", "CNY", "USD"])
        letters = string.printable + "客户×é"
        return "".join(dice.choices(letters, k=dice.randint(kind.shortest, min(kind.longest, 12))))
    if isinstance(kind, Whole):
        return dice.choice([kind.least, min(kind.most, 2_000), dice.randint(1, 15), dice.choice(dice.ids)])
    if isinstance(kind, Choice):
        return dice.choice(kind.values)
    if isinstance(kind, Day):
        return f"20{dice.randint(20, 30)}-{dice.randint(1, 12):02}-{dice.randint(1, 28):02}"
    return dice.choice(LIKELY.get(type(kind), [{}]))


def record_of(record: Record, dice: Dice) -> dict[str, Any]:
    said = {
        name: value_of(part.kind, dice, name)
        for name, part in record.parts.items()
        if dice.random() < (0.97 if part.required else 0.4)
    }
    return said | ({"unheard_of": 1} if dice.random() < 0.03 else {})


def in_address(value: Any) -> str:
    if isinstance(value, list):
        return ",".join(str(one) for one in value)
    return str(value).lower() if isinstance(value, bool) else str(value)


def asked(endpoint: Endpoint, dice: Dice, program: Program) -> Any:
    """One request made of what the endpoint describes."""
    path = re.sub(r"\{(\w+)\}", lambda part: quoted(value_of(endpoint.params[part[1]], dice, part[1])), endpoint.path)
    query = "&".join(f"{name}={quoted(value)}" for name, value in record_of(endpoint.asked(), dice).items())
    body: Any = json.dumps(record_of(endpoint.body, dice)).encode() if endpoint.body else None
    more = {"if_match": dice.choice(['"1-1"', "*", "x"])} if endpoint.versioned else {}
    if endpoint.file:
        body = dice.choice(
            [b"", b"a,b\n1,2\n", "客户编码,发票号码,开票日期,到期日,金额\nC1,I1,2026-01-01,2026-02-01,5\n".encode()]
        )
        more["content_type"] = "application/octet-stream"
    return program.send(endpoint.method, f"{path}?{query}", body, **more)


def quoted(value: Any) -> str:
    return quote(in_address(value).encode("utf-8", "surrogatepass"), safe="")


def test_what_is_meant_is_done_by_every_endpoint_that_writes(program: Program, books: Books) -> None:
    done = walk(program, books)
    writing = {one.name: one.status for one in ENDPOINTS if one.writes}
    assert set(MEANT) == set(writing)
    assert done.statuses == writing, done.said
    assert check_ledger() == []


@pytest.mark.sealed
def test_no_request_makes_the_program_fail_and_every_answer_is_as_described(program: Program, books: Books) -> None:
    dice = Dice(20261120)
    dice.ids = walk(program, books).ids()
    wrong: list[Any] = []
    seen: dict[int, int] = {}
    for round_number in range(ROUNDS):
        for endpoint in ENDPOINTS:
            answer = asked(endpoint, dice, program)
            answer.close()
            seen[answer.status_code] = seen.get(answer.status_code, 0) + 1
            shape = endpoint.answers() if answer.status_code < 400 else PROBLEM
            faults: list[Fault] = []
            if answer.status_code != 304 and not (endpoint.sends and answer.status_code < 400):
                shape.read(answer.json(), "", faults)
            documented = (endpoint.status, 304, *fails(endpoint))
            if faults or answer.status_code >= 500 or answer.status_code not in documented:
                wrong.append((round_number, endpoint.name, answer.status_code, faults, answer.content[:300]))
    assert wrong == []
    assert {200, 400, 404, 422} <= set(seen)
    assert check_ledger() == []
    total, told = sum(seen.values()), dict(sorted(seen.items()))
    print(f"{total} requests over {len(ENDPOINTS)} endpoints, no failure of ours: {told}")


def test_the_document_describes_every_endpoint_and_nothing_else(program: Program) -> None:
    answer = Program("").get("/openapi.json")
    said = answer.json()
    assert said["openapi"] == "3.1.0"
    assert said == json.loads(json.dumps(document(ENDPOINTS)))
    told = {(path, method.upper()) for path, methods in said["paths"].items() for method in methods}
    assert told == {(endpoint.path, endpoint.method) for endpoint in ENDPOINTS}
    names = [operation["operationId"] for methods in said["paths"].values() for operation in methods.values()]
    assert len(names) == len(set(names))
    for path, methods in said["paths"].items():
        for operation in methods.values():
            inside = {one["name"] for one in operation["parameters"] if one["in"] == "path"}
            assert inside == set(re.findall(r"\{(\w+)\}", path))
    assert said["servers"] == [{"url": PREFIX}]
    assert sound(said["components"]["schemas"]["Problem"])
    assert all(sound(endpoint.answers().schema()) for endpoint in ENDPOINTS)
    assert "://" not in answer.content.decode()


def sound(schema: dict[str, Any]) -> bool:
    """Whether every part says its type, and every pattern can be read."""
    if "anyOf" in schema:
        return all(sound(one) for one in schema["anyOf"])
    re.compile(schema.get("pattern", ""))
    inner = [*schema.get("properties", {}).values(), *([schema["items"]] if "items" in schema else [])]
    return schema.get("type") in ("string", "integer", "number", "boolean", "array", "object", "null") and all(
        map(sound, inner)
    )


def test_a_fault_in_an_answer_would_be_found() -> None:
    faults: list[Fault] = []
    PROBLEM.read({"type": "x", "status": "500"}, "", faults)
    assert {fault.path for fault in faults} >= {"title", "code", "where"}
    assert Table().schema()["type"] == "object"
