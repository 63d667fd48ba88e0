"""Between the run and the sending somebody pays, disputes or promises: nobody is asked for what is not owed any more.

Each with its twin: without the question at sending time the wrong letter leaves the house.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from huikuan.act.collection.operations import running
from huikuan.act.collection.operations.again import ask_for_the_rest
from huikuan.act.collection.operations.holding import hold
from huikuan.act.collection.operations.running import run_day
from huikuan.act.collection.tests.conftest import WHO, Trade, day, noon
from huikuan.act.collection.web.mailing import mail_customer
from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.audit.operations import record
from huikuan.mechanisms.events.models import Event
from huikuan.mechanisms.events.subscribers import Announced
from huikuan.mechanisms.notices import guards
from huikuan.mechanisms.notices.models import Notice
from huikuan.mechanisms.notices.operations import record_consent, report, send_again
from huikuan.mechanisms.notices.operations.posting import printed_letters
from huikuan.mechanisms.notices.operations.queueing import cancel_notices
from huikuan.mechanisms.notices.operations.sending import send_due
from huikuan.mechanisms.notices.queries.rows import words
from huikuan.mechanisms.notices.tests.conftest import Box, box, known
from huikuan.record.banking.models import OpenLine
from huikuan.record.cash.models import Suggestion
from huikuan.record.customers.domain.care import Care
from huikuan.record.customers.domain.contacts import Contact
from huikuan.record.customers.operations.people import add_contact, change_care, change_contact, erase_contact
from huikuan.record.customers.queries.people import contact_of, contacts
from huikuan.record.disputes.operations.raising import raise_dispute
from huikuan.record.promises.models import Barter, BarterPart
from huikuan.record.promises.operations.promising import promise_payment
from huikuan.record.receivables.domain.schedules import Line as Instalment
from huikuan.record.receivables.operations.schedules import record_schedule

__all__ = ["box"]

ON = "2026-03-11"  # a Wednesday


def pay(trade: Trade, customer: int, item: int) -> None:
    trade.pays(item, customer, 100_00, ON)


def pay_part(trade: Trade, customer: int, item: int) -> None:
    trade.pays(item, customer, 1, ON)


def dispute(trade: Trade, customer: int, item: int) -> None:
    raise_dispute(
        company_id=trade.company.pk, item_id=item, amount=None, reason="quality", note="", source="call",
        actor="wang", at=noon(ON),
    )  # fmt: skip


def promise(trade: Trade, customer: int, item: int) -> None:
    promise_payment(
        customer_id=customer, company_id=trade.company.pk, parts=[(item, 100_00)], by=day("2026-03-20"),
        said_by="陈晓", source="phone", actor="wang", at=noon(ON),
    )  # fmt: skip


def dispute_part(trade: Trade, customer: int, item: int) -> None:
    raise_dispute(
        company_id=trade.company.pk, item_id=item, amount=30_00, reason="quality", note="", source="call",
        actor="wang", at=noon(ON),
    )  # fmt: skip


def pay_on_account(trade: Trade, customer: int, item: int) -> None:
    trade.money(customer, 100_01, ON)


def pay_at_the_bank(trade: Trade, customer: int, item: int) -> None:
    """Matching takes the line for the customer's."""
    suggested(trade, customer, 100_01)


def hold_customer(trade: Trade, customer: int, item: int) -> None:
    hold(company=trade.company, customer_id=customer, reason="等对账", actor="wang", at=noon(ON))


def hold_item(trade: Trade, customer: int, item: int) -> None:
    hold(company=trade.company, customer_id=customer, item_id=item, reason="等对账", actor="wang", at=noon(ON))


MEANWHILE = [
    (pay, "collection_paid"), (pay_part, "collection_paid"), (dispute, "collection_disputed"),
    (promise, "collection_promised"), (pay_on_account, "collection_money_came"),
    (pay_at_the_bank, "collection_money_came"), (hold_customer, "collection_held"), (hold_item, "collection_held"),
]  # fmt: skip


def suggested(trade: Trade, customer: int, amount: int) -> None:
    own = {"company_id": trade.company.pk, "line_id": 7}
    OpenLine.objects.create(**own, account_id=1, currency="CNY", left=amount, booked_on=day(ON))
    Suggestion.objects.create(
        **own, verdict="suggested", customer_id=customer, answer={}, computed_at=noon(ON), probability_e6=900_000
    )


