"""What comes back: reports, replies, wishes; of our notices and of nobody else's; each once."""

from __future__ import annotations

import mailbox
from collections.abc import Iterator
from email.message import EmailMessage
from email.utils import format_datetime
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from django.db import InterfaceError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from huikuan.kernel.dates import business_date
from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.events.models import Event
from huikuan.mechanisms.identity.domain.scope import EVERYTHING
from huikuan.mechanisms.notices import queries
from huikuan.mechanisms.notices.channels import mail
from huikuan.mechanisms.notices.domain.hearing import heard
from huikuan.mechanisms.notices.models import NoticeStep
from huikuan.mechanisms.notices.operations import (
    cancel_notice,
    confirm_sent,
    hear_file,
    hear_mail,
    reporting,
    send_again,
)
from huikuan.mechanisms.notices.operations.claiming import claim
from huikuan.mechanisms.notices.operations.reporting import Noted
from huikuan.mechanisms.notices.operations.sending import send_due
from huikuan.mechanisms.notices.queries.consents import consents
from huikuan.mechanisms.notices.queries.evidence import mail_sent
from huikuan.mechanisms.notices.tests.conftest import AT, DAY, TO, Box, Office, known, steps
from huikuan.mechanisms.notices.tests.mail_server import MailServer
from huikuan.mechanisms.notices.tests.test_queueing import refused
from huikuan.mechanisms.work.queries.items import open_keys

FROM = "江临精工 应收 <ar@jianglin.example>"


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[MailServer]:
    with MailServer() as found:
        monkeypatch.setenv("HUIKUAN_SMTP_URL", found.url)
        monkeypatch.setenv("HUIKUAN_SMTP_FROM", FROM)
        yield found


@pytest.fixture
def sent(office: Office, server: MailServer) -> tuple[int, str]:
    """A notice that went out, and its Message-ID."""
    notice = office.queue(person_id=2)
    send_due(clock=lambda: AT)
    return notice, str(server.taken.mails()[0]["Message-ID"])


def report(about: str, action: str = "failed", *, whole: bool = False, status: str = "5.1.1") -> bytes:
    """A report as mail servers write them."""
    original = f"Message-ID: {about}\r\nSubject: =?utf-8?b?5LuY5qy+?=\r\nTo: {TO}\r\n"
    kind = "message/rfc822" if whole else "text/rfc822-headers"
    return "\r\n".join([
        "From: MAILER-DAEMON@yunling.example", "To: ar@jianglin.example", "Subject: Undelivered Mail",
        "MIME-Version: 1.0", 'Content-Type: multipart/report; report-type=delivery-status; boundary="b"', "",
        "--b", "Content-Type: text/plain; charset=us-ascii", "", "I could not deliver it.", "",
        "--b", "Content-Type: message/delivery-status", "",
        "Reporting-MTA: dns; mx.yunling.example", "",
        f"Final-Recipient: rfc822; {TO}", f"Action: {action}", f"Status: {status}",
        "Diagnostic-Code: smtp; 550 5.1.1 no such user", "",
        "--b", f"Content-Type: {kind}", "", original, "--b--", "",
    ]).encode()  # fmt: skip


def reply(about: str, text: str = "已安排下周付款。", *, subject: str = "Re: 付款提醒", **headers: str) -> bytes:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"], mail["In-Reply-To"] = TO, "ar@jianglin.example", subject, about
    for name, value in headers.items():
        mail[name.replace("_", "-")] = value
    mail.set_content(f"{text}\n\n> 贵司 INV-17 已到期。\n")
    return mail.as_bytes()


def hear(content: bytes) -> Noted:
    return hear_mail(content=content, actor="system", at=AT + DAY)


@pytest.mark.parametrize("whole", [True, False])
def test_a_bounce_is_a_persons_to_mend(sent: tuple[int, str], whole: bool) -> None:
    notice, about = sent
    assert hear(report(about, whole=whole)) == Noted("bounced", notice, new=True)
    row, last = known(notice), queries.history(notice)[-1]
    assert (row.state, last.reason, last.note) == ("bounced", "bounced", "5.1.1")
    assert "550 5.1.1 no such user" in last.answer
    assert set(open_keys("notices.undelivered")) == {f"notice:{notice}"}
    assert Event.objects.get(kind="notices.bounced").payload["items"] == [17]
    assert hear(report(about, whole=whole)) == Noted("bounced", notice, new=False)
    assert steps(notice) == ["claimed", "sent", "bounced"]


