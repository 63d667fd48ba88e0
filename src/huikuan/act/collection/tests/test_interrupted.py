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
from huikuan.act.collection.policies import KIND
from huikuan.act.collection.presets import DEFAULT
from huikuan.act.collection.queries.interrupted import interrupted
from huikuan.act.collection.tests.conftest import WHO, Trade, day, govern, noon
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
from huikuan.mechanisms.approvals.operations import approve_request
from huikuan.mechanisms.approvals.queries.requests import request_record
from huikuan.mechanisms.events.models import Event
from huikuan.mechanisms.notices import guards
from huikuan.mechanisms.notices.models import Notice
from huikuan.mechanisms.notices.operations import cancel_notice, send_again
from huikuan.mechanisms.notices.operations.posting import deliver_letter, post_letter
from huikuan.mechanisms.notices.tests.conftest import Box, box, known
from huikuan.record.banking.models import OpenLine
from huikuan.record.cover.domain.pieces import Terms, Whose
from huikuan.record.cover.operations.pieces import Paper, propose_cover
from huikuan.record.customers.operations.merging import merge_customers
from huikuan.record.interest.models import Claim
from huikuan.record.interest.operations.claiming import claim_interest
from huikuan.record.interest.operations.correcting import correct_claim
from huikuan.record.promises.operations.promising import promise_payment
from huikuan.record.receivables.operations.reversals import reverse_item, reverse_settlement
from huikuan.record.receivables.operations.settlements import settle

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
    # One message at a time, even then: the letter of that day has to be posted first.
    letter = ran(trade, "2026-03-19")
    assert (letter.items, ran(trade, "2026-03-20")) == ([next_to_last], letter)
    post_letter(
        notice_id=letter.pk, posted_on=day("2026-03-20"), carrier="EMS", tracking="EX1", actor="cli:wang",
        at=noon("2026-03-20"),
    )  # fmt: skip
    anew = ran(trade, "2026-03-22")
    assert (anew.items, case_said(anew.case).instead_of) == ([last], first.pk)  # type: ignore[union-attr]
    assert guards.why_not(known(anew.pk), noon("2026-03-23")) == ""
    assert ran(trade, "2026-03-23") == anew


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
        assert interrupted(trade.company.pk, at=noon(ON)) == []
    assert len(asked) == 1
    hold_customer(trade, customer, item)
    send()
    assert [one.notice_id for one in interrupted(trade.company.pk, at=noon(ON))] == [first]
    trade.pays(item, customer, 100_00, ON)
    assert interrupted(trade.company.pk, at=noon(ON)) == []


def test_of_two_that_may_be_asked_for_again_one_goes_out_at_a_time(trade: Trade) -> None:
    """Two letters were held; let go on a Saturday, none of the runs until Monday writes a second one."""
    customer = trade.customer("A")
    first = trade.owes(customer, "2026-02-24")
    ran(trade, ON)
    second = trade.owes(customer, "2026-02-25")
    ran(trade, "2026-03-12")
    hold_customer(trade, customer, 0)
    run_day(company=trade.company, on=day("2026-03-13"), actor="tester", at=noon("2026-03-13"))
    before = Notice.objects.count()
    released("2026-03-14")
    for on in ("2026-03-14", "2026-03-15", "2026-03-16"):
        run_day(company=trade.company, on=day(on), actor="tester", at=noon(on))
        assert Notice.objects.count() == before + 1, on
    assert Notice.objects.latest("pk").items in ([first], [second])


def test_merged_into_another_who_is_written_to_that_day_nothing_goes_out_besides(trade: Trade, box: Box) -> None:
    customer, item, _ = queued(trade)
    hold_customer(trade, customer, item)
    assert send_until_quiet() == 1
    other = trade.customer("B")
    trade.owes(other, "2026-03-15")
    merge_customers(
        from_id=customer, into_id=other, confirmed=True, reason="同一家", actor="tester", at=noon("2026-03-12")
    )
    released("2026-03-16")
    before = Notice.objects.count()
    run_day(company=trade.company, on=day("2026-03-16"), actor="tester", at=noon("2026-03-16"))
    assert Notice.objects.count() <= before + 1


