"""What whoever sees one customer of a group is told of the group: that it holds, and no figure (case 57)."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from huikuan.judge.credit.domain.deciding import ENFORCE
from huikuan.judge.credit.queries.judging import judge_amount
from huikuan.judge.credit.telling.decisions import judged_json
from huikuan.judge.credit.tests.conftest import AT, TODAY, WHO, Trade, person
from huikuan.judge.credit.tests.test_orders import limited, rules, staffed
from huikuan.mechanisms.identity.domain.roles import Permission
from huikuan.mechanisms.identity.queries import scope
from huikuan.record.customers.operations import affiliate, merge_customers
from huikuan.shell import cli

__all__ = ["staffed"]


def owned(trade: Trade) -> str:
    """North's salesman, who does not see south."""
    seller = person("wang", "sales")
    affiliate(customer_id=trade.north, dimension="owner", value=seller, effective_on=TODAY, **WHO)
    return seller


def told(trade: Trade, seller: str, amount: int) -> dict[str, Any]:
    theirs = scope(seller, Permission.VIEW_LEDGER, at=AT)
    judged = judge_amount(trade.company, trade.north, amount=amount, currency="CNY", scope=theirs, at=AT)
    return judged_json(judged, "CNY")


@pytest.mark.parametrize(("amount", "rule"), [(60_00, "over_threshold"), (123_46, "over_limit")])
def test_no_figure_of_the_group_is_told(staffed: Trade, amount: int, rule: str) -> None:
    """A share would do: of two amounts asked about, two shares give limit and exposure away."""
    staffed.grouped()
    rules(ENFORCE)
    limited(staffed, 1_000_00)
    limited(staffed, 777_77, group="LUHE")
    staffed.post("invoice", 654_32, TODAY.isoformat(), customer=staffed.south)
    answer = told(staffed, owned(staffed), amount)
    (reason,) = answer["reasons"]
    assert (reason["rule"], reason["group"]) == (rule, "LUHE")
    messages = [reason["message"], *(one["message"] for one in answer["ways_out"])]
    figures = re.findall(r"[0-9][0-9.,]*", " ".join(messages))
    assert figures == (["80"] if rule == "over_threshold" else [])


@pytest.mark.django_db(transaction=True)
def test_the_command_shows_limits_of_groups_seen_whole_alone(capsys: pytest.CaptureFixture[str]) -> None:
    trade = Trade()
    person("chen", "credit_analyst")
    person("zhou", "management")
    trade.grouped()
    limited(trade, 1_000_00, group="LUHE")
    seller = owned(trade)

    def groups(*more: str) -> list[str]:
        capsys.readouterr()
        assert cli.main(["credit", "limit", "show", "MAIN-N", "--json", *more]) == 0
        return [one["group"] for one in json.loads(capsys.readouterr().out)["groups"]]

    assert groups() == groups("--actor", "chen") == ["LU", "LUHE"]
    assert groups("--actor", seller) == []


@pytest.mark.django_db(transaction=True)
def test_the_command_shows_the_limit_of_a_merged_customer(capsys: pytest.CaptureFixture[str]) -> None:
    trade = Trade()
    person("chen", "credit_analyst")
    person("zhou", "management")
    limited(trade, 1_000_00)
    merge_customers(from_id=trade.south, into_id=trade.north, reason="同一法人", **WHO)
    capsys.readouterr()
    assert cli.main(["credit", "limit", "show", "MAIN-S", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["limit"] == "1000.00"
