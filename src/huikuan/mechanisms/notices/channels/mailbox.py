"""The mailbox replies and bounces come to, read by IMAP (RFC 9051, RFC 3501).

HUIKUAN_IMAP_URL says which: imaps://user:password@host/INBOX for TLS from the beginning, imap://… for STARTTLS;
`?ca=/path.pem` names the authority of a private server, `?tls=none` is for this machine alone. Nothing is moved or
deleted; BODY.PEEK leaves a message unread until it is marked.
"""

from __future__ import annotations

import imaplib
import os
import re
import ssl
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from urllib.parse import parse_qs, unquote, urlsplit

from huikuan.kernel.errors import Refusal

#: Seconds the server may take for one answer.
_ANSWER = 30
#: So much of a message is read: what it says stands at its beginning, whatever it encloses.
LARGEST = 8 * 1024 * 1024
_AT_ONCE = 200
_HERE = ("127.0.0.1", "::1", "localhost")
#: What tells, without the message, whether it can be about one of ours.
_NAMING = "IN-REPLY-TO REFERENCES SUBJECT CONTENT-TYPE"
_UID = re.compile(rb"\bUID (\d+)")


@dataclass(frozen=True, slots=True)
class Box:
    """A mailbox: where it is, whose, which folder."""

    host: str
    port: int
    user: str
    password: str = field(repr=False)
    tls: str
    ca: str
    folder: str


class Unreachable(Exception):
    """The server could not be reached, or does not let us in; the message is its answer."""


def url_named() -> str:
    """What the environment says; '' where it names no mailbox."""
    return os.environ.get("HUIKUAN_IMAP_URL", "")


def box_set_up() -> Box | None:
    """The mailbox the environment names; None where it names none. Refuses what cannot be meant."""
    url = url_named()
    return box_of(url) if url else None


def box_of(url: str) -> Box:
    """The mailbox of an address; refuses a strange one, and a password that would go over a net in clear."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise Refusal("imap_address_bad") from None
    query = {name: values[-1] for name, values in parse_qs(parts.query).items()}
    tls = "tls" if parts.scheme == "imaps" else query.get("tls", "starttls")
    host, user, password = parts.hostname or "", unquote(parts.username or ""), unquote(parts.password or "")
    folder = unquote(parts.path.lstrip("/")) or "INBOX"
    said = user + password + folder
    if parts.scheme not in ("imap", "imaps") or tls not in ("tls", "starttls", "none") or not (host and user):
        raise Refusal("imap_address_bad")
    if not (said.isascii() and said.isprintable()):
        raise Refusal("imap_address_bad")
    if tls == "none" and host not in _HERE:
        raise Refusal("imap_password_in_clear")
    return Box(host, port or (993 if tls == "tls" else 143), user, password, tls, query.get("ca", ""), folder)


@contextmanager
def opened(box: Box) -> Iterator[Mailbox]:
    """The mailbox, logged in, its folder chosen. Raises Unreachable, also later when the line breaks."""
    try:
        line = _connected(box)
        try:
            yield Mailbox(line)
        finally:
            with suppress(OSError, imaplib.IMAP4.error):
                line.logout()
            with suppress(OSError):
                line.shutdown()
    except (OSError, imaplib.IMAP4.error) as error:
        raise Unreachable(_text(error)) from error


class Mailbox:
    """A folder that is open."""

    def __init__(self, line: imaplib.IMAP4) -> None:
        self._line = line
        told = line.response("UIDVALIDITY")[1]
        #: As long as it stays the same, a UID means the same message.
        self.numbering = told[0] if told and isinstance(told[0], bytes) else b""

    def unread(self, most: int) -> list[int]:
        """The UIDs of what is unread, the oldest first; of more than `most` the newest."""
        [found, *_] = self._asked("SEARCH", "UNSEEN")
        uids = sorted(int(one) for one in found.split()) if isinstance(found, bytes) else []
        return uids[-most:]

    def naming(self, uids: Sequence[int]) -> dict[int, bytes]:
        """UID → the headers that name other messages."""
        headers: dict[int, bytes] = {}
        for start in range(0, len(uids), _AT_ONCE):
            some = ",".join(map(str, uids[start : start + _AT_ONCE]))
            headers |= _literals(self._asked("FETCH", some, f"(UID BODY.PEEK[HEADER.FIELDS ({_NAMING})])"))
        return headers

    def read(self, uid: int) -> bytes | None:
        """The message, as far as LARGEST; None: it is gone."""
        return _literals(self._asked("FETCH", str(uid), f"(UID BODY.PEEK[]<0.{LARGEST}>)")).get(uid)

    def mark(self, uid: int) -> None:
        """From now on it is read."""
        self._asked("STORE", str(uid), "+FLAGS.SILENT", r"(\Seen)")

    def _asked(self, command: str, *words: str) -> list[bytes | tuple[bytes, bytes] | None]:
        state, answer = self._line.uid(command, *words)
        if state != "OK":
            raise imaplib.IMAP4.error(f"{command}: {_text(answer)}")
        return answer or [None]


def _connected(box: Box) -> imaplib.IMAP4:
    """A line to the server, encrypted as said, logged in, the folder chosen."""
    context = ssl.create_default_context(cafile=box.ca or None)
    if box.tls == "tls":
        line: imaplib.IMAP4 = imaplib.IMAP4_SSL(box.host, box.port, ssl_context=context, timeout=_ANSWER)
    else:
        line = imaplib.IMAP4(box.host, box.port, timeout=_ANSWER)
    try:
        if box.tls == "starttls":
            line.starttls(context)
        line.login(box.user, box.password)
        if "ID" in line.capabilities:
            # Some providers open no folder to a program that does not say its name (RFC 2971).
            with suppress(imaplib.IMAP4.error):
                line.xatom("ID", '("name" "Huikuan")')
        folder = box.folder.replace("\\", "\\\\").replace('"', '\\"')
        state, answer = line.select(f'"{folder}"')
        if state != "OK":
            raise imaplib.IMAP4.error(_text(answer))
    except BaseException:
        with suppress(OSError):
            line.shutdown()
        raise
    return line


def _literals(answer: Sequence[bytes | tuple[bytes, bytes] | None]) -> dict[int, bytes]:
    """UID → what came with it; the number may stand before the words or behind them. What the server tells unasked
    brings no words, and is passed over."""
    found: dict[int, bytes] = {}
    for place, one in enumerate(answer):
        if not isinstance(one, tuple):
            continue
        behind = answer[place + 1] if place + 1 < len(answer) else None
        number = _UID.search(one[0]) or (_UID.search(behind) if isinstance(behind, bytes) else None)
        if number is not None:
            found[int(number[1])] = one[1]
    return found


def _text(said: object) -> str:
    """A server's answer in words, no secret among them."""
    if isinstance(said, imaplib.IMAP4.error) and said.args:
        said = said.args[0]
    if isinstance(said, list):
        said = said[0] if said else ""
    if isinstance(said, bytes):
        return said.decode("utf-8", "replace")[:300]
    return (f"{type(said).__name__}: {said}" if isinstance(said, OSError) else str(said))[:300]
