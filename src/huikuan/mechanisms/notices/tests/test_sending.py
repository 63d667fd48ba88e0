"""Claim, hand over, say what came of it: each ends in one way, and none is sent twice by itself (catalogue 28, 34)."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.audit.operations import erase_personal
from huikuan.mechanisms.events.models import Event
from huikuan.mechanisms.files.operations import path_of, store_file
from huikuan.mechanisms.notices import channels, guards, queries
from huikuan.mechanisms.notices.channels import Closed, Message, Receipt, Refused, Unsure
from huikuan.mechanisms.notices.domain.patience import SENDER_LOST, WAITS
from huikuan.mechanisms.notices.models import Notice, NoticeStand
from huikuan.mechanisms.notices.operations import Attachment, claiming, sending
from huikuan.mechanisms.notices.operations.claiming import claim
from huikuan.mechanisms.notices.operations.sending import Turn, send_due
from huikuan.mechanisms.notices.operations.steps import stand_held, take_step
from huikuan.mechanisms.notices.queries import NoticeRow
from huikuan.mechanisms.notices.tests.conftest import AT, Box, Office, known, steps
from huikuan.mechanisms.work.models import WorkItem
from huikuan.mechanisms.work.queries.items import open_keys


def turn(at: datetime = AT) -> Turn:
    return send_due(clock=lambda: at)


def test_what_is_due_goes_out_once(office: Office, box: Box) -> None:
    kept = store_file(b"%PDF-1.7 account", "statement.pdf", actor="system", at=AT).sha256
    first = office.queue(attachments=(Attachment("对账单.pdf", kept),))
    later = office.queue("item:18", not_before=AT + timedelta(hours=1))
    assert turn().as_json() == {"sent": 1, "put_off": 0, "refused": 0, "in_doubt": 0, "lost": 0, "closed": {}}
    assert turn().as_json()["sent"] == 0
    (message,) = box.taken
    assert (message.key, message.to, message.at) == (f"notice-{first}", "zhou@yunling.example", AT)
    assert (message.attachments[0].content, message.attachments[0].media_type) == (
        b"%PDF-1.7 account",
        "application/pdf",
    )
    row = known(first)
    assert (row.state, row.sent_at, row.attempts, steps(first)) == ("sent", AT, 1, ["claimed", "sent"])
    assert queries.history(first)[1].answer == "250 taken"
    assert known(later).state == "queued"
    assert box.opened == box.closed == 1  # nothing due, nothing opened
    assert Event.objects.get(kind="notices.sent").payload == {
        "notice": first, "case": "item:17", "step": "dun:1", "channel": "email", "purpose": "reminder", "items": [17],
        "person_id": None, "reason": "",
    }  # fmt: skip


def test_a_channel_that_is_not_set_up_has_its_notices_wait(office: Office, box: Box) -> None:
    channels.register("email", lambda: None)
    notice = office.queue()
    assert turn().as_json()["sent"] == 0
    assert (known(notice).state, steps(notice)) == ("queued", [])


def test_refused_for_now_it_is_tried_again_and_again_and_then_no_more(office: Office, box: Box) -> None:
    def not_now(_: Message) -> Receipt:
        raise Refused("451 greylisted", permanent=False)

    box.does = not_now
    notice, at = office.queue(purpose="internal"), AT
    for wait in WAITS:
        assert turn(at).done == {"put_off": 1}
        row = known(notice)
        assert (row.state, row.waits, row.due_at) == ("queued", "not_now", at + wait)
        assert turn(at + wait - timedelta(seconds=1)).done == {}
        at += wait
    assert turn(at).done == {"refused": 1}
    assert (known(notice).state, queries.history(notice)[-1].reason) == ("refused", "too_many_attempts")
    assert len(box.taken) == len(WAITS) + 1
    assert set(open_keys("notices.undelivered")) == {f"notice:{notice}"}


def test_refused_for_good_it_is_a_persons_to_mend(office: Office, box: Box) -> None:
    def no(_: Message) -> Receipt:
        raise Refused("550 no such mailbox zhou@yunling.example", permanent=True)

    box.does = no
    notice = office.queue()
    turn()
    assert (known(notice).state, steps(notice)) == ("refused", ["claimed", "refused"])
    item = WorkItem.objects.get(kind="notices.undelivered")
    assert (item.customer_id, item.shown["reason"]) == (office.first, "not_taken")
    assert "zhou@" not in str(item.shown) + str(Event.objects.get(kind="notices.refused").payload)


@pytest.mark.parametrize("error", [Unsure("dropped"), RuntimeError("bug"), TimeoutError()])
def test_what_nobody_knows_is_in_doubt_and_not_sent_again(office: Office, box: Box, error: Exception) -> None:
    def dropped(_: Message) -> Receipt:
        raise error

    box.does = dropped
    notice = office.queue()
    assert turn().done == {"in_doubt": 1}
    box.does = None
    assert turn(AT + timedelta(days=3)).done == {}
    assert (known(notice).state, len(box.taken)) == ("in_doubt", 1)
    assert set(open_keys("notices.in_doubt")) == {f"notice:{notice}"}


def test_a_closed_channel_costs_no_attempt_and_ends_the_turn(office: Office, box: Box) -> None:
    def closed(_: Message) -> Receipt:
        raise Closed("421 going down")

    box.does = closed
    first, second = office.queue(), office.queue("item:18", customer_id=office.second)
    told = turn()
    assert (told.closed, told.done, len(box.taken)) == ({"email": "421 going down"}, {"put_off": 1}, 1)
    assert [(known(one).state, known(one).attempts) for one in (first, second)] == [("queued", 0), ("queued", 0)]
    box.does = None
    assert turn(AT + timedelta(minutes=1)).done == {"sent": 2}


def test_a_channel_that_does_not_open_claims_nothing(office: Office, box: Box) -> None:
    def wrong_password() -> Box:
        raise Closed("535 authentication failed")

    channels.register("email", wrong_password)
    notice = office.queue()
    assert turn().closed == {"email": "535 authentication failed"}
    assert steps(notice) == []


def test_a_lost_attachment_refuses_and_an_erased_addressee_cancels(office: Office, box: Box) -> None:
    kept = store_file(b"gone", "a.pdf", actor="system", at=AT).sha256
    lost, erased = office.queue(attachments=(Attachment("a.pdf", kept),)), office.queue("item:18")
    path_of(kept).unlink()
    erase_personal(Notice, erased, reason="asked", actor="cli:root", at=AT)
    turn()
    assert (known(lost).state, queries.history(lost)[-1].reason) == ("refused", "attachment_lost")
    assert (known(erased).state, queries.history(erased)[-1].reason) == ("cancelled", "erased")
    assert box.taken == []


# One channel that stands still holds up no other --------------------------------------------------


@pytest.mark.parametrize("shut", [None, Closed("sms_address_bad")])
def test_a_hundred_that_wait_for_a_shut_channel_hold_up_no_other(
    office: Office, box: Box, shut: Closed | None
) -> None:
    def opened() -> None:
        if shut is not None:
            raise shut

    channels.register("sms", opened)
    for number in range(120):
        office.queue(f"item:{number}", channel="sms", to="13812345678", purpose="internal", at=AT - timedelta(days=2))
    mail = office.queue()
    told = turn()
    assert (told.done, told.closed) == ({"sent": 1}, {"sms": "sms_address_bad"} if shut else {})
    assert known(mail).state == "sent"
    assert NoticeStand.objects.filter(channel="sms", state="queued").count() == 120


def test_a_hundred_mails_nobody_takes_hold_up_no_short_message(office: Office, box: Box) -> None:
    """The server goes down in the turn; and what another sender has in hand stays due in every look."""
    short = Box()
    channels.register("sms", short.open)

    def down(_: Message) -> Receipt:
        raise Closed("421 going down")

    box.does = down
    for number in range(120):
        office.queue(f"item:{number}", purpose="internal", at=AT - timedelta(days=2))
    notice = office.queue(channel="sms", to="13812345678")
    assert turn().done == {"put_off": 1, "sent": 1}
    assert (known(notice).state, len(box.taken), len(short.taken)) == ("sent", 1, 1)


def test_what_one_channels_notices_wait_for_holds_up_no_other(
    office: Office, box: Box, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A hundred rows that stay due, in another sender's hands, are not all that is looked at."""
    short = Box()
    channels.register("sms", short.open)
    for number in range(120):
        office.queue(f"item:{number}", purpose="internal", at=AT - timedelta(days=2))
    notice = office.queue(channel="sms", to="13812345678")
    mails = set(NoticeStand.objects.filter(channel="email").values_list("pk", flat=True))
    mine = claiming.mine
    monkeypatch.setattr(claiming, "mine", lambda number: None if number in mails else mine(number))
    assert turn().done == {"sent": 1}
    assert (known(notice).state, box.taken) == ("sent", [])