def insure(trade: Trade, customer: int) -> None:
    """A credit insurance over 1,000.00, asked for by one and approved by another."""
    terms = Terms("insurance", "示例信保", "信保001", "CNY", 1_000_00, day("2026-01-01"), insured_e4=9_000)
    paper = Paper(b"%PDF-1.4 policy", "保单.pdf")
    asked = propose_cover(
        company=trade.company, whose=Whose(customer), terms=terms, paper=paper, actor="zhou", at=noon(ON)
    )
    approve_request(request_id=asked, digest=request_record(asked).digest, actor="li", at=noon(ON))


@pytest.mark.parametrize(("covered", "asked"), [(True, 0), (False, 1)])
def test_what_the_insurer_has_by_then_is_not_asked_for_again(
    trade: Trade, box: Box, covered: bool, asked: int
) -> None:
    govern(trade.company, KIND, {**DEFAULT, "insured_after": 40})
    customer, item, _ = queued(trade)
    if covered:
        insure(trade, customer)
    hold_customer(trade, customer, item)
    assert send_until_quiet() == 1
    released("2026-04-19")
    # Due on 10 March: 40 days late on 19 April.
    assert again.ask_once_free(trade.company.pk, day("2026-04-19"), at=noon("2026-04-19")) == asked
    assert Notice.objects.count() == 1 + asked


def test_interest_claimed_too_much_is_asked_for_again_once_it_is_right(trade: Trade, box: Box) -> None:
    customer = trade.customer("A")
    item = trade.owes(customer, "2026-01-31", 100_000_00)
    said: dict[str, Any] = {"debit_id": item, "credit_amount": 100_000_00, "reason": "allocation"}
    late = trade.money(customer, 100_000_00, "2026-02-28")
    paid = settle(credit_id=late, effective_on=day("2026-02-28"), **said, **WHO)
    [claimed] = claim_interest(item_id=item, until=day("2026-02-27"), **WHO)
    interest = Claim.objects.get().interest_item_id
    first = ran(trade, ON)
    assert first.items == [interest]
    # The money had come on 5 February already: four days of 27 were late.
    who: dict[str, Any] = {"actor": "tester", "at": noon(ON)}
    reverse_settlement(settlement_id=paid, reason="mistake", **who)
    reverse_item(item_id=late, reason="mistake", **who)
    in_time = trade.money(customer, 100_000_00, "2026-02-05")
    settle(credit_id=in_time, effective_on=day("2026-02-05"), **said, **who)
    assert send_until_quiet() == 1
    assert Event.objects.get(kind="notices.cancelled").payload["reason"] == "collection_overclaimed"
    assert ran(trade, "2026-03-12") == first
    correct_claim(claim_id=claimed, actor="tester", at=noon("2026-03-13"))
    anew = ran(trade, "2026-03-13")
    assert (anew.items, case_said(anew.case).instead_of) == ([interest], first.pk)  # type: ignore[union-attr]


def test_a_cancelling_by_hand_has_the_last_word(trade: Trade) -> None:
    """Held and taken out, written down as posted, come back, to be sent again: and then somebody says no."""
    customer = trade.customer("A", email=False)
    trade.owes(customer, "2026-02-24")
    first, next_day = ran(trade, ON).pk, "2026-03-12"
    hold_customer(trade, customer, 0)
    run_day(company=trade.company, on=day(next_day), actor="tester", at=noon(next_day))
    assert [one.notice_id for one in interrupted(trade.company.pk, at=noon(next_day))] == [first]
    who: dict[str, Any] = {"notice_id": first, "actor": "cli:wang", "at": noon(next_day)}
    post_letter(posted_on=day(ON), carrier="EMS", tracking="EX1", **who)
    deliver_letter(on=day(next_day), arrived=False, **who)
    send_again(**who)
    cancel_notice(**who)
    assert known(first).state == "cancelled"
    assert interrupted(trade.company.pk, at=noon(next_day)) == []
