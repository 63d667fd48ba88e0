"""Strategies over the past, worked by hand; and what messages do, with published numbers."""

from __future__ import annotations

import copy
import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from huikuan.act.collection.domain.strategy import strategy_of
from huikuan.act.collection.domain.uplift import Share, uplift, wilson
from huikuan.act.collection.models import ControlAssignment
from huikuan.act.collection.operations.running import run_day
from huikuan.act.collection.presets import DEFAULT, PRESETS
from huikuan.act.collection.queries.simulated import Simulated
from huikuan.act.collection.queries.simulating import simulate
from huikuan.act.collection.queries.uplift import measured
from huikuan.act.collection.tests.conftest import AT, Trade, day, noon
from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.audit.operations import record
from huikuan.shell.cli import main


def past(trade: Trade, since: str, until: str, document: dict[str, Any] = DEFAULT) -> Simulated:
    return simulate(trade.company.pk, strategy_of(document), since=day(since), until=day(until))


def told(found: Simulated) -> list[tuple[str, str, str]]:
    return [(one.on.isoformat(), one.step, one.channel) for one in found.contacts]


def test_a_claim_that_was_paid_late_would_have_had_these(trade: Trade) -> None:
    customer = trade.customer("A")
    item = trade.owes(customer, "2026-03-10")
    trade.pays(item, customer, 100_00, "2026-03-18")
    early = trade.owes(customer, "2026-03-12")
    trade.pays(early, customer, 100_00, "2026-03-12")
    found = past(trade, "2026-03-01", "2026-03-31")
    assert told(found) == [
        ("2026-03-03", "dun:-7", "email"),
        ("2026-03-05", "dun:-7", "email"),
        ("2026-03-11", "dun:1", "email"),
        ("2026-03-17", "dun:7", "email"),
    ]
    assert found.messages == {"email": 4}
    assert (found.lines, found.amounts, found.first_contact) == (4, {"CNY": 200_00}, -7.0)
    # Of the two that fell due, one was asked for after its due date.
    assert found.paid_before == 0.5


def test_what_was_reached_before_is_not_asked_for_on_the_first_day(trade: Trade) -> None:
    trade.owes(trade.customer("Old"), "2026-01-10")
    assert past(trade, "2026-03-01", "2026-03-31").contacts == ()
    assert past(trade, "2026-03-01", "2026-03-31").paid_before is None


def test_a_simulation_says_what_the_runs_would_have_done(trade: Trade) -> None:
    for number, due in enumerate(("2026-03-02", "2026-03-03", "2026-03-04")):
        trade.owes(trade.customer(f"A{number}", grade="ABC"[number]), due)
    found = past(trade, "2026-02-22", "2026-03-20")
    runs = []
    for number in range(27):
        on = day("2026-02-22") + timedelta(days=number)
        runs += [on] * run_day(company=trade.company, on=on, actor="t", at=noon(on.isoformat())).approaches
    assert [one.on for one in found.contacts] == runs
    assert len(runs) == 12


def test_a_period_that_is_none_is_refused(trade: Trade) -> None:
    for since, until in (("2026-03-02", "2026-03-01"), ("2025-01-01", "2026-03-01")):
        with pytest.raises(Refusal) as refused:
            past(trade, since, until)
        assert refused.value.code == "collection_period_bad"


def test_two_strategies_side_by_side(trade: Trade, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    trade.owes(trade.customer("A"), "2026-03-10")
    quiet = copy.deepcopy(DEFAULT)
    quiet["segments"] = [{"name": "all", "steps": DEFAULT["segments"][0]["steps"][-1:]}]
    file = tmp_path / "quiet.json"
    file.write_text(json.dumps(quiet), encoding="utf-8")
    asked = ["--from", "2026-03-01", "--to", "2026-04-20", "--json"]
    assert main(["collect", "compare", "--strategy", str(file), "--with", "e-commerce", *asked]) == 0
    said = json.loads(capsys.readouterr().out)
    assert (said["strategy"]["messages"], said["strategy"]["first_contact_days"]) == ({"email": 1}, "30.0")
    assert (said["with"]["messages"], said["with"]["first_contact_days"]) == ({"email": 4, "letter": 1}, "-3.0")
    assert main(["collect", "compare", "--strategy", str(file), "--with", "e-commerce", *asked[:-1]]) == 0
    first, second = (part.splitlines() for part in capsys.readouterr().out.rstrip("\n").split("\n\n"))
    assert first[:3] == [f"策略\t{file}\t2026-03-01 – 2026-04-20", "电子邮件\t1", "催收步骤（按笔）\t1"]
    assert second[:3] == ["策略\t内置：电商\t2026-03-01 – 2026-04-20", "电子邮件\t4", "信函\t1"]
    assert main(["collect", "simulate", "--strategy", str(tmp_path / "none"), *asked]) == 1
    assert json.loads(capsys.readouterr().out)["error"]["code"] == "collection_file_unreadable"


@pytest.mark.parametrize("name", PRESETS)
def test_every_shipped_strategy_can_be_tried(trade: Trade, name: str) -> None:
    trade.owes(trade.customer("A"), "2026-03-10")
    assert past(trade, "2026-03-01", "2026-04-30", PRESETS[name]).contacts


def test_the_interval_is_the_published_one() -> None:
    """Newcombe 1998, table II, method 10: 56 of 70 against 48 of 80."""
    found = uplift(Share(56, 70), Share(48, 80))
    assert (round(found.value or 0, 4), round(found.low or 0, 4), round(found.high or 0, 4)) == (0.2, 0.0524, 0.3339)
    assert found.proven
    low, high = wilson(Share(81, 263))
    assert (round(low, 4), round(high, 4)) == (0.2553, 0.3662)


def test_of_an_empty_group_nothing_is_said() -> None:
    found = uplift(Share(0, 0), Share(1, 2))
    assert (found.value, found.low, found.high, found.proven) == (None, None, None, False)


def test_uplift_is_measured_from_the_ledger(trade: Trade, capsys: pytest.CaptureFixture[str]) -> None:
    for number in range(6):
        customer = trade.customer(f"K{number}")
        item = trade.owes(customer, "2026-03-10")
        row = {
            "company_id": trade.company.pk, "customer_id": customer, "control": number < 3, "percent": 50, "seed": "s",
            "on_date": day("2026-03-03"),
        }  # fmt: skip
        record(ControlAssignment, [row], at=AT)
        if number in (0, 3, 4):
            trade.pays(item, customer, 100_00, "2026-03-20")
        if number == 5:
            trade.pays(item, customer, 100_00, "2026-03-21")
    trade.owes(trade.customer("Unassigned"), "2026-03-10")
    found = measured(trade.company.pk, since=day("2026-03-01"), until=day("2026-03-31"), within=10)
    assert (found.treated, found.control) == (Share(2, 3), Share(1, 3))
    asked = ["--from", "2026-03-01", "--to", "2026-03-31", "--within", "10", "--json"]
    assert main(["collect", "uplift", *asked]) == 0
    said = json.loads(capsys.readouterr().out)
    assert (said["uplift"], said["proven"]) == ("0.3333", False)
