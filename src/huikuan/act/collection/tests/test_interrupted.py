"""What stood against a message only for a while: once it is gone, the message is written anew."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from huikuan.act.collection.domain.cases import case_said
from huikuan.act.collection.models import Approach, Hold, Taken
from huikuan.act.collection.operations import again
from huikuan.act.collection.operations.holding import release
from huikuan.act.collection.operations.running import run_day
from huikuan.act.collection.queries.interrupted import interrupted
from huikuan.act.collection.tests.conftest import Trade, day, noon
from huikuan.act.collection.tests.test_guards import (
    ON,
    hear,
    hold_customer,
    hold_item,
    pay_at_the_bank,
    queued,
    ran,
    send,
    send_until_quiet,
)
from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.notices import guards
from huikuan.mechanisms.notices.models import Notice
from huikuan.mechanisms.notices.tests.conftest import Box, box, known
from huikuan.record.banking.models import OpenLine
from huikuan.record.promises.operations.promising import promise_payment

__all__ = ["box"]


def released(on: str) -> None:
    for one in Hold.objects.all():
        release(hold_id=one.pk, actor="wang", at=noon(on))


def found_elsewhere(on: str) -> None:
    """The money was another's."""
    OpenLine.objects.all().delete()


def not_kept(on: str) -> None:
    """The promise was for the 12th."""


def promise(trade: Trade, customer: int, item: int) -> None:
    promise_payment(
        customer_id=customer, company_id=trade.company.pk, parts=[(item, 100_00)], by=day("2026-03-12"),
        said_by="陈晓", source="phone", actor="wang", at=noon(ON),
    )  # fmt: skip


MEANWHILE = [
    (hold_customer, released), (hold_item, released), (pay_at_the_bank, found_elsewhere), (promise, not_kept),
]  # fmt: skip


@pytest.mark.parametrize(("meanwhile", "over"), MEANWHILE)
def test_once_the_obstacle_is_gone_the_message_goes_out_once(
    trade: Trade, box: Box, meanwhile: Callable[[Trade, int, int], None], over: Callable[[str], None]
) -> None:
    customer, item, first = queued(trade)
    meanwhile(trade, customer, item)
    assert send_until_quiet() == 1
    run_day(company=trade.company, on=day("2026-03-12"), actor="tester", at=noon("2026-03-12"))
    assert (known(first).state, Notice.objects.count()) == ("cancelled", 1)
    over("2026-03-16")
    anew = ran(trade, "2026-03-16")
    assert anew.case.startswith(f"collect:{Approach.objects.get().run_id}:{customer}:{first}:20260316:")
    assert hear("2026-03-16") == [anew.pk]
    assert send_until_quiet("2026-03-16") == 2
    [sent] = box.taken
    assert ("逾期天数 6 " in sent.text, known(anew.pk).state) == (True, "sent")
    assert Taken.objects.count() == 1


def test_what_a_later_step_asks_for_is_not_asked_for_by_the_one_before(trade: Trade, box: Box) -> None:
    customer, item, _ = queued(trade)
    hold_customer(trade, customer, item)
    assert send_until_quiet() == 1
    released("2026-03-25")
    assert (ran(trade, "2026-03-25").step, ran(trade, "2026-03-26").step) == ("dun:15", "dun:15")
    assert Notice.objects.count() == 2


def test_the_line_no_later_step_was_taken_on_is_asked_for_on_another_day(trade: Trade) -> None:
    customer = trade.customer("A")
    last, next_to_last = trade.owes(customer, "2026-02-24"), trade.owes(customer, "2026-03-04")
    first = ran(trade, ON)
    assert (first.channel, first.items) == ("letter", [last, next_to_last])
    hold_customer(trade, customer, 0)
    run_day(company=trade.company, on=day("2026-03-12"), actor="tester", at=noon("2026-03-12"))
    assert known(first.pk).state == "cancelled"
    released("2026-03-19")
    # One message a day, even then.
    assert ran(trade, "2026-03-19").items == [next_to_last]
    anew = ran(trade, "2026-03-20")
    assert (anew.items, case_said(anew.case).instead_of) == ([last], first.pk)  # type: ignore[union-attr]
    assert guards.why_not(known(anew.pk), noon("2026-03-20")) == ""
    assert ran(trade, "2026-03-21") == anew


def test_a_letter_that_cannot_be_written_keeps_nobody_waiting(
    trade: Trade, box: Box, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("A", "B"):
        trade.owes(trade.customer(name), "2026-03-10")
    ran(trade, ON)
    for customer in Approach.objects.values_list("customer_id", flat=True):
        hold_customer(trade, customer, 0)
    assert send_until_quiet() == 2
    released("2026-03-12")
    real, calls = again.notice_of, iter((True, False))

    def written(*given: Any) -> Any:
        if next(calls):
            raise Refusal("letter_account_missing")
        return real(*given)

    monkeypatch.setattr(again, "notice_of", written)
    ran(trade, "2026-03-12")
    assert Notice.objects.count() == 3


def test_a_day_on_which_nothing_waited_costs_one_question(trade: Trade, box: Box) -> None:
    customer, item, first = queued(trade)
    with CaptureQueriesContext(connection) as asked:
        assert interrupted(trade.company.pk) == []
    assert len(asked) == 1
    hold_customer(trade, customer, item)
    send()
    assert [one.notice_id for one in interrupted(trade.company.pk)] == [first]
    trade.pays(item, customer, 100_00, ON)
    assert interrupted(trade.company.pk) == []
