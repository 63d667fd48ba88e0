"""`huikuan approval` and `huikuan duty`: JSON alone, exit codes, a password for whoever decides."""

from __future__ import annotations

import io
import json
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from huikuan.mechanisms.identity.operations import add_user, grant_role
from huikuan.shell import cli
from huikuan.shell.tests.books import AT, Books
from huikuan.shell.tests.limits import ask_limit

pytestmark = pytest.mark.usefixtures("limits")
PASSWORD = "a long pass phrase"


@pytest.fixture
def staff(books: Books) -> Books:
    for name, role in (
        ("sun", "credit_manager"), ("qian", "credit_manager"), ("boss", "management"), ("own", "sales"),
        ("root", "administrator"), ("feng", "treasurer"), ("chen", "auditor"),
    ):  # fmt: skip
        add_user(username=name, password=PASSWORD, actor="cli:test", at=AT)
        grant_role(username=name, role=role, actor="cli:test", at=AT)
    return books


@pytest.fixture
def said(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Any:
    """Exit code and JSON of a command; with a user, their password is on standard input."""

    def run(*arguments: str, user: str = "") -> tuple[int, Any]:
        monkeypatch.setattr("sys.stdin", io.StringIO(PASSWORD + "\n"))
        proof = ["--user", user, "--password-stdin"] if user else []
        code = cli.main([*arguments, *proof, "--json"])
        return code, json.loads(capsys.readouterr().out)

    return run


def test_a_request_is_read_approved_returned_and_withdrawn(staff: Books, said: Any) -> None:
    first, second, third = ask_limit(staff, "C0001"), ask_limit(staff, "C0002"), ask_limit(staff, "C0003")
    code, body = said("approval", "list", "--pending")
    assert (code, [row["id"] for row in body["requests"]]) == (0, [third, second, first])
    assert {row["amount"] for row in body["requests"]} == {"150000.00"}
    assert said("approval", "list", "--actor", "own")[1] == {"requests": []}
    assert len(said("approval", "list", "--waiting-for", "sun")[1]["requests"]) == 3
    assert said("approval", "show", str(first), "--actor", "own")[0] == 1

    shown = said("approval", "show", str(first))[1]
    approve = ["approval", "approve", str(first), "--digest"]
    code, body = said(*approve, "0" * 64, user="sun")
    assert (code, body["error"]["code"]) == (1, "request_not_as_shown")
    code, body = said(*approve, shown["digest"], user="sun")
    assert (code, body["state"], [step["actor"] for step in body["history"]]) == (0, "approved", ["sun"])

    assert said("approval", "return", str(second), user="sun")[0] == 1
    code, body = said("approval", "return", str(second), "--comment", "too much", user="sun")
    assert (code, body["state"], body["history"][0]["comment"]) == (0, "returned", "too much")
    assert said("approval", "withdraw", str(third), user="sun")[0] == 1
    code, body = said("approval", "withdraw", str(third), user="chen")
    assert (code, body["state"]) == (0, "withdrawn")


def test_without_the_right_password_nothing_is_decided(staff: Books, said: Any) -> None:
    request = ask_limit(staff, "C0001")
    digest = said("approval", "show", str(request))[1]["digest"]
    code, body = said("approval", "approve", str(request), "--digest", digest, user="nobody")
    assert (code, body["error"]["code"]) == (1, "log_in_wrong")
    assert said("approval", "show", str(request))[1]["state"] == "pending"


def test_delegations_on_the_command_line(staff: Books, said: Any) -> None:
    until = (timezone.now() + timedelta(days=3)).isoformat()
    code, body = said("approval", "delegate", "feng", "--until", until, "--reason", "journey", user="qian")
    (given,) = body["delegations"]
    assert (code, given["giver"], given["delegate"], given["reason"]) == (0, "qian", "feng", "journey")
    request = ask_limit(staff, "C0001")
    assert [row["id"] for row in said("approval", "list", "--waiting-for", "feng")[1]["requests"]] == [request]
    assert said("approval", "end-delegation", str(given["id"]), user="sun")[0] == 1
    assert said("approval", "end-delegation", str(given["id"]), user="qian")[0] == 0
    assert said("approval", "list", "--waiting-for", "feng")[1]["requests"] == []
    assert said("approval", "delegations")[1]["delegations"][0]["ended_at"] is not None


def test_an_exception_to_duties_on_the_command_line(staff: Books, said: Any) -> None:
    last = (timezone.localdate() + timedelta(days=10)).isoformat()
    asked = ["duty", "except", "own", "cash_clerk", "--because", "alone", "--until", last]
    assert said(*asked, "--actor", "sun")[0] == 1
    code, body = said(*asked, "--actor", "root")
    assert code == 0
    assert said("duty", "list")[1]["exceptions"] == []
    digest = said("approval", "show", str(body["request"]))[1]["digest"]
    assert said("approval", "approve", str(body["request"]), "--digest", digest, user="boss")[0] == 0
    listed = said("duty", "list")[1]
    assert ["cash_clerk", "sales"] in listed["apart"]
    (found,) = listed["exceptions"]
    assert (found["username"], found["grant"]["role"], found["approved_by"]) == ("own", "cash_clerk", "boss")


def test_people_read_lines(staff: Books, capsys: pytest.CaptureFixture[str]) -> None:
    request = ask_limit(staff, "C0001")
    assert cli.main(["approval", "list"]) == 0
    assert cli.main(["approval", "show", str(request)]) == 0
    assert cli.main(["approval", "delegations"]) == 0
    assert cli.main(["duty", "list"]) == 0
    told = capsys.readouterr().out
    assert "CNY 150000.00" in told
    assert "pays on time" in told
    assert cli.main(["approval", "show", "999"]) == 1