# Paid between selection and sending (catalogue 34) -----------------------------------------------


class Ledger:
    """What is open of each item; a stand-in for the ledger above."""

    def __init__(self) -> None:
        self.open = {17: 100_00}

    def still_open(self, notice: NoticeRow, _at: datetime) -> str:
        return "" if any(self.open.get(item) for item in notice.items) else "paid"


def test_who_paid_since_it_was_queued_gets_nothing(office: Office, box: Box) -> None:
    ledger = Ledger()
    guards.register("reminder", ledger.still_open)
    try:
        notice = office.queue()
        ledger.open[17] = 0
        turn()
        assert (known(notice).state, box.taken) == ("cancelled", [])
        assert queries.history(notice)[-1].reason == "paid"
        ledger.open[17] = 1
        demand, again = (
            office.queue(purpose="demand", step="dun:2"),
            office.queue(customer_id=office.second, step="dun:3"),
        )
        turn()
        assert [known(one).state for one in (demand, again)] == ["sent", "sent"]
    finally:
        guards.withdraw("reminder", ledger.still_open)


def test_without_the_guard_the_letter_goes_out_all_the_same(office: Office, box: Box) -> None:
    ledger = Ledger()
    notice = office.queue()
    ledger.open[17] = 0
    turn()
    assert (known(notice).state, len(box.taken)) == ("sent", 1)


