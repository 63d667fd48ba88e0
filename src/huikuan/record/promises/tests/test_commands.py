"""`huikuan promise|plan|in-kind|freeze …`: JSON alone, amounts as decimal strings, refusals change nothing."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from huikuan.kernel.dates import business_date
from huikuan.mechanisms.approvals.operations import approve_request
from huikuan.mechanisms.approvals.queries.requests import request_record
from huikuan.record.promises.models import Promise
from huikuan.record.promises.tests.conftest import Desk
from huikuan.shell import cli

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def desk(transactional_db: None) -> Desk:
    return Desk()


@pytest.fixture
def said(capsys: pytest.CaptureFixture[str]) -> Any:
    def run(*words: str) -> tuple[int, Any]:
        capsys.readouterr()
        code = cli.main([*words, "--json"])
        return code, json.loads(capsys.readouterr().out)

    return run


def in_days(days: int) -> str:
    return str(business_date(datetime.now(UTC)) + timedelta(days=days))


def approve(desk: Desk, request: int, actor: str = "") -> None:
    digest = request_record(request).digest
    approve_request(request_id=request, digest=digest, actor=actor or desk.manager, at=datetime.now(UTC))


def test_a_promise_from_the_command_line(desk: Desk, said: Any) -> None:
    claim = desk.post("invoice", 100_000_00, document_number="INV-1")
    code, told = said("promise", "add", "MAIN-1", "INV-1=60000", "--by", in_days(5), "--said-by", "王经理")
    assert (code, told["state"], told["amount"], told["parts"][0]["document"]) == (0, "open", "60000.00", "INV-1")
    code, other = said("promise", "replace", str(told["id"]), "--by", in_days(9), "--source", "email")
    assert (code, other["amount"], other["source"]) == (0, "60000.00", "email")
    assert said("promise", "show", str(told["id"]))[1]["replaced_by"] == other["id"]
    assert said("promise", "withdraw", str(other["id"]), "--note", "误听")[1]["state"] == "withdrawn"
    listed = said("promise", "list", "--customer", "MAIN-1")[1]["promises"]
    assert [row["state"] for row in listed] == ["replaced", "withdrawn"]
    assert said("promise", "judge")[1] == {"kept": 0, "broken": 0}
    assert said("promise", "rates")[1]["rates"] == []
    code, told = said("promise", "add", "MAIN-1", str(claim), "--by", "2020-01-01")
    assert (code, told["error"]["code"], Promise.objects.count()) == (1, "promise_day_over", 2)


def test_a_plan_from_the_command_line(desk: Desk, said: Any) -> None:
    desk.post("invoice", 100_00, document_number="INV-1")
    lines = ("--line", f"{in_days(10)}=60", "--line", f"{in_days(40)}=40")
    code, told = said("plan", "add", "MAIN-1", "INV-1", *lines)
    assert (code, told["state"]) == (0, "waiting")
    assert said("plan", "list")[1]["plans"] == []
    approve(desk, told["request"])
    (row,) = said("plan", "list", "--state", "running")[1]["plans"]
    assert [line["amount"] for line in row["lines"]] == ["60.00", "40.00"]
    assert said("plan", "show", str(row["id"]))[1]["items"][0]["original_due"] == "2026-01-05"
    assert said("plan", "add", "MAIN-1", "INV-1", *lines)[1]["error"]["code"] == "plan_item_taken"


def test_goods_from_the_command_line(desk: Desk, said: Any) -> None:
    desk.post("invoice", 113_00, document_number="INV-1")
    words = (
        "in-kind", "add", "MAIN-1", "INV-1", "--asset", "立式加工中心", "--valued", "113", "--valuer", "江临评估",
        "--valued-on", "2026-02-20", "--method", "appraisal", "--deliver-by", in_days(30), "--tax", "10",
        "--fair-value", "95", "--allowance", "10",
    )  # fmt: skip
    code, told = said(*words)
    assert code == 0
    approve(desk, told["request"])
    (row,) = said("in-kind", "list")[1]["in_kind"]
    assert [(one["account"], one["amount"]) for one in row["voucher"]] == [
        ("inventory", "85.00"), ("input_tax", "10.00"), ("allowance", "10.00"), ("investment_income", "8.00"),
        ("receivables", "-113.00"),
    ]  # fmt: skip
    code, told = said("in-kind", "deliver", str(row["id"]))
    assert (code, told["state"]) == (0, "delivered")
    assert said("in-kind", "fail", str(row["id"]), "--reason", "x")[1]["error"]["code"] == "barter_over"


def test_a_freeze_from_the_command_line(desk: Desk, said: Any) -> None:
    code, told = said("freeze", "add", "MAIN-1", "--kind", "supply", "--reason", "两次失约")
    assert code == 0
    approve(desk, told["request"], desk.credit)
    (row,) = said("freeze", "list")[1]["freezes"]
    assert (row["customer"], row["kind"], row["released_on"]) == ("MAIN-1", "supply", None)
    code, told = said("freeze", "release", str(row["id"]), "--reason", "已付清")
    approve(desk, told["request"], desk.credit)
    assert said("freeze", "list")[1]["freezes"] == []
    assert said("freeze", "list", "--all")[1]["freezes"][0]["released_because"] == "已付清"
