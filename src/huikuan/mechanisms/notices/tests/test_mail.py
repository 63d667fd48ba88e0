"""E-mail to a real server: what arrives, what is refused, what is in doubt (catalogue 29, 54)."""

from __future__ import annotations

import hashlib
import ssl
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.audit.operations import record
from huikuan.mechanisms.files.operations import store_file
from huikuan.mechanisms.notices import channels, queries
from huikuan.mechanisms.notices.addressing import digest_of
from huikuan.mechanisms.notices.channels import Closed, Message, Refused, mail
from huikuan.mechanisms.notices.channels.mail import Mail, server_of, written_mail
from huikuan.mechanisms.notices.models import Notice, NoticeStand
from huikuan.mechanisms.notices.operations import Attachment
from huikuan.mechanisms.notices.operations.sending import Turn, send_due
from huikuan.mechanisms.notices.tests.conftest import AT, TO, Box, Office, known, steps
from huikuan.mechanisms.notices.tests.mail_server import MailServer

FROM = "江临精工 应收 <ar@jianglin.example>"


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[MailServer]:
    with MailServer() as found:
        monkeypatch.setenv("HUIKUAN_SMTP_URL", found.url)
        monkeypatch.setenv("HUIKUAN_SMTP_FROM", FROM)
        yield found


def turn(days: int = 0) -> Turn:
    return send_due(clock=lambda: AT + timedelta(days=days))


def message(**more: Any) -> Message:
    said: dict[str, Any] = {
        "key": "notice-1", "notice_id": 1, "company_id": 1, "purpose": "reminder", "to": TO, "language": "zh-hans",
        "subject": "付款提醒", "text": "贵司好", "attachments": (), "at": AT,
    }  # fmt: skip
    return Message(**{**said, **more})


def test_it_arrives_with_its_words_and_its_attachment(office: Office, server: MailServer) -> None:
    pdf = b"%PDF-1.7\n.\r\n..\nline" + bytes(range(256))
    kept = store_file(pdf, "statement.pdf", actor="system", at=AT).sha256
    text = "贵司 INV-17 已到期。\n.\n..一个点开头的行\n请于 7 日内付款。\n"
    notice = office.queue(text=text, attachments=(Attachment("对账单 2026-10.pdf", kept),))
    assert turn().done == {"sent": 1}
    (arrived,) = server.taken.mails()
    assert (arrived["To"], arrived["Subject"], arrived["From"]) == (TO, "付款提醒 INV-17", FROM)
    assert arrived["Date"].datetime == AT
    body = arrived.get_body()
    assert body is not None
    assert body.get_content().replace("\r\n", "\n") == text
    (attached,) = arrived.iter_attachments()
    assert (attached.get_filename(), attached.get_content()) == ("对账单 2026-10.pdf", pdf)
    assert server.taken.envelopes[0].rcpt_tos == [TO]
    proof = queries.history(notice)[-1]
    assert (proof.reference, proof.answer) == (arrived["Message-ID"], "250 taken as 1")
    assert proof.reference.startswith(f"<notice-{notice}.")
    assert proof.reference.endswith("@jianglin.example>")
    content = server.taken.envelopes[0].original_content
    assert content is not None
    assert hashlib.sha256(content).hexdigest() == proof.sha256


def test_one_line_carries_many(office: Office, server: MailServer) -> None:
    for number in range(5):
        office.queue(f"item:{number}", purpose="internal")
    assert turn().done == {"sent": 5}
    assert len(server.taken.ids()) == 5
    assert len({one.mail_from for one in server.taken.envelopes}) == 1


def test_a_legal_notice_offers_no_way_to_unsubscribe() -> None:
    written = {
        purpose: written_mail(message(purpose=purpose), "", "ar@jianglin.example") for purpose in ("reminder", "legal")
    }
    assert written["reminder"]["List-Unsubscribe"] == (
        f"<mailto:ar@jianglin.example?subject=STOP%20notice-1.{mail.message_mac('notice-1')}>"
    )
    assert written["legal"]["List-Unsubscribe"] is None


