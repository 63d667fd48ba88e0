"""Calls by a voice bot: a list goes out once, its results come back once, whole or not at all."""

from __future__ import annotations

import csv
import io
from datetime import timedelta

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.events.models import Event
from huikuan.mechanisms.files.queries import open_original
from huikuan.mechanisms.identity.models import User
from huikuan.mechanisms.identity.operations import grant_role
from huikuan.mechanisms.notices.models import Consent, NoticeStep
from huikuan.mechanisms.notices.operations.calling import CallList, Heard, hand_out_calls, hear_calls
from huikuan.mechanisms.notices.tests.conftest import AT, DAY, Office, known, steps

PHONE = "+86 138 0000 0001"


def queue(office: Office, case: str = "item:1", to: str = PHONE, text: str = "您好，{{这里}}是江临精工。") -> int:
    return office.queue(case, channel="voice", to=to, text=text)


def out(office: Office, **more: object) -> CallList:
    return hand_out_calls(**{"company_id": office.company, "actor": "cli:test", "at": AT, **more})  # type: ignore[arg-type]


def back(
    office: Office, *rows: tuple[object, ...], head: str = "key,phone,result,called_at,seconds,transcript"
) -> Heard:
    file = io.StringIO(newline="")
    csv.writer(file).writerows(rows)
    content = (head + "\r\n" + file.getvalue()).encode("utf-8-sig")
    return hear_calls(content=content, company_id=office.company, actor="cli:test", at=AT + DAY)


def result(number: int, how: str = "reached", words: str = "周五付", phone: str = PHONE) -> tuple[object, ...]:
    return (f"notice-{number}", phone, how, "2026-11-20 10:30", 42, words)


def test_a_list_goes_out_once_and_is_kept(office: Office) -> None:
    first, second = queue(office), queue(office, "item:2", "010-8800 0002", "=1+1")
    found = out(office)
    rows = list(csv.reader(io.StringIO(found.content.decode("utf-8-sig"))))
    assert rows == [
        ["key", "phone", "language", "purpose", "script"],
        [f"notice-{first}", "'+86 138 0000 0001", "zh-hans", "reminder", "您好，{{这里}}是江临精工。"],
        [f"notice-{second}", "010-8800 0002", "zh-hans", "reminder", "'=1+1"],
    ]
    assert open_original(found.sha256).read_bytes() == found.content
    assert out(office).calls == 0
    assert (steps(first), known(second).state) == (["claimed", "sent"], "sent")


def test_a_result_counts_from_the_day_of_the_call(office: Office) -> None:
    number = queue(office)
    out(office)
    content = f"key,phone,result,called_at,seconds,transcript\r\nnotice-{number},{PHONE},reached,{{}} 10:30,42,\r\n"
    called = (AT + DAY).date()
    file = content.format(called).encode("utf-8-sig")
    hear_calls(content=file, company_id=office.company, actor="cli:test", at=AT + 40 * DAY)
    assert Event.objects.get(kind="notices.delivered").payload["on"] == f"{called}"


def test_at_night_nobody_is_called(office: Office) -> None:
    number = queue(office)
    assert out(office, at=AT + timedelta(hours=12)).calls == 0
    assert steps(number) == []


def test_results_come_back_once(office: Office) -> None:
    first, second = queue(office), queue(office, "item:2", "010-8800 0002")
    out(office)
    rows = (result(first), result(second, "no_answer", "", "010-8800 0002"))
    assert back(office, *rows) == Heard(2, 0, 0)
    assert back(office, *rows) == Heard(0, 2, 0)
    assert (known(first).state, known(second).state) == ("delivered", "bounced")
    last = NoticeStep.objects.get(notice_id=first, step="delivered")
    assert last.note == "reached 2026-11-20 10:30 42s"


def test_who_says_stop_is_called_no_more(office: Office) -> None:
    number = queue(office)
    out(office)
    assert back(office, result(number, "stop", "别再打了")) == Heard(0, 0, 1)
    assert back(office, result(number, "stop", "别再打了")) == Heard(0, 1, 0)
    assert (Consent.objects.get().channel, Consent.objects.get().wanted) == ("voice", False)
    queue(office, "item:3")
    assert out(office, at=AT + 3 * DAY).calls == 0


