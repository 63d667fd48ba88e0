"""The mailbox is read: what is ours is recorded, then marked; each once; what is not ours is left to people."""

from __future__ import annotations

import json
import ssl
import subprocess
from base64 import b64encode
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from email.message import EmailMessage
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest

from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.identity.domain.scope import EVERYTHING
from huikuan.mechanisms.notices.channels.mailbox import Unreachable, box_of, opened
from huikuan.mechanisms.notices.models import NoticeStep
from huikuan.mechanisms.notices.operations import fetching, hear_mail
from huikuan.mechanisms.notices.operations.fetching import Fetched, fetch
from huikuan.mechanisms.notices.operations.sending import send_due
from huikuan.mechanisms.notices.queries.consents import consents
from huikuan.mechanisms.notices.tests.conftest import AT, DAY, TO, Office, steps
from huikuan.mechanisms.notices.tests.imap_server import Folder, ImapServer
from huikuan.mechanisms.notices.tests.mail_server import MailServer
from huikuan.mechanisms.notices.tests.test_hearing import POISON, reply, report, sent, server
from huikuan.shell import cli

__all__ = ["MailServer", "sent", "server"]


@pytest.fixture
def folder() -> Folder:
    return Folder()


@pytest.fixture
def imap(folder: Folder) -> Iterator[ImapServer]:
    with ImapServer(folder) as found:
        yield found
    fetching._left.clear()


def url(imap: ImapServer, *, scheme: str = "imap", query: str = "tls=none", password: str = "s3%22cret%5C") -> str:
    return f"{scheme}://ar%40jianglin.example:{password}@localhost:{imap.port}/INBOX?{query}"


def turn(imap: ImapServer, at: datetime = AT + DAY, **more: Any) -> Fetched:
    return fetch(box_of(url(imap)), clock=lambda: at, actor="system", **more)


def test_a_bounce_and_a_reply_are_recorded_and_marked_and_others_stay_unread(
    sent: tuple[int, str], folder: Folder, imap: ImapServer
) -> None:
    notice, about = sent
    ours = [folder.add(reply(about, Message_ID="<a1@yunling.example>")), folder.add(report(about))]
    theirs = folder.add(reply("<other@elsewhere.example>", "促销"))
    foreign = folder.add(report("<notice-1.00000000000000000000@jianglin.example>"))
    done = turn(imap)
    assert (done.heard, done.known, done.others, done.closed) == ({"replied": 1, "bounced": 1}, 0, 2, "")
    assert folder.unread() == [theirs, foreign]
    assert steps(notice)[-2:] == ["replied", "bounced"]
    bodies = [one for one in folder.said if "BODY.PEEK[]" in one]
    assert [int(one.split()[2]) for one in bodies] == [*ours, foreign], "of what cannot be ours no words are asked for"
    assert turn(imap) == Fetched(others=2)


def test_marked_only_after_it_was_recorded_and_heard_again_it_counts_once(
    sent: tuple[int, str], folder: Folder, imap: ImapServer
) -> None:
    notice, about = sent
    uid = folder.add(reply(about, Message_ID="<a1@yunling.example>"))
    folder.breaks = "STORE"
    done = turn(imap)
    assert (bool(done.closed), folder.unread()) == (True, [uid])
    assert steps(notice).count("replied") == 1, "recorded, though the line broke before the mark"
    folder.breaks = ""
    assert (turn(imap).known, folder.unread(), steps(notice).count("replied")) == (1, [], 1)


def test_what_fails_to_be_recorded_stays_unread(sent: tuple[int, str], folder: Folder, imap: ImapServer) -> None:
    uid = folder.add(reply(sent[1]))

    class Lost(Exception):
        pass

    def fence() -> Any:
        raise Lost

    with pytest.raises(Lost):
        turn(imap, fence=fence)
    assert (folder.unread(), steps(sent[0]).count("replied")) == ([uid], 0)
    assert folder.said[-1] == "LOGOUT"


@pytest.mark.parametrize("poison", POISON.values(), ids=POISON)
def test_no_strangers_mail_keeps_the_next_from_being_heard(
    sent: tuple[int, str], folder: Folder, imap: ImapServer, poison: bytes
) -> None:
    notice, about = sent
    folder.add(poison.replace(b"ABOUT", about.encode()))
    folder.add(report(about))
    done = turn(imap)
    assert (done.heard["bounced"], done.closed, steps(notice).count("bounced")) == (1, "", 1)


def test_what_cannot_be_read_is_counted_and_stays_unread(
    sent: tuple[int, str], folder: Folder, imap: ImapServer
) -> None:
    uid = folder.add(POISON["nested"].replace(b"ABOUT", sent[1].encode()))
    assert turn(imap) == Fetched(strange=1)
    assert (folder.unread(), steps(sent[0])) == ([uid], ["claimed", "sent"])