@pytest.mark.parametrize("sender", ["ar@jianglin.example", f"{'a' * 60}+x@{'b' * 60}.example"])
def test_the_way_to_unsubscribe_stands_in_one_line_as_it_is(sender: str) -> None:
    """An address that is folded or encoded leads nowhere."""
    content = written_mail(message(), "", sender).as_bytes(policy=mail.POLICY)
    address = f"{sender.replace('+', '%2B')}?subject=STOP%20notice-1.{mail.message_mac('notice-1')}"
    assert f"\r\nList-Unsubscribe: <mailto:{address}>\r\n".encode() in content


# The connection drops before 250 (catalogue 29) ----------------------------------------------------


def test_dropped_before_the_server_answered_it_is_in_doubt_and_arrived_once(
    office: Office, server: MailServer
) -> None:
    server.taken.drops = True
    notice = office.queue()
    assert turn().done == {"in_doubt": 1}
    server.taken.drops = False
    for days in range(1, 4):
        assert turn(days).done == {}
    assert (known(notice).state, queries.history(notice)[-1].reason) == ("in_doubt", "unsure")
    assert list(server.taken.ids().values()) == [1]


def test_a_sender_that_tries_again_what_was_dropped_sends_it_twice(
    office: Office, server: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mail, "Unsure", lambda answer: Refused(answer, permanent=False))
    server.taken.drops = True
    office.queue()
    assert turn().done == {"put_off": 1}
    turn(3)  # Monday
    assert list(server.taken.ids().values()) == [2]


# What the server says -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("where", "answer", "state", "reason"),
    [
        ("rcpt", "550 no such mailbox", "refused", "not_taken"),
        ("rcpt", "450 mailbox busy", "queued", "not_now"),
        ("data", "554 looks like spam", "refused", "not_taken"),
        ("data", "452 disk full", "queued", "not_now"),
    ],
)
def test_its_refusals_are_told_apart(
    office: Office, server: MailServer, where: str, answer: str, state: str, reason: str
) -> None:
    if where == "rcpt":
        server.taken.rcpt = answer
    else:
        server.taken.does = lambda _: answer
    notice, other = office.queue(), office.queue("item:18")
    turn()
    last = queries.history(notice)[-1]
    assert (known(notice).state, last.reason, last.answer) == (state, reason, answer)
    assert steps(other)[0] == "claimed"  # one refused message does not end the turn
    assert server.taken.envelopes == []


def test_an_address_in_other_letters_is_refused_and_never_in_doubt(office: Office, server: MailServer) -> None:
    notice = office.queue(to="gu@北路.example")
    assert turn().done == {"refused": 1}
    assert (known(notice).state, server.taken.envelopes) == ("refused", [])


def test_no_server_is_a_closed_channel(office: Office, server: MailServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HUIKUAN_SMTP_URL", "smtp://127.0.0.1:9?tls=none")
    notice = office.queue()
    assert set(turn().closed) == {"email"}
    assert (known(notice).state, steps(notice)) == ("queued", [])


@pytest.mark.parametrize(
    ("url", "answer"),
    [
        ("http://mail.example", "smtp_address_bad"),
        ("smtp://mail.example:99999", "smtp_address_bad"),
        ("smtp://mail.example:smtp", "smtp_address_bad"),
        ("smtp://[::1", "smtp_address_bad"),
        ("smtp://ar:secret@mail.example?tls=none", "smtp_password_in_clear"),
        (f"smtp://{'a' * 64}.example?tls=none", "smtp_address_bad"),
    ],
)
def test_an_address_that_cannot_be_meant_closes_e_mail_and_nothing_else(
    office: Office, monkeypatch: pytest.MonkeyPatch, url: str, answer: str
) -> None:
    short = Box()
    before = dict(channels._openers)
    channels.register("sms", short.open)
    monkeypatch.setenv("HUIKUAN_SMTP_URL", url)
    monkeypatch.setenv("HUIKUAN_SMTP_FROM", FROM)
    notice = office.queue()
    office.queue(channel="sms", to="13812345678")
    try:
        told = turn()
    finally:
        channels._openers.clear()
        channels._openers.update(before)
    assert answer in told.closed["email"]
    assert "secret" not in told.closed["email"]
    assert (told.done, steps(notice), len(short.taken)) == ({"sent": 1}, [], 1)


def test_a_line_the_server_gave_up_is_opened_anew(server: MailServer) -> None:
    line = Mail(server_of(server.url, FROM))
    line.send(message())
    line.connect().sock.close()  # type: ignore[union-attr]
    assert line.send(message(key="notice-2")).answer == "250 taken as 2"
    line.close()
    line.close()


def test_where_no_server_is_named_e_mail_waits(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("HUIKUAN_SMTP_URL", raising=False)
    office.queue()
    assert turn().as_json()["sent"] == 0


# TLS and passwords ----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    folder = tmp_path_factory.mktemp("tls")
    key, cert = folder / "key.pem", folder / "cert.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", key, "-out", cert, "-days", "2",
         "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"],
        check=True, capture_output=True,
    )  # fmt: skip
    return key, cert


