"""E-mail by SMTP (RFC 5321), message by message, so that of each it is known what the server said.

HUIKUAN_SMTP_URL says where: smtp://user:password@host:587 (STARTTLS is required; `?tls=none` only inside the house),
smtps://… for TLS from the beginning; `?ca=/path.pem` names the authority of a private server. HUIKUAN_SMTP_FROM says
from whom: `江临精工 <ar@company.example>`. Without both, e-mail is not set up, and its notices wait.

A message is taken once the server has answered its last line with 250, and not before: what breaks off earlier than
the words go out was certainly not taken; what breaks off after that is in doubt.
"""

from __future__ import annotations

import hashlib
import os
import smtplib
import ssl
from contextlib import suppress
from dataclasses import dataclass
from email.headerregistry import Address, BaseHeader, HeaderRegistry, UniqueUnstructuredHeader
from email.message import EmailMessage
from email.policy import SMTP as POLICY
from email.policy import Policy
from email.utils import format_datetime, parseaddr, quote
from urllib.parse import parse_qs, unquote, urlsplit
from urllib.parse import quote as in_per_cents

from django.utils.crypto import salted_hmac

from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.notices.channels import Closed, Message, Receipt, Refused, Unsure, register
from huikuan.mechanisms.notices.domain.wanted import CODE, EMAIL, INTERNAL, LEGAL

#: Seconds the server may take for one answer.
_ANSWER = 30
_TLS = ("starttls", "none")
_UNSUBSCRIBE = "List-Unsubscribe"


@dataclass(frozen=True, slots=True)
class Server:
    """Where mail is handed in, and from whom."""

    host: str
    port: int
    user: str
    password: str
    tls: str
    ca: str
    sender_name: str
    sender: str


def server_set_up() -> Server | None:
    """The server the environment names; None where it names none. Refuses what cannot be meant."""
    url, said = os.environ.get("HUIKUAN_SMTP_URL", ""), os.environ.get("HUIKUAN_SMTP_FROM", "")
    return server_of(url, said) if url and said else None


def server_of(url: str, said: str) -> Server:
    """The server of an address and a sender; refuses a strange one, and a password that would go in clear."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise Refusal("smtp_address_bad") from None
    query = {name: values[-1] for name, values in parse_qs(parts.query).items()}
    tls = "tls" if parts.scheme == "smtps" else query.get("tls", "starttls")
    name, sender = parseaddr(said)
    known = parts.scheme in ("smtp", "smtps") and parts.hostname and (parts.scheme == "smtps" or tls in _TLS)
    if not known or "@" not in sender or not said.isprintable():
        raise Refusal("smtp_address_bad")
    if parts.password and tls == "none":
        raise Refusal("smtp_password_in_clear")
    return Server(
        host=parts.hostname or "",
        port=port or (465 if tls == "tls" else 587 if tls == "starttls" else 25),
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        tls=tls,
        ca=query.get("ca", ""),
        sender_name=name,
        sender=sender,
    )


def set_up() -> None:
    """Make e-mail known; what the environment says is read when it is opened."""
    register(EMAIL, opened, needs=("HUIKUAN_SMTP_URL", "HUIKUAN_SMTP_FROM"))


def opened() -> Mail | None:
    """E-mail, connected; None while no server is named. Raises Closed for an address that cannot be meant, and where
    the server cannot be reached."""
    try:
        server = server_set_up()
    except Refusal as refusal:
        raise Closed(str(refusal)) from refusal
    if server is None:
        return None
    mail = Mail(server)
    mail.connect()
    return mail


class Mail:
    """One server for the length of a turn; the connection is kept between messages."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._line: smtplib.SMTP | None = None

    def connect(self) -> smtplib.SMTP:
        """The line to the server; raises Closed."""
        if self._line is None:
            try:
                self._line = _connected(self._server)
            except (OSError, smtplib.SMTPException) as error:
                raise Closed(_said(error)) from error
            except ValueError as error:
                # A name no server can have, a password in letters no log-in takes; the error would quote them.
                raise Closed(str(Refusal("smtp_address_bad"))) from error
        return self._line

    def send(self, message: Message) -> Receipt:
        """Hand over one message."""
        written = written_mail(message, self._server.sender_name, self._server.sender)
        content = written.as_bytes(policy=POLICY)
        line = self._addressed(message.to)
        answer = _taken(line, content)
        return Receipt(
            answer=answer,
            reference=str(written["Message-ID"]),
            sha256=hashlib.sha256(content).hexdigest(),
            sender=f'"{quote(self._server.sender_name)}" <{self._server.sender}>',
        )

    def close(self) -> None:
        """Say good-bye."""
        line, self._line = self._line, None
        if line is not None:
            with suppress(OSError, smtplib.SMTPException):
                line.quit()

    def _addressed(self, to: str) -> smtplib.SMTP:
        """A line on which the server waits for the words. Nothing has been taken yet, so a line that broke meanwhile
        is opened anew, once."""
        for last in (False, True):
            line = self.connect()
            try:
                return self._asked(line, to)
            except (OSError, smtplib.SMTPException) as error:
                self.close()
                if last:
                    raise Closed(_said(error)) from error
        raise AssertionError("unreachable: the loop returns or raises")

    def _asked(self, line: smtplib.SMTP, to: str) -> smtplib.SMTP:
        code, answer = line.mail(self._server.sender)
        if code != 250:
            # It lets us send nothing at all, whoever it is for: not logged in, not encrypted, going down.
            raise smtplib.SMTPResponseException(code, answer)
        for code, answer in (line.rcpt(to), line.docmd("DATA")):
            if code == 421:
                raise smtplib.SMTPServerDisconnected(_text(answer))
            if code not in (250, 251, 354):
                with suppress(OSError, smtplib.SMTPException):
                    line.rset()
                raise Refused(f"{code} {_text(answer)}", permanent=code >= 500)
        return line


