"""Alarms as work, and `huikuan limitation …`."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from huikuan.mechanisms.jobs.work import Work
from huikuan.mechanisms.work.models import WorkItem
from huikuan.record.limitation.jobs import alarm
from huikuan.record.limitation.models import Interruption
from huikuan.record.limitation.operations.suspending import Obstacle, record_suspension
from huikuan.record.limitation.tests.conftest import AT, PAPER, Old
from huikuan.shell import cli

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def old(transactional_db: None) -> Old:
    return Old()


@pytest.fixture
def said(capsys: pytest.CaptureFixture[str]) -> Any:
    def run(*words: str) -> tuple[int, Any]:
        capsys.readouterr()
        code = cli.main(["limitation", *words, "--json"])
        return code, json.loads(capsys.readouterr().out)

    return run


def ring(days: int = 0) -> dict[str, int]:
    return alarm(cast(Work, SimpleNamespace(at=AT + timedelta(days=days))))


def test_each_threshold_rings_once_and_ends_when_it_begins_anew(old: Old) -> None:
    claim = old.claim("2023-08-01")  # 153 days left on 2026-03-01
    assert ring() == {"opened": 1, "cancelled": 0}
    assert ring() == {"opened": 0, "cancelled": 0}
    assert ring(70) == {"opened": 1, "cancelled": 1}
    shown = WorkItem.objects.order_by("id").last()
    assert shown is not None
    assert (shown.key, shown.role, shown.shown["amount"]) == (f"item:{claim}:2026-08-01:90", "legal", "CNY 100000.00")
    old.interrupt(claim, "2026-02-01")
    assert ring(70) == {"opened": 0, "cancelled": 1}


def test_of_what_still_keeps_us_from_suing_it_is_asked_every_month_whether_it_lasts(old: Old) -> None:
    claim = old.claim()
    obstacle = Obstacle("force_majeure", date(2026, 1, 5), None, "洪水停运")
    record_suspension(item_ids=[claim], obstacle=obstacle, file=PAPER, actor="tester", at=AT)
    assert [ring(days) for days in (0, 3, 31)] == [
        {"opened": 1, "cancelled": 0}, {"opened": 0, "cancelled": 0}, {"opened": 1, "cancelled": 1}
    ]  # fmt: skip
    work = WorkItem.objects.order_by("id").last()
    assert work is not None
    assert (work.key.endswith(":2026-04"), "suspended" in work.shown) == (True, True)


def test_from_the_command_line(old: Old, said: Any, tmp_path: Path) -> None:
    claim = old.claim(document_number="FP-1")
    code, told = said("list", "--as-of", "2026-03-01")
    assert (code, told["claims"][0]["item"], told["claims"][0]["safe_on"], told["claims"][0]["alarm"]) == (
        0, claim, "2026-06-30", 180
    )  # fmt: skip
    proof = tmp_path / "回执.pdf"
    proof.write_bytes(b"%PDF-1.4")
    words = ("record", str(claim), "--kind", "demand", "--on", "2026-02-01", "--strength", "strong")
    assert said(*words)[1]["error"]["code"] == "limitation_proof_missing"
    code, told = said(*words, "--file", str(proof))
    assert code == 0
    shown = said("show", str(claim))[1]
    assert (shown["safe_on"], shown["interruptions"][0]["article"], shown["interruptions"][0]["file"]) == (
        "2029-02-01", "8", "回执.pdf"
    )  # fmt: skip
    assert said("withdraw", str(told["interruptions"][0]), "--reason", "不是他签的")[0] == 0
    assert said("show", str(claim))[1]["safe_on"] == "2026-06-30"


def test_a_suspension_from_the_command_line(old: Old, said: Any, tmp_path: Path) -> None:
    claim = old.claim()
    proof = tmp_path / "停运公告.pdf"
    proof.write_bytes(b"%PDF-1.4")
    words = ("suspend", str(claim), "--cause", "force_majeure", "--from", "2026-01-05", "--note", "洪水")
    assert said(*words, "--file", "nowhere")[1]["error"]["code"] == "limitation_file_missing"
    code, told = said(*words, "--file", str(proof))
    assert code == 0
    shown = said("show", str(claim), "--as-of", "2026-03-01")[1]
    assert (shown["safe_on"], shown["suspensions"][0]["until"], shown["suspensions"][0]["strength"]) == (
        "2026-09-01", None, "strong"
    )  # fmt: skip
    code, ended = said("resume", str(told["suspensions"][0]), "--until", "2026-02-20")
    assert said("show", str(claim), "--as-of", "2026-03-01")[1]["safe_on"] == "2026-08-20"
    assert said("resume", str(ended["suspension"]), "--never", "并未停运")[0] == 0
    shown = said("show", str(claim), "--as-of", "2026-03-01")[1]
    assert (shown["safe_on"], shown["suspensions"]) == ("2026-06-30", [])


def test_refusals_of_the_command_line(old: Old, said: Any) -> None:
    for words, code in (
        (("show", "99"), "limitation_no_clock"),
        (("record", "99", "--kind", "call", "--on", "2026-01-01", "--strength", "weak"), "limitation_no_clock"),
        (("withdraw", "9", "--reason", "x"), "limitation_interruption_unknown"),
        (("list", "--customer", "NOBODY"), "customer_unknown"),
        (("suspend", "99", "--cause", "other", "--from", "2026-01-01", "--note", "x"), "limitation_no_clock"),
        (("resume", "9", "--never", "x"), "limitation_suspension_unknown"),
    ):
        exit_code, told = said(*words)
        assert (exit_code, told["error"]["code"]) == (1, code)
    assert Interruption.objects.count() == 0
