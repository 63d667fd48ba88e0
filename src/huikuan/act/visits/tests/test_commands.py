"""`huikuan calls …` and `huikuan visits …`: JSON alone, refusals change nothing, by who may and on whose rows."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import time_machine

from huikuan.act.visits.models import Call, CheckIn, Outcome, Photo, Visit
from huikuan.act.visits.tests.conftest import AT, JPEG, Debtor
from huikuan.mechanisms.identity.models import User
from huikuan.mechanisms.identity.operations import grant_role
from huikuan.shell import cli

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def debtor(transactional_db: None, debtor: Debtor) -> Debtor:
    return debtor


@pytest.fixture(autouse=True)
def morning() -> Iterator[None]:
    with time_machine.travel(AT, tick=True):
        yield


@pytest.fixture
def said(capsys: pytest.CaptureFixture[str]) -> Any:
    def run(*words: str) -> tuple[int, Any]:
        capsys.readouterr()
        code = cli.main([*words, "--json"])
        return code, json.loads(capsys.readouterr().out)

    return run


def test_calls_from_the_command_line(debtor: Debtor, said: Any, capsys: pytest.CaptureFixture[str]) -> None:
    add = ("calls", "add", "C1")
    code, told = said(*add, "again", "--person", "1", "--again-on", "2026-11-18", "--note", "出差", "--actor", "he")
    assert (code, told["person"], told["again_on"], told["actor"], told["on"]) == (
        0, "韩立", "2026-11-18", "cli:he", "2026-11-16",
    )  # fmt: skip
    for words, refusal in (
        ((*add, "again"), "call_again_undated"),
        ((*add, "other", "--person", "7"), "contact_unknown"),
        (("calls", "add", "C9", "other"), "customer_unknown"),
    ):
        code, body = said(*words)
        assert (code, body["error"]["code"]) == (1, refusal)
    assert said(*add, "not_reached")[0] == 0
    assert [one["result"] for one in said("calls", "list", "--customer", "C1")[1]["calls"]] == ["not_reached", "again"]
    assert said("calls", "list", "--result", "again", "--until", "2026-11-15")[1] == {"calls": []}
    assert (cli.main(["calls", "list"]), Call.objects.count()) == (0, 2)
    assert "出差" in capsys.readouterr().out


def test_a_visit_from_plan_to_outcome(debtor: Debtor, said: Any, tmp_path: Path) -> None:
    code, told = said("visits", "plan", "C1", "--on", "2026-11-16", "--actor", "he", "--note", "带对账单")
    assert (code, told["visitor"], told["state"], told["purpose"]) == (0, "he", "planned", "collect")
    number = str(told["id"])
    assert said("visits", "finish", number, "met")[1]["error"]["code"] == "visit_not_checked_in"
    code, told = said(
        "visits", "check-in", number, "--place", "厂区东门", "--latitude", "31.230416", "--longitude", "121"
    )
    assert (code, told["arrival"]["latitude"], told["arrival"]["longitude"]) == (0, "31.230416", "121.000000")
    picture = tmp_path / "gate.jpg"
    picture.write_bytes(JPEG)
    code, told = said("visits", "photo", number, str(picture), str(picture))
    assert (code, [one["name"] for one in told["photos"]]) == (0, ["gate.jpg"])
    assert said("visits", "photo", number, str(tmp_path / "none.jpg"))[1]["error"]["code"] == "visit_photo_missing"
    ending = ("met", "--sight", "running", "--person", "1", "--satisfaction", "4", "--follow-up", "2026-11-20")
    code, told = said("visits", "finish", number, *ending, "--note", "愿付一半")
    assert (code, told["outcome"]["people"], told["outcome"]["note"]) == (0, ["韩立"], "愿付一半")
    assert said("visits", "show", number) == (0, told)
    assert said("visits", "list", "--state", "ended", "--customer", "C1") == (0, {"visits": [told]})
    assert (Visit.objects.count(), CheckIn.objects.count(), Photo.objects.count(), Outcome.objects.count()) == (1,) * 4


def test_who_does_not_collect_reads_the_visit_and_not_the_people(debtor: Debtor, said: Any) -> None:
    number = str(said("visits", "plan", "C1", "--visitor", "he", "--note", "带对账单")[1]["id"])
    said("visits", "check-in", number, "--place", "东门")
    User.objects.create_user("su")
    grant_role(username="su", role="auditor", actor="cli:root", at=AT)
    code, told = said("visits", "show", number, "--actor", "su")
    assert (code, told["note"], told["arrival"]["place"], told["state"]) == (0, None, None, "there")
    assert said("calls", "list", "--actor", "su")[1]["error"]["code"] == "not_permitted"
    assert said("visits", "finish", number, "met", "--actor", "su")[1]["error"]["code"] == "not_permitted"
    assert Outcome.objects.count() == 0
