"""A letter that was posted before it was cancelled takes the place of the one written in its stead."""

from __future__ import annotations

import pytest

from huikuan.act.collection.operations.running import run_day
from huikuan.act.collection.tests.conftest import Trade, day, noon
from huikuan.act.collection.tests.test_guards import ON, hear, pay_part, ran
from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.events.models import Event
from huikuan.mechanisms.notices.models import Notice
from huikuan.mechanisms.notices.operations.posting import deliver_letter, post_letter, printed_letters
from huikuan.mechanisms.notices.tests.conftest import known

NEXT = "2026-03-12"


def posted(notice: int, on: str, at: str = NEXT) -> None:
    post_letter(
        notice_id=notice, posted_on=day(on), carrier="EMS", tracking="EX1", actor="cli:wang", at=noon(at)
    )  # fmt: skip


def cancelled(trade: Trade) -> int:
    """A letter handed over on the day it was written, and cancelled after midnight: some was paid in the evening."""
    customer = trade.customer("A", email=False)
    item = trade.owes(customer, "2026-02-24")
    first = ran(trade, ON)
    pay_part(trade, customer, item)
    run_day(company=trade.company, on=day(NEXT), actor="tester", at=noon(NEXT))
    assert known(first.pk).state == "cancelled"
    return first.pk


def test_posted_it_is_the_only_one(trade: Trade) -> None:
    first = cancelled(trade)
    [rest] = hear(NEXT)
    assert rest is not None
    posted(first, ON)
    assert known(first).state == "sent"
    with pytest.raises(Refusal, match=r"letter_not_wanted.*collection_went_out"):
        printed_letters(notice_id=rest, at=noon(NEXT))
    run_day(company=trade.company, on=day("2026-03-13"), actor="tester", at=noon("2026-03-13"))
    assert known(rest).state == "cancelled"
    assert [one.payload["reason"] for one in Event.objects.filter(kind="notices.cancelled").order_by("pk")] == [
        "collection_paid", "collection_went_out",
    ]  # fmt: skip
    assert hear("2026-03-13") == [rest, None]
    assert ran(trade, "2026-03-14").pk == rest


def test_posted_before_anybody_was_told_nothing_is_written_in_its_stead(trade: Trade) -> None:
    first = cancelled(trade)
    posted(first, ON)
    assert hear(NEXT) == [None]
    assert Notice.objects.count() == 1


def test_one_that_came_back_is_no_longer_in_the_way(trade: Trade) -> None:
    first = cancelled(trade)
    [rest] = hear(NEXT)
    assert rest is not None
    posted(first, ON)
    deliver_letter(notice_id=first, on=day(NEXT), arrived=False, actor="cli:wang", at=noon(NEXT))
    assert len(printed_letters(notice_id=rest, at=noon(NEXT))) == 1