def test_delivered_and_then_replied_to(sent: tuple[int, str]) -> None:
    notice, about = sent
    assert hear(report(about, "delivered", status="2.0.0")).what == "delivered"
    assert known(notice).state == "delivered"
    assert hear(reply(about)) == Noted("replied", notice, new=True)
    assert hear(reply(about)) == Noted("replied", notice, new=False)
    assert (known(notice).state, queries.history(notice)[-1].answer) == ("replied", "已安排下周付款。")
    hear(report(about, "delivered", status="2.1.5"))
    assert known(notice).state == "replied"
    assert "付款" not in str(Event.objects.get(kind="notices.replied").payload)


@pytest.mark.parametrize(
    ("date", "told"),
    [
        (AT, AT),
        (AT + 2 * DAY, AT + 2 * DAY),
        (AT - 9 * DAY, AT),  # before it went out
        (AT + 99 * DAY, AT + 60 * DAY),  # ahead of us
    ],
)
def test_a_report_heard_late_counts_from_the_day_it_was_written(sent: tuple[int, str], date: Any, told: Any) -> None:
    content = f"Date: {format_datetime(date)}\r\n".encode() + report(sent[1], "delivered", status="2.0.0")
    hear_mail(content=content, actor="system", at=AT + 60 * DAY)
    assert Event.objects.get(kind="notices.delivered").payload["on"] == f"{business_date(told)}"


@pytest.mark.parametrize("line", ["Date: never\r\n", "Date: 31 Dec 9999 23:59:59 -1200\r\n", ""])
def test_a_date_that_cannot_be_read_says_nothing(sent: tuple[int, str], line: str) -> None:
    hear(line.encode() + report(sent[1], "delivered", status="2.0.0"))
    assert "on" not in Event.objects.get(kind="notices.delivered").payload


def test_delayed_says_nothing_yet_and_a_machines_answer_is_no_reply(sent: tuple[int, str]) -> None:
    notice, about = sent
    assert hear(report(about, "delayed", status="4.4.1")) == Noted("delayed", notice, new=False)
    assert known(notice).state == "sent"
    hear(reply(about, "我正在休假。", Auto_Submitted="auto-replied"))
    assert (known(notice).state, queries.history(notice)[-1].reason) == ("delivered", "automatic")


def test_what_went_out_before_a_wish_named_its_notice_is_proved_all_the_same(
    office: Office, server: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mail, "written_mail", partial(mail.written_mail, named=False))
    notice = office.queue()
    send_due(clock=lambda: AT)
    monkeypatch.undo()
    (arrived,) = server.taken.mails()
    assert arrived["List-Unsubscribe"] == "<mailto:ar@jianglin.example?subject=STOP>"
    proof = mail_sent(notice, scope=EVERYTHING)
    assert (proof.proven, proof.content) == (True, server.taken.envelopes[0].original_content)


def test_stop_is_heard_and_holds(office: Office, server: MailServer, sent: tuple[int, str]) -> None:
    notice, about = sent
    assert hear(reply(about, "退订。")).stop
    (wish,) = consents(office.first, EVERYTHING)
    assert (wish.wanted, wish.person_id, wish.channel, wish.source) == (False, 2, "email", "reply")
    later = office.queue("item:18", at=AT + DAY * 3)
    send_due(clock=lambda: AT + DAY * 3)
    assert (known(later).state, known(notice).state, len(server.taken.envelopes)) == ("cancelled", "replied", 1)


def test_a_forged_or_strange_message_changes_nothing(office: Office, sent: tuple[int, str]) -> None:
    notice, about = sent
    other = office.queue("item:18")
    forged = about.replace(f"notice-{notice}.", f"notice-{other}.")
    for content in (
        report(forged), reply("<somebody@elsewhere.example>"), reply("nothing"), b"", b"\x00\xff" * 50,
        report("<notice-99999999999999999999.0123456789abcdef0123@x>"),
        b"From: x\r\nContent-Type: multipart/report\r\n\r\n",
    ):  # fmt: skip
        assert hear(content).notice is None
    assert (known(other).state, known(notice).state) == ("queued", "sent")


def test_what_is_heard_settles_a_doubt(office: Office, server: MailServer) -> None:
    server.taken.drops = True
    bounced, replied = office.queue(), office.queue("item:18", customer_id=office.second)
    send_due(clock=lambda: AT)
    ids = [str(mail["Message-ID"]) for mail in server.taken.mails()]
    assert set(open_keys("notices.in_doubt")) == {f"notice:{bounced}", f"notice:{replied}"}
    hear(report(ids[0]))
    hear(reply(ids[1]))
    assert [known(one).state for one in (bounced, replied)] == ["bounced", "replied"]
    assert open_keys("notices.in_doubt") == {}