def _connected(server: Server) -> smtplib.SMTP:
    """A line to the server, encrypted as said and logged in."""
    context = ssl.create_default_context(cafile=server.ca or None)
    if server.tls == "tls":
        line: smtplib.SMTP = smtplib.SMTP_SSL(server.host, server.port, timeout=_ANSWER, context=context)
    else:
        line = smtplib.SMTP(server.host, server.port, timeout=_ANSWER)
    try:
        if server.tls == "starttls":
            line.starttls(context=context)
        if server.user:
            line.login(server.user, server.password)
        line.ehlo_or_helo_if_needed()
    except BaseException:
        line.close()
        raise
    return line


def _taken(line: smtplib.SMTP, content: bytes) -> str:
    """Say the words; answers what the server said on taking them."""
    try:
        line.send(_dotted(content))
        code, answer = line.getreply()
    except (OSError, smtplib.SMTPException) as error:
        line.close()
        raise Unsure(_said(error)) from error
    told = f"{code} {_text(answer)}"
    if code == 250:
        return told
    if 400 <= code < 600:
        raise Refused(told, permanent=code >= 500)
    line.close()
    raise Unsure(told)


def _dotted(content: bytes) -> bytes:
    """The words as they go over the line: a dot at a line's beginning doubled, the end marked (RFC 5321 4.5.2)."""
    lines = content.replace(b"\r\n.", b"\r\n..")
    return (b"." if lines.startswith(b".") else b"") + lines + (b"" if lines.endswith(b"\r\n") else b"\r\n") + b".\r\n"


class _OneLine(UniqueUnstructuredHeader, BaseHeader):  # type: ignore[misc]
    """A header that means nothing any more once it is folded or encoded."""

    def fold(self, *, policy: Policy) -> str:
        return f"{self.name}: {self}{policy.linesep}"


_HEADERS = HeaderRegistry()
_HEADERS.map_to_type(_UNSUBSCRIBE.lower(), _OneLine)
_WRITTEN = POLICY.clone(header_factory=_HEADERS)


def written_mail(message: Message, sender_name: str, sender: str, *, named: bool = True) -> EmailMessage:
    """The message as it goes out. The same claim is always written byte for byte the same, so that what was sent can
    be shown again and its hash proves it. Headers take single lines alone: what carries a line break is refused; so is
    an address in other letters than ASCII, which few servers take (RFC 6531).

    `named`: whether the wish to stop that it offers names the notice. False: as mails were once written, for their
    proof."""
    if not message.to.isascii():
        raise Refused("an address that is not in ASCII letters is not served", permanent=True)
    mail = EmailMessage(policy=_WRITTEN if named else POLICY)
    try:
        mail["From"] = Address(sender_name, addr_spec=sender)
        mail["To"] = Address(addr_spec=message.to)
        mail["Subject"] = message.subject
    except (ValueError, IndexError) as error:
        raise Refused(f"{type(error).__name__}: {error}", permanent=True) from error
    mail["Date"] = format_datetime(message.at)
    mail["Message-ID"] = message_id(message.key, sender.rpartition("@")[2])
    mail["Auto-Submitted"] = "auto-generated"
    if message.purpose not in (LEGAL, CODE, INTERNAL):
        mail[_UNSUBSCRIBE] = _unsubscribe(message.key, sender) if named else f"<mailto:{sender}?subject=STOP>"
    mail.set_content(message.text, cte="base64")
    for one in message.attachments:
        main, _, sub = one.media_type.partition("/")
        mail.add_attachment(one.content, maintype=main, subtype=sub or "octet-stream", filename=one.name)
    if message.attachments:
        mail.set_boundary(f"=_{hashlib.sha256(message.key.encode()).hexdigest()[:32]}")
    return mail


def message_id(key: str, domain: str) -> str:
    """What reports and replies will name: made of the notice's key, the same at every attempt, and by nobody else."""
    return f"<{reference(key)}@{domain}>"


def reference(key: str) -> str:
    """A notice's key with what proves that we wrote it: in Message-IDs, and in the subject of a wish to stop."""
    return f"{key}.{message_mac(key)}"


def _unsubscribe(key: str, sender: str) -> str:
    """Where a mail program writes to when its user wants no more (RFC 2369, RFC 6068): it writes a mail of its own,
    which answers none, so the subject has to say what it is about."""
    return f"<mailto:{in_per_cents(sender, safe='@')}?subject={in_per_cents(f'STOP {reference(key)}')}>"


def message_mac(key: str) -> str:
    """What only this installation can put beside a key: nobody makes up reports about another notice."""
    return salted_hmac("huikuan.notices.message", key, algorithm="sha256").hexdigest()[:20]


def _said(error: Exception) -> str:
    code = getattr(error, "smtp_code", "")
    answer = getattr(error, "smtp_error", b"")
    return f"{code} {_text(answer)}".strip() or f"{type(error).__name__}: {error}"


def _text(answer: bytes | str) -> str:
    return answer.decode("utf-8", "replace") if isinstance(answer, bytes) else str(answer)