def test_what_was_read_and_left_is_not_read_again_for_a_day(
    sent: tuple[int, str], folder: Folder, imap: ImapServer
) -> None:
    def bodies() -> list[int]:
        return [int(one.split()[2]) for one in folder.said if "BODY.PEEK[]" in one]

    foreign = folder.add(report("<notice-1.00000000000000000000@jianglin.example>"))
    strange = folder.add(POISON["nested"].replace(b"ABOUT", sent[1].encode()))
    left = Fetched(others=1, strange=1)
    assert (turn(imap), turn(imap), turn(imap)) == (left, left, left)
    assert bodies() == [foreign, strange]
    ours = folder.add(report(sent[1]))
    assert turn(imap).heard == {"bounced": 1}
    assert bodies() == [foreign, strange, ours]
    assert turn(imap, at=AT + 3 * DAY) == left
    assert bodies() == [foreign, strange, ours, foreign, strange]


def test_another_copy_of_a_message_counts_once_and_another_message_counts(sent: tuple[int, str]) -> None:
    notice, about = sent
    first = reply(about, Message_ID="<a1@yunling.example>")
    copy = b"Received: from mx2.jianglin.example\r\n" + first
    other = reply(about, Message_ID="<a2@yunling.example>")
    new = [hear_mail(content=one, actor="system", at=AT + DAY).new for one in (first, copy, other, reply(about))]
    assert (new, steps(notice).count("replied")) == ([True, False, True, True], 3)
    told = NoticeStep.objects.filter(notice_id=notice, step="replied").order_by("number")
    assert [one.reference for one in told] == ["<a1@yunling.example>", "<a2@yunling.example>", ""]


def test_a_wish_to_stop_by_mail_holds(office: Office, sent: tuple[int, str], folder: Folder, imap: ImapServer) -> None:
    folder.add(reply(sent[1], "退订"))
    assert turn(imap).heard == {"replied": 1}
    assert [one.wanted for one in consents(office.first, EVERYTHING)] == [False]


def unsubscribing(arrived: EmailMessage, subject: str = "", **headers: str) -> bytes:
    """What a mail program writes when somebody presses Unsubscribe (RFC 2369, RFC 6068): a mail of its own, which
    answers none."""
    way = urlsplit(str(arrived["List-Unsubscribe"]).strip("<>"))
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = TO, unquote(way.path), subject or unquote(way.query)[len("subject=") :]
    for name, value in headers.items():
        mail[name.replace("_", "-")] = value
    mail.set_content("")
    return mail.as_bytes()


@pytest.mark.parametrize("headers", [{}, {"Auto_Submitted": "auto-generated"}])
def test_unsubscribe_in_the_mail_program_holds(
    office: Office, sent: tuple[int, str], server: MailServer, folder: Folder, imap: ImapServer,
    headers: dict[str, str],
) -> None:  # fmt: skip
    (arrived,) = server.taken.mails()
    mac = sent[1].partition("@")[0].rpartition(".")[2]
    assert arrived["List-Unsubscribe"] == f"<mailto:ar@jianglin.example?subject=STOP%20notice-{sent[0]}.{mac}>"
    folder.add(unsubscribing(arrived, Message_ID="<u1@yunling.example>", **headers))
    assert turn(imap) == Fetched(heard=Counter(["delivered" if headers else "replied"]))
    assert folder.unread() == []
    [wish] = consents(office.first, EVERYTHING)
    assert (wish.wanted, wish.channel, wish.person_id) == (False, "email", 2)
    later = office.queue("item:18", at=AT + 3 * DAY)
    send_due(clock=lambda: AT + 3 * DAY)
    assert (steps(later), len(server.taken.mails())) == (["cancelled"], 1)


@pytest.mark.parametrize("form", ["STOP\r\n {}", "=?utf-8?q?STOP_{}?=", "=?UTF-8?B?{b64}?=", "stop {}", "退订 {}"])
def test_the_wish_is_heard_however_its_subject_is_written(
    office: Office, sent: tuple[int, str], server: MailServer, folder: Folder, imap: ImapServer, form: str
) -> None:
    named = unquote(str(server.taken.mails()[0]["List-Unsubscribe"])).rpartition(" ")[2].strip(">")
    subject = form.format(named, b64=b64encode(f"STOP {named}".encode()).decode())
    head = f"From: {TO}\r\nTo: ar@jianglin.example\r\nSubject: {subject}\r\n"
    folder.add(f"{head}\r\n\r\n".encode())
    assert turn(imap).heard == {"replied": 1}
    assert [one.wanted for one in consents(office.first, EVERYTHING)] == [False]


def test_nobody_stops_a_notice_they_were_not_sent(
    office: Office, sent: tuple[int, str], server: MailServer, folder: Folder, imap: ImapServer
) -> None:
    (arrived,) = server.taken.mails()
    forged = [f"STOP notice-{sent[0]}.{'0' * 20}", f"STOP notice-{sent[0]}", "STOP"]
    left = [folder.add(unsubscribing(arrived, subject)) for subject in forged]
    assert turn(imap) == Fetched(others=3)
    assert (folder.unread(), list(consents(office.first, EVERYTHING))) == (left, [])