# Senders that die, and senders that come late ------------------------------------------------------


def test_a_dead_senders_notice_is_in_doubt_and_sent_by_nobody(office: Office, box: Box) -> None:
    notice = office.queue()
    assert claim(notice, at=AT) is not None
    assert turn(AT + SENDER_LOST).as_json()["lost"] == 0
    assert known(notice).state == "sending"
    assert turn(AT + SENDER_LOST + timedelta(seconds=1)).as_json()["lost"] == 1
    assert (known(notice).state, queries.history(notice)[-1].reason, box.taken) == ("in_doubt", "sender_lost", [])


def test_a_sender_taken_for_dead_may_still_say_that_it_sent(office: Office) -> None:
    notice = office.queue()
    taken = claim(notice, at=AT)
    assert taken is not None
    late = AT + SENDER_LOST * 2
    send_due(clock=lambda: late)
    assert set(open_keys("notices.in_doubt")) == {f"notice:{notice}"}
    assert sending.settle(taken, "sent", {"answer": "250"}, at=late) == "sent"
    assert (known(notice).state, steps(notice)) == ("sent", ["claimed", "in_doubt", "sent"])
    assert open_keys("notices.in_doubt") == {}


def test_what_is_being_sent_is_claimed_by_nobody_else(office: Office) -> None:
    notice = office.queue()
    assert claim(notice, at=AT) is not None
    assert claim(notice, at=AT) is None
    assert steps(notice) == ["claimed"]


def test_a_clock_that_jumps_back_sends_nothing_twice(office: Office, box: Box) -> None:
    notice = office.queue()
    turn()
    turn(AT - timedelta(days=400))
    turn(AT + timedelta(days=400))
    assert (len(box.taken), steps(notice)) == (1, ["claimed", "sent"])


def test_a_step_that_cannot_follow_is_refused(office: Office, box: Box) -> None:
    notice = office.queue()
    turn()
    with pytest.raises(Refusal, match="notice_not_so"):
        take_step(stand_held(notice), "claimed", actor="system", at=AT)