def queued(trade: Trade) -> tuple[int, int, int]:
    """A customer, its item and the notice a run queued."""
    customer = trade.customer("A")
    item = trade.owes(customer, "2026-03-10", number="A1")
    run_day(company=trade.company, on=day(ON), actor="tester", at=noon(ON))
    return customer, item, Notice.objects.get().pk


def send(on: str = ON) -> None:
    send_due(clock=lambda: noon(on))


def hear(on: str) -> list[int | None]:
    """Every cancellation is told of; the notices queued in the stead of each."""
    told = Event.objects.filter(kind="notices.cancelled").order_by("pk")
    events = [Announced(one.pk, one.tx, one.kind, one.company_id, one.customer_id, one.payload, one.recorded_at)
              for one in told]  # fmt: skip
    return [ask_for_the_rest(event, at=noon(on)) for event in events]


def send_until_quiet(on: str = ON) -> int:
    """Send and hear until nothing comes of it any more; how many notices there are then."""
    for _ in range(10):
        before = Notice.objects.count()
        send(on)
        hear(on)
        if Notice.objects.count() == before:
            break
    return Notice.objects.count()


def test_what_is_still_owed_is_asked_for(trade: Trade, box: Box) -> None:
    *_, notice = queued(trade)
    send()
    assert (known(notice).state, len(box.taken)) == ("sent", 1)


@pytest.mark.parametrize(("meanwhile", "reason"), MEANWHILE)
def test_who_pays_disputes_or_promises_before_it_is_sent_gets_no_letter(
    trade: Trade, box: Box, meanwhile: Callable[[Trade, int, int], None], reason: str
) -> None:
    customer, item, notice = queued(trade)
    meanwhile(trade, customer, item)
    send()
    assert (known(notice).state, box.taken) == ("cancelled", [])
    told = Event.objects.get(kind="notices.cancelled")
    assert told.payload["reason"] == reason