def test_a_file_of_many_and_of_one(sent: tuple[int, str], tmp_path: Path) -> None:
    notice, about = sent
    box = mailbox.mbox(tmp_path / "inbox")
    for content in (reply(about), report(about), b"Subject: lunch\r\n\r\n"):
        box.add(content)
    box.close()
    before = (tmp_path / "inbox").read_bytes()
    told = hear_file(path=tmp_path / "inbox", actor="cli:test", at=AT)
    assert [(one.what, one.notice, one.new) for one in told] == [
        ("replied", notice, True), ("bounced", notice, True), ("replied", None, False),
    ]  # fmt: skip
    assert (tmp_path / "inbox").read_bytes() == before
    (tmp_path / "one.eml").write_bytes(reply(about, "另一封"))
    assert [one.new for one in hear_file(path=tmp_path / "one.eml", actor="cli:test", at=AT)] == [True]
    assert refused(lambda: hear_file(path=tmp_path / "none", actor="cli:test", at=AT)) == "mail_file_missing"


def test_a_file_too_large_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("huikuan.mechanisms.notices.operations.reporting.MOST_BYTES", 10)
    (tmp_path / "large").write_bytes(b"x" * 11)
    with pytest.raises(Refusal, match="mail_file_too_large"):
        hear_file(path=tmp_path / "large", actor="cli:test", at=AT)


_LINES = st.sampled_from([
    b"From: a@b.example", b"Content-Type: multipart/report; boundary=b", b"--b", b"--b--", b"", b"Action: failed",
    b"Content-Type: message/delivery-status", b"Message-ID: <notice-1.", b"In-Reply-To: <<>>", b"\xff\xfe",
    b"Subject: =?x?",
    b"Content-Transfer-Encoding: base64", b"Content-Type: text/plain; charset=no-such", b"Auto-Submitted: (",
])  # fmt: skip


@given(st.one_of(st.binary(max_size=300), st.lists(_LINES, max_size=14).map(b"\r\n".join)))
def test_broken_lines_are_a_reply_to_nothing(content: bytes) -> None:
    assert heard(content).what in ("delivered", "bounced", "replied", "delayed")


_REPORT = b'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n\r\n--b\r\n'
_STATUS = b"Content-Type: message/delivery-status\r\n\r\n"
_ENDS = b"\r\n--b\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: ABOUT\r\n\r\n--b--\r\n"
_REPLY = b"From: a@b.example\r\nIn-Reply-To: ABOUT\r\n"
#: Mails that make parsers, or databases, fall over. ABOUT: the Message-ID of one of ours.
POISON = {
    "brackets": b"From: " + b"(" * 3000 + b"\r\n" + _REPORT + b"\r\nhi\r\n--b--",
    "day": b"Date: 1 Jan 99999999999999999999 00:00:00 +0000\r\n" + _REPORT + _STATUS + b"Action: failed\r\n\r\n--b--",
    "block": _REPORT + _STATUS + b"Action: delayed\r\nMessage-ID: <[\r\nDate: 1 Jan 99999999999999999999" + _ENDS,
    "nested": _REPLY + b"Content-Type: message/rfc822\r\n\r\n" * 1500 + b"hi",
    "charset": _REPLY + b'Content-Type: text/plain; charset="\x00"\r\n\r\nhi',
    "no text": _REPLY + b"Content-Type: text/plain; charset=undefined\r\n\r\nhi",
    "half": _REPLY + b"Content-Type: text/plain; charset=utf-7\r\n\r\n+2AA-",
    "NUL": _REPLY + b"Message-ID: <z\x00y@x.example>\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nhi\x00there",
    "NUL status": _REPORT + _STATUS + b"Action: delivered\r\nStatus: 5.1\x00.1\r\nX\x00\xff: y" + _ENDS,
}


@pytest.mark.parametrize(
    ("name", "what", "words"),
    [
        ("NUL", "replied", "hithere"), ("half", "replied", "?"), ("charset", "replied", "hi"),
        ("no text", "replied", "hi"), ("NUL status", "delivered", None), ("nested", "strange", None),
    ],
)  # fmt: skip
def test_of_a_mail_is_heard_what_can_be_read(sent: tuple[int, str], name: str, what: str, words: str | None) -> None:
    notice, about = sent
    said = hear(POISON[name].replace(b"ABOUT", about.encode()))
    assert (said.what, said.notice) == (what, None if what == "strange" else notice)
    if words is not None:
        assert queries.history(notice)[-1].answer == words


