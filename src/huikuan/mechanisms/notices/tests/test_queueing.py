"""Queueing once, whoever asks how often; addresses that carry nothing else; cancelling what waits."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.audit.models import Leaf
from huikuan.mechanisms.audit.operations import erase_personal
from huikuan.mechanisms.events.models import Event
from huikuan.mechanisms.files.operations import store_file
from huikuan.mechanisms.identity.domain.scope import EVERYTHING, Part, Scope
from huikuan.mechanisms.notices import operations, queries
from huikuan.mechanisms.notices.models import Notice, NoticeStand
from huikuan.mechanisms.notices.operations import Attachment, cancel_notices, queue_notices
from huikuan.mechanisms.notices.queries import Chosen
from huikuan.mechanisms.notices.tests.conftest import AT, TO, Office, known, steps


def refused(work: Callable[[], Any]) -> str:
    """The code it is refused with; nothing is written."""
    before = Leaf.objects.count(), NoticeStand.objects.count()
    with pytest.raises(Refusal) as caught:
        work()
    assert (Leaf.objects.count(), NoticeStand.objects.count()) == before
    return caught.value.code


def test_asked_again_it_is_the_same_notice(office: Office) -> None:
    first = office.queue()
    assert office.queue(text="other words", to="other@yunling.example") == first
    assert queries.words([first])[first].to == TO
    assert office.queue(channel="sms", to="13812345678") != first
    assert office.queue(step="dun:2") != first
    assert office.queue(case="item:18") != first
    assert Notice.objects.count() == NoticeStand.objects.count() == 4


def test_it_waits_until_its_instant(office: Office) -> None:
    later = AT + timedelta(hours=3)
    assert known(office.queue()).due_at == AT
    row = known(office.queue("item:18", not_before=later))
    assert (row.due_at, row.state, row.attempts, row.items, row.queued_by) == (later, "queued", 0, (17,), "system")
    assert known(office.queue("item:19", not_before=AT - timedelta(days=2))).due_at == AT


def test_many_at_once_know_those_that_are_there(office: Office) -> None:
    first = office.queue("item:2")
    ids = queue_notices(wanted=[office.wanted(f"item:{number}") for number in (1, 2, 3, 2)], actor="system", at=AT)
    assert (ids[1], ids[3], len(set(ids))) == (first, first, 3)
    assert [known(one).case for one in ids] == ["item:1", "item:2", "item:3", "item:2"]


def test_one_bad_one_and_none_is_queued(office: Office) -> None:
    wanted = [office.wanted("item:1"), office.wanted("item:2", to="nobody")]
    assert refused(lambda: queue_notices(wanted=wanted, actor="system", at=AT)) == "notice_address_bad"


@pytest.mark.parametrize(
    "address",
    [
        "zhou@yunling.example\r\nBcc: all@elsewhere.example",
        "zhou@yunling.example\nX: y",
        "zhou@yunling.example, other@elsewhere.example",
        "Zhou <zhou@yunling.example>",
        '"a b"@yunling.example',
        "zhou@yunling",
        "@yunling.example",
        "zhou@",
        "zhou@yun ling.example",
        "zhou@yunling.example\x00",
        "",
    ],
)
def test_an_address_is_one_address_and_nothing_else(office: Office, address: str) -> None:
    assert refused(lambda: office.queue(to=address)) == "notice_address_bad"


def test_of_a_subject_one_line_is_left(office: Office) -> None:
    notice = office.queue(subject="付款提醒\r\nBcc: all@elsewhere.example")
    assert queries.words([notice])[notice].subject == "付款提醒 Bcc: all@elsewhere.example"


@pytest.mark.parametrize("change", [{"channel": "fax"}, {"purpose": "advert"}, {"language": "fr"}])
def test_unknown_words_are_refused(office: Office, change: dict[str, str]) -> None:
    assert refused(lambda: office.queue(**change)) == "notice_word_unknown"


@pytest.mark.parametrize("number", ["13812345678", "+86 138 1234 5678", "010-62345678"])
def test_phone_numbers(office: Office, number: str) -> None:
    assert known(office.queue(channel="sms", to=number)).channel == "sms"


def test_an_attachment_must_be_kept_here(office: Office) -> None:
    missing = Attachment("对账单.pdf", "0" * 64)
    assert refused(lambda: office.queue(attachments=(missing,))) == "notice_attachment_unknown"
    kept = store_file(b"%PDF-1.7", "statement.pdf", actor="system", at=AT).sha256
    assert known(office.queue(attachments=(Attachment("对账单.pdf", kept),))).attachments[0].sha256 == kept


def test_what_waits_is_cancelled_and_the_rest_is_left(office: Office) -> None:
    first, second, other = office.queue(), office.queue(step="dun:2"), office.queue("item:18")
    assert cancel_notices(case="item:17", company_id=office.company, reason="paid", actor="li", at=AT) == 2
    assert [known(one).state for one in (first, second, other)] == ["cancelled", "cancelled", "queued"]
    assert steps(first) == ["cancelled"]
    assert (queries.history(first)[0].reason, queries.history(first)[0].actor) == ("paid", "li")
    assert cancel_notices(case="item:17", company_id=office.company, reason="paid", actor="li", at=AT) == 0
    event = Event.objects.filter(kind="notices.cancelled").order_by("id").first()
    assert event is not None
    assert (event.payload["notice"], event.payload["reason"], event.payload["items"]) == (first, "paid", [17])
    assert TO not in str(event.payload)


def test_a_cancelled_one_is_not_queued_anew(office: Office) -> None:
    first = office.queue()
    cancel_notices(case="item:17", company_id=office.company, reason="paid", actor="li", at=AT)
    assert (office.queue(), known(first).state) == (first, "cancelled")


def test_whom_it_went_to_can_be_erased(office: Office) -> None:
    notice = office.queue()
    erase_personal(Notice, notice, reason="asked", actor="cli:root", at=AT)
    assert queries.words([notice]) == {}
    assert known(notice).case == "item:17"


def test_a_reader_sees_whom_they_reach(office: Office) -> None:
    first, second = office.queue(), office.queue("item:18", customer_id=office.second)
    inside = office.queue("daily:1", customer_id=None, purpose="internal")
    sees = {row.id for row in queries.notices_page(Chosen(), EVERYTHING, limit=10).rows}
    assert sees == {first, second, inside}
    elsewhere = Scope((Part(frozenset({office.company + 1}), None),), on=AT.date())
    assert queries.notices_page(Chosen(), elsewhere, limit=10).rows == ()
    assert queries.counts(elsewhere) == {}
    assert queries.of_customer(office.first, elsewhere) == ()
    with pytest.raises(Refusal, match="notice_unknown"):
        queries.notice(first, scope=elsewhere)
    nobodys = Scope((Part(None, frozenset({"li"})),), on=AT.date())
    assert queries.notices_page(Chosen(), nobodys, limit=10).rows == ()
    assert [row.id for row in queries.of_customer(office.second, EVERYTHING)] == [second]


def test_the_list_is_narrowed_and_paged(office: Office) -> None:
    ids = [office.queue(f"item:{number}") for number in range(5)]
    sms = office.queue("statement:1", channel="sms", to="13812345678", purpose="statement")
    page = queries.notices_page(Chosen(channel="email"), EVERYTHING, limit=3)
    assert ([row.id for row in page.rows], page.count) == (ids[:1:-1], 5)
    rest = queries.notices_page(Chosen(channel="email"), EVERYTHING, after=page.next, limit=3)
    assert ([row.id for row in rest.rows], rest.next) == ([ids[1], ids[0]], "")
    assert [row.id for row in queries.every_notice(Chosen(case="statement:"), EVERYTHING)] == [sms]
    assert [row.id for row in queries.every_notice(Chosen(case="item:3"), EVERYTHING)] == [ids[3]]
    assert queries.counts(EVERYTHING) == {"queued": 6}


def test_doors_are_named() -> None:
    assert {"Wanted", "queue_notice", "cancel_notices"} <= set(operations.__all__)