@pytest.mark.parametrize(
    ("row", "column"),
    [
        (("notice-x", PHONE, "reached", "2026-11-20 10:30", 1, ""), "key"),
        (("notice-99999", PHONE, "reached", "2026-11-20 10:30", 1, ""), "key"),
        (("NOTICE", "13900000009", "reached", "2026-11-20 10:30", 1, ""), "key"),
        (("NOTICE", PHONE, "charmed", "2026-11-20 10:30", 1, ""), "result"),
        (("NOTICE", PHONE, "reached", "yesterday", 1, ""), "called_at"),
        (("NOTICE", PHONE, "reached", "2026-11-20 10:30", -1, ""), "seconds"),
        (("NOTICE", PHONE, "reached", "2026-11-20 10:30", 1, "x" * 8_001), "transcript"),
        (("NOTICE", PHONE), ""),
    ],
)
def test_one_bad_row_and_nothing_counts(office: Office, row: tuple[object, ...], column: str) -> None:
    good, number = queue(office), queue(office, "item:2")
    out(office)
    bad = tuple(f"notice-{number}" if cell == "NOTICE" else cell for cell in row)
    with pytest.raises(Refusal, match="call_results_bad") as refused:
        back(office, result(good), bad)
    assert [(place.row, place.column) for place in refused.value.where] == [(3, column)]
    assert steps(good) == ["claimed", "sent"]


def test_a_call_twice_in_a_file_and_a_file_that_is_none(office: Office) -> None:
    number = queue(office)
    out(office)
    with pytest.raises(Refusal, match="call_results_bad"):
        back(office, result(number), result(number, "busy"))
    with pytest.raises(Refusal, match="call_results_bad"):
        back(office, result(number), head="key,phone")
    for content in (b"", b"\x00\x01", b"x" * 5_000_001):
        with pytest.raises(Refusal, match="call_results_bad"):
            hear_calls(content=content, company_id=office.company, actor="cli:test", at=AT)
    assert steps(number) == ["claimed", "sent"]


def test_a_call_that_was_not_handed_out_has_no_result(office: Office) -> None:
    number = queue(office)
    with pytest.raises(Refusal, match="call_results_bad"):
        back(office, result(number))
    assert steps(number) == []


def test_the_page_of_calls(office: Office, client: Client) -> None:
    number = queue(office)
    user = User.objects.create(username="caller")
    grant_role(username="caller", role="collector", actor="cli:root", at=AT - DAY)
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    with time_machine.travel(AT, tick=False):
        client.force_login(user)
        assert "1 call waits" in client.get("/notices/calls/").content.decode()
        listed = b"".join(client.post("/notices/calls/hand-out").streaming_content)  # type: ignore[arg-type]
        assert f"notice-{number}," in listed.decode("utf-8-sig")
        assert client.post("/notices/calls/hand-out").status_code == 302
        head = "key,phone,result,called_at,seconds,transcript\r\n"
        for row, status in ((f"notice-{number},{PHONE},charmed,2026-11-20 10:30,1,", 400),
                            (f"notice-{number},{PHONE},reached,2026-11-20 10:30,1,ok", 302)):  # fmt: skip
            file = SimpleUploadedFile("results.csv", (head + row).encode())
            assert client.post("/notices/calls/hear", {"file": file}).status_code == status
    assert known(number).state == "delivered"


def test_who_reaches_some_customers_has_no_list_of_all(office: Office, client: Client) -> None:
    number = queue(office)
    user = User.objects.create(username="caller")
    grant_role(username="caller", role="collector", reach="own", actor="cli:root", at=AT - DAY)
    for ask in (out, lambda _office, **by: hear_calls(content=b"", company_id=office.company, **{"at": AT, **by})):
        with pytest.raises(Refusal, match="not_permitted_for_all"):
            ask(office, actor="caller")
    with time_machine.travel(AT, tick=False):
        client.force_login(user)
        assert "hand-out" not in client.get("/notices/calls/").content.decode()
        assert client.post("/notices/calls/hand-out").status_code == 404
        file = SimpleUploadedFile("results.csv", b"key,phone")
        assert client.post("/notices/calls/hear", {"file": file}).status_code == 404
    assert steps(number) == []
