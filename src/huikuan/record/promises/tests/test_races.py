"""Two promises about one claim, two who judge: one stands, one is told. Without the lock both stand."""

from __future__ import annotations

import time
from itertools import count
from typing import Any

import pytest
from django.db import connection

from huikuan.record.promises.models import PartEnd, Verdict
from huikuan.record.promises.operations import judging, promising
from huikuan.record.promises.operations.judging import judge_promises
from huikuan.record.promises.tests.conftest import Word, at
from huikuan.record.receivables.tests.test_races import at_once

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer: there is no race to show"),
]


@pytest.fixture
def word(transactional_db: None) -> Word:
    return Word()


@pytest.fixture
def slowly(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever has looked for open promises takes their time."""
    look = promising.parts_by

    def late(*asked: Any) -> Any:
        found = look(*asked)
        time.sleep(0.2)
        return found

    monkeypatch.setattr(promising, "parts_by", late)


def open_promises(word: Word, claim: int) -> int:
    """How many of four promises said at one moment are open afterwards."""
    numbers = at_once(4, lambda turn: word.promise((claim, 10_00 + turn), by=f"2026-03-1{turn}"))
    return [word.state(number, "2026-03-02") for number in numbers].count("open")


@pytest.mark.usefixtures("slowly")
def test_of_four_promises_of_one_claim_one_stands(word: Word) -> None:
    claim = word.post("invoice", 100_00)
    assert open_promises(word, claim) == 1
    assert PartEnd.objects.count() == 3


@pytest.mark.usefixtures("slowly")
def test_twin_without_holding_the_claim_several_stand(word: Word, monkeypatch: pytest.MonkeyPatch) -> None:
    claim = word.post("invoice", 100_00)
    seen = promising.claims_held(word.company.id, [claim])
    monkeypatch.setattr(promising, "claims_held", lambda company_id, items: seen)
    assert open_promises(word, claim) > 1


def judge_four_times(word: Word) -> list[Any]:
    return at_once(4, lambda turn: judge_promises(company=word.company, at=at("2026-03-14")))


def test_of_four_who_judge_one_announces(word: Word) -> None:
    word.promise((word.post("invoice", 100_00), 100_00), by="2026-03-10")
    found = judge_four_times(word)
    assert sum(one["broken"] for one in found) == 1
    assert word.told("promises.broken") == ["promises.broken"]
    assert Verdict.objects.count() == 1


def test_twin_each_counting_for_itself_all_announce(word: Word, monkeypatch: pytest.MonkeyPatch) -> None:
    number = word.promise((word.post("invoice", 100_00), 100_00), by="2026-03-10")
    turns = count()
    monkeypatch.setattr(judging, "_last_verdicts", lambda company_id, whose: {number: (next(turns), "open")})
    assert sum(one["broken"] for one in judge_four_times(word)) == 4


def test_a_payment_at_the_moment_of_the_promise_keeps_it_or_lessens_what_may_be_promised(word: Word) -> None:
    claim, receipt = word.post("invoice", 100_00), word.post("receipt", 60_00, "2026-03-02")

    def work(turn: int) -> Any:
        if turn:
            return word.settle(receipt, claim, 60_00, "2026-03-02")
        return word.promise((claim, 100_00), by="2026-03-10")

    promised, _ = at_once(2, work)
    if isinstance(promised, int):
        assert word.row(promised, "2026-03-02").paid == 60_00
    else:
        assert "promise_more_than_open" in str(promised)