def test_encrypted_and_logged_in(db: None, certificate: tuple[Path, Path]) -> None:
    key, cert = certificate
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(cert, key)
    with MailServer(tls=context, password="s3cret/@") as server:
        at = f"127.0.0.1:{server.port}"
        good = Mail(server_of(f"smtp://ar:s3cret%2F%40@{at}?ca={cert}", FROM))
        assert good.send(message()).answer == "250 taken as 1"
        good.close()
        for url in (f"smtp://ar:wrong@{at}?ca={cert}", f"smtp://ar:s3cret%2F%40@{at}", f"smtp://{at}?tls=none"):
            line = Mail(server_of(url, FROM))
            with pytest.raises(Closed):
                line.send(message())
            line.close()
        assert len(server.taken.envelopes) == 1


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("http://mail.example", FROM),
        ("smtp://", FROM),
        ("smtp://mail.example?tls=perhaps", FROM),
        ("smtp://mail.example", "nobody"),
        ("smtp://mail.example", "x <ar@jianglin.example>\r\nBcc: y@z.example"),
        ("smtp://ar:secret@mail.example?tls=none", FROM),
    ],
)
def test_a_strange_server_is_refused(url: str, said: str) -> None:
    with pytest.raises(Refusal, match="smtp_"):
        server_of(url, said)


# Header injection (catalogue 54) ------------------------------------------------------------------


def smuggled(office: Office, **personal: str) -> int:
    """A notice in the database that no door would have let in."""
    whole: dict[str, Any] = {"to": TO, "subject": "s", "text": "t", "said": [], **personal}
    row = {
        "company_id": office.company, "customer_id": office.first, "case": "item:1", "step": "1", "channel": "email",
        "purpose": "reminder", "language": "en", "items": [], "attachments": [],
        "address_digest": digest_of("email", whole["to"]), "actor": "cli:test", **whole,
    }  # fmt: skip
    number = record(Notice, [row], at=AT)[0]
    same = {name: row[name] for name in ("company_id", "customer_id", "channel", "purpose", "address_digest")}
    NoticeStand.objects.create(notice_id=number, due_at=AT, changed_at=AT, **same)
    return number


@pytest.mark.parametrize(
    "personal",
    [
        {"subject": "hello\r\nBcc: all@elsewhere.example"},
        {"subject": "hello\nX-Evil: 1"},
        {"to": "zhou@yunling.example\r\nRCPT TO:<all@elsewhere.example>"},
        {"to": "zhou@yunling.example\r\nBcc: all@elsewhere.example"},
    ],
)
def test_no_line_break_ever_begins_another_header(
    office: Office, server: MailServer, personal: dict[str, str]
) -> None:
    notice = smuggled(office, **personal)
    turn()
    assert known(notice).state == "refused"
    assert server.taken.envelopes == []


def test_a_name_that_breaks_lines_cannot_come_in_by_the_doors(office: Office, server: MailServer) -> None:
    office.queue(subject="付款提醒：Evil Co.\r\nBcc: all@elsewhere.example\r\n\r\nbody")
    turn()
    (arrived,) = server.taken.mails()
    assert (arrived["Bcc"], server.taken.envelopes[0].rcpt_tos) == (None, [TO])
    assert arrived["Subject"] == "付款提醒：Evil Co. Bcc: all@elsewhere.example body"


def test_the_same_claim_is_written_the_same(db: None) -> None:
    one, other = (written_mail(message(), "", "ar@jianglin.example").as_bytes() for _ in range(2))
    assert one == other
    assert written_mail(replace(message(), text="other"), "", "ar@jianglin.example").as_bytes() != one