@pytest.mark.parametrize(("meanwhile", "reason"), MEANWHILE)
def test_twin_without_the_question_the_wrong_letter_is_sent(
    trade: Trade,
    box: Box,
    meanwhile: Callable[[Trade, int, int], None],
    reason: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert reason
    monkeypatch.setattr(guards, "why_not", lambda _notice, _at: "")
    customer, item, notice = queued(trade)
    meanwhile(trade, customer, item)
    send()
    assert (known(notice).state, len(box.taken)) == ("sent", 1)


def test_of_two_claims_the_one_that_is_left_is_still_asked_for(trade: Trade, box: Box) -> None:
    customer = trade.customer("A")
    paid, owed = (
        trade.owes(customer, "2026-03-10", amount, number=name) for name, amount in (("P", 100_00), ("O", 7_00))
    )
    run_day(company=trade.company, on=day(ON), actor="tester", at=noon(ON))
    pay(trade, customer, paid)
    send()
    assert box.taken == []
    [rest] = hear(ON)
    assert hear(ON) == [rest]
    assert rest is not None
    assert Notice.objects.get(pk=rest).items == [owed]
    said = words([rest])[rest]
    assert ("7.00" in said.subject, "100.00" in said.text) == (True, False)
    send()
    assert (known(rest).state, len(box.taken)) == ("sent", 1)


@pytest.mark.parametrize("meanwhile", [pay_on_account, pay_at_the_bank, hold_customer, hold_item])
def test_nobody_is_written_to_of_the_rest_while_all_of_it_is_held_back(
    trade: Trade, box: Box, meanwhile: Callable[[Trade, int, int], None]
) -> None:
    customer, item, _ = queued(trade)
    meanwhile(trade, customer, item)
    assert send_until_quiet() == 1
    assert box.taken == []


def test_small_money_on_account_holds_nothing_back_and_neither_does_that_of_others(trade: Trade, box: Box) -> None:
    customer, _, notice = queued(trade)
    trade.money(customer, 40_00, ON)
    suggested(trade, customer, 60_00)
    hold_customer(trade, other := trade.customer("B"), 0)
    trade.money(other, 900_00, ON)
    send()
    assert (known(notice).state, len(box.taken)) == ("sent", 1)


def test_of_two_claims_the_one_that_is_not_held_is_still_asked_for(trade: Trade, box: Box) -> None:
    customer = trade.customer("A")
    held, free = (trade.owes(customer, "2026-03-10", amount) for amount in (100_00, 7_00))
    run_day(company=trade.company, on=day(ON), actor="tester", at=noon(ON))
    hold_item(trade, customer, held)
    assert send_until_quiet() == 2
    assert [Notice.objects.get(pk=one.notice_id).items for one in box.taken] == [[free]]


@pytest.mark.parametrize(
    ("meanwhile", "said", "told"),
    [(pay_part, "99.99", "合计 · 未清 99.99"), (dispute_part, "70.00", "合计 · 未清 100.00 · 本函金额 70.00")],
)
def test_after_a_part_payment_one_notice_goes_out_for_the_rest(
    trade: Trade, box: Box, meanwhile: Callable[[Trade, int, int], None], said: str, told: str
) -> None:
    customer, item, first = queued(trade)
    meanwhile(trade, customer, item)
    assert send_until_quiet() == 2
    [sent] = box.taken
    assert (known(first).state, known(sent.notice_id).state) == ("cancelled", "sent")
    assert (said in sent.subject, told in sent.text.splitlines()) == (True, True)


def test_paid_again_before_the_rest_is_sent_only_the_last_rest_is_asked_for(trade: Trade, box: Box) -> None:
    customer, item, _ = queued(trade)
    pay_part(trade, customer, item)
    send()
    [rest] = hear(ON)
    trade.pays(item, customer, 9_99, ON)
    assert hear(ON) == [rest]
    assert send_until_quiet() == 3
    [sent] = box.taken
    assert ("90.00" in sent.subject, sent.notice_id != rest) == (True, True)


# Who it was for ---------------------------------------------------------------------------------------


def leaves(customer: int) -> None:
    """The contact left and was erased."""
    changes(customer, active=False)
    erase_contact(customer_id=customer, number=1, reason="asked", actor="tester", at=noon(ON))


def refuses(customer: int) -> None:
    changes(customer, consent="refused", consent_on=day(ON))


def says_stop(customer: int) -> None:
    """By answering "TD"."""
    record_consent(
        wanted=False, channel="email", source="reply", company_id=None, customer_id=customer, person_id=1,
        address="a@example.com", actor="system", at=noon(ON),
    )  # fmt: skip


def changes(customer: int, **said: Any) -> None:
    now = contact_of(customer, 1, clear=True)
    change_contact(
        customer_id=customer, number=1, version=now.version, contact=replace(now.contact, **said), actor="tester",
        at=noon(ON),
    )  # fmt: skip


@pytest.mark.parametrize("gone", [leaves, refuses, says_stop])
@pytest.mark.parametrize("another", [False, True])
def test_who_left_or_refused_is_not_written_to_and_whoever_is_there_is(
    trade: Trade, box: Box, gone: Callable[[int], None], another: bool
) -> None:
    customer, _, notice = queued(trade)
    gone(customer)
    if another:
        add_contact(customer_id=customer, contact=Contact(name="陆安", email="lu@example.com"), **WHO)
    send_until_quiet()
    assert known(notice).state == "cancelled"
    assert [one.to for one in box.taken] == (["lu@example.com"] if another else [])
    reason = "collection_moved" if another else "collection_unreachable"
    assert Event.objects.get(kind="notices.cancelled").payload["reason"] == reason


def test_whoever_changed_address_is_written_to_at_the_new_one(trade: Trade, box: Box) -> None:
    customer, *_ = queued(trade)
    changes(customer, email="new@example.com")
    send_until_quiet()
    assert [one.to for one in box.taken] == ["new@example.com"]


def test_a_letter_goes_to_the_address_for_letters_of_the_day_it_is_printed(trade: Trade) -> None:
    customer = trade.customer("A")
    trade.owes(customer, "2026-02-24")
    run_day(company=trade.company, on=day(ON), actor="tester", at=noon(ON))
    notice = Notice.objects.get().pk
    assert len(printed_letters(notice_id=notice, at=noon(ON))) == 1
    change_care(customer_id=customer, version=0, care=Care(delivery_address="江临市新址路 1 号"), **WHO)
    with pytest.raises(Refusal, match="letter_not_wanted"):
        printed_letters(notice_id=notice, at=noon(ON))
    run_day(company=trade.company, on=day("2026-03-12"), actor="tester", at=noon("2026-03-12"))
    [anew] = hear("2026-03-12")
    assert anew is not None
    assert (known(notice).state, words([anew])[anew].to) == ("cancelled", "江临市新址路 1 号")


@pytest.mark.parametrize(
    ("again_on", "sent_on", "late"), [("2026-03-12", "2026-03-12", 2), ("2026-03-14", "2026-03-16", 6)]
)
def test_sent_again_to_another_address_it_goes_there_whatever_the_day(
    trade: Trade, box: Box, again_on: str, sent_on: str, late: int
) -> None:
    customer, item, notice = queued(trade)
    send()
    report(notice_id=notice, step="bounced", reason="bounced", actor="system", at=noon(ON))
    send_again(notice_id=notice, to="new@example.com", actor="cli:wang", at=noon(again_on))
    send_until_quiet(again_on)
    pay_part(trade, customer, item)
    send_until_quiet(sent_on)
    # The part was paid before the second was sent, or after.
    said = "100.00" if again_on == sent_on else "99.99"
    assert [one.to for one in box.taken] == ["a@example.com", "new@example.com"]
    assert (f"逾期天数 {late} " in box.taken[1].text, said in box.taken[1].subject) == (True, True)
    assert known(box.taken[1].notice_id).person_id == 1


@pytest.mark.parametrize(("gone", "sent"), [(leaves, 0), (refuses, 0), (says_stop, 0), (lambda _: None, 1)])
def test_a_mail_by_hand_goes_to_nobody_who_left_or_refused(
    trade: Trade, box: Box, gone: Callable[[int], None], sent: int
) -> None:
    customer = trade.customer("A")
    mail_customer(
        company_id=trade.company.pk, customer_id=customer, contacts=contacts(customer, clear=True), number=None,
        subject="请付款", text="请核对。", key="k", actor="tester", at=noon(ON),
    )  # fmt: skip
    gone(customer)
    send_until_quiet()
    assert len(box.taken) == sent


# Two messages for one claim --------------------------------------------------------------------------


def ran(trade: Trade, on: str) -> Notice:
    """The newest notice after a run of the day."""
    run_day(company=trade.company, on=day(on), actor="tester", at=noon(on))
    return Notice.objects.latest("pk")


def test_a_letter_whose_claims_a_newer_one_asks_for_is_taken_out(trade: Trade) -> None:
    item = trade.owes(trade.customer("A", email=False), "2026-03-10")
    older, newer = ran(trade, ON), ran(trade, "2026-03-17")
    assert [(one.channel, one.items) for one in (older, newer)] == [("letter", [item])] * 2
    assert [known(one.pk).state for one in (older, newer)] == ["cancelled", "queued"]
    assert Event.objects.get(kind="notices.cancelled").payload["reason"] == "collection_superseded"
    assert hear("2026-03-17") == [None]


def test_what_the_newer_letter_does_not_ask_for_is_asked_for_apart(trade: Trade) -> None:
    customer = trade.customer("A", email=False)
    young, old = trade.owes(customer, "2026-03-10"), trade.owes(customer, "2026-03-08")
    older, newer = ran(trade, ON), ran(trade, "2026-03-16")
    assert (older.items, newer.items) == ([young, old], [old])
    [rest] = hear("2026-03-16")
    assert rest is not None
    assert (known(older.pk).state, Notice.objects.get(pk=rest).items) == ("cancelled", [young])
    assert [known(one).state for one in (newer.pk, rest)] == ["queued", "queued"]


def test_a_newer_letter_that_was_cancelled_takes_none_out(trade: Trade, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running, "cancel_unwanted_letters", lambda **_: 0)
    trade.owes(trade.customer("A", email=False), "2026-03-10")
    older, newer = ran(trade, ON), ran(trade, "2026-03-17")
    at = noon("2026-03-17")
    assert [guards.why_not(known(one.pk), at) for one in (older, newer)] == ["collection_superseded", ""]
    cancel_notices(case=newer.case, company_id=trade.company.pk, reason="by_hand", actor="wang", at=at)
    assert guards.why_not(known(older.pk), at) == ""


def test_of_two_mails_that_wait_for_one_claim_the_newer_goes_out(trade: Trade, box: Box) -> None:
    trade.owes(trade.customer("A"), "2026-03-10")
    older, newer = ran(trade, ON), ran(trade, "2026-03-17")
    assert send_until_quiet("2026-03-17") == 2
    assert [one.notice_id for one in box.taken] == [newer.pk]
    assert known(older.pk).state == "cancelled"


# Put off: the days late are those of the day it goes out --------------------------------------------


@pytest.mark.parametrize(
    ("due", "ran", "looked", "sent_on", "late"),
    [
        ("2026-04-30", "2026-05-01", ["2026-05-01", "2026-05-04"], "2026-05-06", "逾期天数 6 "),  # 劳动节
        ("2026-03-10", "2026-03-11", [], "2026-03-12", "逾期天数 2 "),  # the sender stood still
        ("2026-03-10", "2026-03-11", ["2026-03-14", "2026-03-15"], "2026-03-16", "逾期天数 6 "),  # and over a weekend
    ],
)
def test_what_was_put_off_is_written_anew_once_for_the_day_it_goes_out(
    trade: Trade, box: Box, due: str, ran: str, looked: list[str], sent_on: str, late: str
) -> None:
    trade.owes(trade.customer("A"), due)
    run_day(company=trade.company, on=day(ran), actor="tester", at=noon(ran))
    first = Notice.objects.get().pk
    for one in looked:
        send_until_quiet(one)
        assert box.taken == []
    assert send_until_quiet(sent_on) == 2
    [sent] = box.taken
    assert (late in sent.text, known(first).state, known(sent.notice_id).state) == (True, "cancelled", "sent")


def test_twin_what_goes_out_on_its_day_is_not_written_anew(trade: Trade, box: Box) -> None:
    *_, notice = queued(trade)
    assert send_until_quiet() == 1
    assert ("逾期天数 1 " in box.taken[0].text, known(notice).state) == (True, "sent")


def test_what_was_to_be_said_before_the_due_date_is_not_said_after_it(trade: Trade, box: Box) -> None:
    trade.owes(trade.customer("A"), "2026-05-04")
    run_day(company=trade.company, on=day("2026-04-27"), actor="tester", at=noon("2026-04-27"))
    assert send_until_quiet("2026-05-06") == 1
    assert box.taken == []


def test_a_letter_bears_its_date_and_is_posted_on_another_day(trade: Trade) -> None:
    trade.owes(trade.customer("A"), "2026-02-24")
    run_day(company=trade.company, on=day(ON), actor="tester", at=noon(ON))
    notice = Notice.objects.get()
    assert notice.channel == "letter"
    assert guards.why_not(known(notice.pk), noon("2026-03-13")) == ""


def test_a_letter_nobody_should_get_any_more_is_taken_out_by_the_next_run(trade: Trade) -> None:
    paid, owing = (trade.customer(name) for name in ("Paid", "Owing"))
    item = trade.owes(paid, "2026-02-24")
    part = trade.owes(owing, "2026-02-24")
    trade.owes(trade.customer("Kept"), "2026-02-24")
    run_day(company=trade.company, on=day(ON), actor="tester", at=noon(ON))
    pay(trade, paid, item)
    pay_part(trade, owing, part)
    run_day(company=trade.company, on=day("2026-03-12"), actor="tester", at=noon("2026-03-12"))
    states = {notice.customer_id: known(notice.pk).state for notice in Notice.objects.all()}
    assert sorted(states.values()) == ["cancelled", "cancelled", "queued"]
    rest = [number for number in hear("2026-03-12") if number is not None]
    assert [Notice.objects.get(pk=number).customer_id for number in rest] == [owing]
    assert "99.99" in words(rest)[rest[0]].text


# Instalments ----------------------------------------------------------------------------------------


def instalments(trade: Trade) -> tuple[int, int, int]:
    """A claim in two instalments, of which the first is late, and the notice that asks for it."""
    customer = trade.customer("A")
    item = trade.owes(customer, "2026-03-10", number="A1")
    lines = [Instalment(day("2026-03-10"), "", 50_00), Instalment(day("2026-06-10"), "", 50_00)]
    record_schedule(item_id=item, lines=lines, effective_on=day("2026-03-05"), reason="agreed", **WHO)
    run_day(company=trade.company, on=day(ON), actor="tester", at=noon(ON))
    notice = Notice.objects.get()
    assert "未清 50.00" in words([notice.pk])[notice.pk].text
    return customer, item, notice.pk


def test_an_instalment_that_was_paid_is_not_asked_for_though_another_is_open(trade: Trade, box: Box) -> None:
    customer, item, notice = instalments(trade)
    trade.pays(item, customer, 50_00, ON)
    assert (send_until_quiet(), box.taken, known(notice).state) == (1, [], "cancelled")


def test_of_an_instalment_paid_in_part_the_rest_is_asked_for(trade: Trade, box: Box) -> None:
    customer, item, _ = instalments(trade)
    trade.pays(item, customer, 20_00, ON)
    assert send_until_quiet() == 2
    assert "合计 · 未清 30.00" in box.taken[0].text


def test_twin_an_instalment_nobody_paid_is_asked_for(trade: Trade, box: Box) -> None:
    instalments(trade)
    assert (send_until_quiet(), len(box.taken)) == (1, 1)


def test_a_new_schedule_begins_anew_and_the_old_one_is_not_asked_for(trade: Trade, box: Box) -> None:
    _, item, notice = instalments(trade)
    lines = [Instalment(day("2026-07-10"), "", 100_00)]
    record_schedule(item_id=item, lines=lines, effective_on=day(ON), reason="agreed", **WHO)
    assert (send_until_quiet(), box.taken, known(notice).state) == (1, [], "cancelled")


@pytest.fixture
def both_late(trade: Trade) -> tuple[int, int]:
    """A customer and its claim in two instalments, both of them late."""
    customer = trade.customer("A")
    item = trade.owes(customer, "2026-03-10", number="A1")
    lines = [Instalment(day(due), "", 50_00) for due in ("2026-03-04", "2026-03-10")]
    record_schedule(item_id=item, lines=lines, effective_on=day("2026-01-02"), reason="agreed", **WHO)
    return customer, item


def said_before(trade: Trade, customer: int, item: int, how: str) -> None:
    """60.00 of the 100.00 are disputed or promised the day before the run."""
    if how == "disputed":
        raise_dispute(
            company_id=trade.company.pk, item_id=item, amount=60_00, reason="quality", note="", source="call",
            actor="wang", at=noon("2026-03-10"),
        )  # fmt: skip
    else:
        promise_payment(
            customer_id=customer, company_id=trade.company.pk, parts=[(item, 60_00)], by=day("2026-03-20"),
            said_by="陈晓", source="phone", actor="wang", at=noon("2026-03-10"),
        )  # fmt: skip


@pytest.mark.parametrize("how", ["disputed", "promised"])
def test_what_was_left_alone_by_the_run_is_not_left_alone_twice(
    trade: Trade, box: Box, both_late: tuple[int, int], how: str
) -> None:
    said_before(trade, *both_late, how)
    run_day(company=trade.company, on=day(ON), actor="tester", at=noon(ON))
    assert send_until_quiet() == 1
    [sent] = box.taken
    assert "合计 · 未清 50.00 · 本函金额 40.00" in sent.text


def test_goods_agreed_meanwhile_are_waited_for(trade: Trade, box: Box) -> None:
    customer, item, notice = queued(trade)
    goods = {
        "company_id": trade.company.pk, "customer_id": customer, "currency": "CNY", "asset": "钢材", "agreed": 100_00,
        "valued": 100_00, "valuer": "评估所", "valued_on": day(ON), "method": "market", "tax": None,
        "fair_value": None, "allowance": None, "agreed_on": day(ON), "deliver_by": day("2026-04-30"), "note": "",
        "sha256": "", "file_name": "", "request_id": 1, "approved_by": "li", "actor": "wang",
    }  # fmt: skip
    [number] = record(Barter, [goods], at=noon(ON))
    record(BarterPart, [{"barter_id": number, "item_id": item, "amount": 100_00}], at=noon(ON))
    assert (send_until_quiet(), box.taken, known(notice).state) == (1, [], "cancelled")
