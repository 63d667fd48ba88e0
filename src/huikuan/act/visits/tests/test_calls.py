"""Calls: what is written down, once; how many a day and when; and what of them can be erased."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from huikuan.act.visits.domain.calls import MOST_A_DAY
from huikuan.act.visits.models import Call
from huikuan.act.visits.operations import record_call
from huikuan.act.visits.queries.calls import LastCall, calls_of, last_calls, put_off, reached_on, unreached_since
from huikuan.act.visits.tests.conftest import AT, TODAY, WHO, Debtor
from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.audit.operations import erase_personal
from huikuan.mechanisms.events.models import Event
from huikuan.mechanisms.identity.domain.scope import EVERYTHING, NOTHING
from huikuan.mechanisms.notices.models import NoticeStand
from huikuan.mechanisms.notices.operations import Wanted, queue_notice
from huikuan.mechanisms.notices.operations.calling import hand_out_calls, hear_calls
from huikuan.record.customers.domain.contacts import Contact
from huikuan.record.customers.domain.master import Master
from huikuan.record.customers.models import ContactVersion
from huikuan.record.customers.operations import create_customer
from huikuan.record.customers.operations.merging import merge_customers
from huikuan.record.customers.operations.people import add_contact


def call(debtor: Debtor, result: str = "other", **more: Any) -> int:
    asked = {"person_id": debtor.person, **WHO, **more}
    return record_call(customer_id=debtor.customer, company_id=debtor.company.pk, result=result, **asked)


def refused(debtor: Debtor, code: str, *args: Any, **more: Any) -> None:
    before = Call.objects.count(), Event.objects.count()
    with pytest.raises(Refusal) as refusal:
        call(debtor, *args, **more)
    assert refusal.value.code == code
    assert (Call.objects.count(), Event.objects.count()) == before


def test_a_call_is_written_down_with_who_was_called_and_told_of(debtor: Debtor) -> None:
    number = call(debtor, "again", note=" 周四前回话 \n", again_on=date(2026, 11, 19))
    [row] = calls_of(debtor.customer, scope=EVERYTHING)
    assert (row.id, row.person, row.result, row.note, row.again_on, row.called_on) == (
        number, "韩立", "again", "周四前回话", date(2026, 11, 19), TODAY,
    )  # fmt: skip
    told = Event.objects.get(kind="visits.called")
    assert told.payload == {"call": number, "result": "again", "again_on": "2026-11-19"}
    assert calls_of(debtor.customer, scope=NOTHING) == ()


def test_asked_twice_it_is_written_once_and_other_words_are_refused(debtor: Debtor) -> None:
    first = call(debtor, "promised", request_key="form-1")
    assert call(debtor, "promised", request_key="form-1") == first
    assert Call.objects.count() == 1
    refused(debtor, "visit_key_taken", "disputed", request_key="form-1")


def test_three_effective_calls_are_enough_for_a_day(debtor: Debtor) -> None:
    for result in ("promised", "disputed", "other"):
        call(debtor, result)
    refused(debtor, "call_too_many", "again", again_on=TODAY)
    call(debtor, "not_reached")  # who is not reached is not spoken to
    call(debtor, "other", incoming=True)  # they called
    call(debtor, "promised", at=AT + timedelta(days=1))
    assert Call.objects.count() == MOST_A_DAY + 3


def by_voice(debtor: Debtor, case: str) -> int:
    """A call a voice is to make."""
    wanted = Wanted(
        debtor.company.pk, debtor.customer, case, "dun:1", "voice", "reminder", "13800002046", "zh-hans", "", "您好。"
    )
    return queue_notice(wanted=wanted, actor="system", at=AT)


def hand_out(debtor: Debtor, at: datetime = AT) -> int:
    return hand_out_calls(company_id=debtor.company.pk, actor="cli:test", at=at).calls


def heard(debtor: Debtor, notice: int, result: str) -> None:
    said = f"key,phone,result,called_at,seconds,transcript\r\nnotice-{notice},13800002046,{result},2026-11-16 10:30,9,"
    hear_calls(content=said.encode(), company_id=debtor.company.pk, actor="cli:test", at=AT + timedelta(hours=1))


def test_after_three_effective_calls_of_people_no_voice_calls_that_day(debtor: Debtor) -> None:
    for result in ("promised", "disputed", "other"):
        call(debtor, result)
    notice = by_voice(debtor, "item:1")
    assert hand_out(debtor) == 0
    stand = NoticeStand.objects.get(pk=notice)
    assert (stand.state, stand.waits, stand.due_at) == ("queued", "cap", datetime(2026, 11, 17, 1, tzinfo=UTC))
    assert hand_out(debtor, at=stand.due_at) == 1


def test_calls_that_reached_nobody_and_theirs_leave_the_voice_its_turn(debtor: Debtor) -> None:
    for more in ({}, {}, {"result": "other", "incoming": True}):
        call(debtor, **{"result": "not_reached", **more})
    by_voice(debtor, "item:1")
    assert hand_out(debtor) == 1


def test_calls_a_voice_made_count_with_those_of_people(debtor: Debtor) -> None:
    notices = [by_voice(debtor, f"item:{number}") for number in range(4)]
    call(debtor, "promised")
    assert hand_out(debtor) == 2
    # Two may have reached somebody until their results say that they did not.
    refused(debtor, "call_too_many", "other")
    heard(debtor, notices[0], "no_answer")
    call(debtor, "other")
    heard(debtor, notices[1], "reached")
    refused(debtor, "call_too_many", "other")
    assert reached_on([debtor.customer], TODAY) == MOST_A_DAY
    call(debtor, "not_reached")
    call(debtor, "other", at=AT + timedelta(days=1))


@pytest.mark.parametrize(
    ("instant", "right"),
    [("2026-11-16T14:00:00", False), ("2026-11-16T13:59:59", True), ("2026-11-15T23:59:59", False),
     ("2026-11-16T00:00:00", True)],
)  # fmt: skip
def test_nobody_is_called_at_night_by_the_companys_clock(debtor: Debtor, instant: str, right: bool) -> None:
    at = datetime.fromisoformat(instant).replace(tzinfo=UTC)  # 22:00, 21:59:59, 7:59:59 and 8:00 in Shanghai
    if right:
        assert call(debtor, at=at)
    else:
        refused(debtor, "call_at_night", at=at)
        assert call(debtor, at=at, incoming=True)


@pytest.mark.parametrize(
    ("code", "result", "more"),
    [
        ("call_result_missing", "", {}),
        ("call_result_unknown", "maybe", {}),
        ("call_again_undated", "again", {}),
        ("call_again_day_bad", "again", {"again_on": date(2026, 11, 15)}),
        ("call_again_day_bad", "again", {"again_on": date(2028, 1, 1)}),
        ("call_note_too_long", "other", {"note": "长" * 2_001}),
        ("visit_person_unknown", "other", {"person_id": 999}),
    ],
)
def test_what_says_nothing_is_refused(debtor: Debtor, code: str, result: str, more: dict[str, Any]) -> None:
    refused(debtor, code, result, **more)


def test_somebody_elses_contact_is_nobody_here(debtor: Debtor) -> None:
    other = create_customer(master=Master("C2", "宏朔钢构有限公司"), **WHO)
    add_contact(customer_id=other, contact=Contact("尹川"), **WHO)
    refused(debtor, "visit_person_unknown", person_id=ContactVersion.objects.get(customer_id=other).pk)


def test_the_last_call_and_how_often_nobody_answered(debtor: Debtor) -> None:
    call(debtor, "again", again_on=date(2026, 11, 20))
    assert put_off(debtor.company.pk, TODAY) == {debtor.customer: date(2026, 11, 20)}
    for days in (1, 2):
        call(debtor, "not_reached", at=AT + timedelta(days=days))
    assert last_calls(debtor.company.pk, [debtor.customer], until=date(2026, 11, 18)) == {
        debtor.customer: LastCall("not_reached", date(2026, 11, 18), None, 2)
    }
    assert put_off(debtor.company.pk, date(2026, 11, 18)) == {}, "a later call takes the day back"


def test_of_customers_that_are_one_the_last_call_says_when_to_call_again(debtor: Debtor) -> None:
    other = create_customer(master=Master("C2", "宏朔钢构有限公司"), **WHO)
    call(debtor, "again", again_on=date(2026, 11, 20))
    later = {**WHO, "at": AT + timedelta(days=1)}
    record_call(customer_id=other, company_id=debtor.company.pk, person_id=None, result="not_reached", **later)
    assert put_off(debtor.company.pk, date(2026, 11, 18)) == {debtor.customer: date(2026, 11, 20)}
    merge_customers(from_id=other, into_id=debtor.customer, reason="同一家", **later)
    assert put_off(debtor.company.pk, TODAY) == {debtor.customer: date(2026, 11, 20)}
    assert put_off(debtor.company.pk, date(2026, 11, 18)) == {}
    again = {**WHO, "at": AT + timedelta(days=2)}
    record_call(customer_id=other, company_id=debtor.company.pk, person_id=None, result="again",
                again_on=date(2026, 11, 25), **again)  # fmt: skip
    assert put_off(debtor.company.pk, date(2026, 11, 18)) == {debtor.customer: date(2026, 11, 25)}


def test_of_customers_that_are_one_calls_are_counted_in_their_order(debtor: Debtor) -> None:
    other = create_customer(master=Master("C2", "宏朔钢构有限公司"), **WHO)
    later = [{**WHO, "at": AT + timedelta(days=days)} for days in range(5)]
    for days in (0, 1):
        call(debtor, "not_reached", **later[days])
    whose = {"customer_id": other, "company_id": debtor.company.pk, "person_id": None}
    record_call(**whose, result="wrong_number", **later[2])
    merge_customers(from_id=other, into_id=debtor.customer, reason="同一家", **later[2])

    def told(days: int) -> tuple[dict[int, int], dict[int, tuple[str, int]]]:
        until = TODAY + timedelta(days=days)
        calls = last_calls(debtor.company.pk, [debtor.customer], until=until)
        in_a_row = unreached_since(debtor.company.pk, TODAY, until)
        return in_a_row, {one: (last.result, last.unreached) for one, last in calls.items()}

    assert told(1) == ({debtor.customer: 2}, {debtor.customer: ("not_reached", 2)})
    assert told(2) == ({debtor.customer: 3}, {debtor.customer: ("wrong_number", 3)})
    record_call(**whose, result="other", note="接了", **later[3])
    assert told(3) == ({}, {debtor.customer: ("other", 0)})


def test_what_was_said_can_be_erased_and_the_call_stays(debtor: Debtor) -> None:
    number = call(debtor, "other", note="韩立 说他病了")
    erase_personal(Call, number, reason="asked for", actor="he", at=AT)
    [row] = calls_of(debtor.customer, scope=EVERYTHING)
    assert (row.id, row.note) == (number, "")