@pytest.mark.parametrize(
    "header",
    [
        "Content-Type: multipart/mixed; boundary*0*=", f"Content-Type: {'(' * 3000}", f"Subject: {'(' * 3000}",
        f"Subject: x\rContent-Type: {'(' * 3000}", f"Subject: x\fContent-Type: {'(' * 3000}", "X\0: y",
    ],
)  # fmt: skip
def test_a_header_nobody_can_read_keeps_no_other_mail_from_being_heard(
    sent: tuple[int, str], folder: Folder, imap: ImapServer, header: str
) -> None:
    left = folder.add(f"{header}\r\nReferences: <x@y.example>\r\n\r\nhi".encode())
    folder.add(reply(sent[1]))
    assert turn(imap) == Fetched(heard=Counter(replied=1), others=1)
    assert folder.unread() == [left]


@pytest.mark.parametrize("habit", [{"uid_behind": True}, {"talks": True}, {"wants_id": True}])
def test_servers_have_their_habits(
    sent: tuple[int, str], folder: Folder, imap: ImapServer, habit: dict[str, bool]
) -> None:
    for name, value in habit.items():
        setattr(folder, name, value)
    for number in range(3):
        folder.add(reply(sent[1], f"第 {number} 封", Message_ID=f"<a{number}@yunling.example>"))
    assert turn(imap) == Fetched(heard=Counter(replied=3))
    assert folder.unread() == []


def test_a_mailbox_that_cannot_be_read_says_why_and_no_password(folder: Folder, imap: ImapServer) -> None:
    for said, answer in (
        (url(imap, password="wrong"), "AUTHENTICATIONFAILED"),
        (url(imap).replace("/INBOX", "/Archiv"), "NONEXISTENT"),
        (url(imap, query="tls=starttls"), ""),
        ("imap://a:b@localhost:9/?tls=none", "refused"),
    ):
        done = fetch(box_of(said), clock=lambda: AT, actor="system")
        assert done.closed, said
        assert answer in done.closed
        assert "s3" not in done.closed
    assert "s3" not in repr(box_of(url(imap)))


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ("pop3://a:b@mail.example", "imap_address_bad"),
        ("imaps://mail.example/INBOX", "imap_address_bad"),
        ("imaps://a:b@mail.example:99999", "imap_address_bad"),
        ("imaps://a:%E5%AF%86@mail.example", "imap_address_bad"),
        ("imaps://a:b%0D%0AX@mail.example", "imap_address_bad"),
        ("imap://a:b@mail.example?tls=none", "imap_password_in_clear"),
    ],
)
def test_an_address_that_cannot_be_meant_is_refused(said: str, code: str) -> None:
    with pytest.raises(Refusal) as refusal:
        box_of(said)
    assert refusal.value.code == code


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, str]:
    folder = tmp_path_factory.mktemp("tls")
    key, cert = str(folder / "key.pem"), str(folder / "cert.pem")
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", key, "-out", cert, "-days", "2",
         "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"], check=True, capture_output=True,
    )  # fmt: skip
    return key, cert


@pytest.mark.parametrize("scheme", ["imaps", "imap"])
def test_the_line_is_encrypted_and_the_server_proved(
    folder: Folder, certificate: tuple[str, str], scheme: str
) -> None:
    key, cert = certificate
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(cert, key)
    uid = folder.add(reply("<x@y.example>"))
    with ImapServer(folder, tls=context, starttls=scheme == "imap") as server:
        with opened(box_of(url(server, scheme=scheme, query=f"ca={cert}"))) as mailbox:
            assert mailbox.unread(10) == [uid]
        asked = len(folder.said)
        with pytest.raises(Unreachable, match="CERTIFICATE"), opened(box_of(url(server, scheme=scheme, query=""))):
            pass
        assert "LOGIN" not in folder.said[asked:], "no password to whom nobody vouches for"


def test_the_command_says_what_was_heard(
    sent: tuple[int, str], folder: Folder, imap: ImapServer, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    def said() -> Any:
        code = cli.main(["notices", "fetch", "--json"])
        return code, json.loads(capsys.readouterr().out)

    monkeypatch.delenv("HUIKUAN_IMAP_URL", raising=False)
    assert said()[1]["error"]["code"] == "imap_not_set_up"
    folder.add(report(sent[1]))
    monkeypatch.setenv("HUIKUAN_IMAP_URL", url(imap, password="wrong"))
    assert said()[1]["error"]["code"] == "imap_unreachable"
    monkeypatch.setenv("HUIKUAN_IMAP_URL", url(imap))
    assert said() == (0, {"bounced": 1, "known": 0, "others": 0, "strange": 0, "closed": ""})
