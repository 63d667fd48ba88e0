"""Whoever collects from a customer for one company says nothing of it for another: on the page and by command."""

from __future__ import annotations

import json
from typing import Any

import pytest
import time_machine
from django.test import Client

from huikuan.act.collection.models import Approach, Hold, HoldEnd, LateCause, TriageDecision
from huikuan.act.collection.operations.holding import hold
from huikuan.act.collection.operations.running import run_day
from huikuan.act.collection.tests.conftest import AT, WHO, Trade, day, noon
from huikuan.act.collection.tests.test_running import approving
from huikuan.mechanisms.identity.models import User
from huikuan.mechanisms.identity.operations import add_user, grant_role
from huikuan.record.customers.operations.affiliations import affiliate
from huikuan.shell.cli import main

ON = "2026-03-11"


class Reach:
    """Two companies; Qin collects from everybody for A, and for B from Y alone."""

    def __init__(self) -> None:
        self.a, self.b = Trade("A"), Trade("B")
        self.x, self.y = self.b.customer("X"), self.b.customer("Y")
        affiliate(customer_id=self.y, dimension="owner", value="秦朗", effective_on=day("2020-01-01"), **WHO)
        add_user(username="qin", password="a long pass phrase", owner_name="秦朗", actor="cli:root", at=AT)
        grant_role(username="qin", role="collector", company="A", actor="cli:root", at=AT)
        grant_role(username="qin", role="collector", company="B", reach="own", actor="cli:root", at=AT)

    def held(self, customer: int) -> int:
        return hold(company=self.b.company, customer_id=customer, reason="x", actor="wang", at=noon(ON))

    def waits(self) -> dict[int, int]:
        """Customer → approach that waits to be let go, of B."""
        approving(self.b)
        for one in (self.x, self.y):
            self.b.owes(one, "2026-03-10")
        run_day(company=self.b.company, on=day(ON), actor="tester", at=noon(ON))
        return dict(Approach.objects.values_list("customer_id", "pk"))


@pytest.fixture
def reach(db: None) -> Reach:
    return Reach()


def answer(capsys: pytest.CaptureFixture[str], *words: str) -> Any:
    """What the command says to Qin; of a refusal its code."""
    with time_machine.travel(noon(ON), tick=False):
        main(["collect", *words, "--actor", "qin", "--json"])
    said = json.loads(capsys.readouterr().out)
    return said["error"]["code"] if "error" in said else said


@pytest.mark.parametrize("words", [("hold", "--reason", "x"), ("cause", "oversight")])
def test_by_command_of_whom_one_collects_from_there(
    reach: Reach, capsys: pytest.CaptureFixture[str], words: tuple[str, ...]
) -> None:
    def said(code: str, company: str) -> Any:
        return answer(capsys, words[0], *words[1:], "--customer", code, "--company", company)

    assert said("B-X", "B") == "customer_unknown"
    assert (Hold.objects.count(), LateCause.objects.count()) == (0, 0)
    for code, company in (("B-Y", "B"), ("B-X", "A")):
        assert isinstance(said(code, company), dict)
    assert Hold.objects.count() + LateCause.objects.count() == 2


def test_by_command_one_s_own_hold_is_released(reach: Reach, capsys: pytest.CaptureFixture[str]) -> None:
    theirs, own = (reach.held(one) for one in (reach.x, reach.y))
    assert answer(capsys, "release", str(theirs)) == "collection_hold_unknown"
    assert HoldEnd.objects.count() == 0
    assert answer(capsys, "release", str(own)) == {"hold": own}


@pytest.mark.parametrize("words", [("let-go",), ("drop", "--reason", "called")])
def test_by_command_one_s_own_messages_are_let_go_or_dropped(
    reach: Reach, capsys: pytest.CaptureFixture[str], words: tuple[str, ...]
) -> None:
    waits = reach.waits()
    theirs, own = str(waits[reach.x]), str(waits[reach.y])
    for asked in ([theirs], [own, theirs]):
        assert answer(capsys, words[0], *asked, *words[1:]) == "collection_approach_unknown"
    assert TriageDecision.objects.count() == 0
    assert isinstance(answer(capsys, words[0], own, *words[1:]), dict)
    assert TriageDecision.objects.get().approach_id == waits[reach.y]


def test_on_the_page_of_whom_one_collects_from_there(reach: Reach) -> None:
    client = Client(headers={"accept-language": "en"})
    client.force_login(User.objects.get(username="qin"))
    with time_machine.travel(noon(ON), tick=False):
        for code, status in (("B-X", 400), ("B-Y", 302)):
            path = "/collection/holds?company=B"
            assert client.post(path, {"customer": code, "reason": "x"}).status_code == status
    assert Hold.objects.get().customer_id == reach.y