_HEADERS = st.sampled_from([
    b"From", b"Date", b"Subject", b"Message-ID", b"References", b"Content-Type", b"Auto-Submitted", b"Status",
    b"X\x00", b"Content-Transfer-Encoding", b"Action", b"Disposition", b"Original-Message-ID", b"Content-Disposition",
    b"\xff",
])  # fmt: skip
_VALUES = st.one_of(
    st.binary(max_size=40),
    st.sampled_from([
        b"(" * 3000, b"<[", b"<z\x00y@x>", b"1 Jan 99999999999999999999 00:00:00 +0000", b"=?utf-8?b?7aCA?=",
        b"failed", b"delivered", b"base64",
        b"31 Dec 9999 23:59:59 -1200", b"text/plain; charset=utf-7", b"text/plain; charset=idna",
        b"text/plain; charset*=utf-8''%00", b"multipart/report; boundary*0*=", b'multipart/report; boundary="b"',
        b"message/delivery-status", b"message/rfc822", b"5.1\x00.1",
    ]),
)  # fmt: skip
_BODIES = st.lists(
    st.one_of(st.binary(max_size=40), st.sampled_from([b"--b", b"--b--", b"", b"+2AA-", b"\x00", _STATUS])), max_size=8
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=80, deadline=None)
@given(lines=st.lists(st.tuples(_HEADERS, _VALUES), max_size=8), body=_BODIES)
def test_no_hostile_mail_stops_the_hearing(
    sent: tuple[int, str], lines: list[tuple[bytes, bytes]], body: list[bytes]
) -> None:
    head = [b": ".join(line) for line in lines]
    content = b"\r\n".join([b"In-Reply-To: " + sent[1].encode(), *head, b"", *body])
    assert hear(content).what in ("delivered", "bounced", "replied", "delayed", "strange")
    assert NoticeStep.objects.count() > 0, "the database is as it was to use"


def test_a_database_that_fails_is_no_mails_fault(sent: tuple[int, str], monkeypatch: pytest.MonkeyPatch) -> None:
    def lost(**_: Any) -> bool:
        raise InterfaceError("connection already closed")

    monkeypatch.setattr(reporting, "report", lost)
    with pytest.raises(InterfaceError):
        hear(reply(sent[1]))


# What was sent ------------------------------------------------------------------------------------------


def test_what_was_sent_can_be_shown_byte_for_byte(office: Office, sent: tuple[int, str], server: MailServer) -> None:
    notice, about = sent
    proof = mail_sent(notice, scope=EVERYTHING)
    assert proof.content == server.taken.envelopes[0].original_content
    assert (proof.proven, proof.answer, proof.reference) == (True, "250 taken as 1", about)
    hear(report(about))
    send_again(notice_id=notice, to="li@yunling.example", actor="cli:test", at=AT + DAY * 3)
    assert mail_sent(notice, scope=EVERYTHING).proven
    send_due(clock=lambda: AT + DAY * 3)
    assert server.taken.envelopes[1].rcpt_tos == ["li@yunling.example"]
    again = mail_sent(notice, scope=EVERYTHING)
    assert (again.proven, again.content) == (True, server.taken.envelopes[1].original_content)


def test_of_what_was_not_sent_there_is_no_proof(office: Office) -> None:
    notice = office.queue()
    assert refused(lambda: mail_sent(notice, scope=EVERYTHING)) == "notice_no_proof"


# What people do -----------------------------------------------------------------------------------------


def doubtful(office: Office, case: str = "item:17") -> int:
    notice = office.queue(case)
    assert claim(notice, at=AT) is not None
    send_due(clock=lambda: AT + DAY)
    assert known(notice).state == "in_doubt"
    return notice


def test_a_person_says_what_became_of_a_doubt(office: Office, box: Box) -> None:
    went, lost, given_up = (doubtful(office, f"item:{number}") for number in range(3))
    assert {row.id for row in queries.in_doubt(EVERYTHING)} == {went, lost, given_up}
    confirm_sent(notice_id=went, note="rang  them: arrived", actor="cli:li", at=AT + DAY)
    send_again(notice_id=lost, actor="cli:li", at=AT + DAY * 3)
    cancel_notice(notice_id=given_up, actor="cli:li", at=AT + DAY)
    send_due(clock=lambda: AT + DAY * 3)
    assert [known(one).state for one in (went, lost, given_up)] == ["sent", "sent", "cancelled"]
    assert [message.notice_id for message in box.taken] == [lost]
    last = queries.history(went)[-1]
    assert (last.actor, last.reason, last.note) == ("cli:li", "by_hand", "rang them: arrived")
    assert open_keys("notices.in_doubt") == {}


def test_what_is_not_in_doubt_is_not_resolved(office: Office, box: Box) -> None:
    notice = office.queue()
    assert refused(lambda: confirm_sent(notice_id=notice, actor="cli:li", at=AT)) == "notice_not_so"
    assert refused(lambda: send_again(notice_id=notice, actor="cli:li", at=AT)) == "notice_not_so"
    send_due(clock=lambda: AT)
    assert refused(lambda: cancel_notice(notice_id=notice, actor="cli:li", at=AT)) == "notice_not_so"
    assert refused(lambda: cancel_notice(notice_id=0, actor="cli:li", at=AT)) == "notice_unknown"
    stranger = office.queue("item:18")
    assert refused(lambda: cancel_notice(notice_id=stranger, actor="nobody", at=AT)) == "not_permitted"
