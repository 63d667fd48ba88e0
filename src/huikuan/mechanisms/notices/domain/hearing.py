"""What comes back by mail: reports of delivery and failure (RFC 3464), receipts (RFC 8098), replies, wishes to stop.

Which notice it is about stands in the Message-ID it names, or in the subject our mails offer for a wish to stop; when
it was written, in its Date, which may only make it earlier than it was heard. Nothing else of it is believed, and
nothing is run.
A header or a word that cannot be read says nothing; a mail of which nothing can be read raises whatever the parser
does, and who hears it (operations.reporting.hear_mail) leaves it aside.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage, Message
from email.policy import default
from email.utils import parsedate_to_datetime

from huikuan.kernel.dates import EARLIEST, LATEST
from huikuan.kernel.text import recordable

DELIVERED, BOUNCED, REPLIED, DELAYED = "delivered", "bounced", "replied", "delayed"
_IDS = re.compile(r"<[^<>\s]{3,250}>")
#: A reply that says nothing else, in its subject or its first line, wants no more.
_STOP = frozenset({"stop", "unsubscribe", "td", "t", "退订", "停止发送", "不要再发"})
#: A notice in a subject: a Message-ID of ours without its domain.
_NAMED = re.compile(r"\bnotice-[1-9]\d{0,17}\.[0-9a-f]{20}\b")
_SUBJECT = re.compile(rb"^Subject:[^\r\n]*(?:\r?\n[ \t][^\r\n]*)*", re.M | re.I)
LONGEST = 4_000
_MOST_PARTS = 50


@dataclass(frozen=True, slots=True)
class Heard:
    """One message heard. `what`: delivered, bounced, replied or delayed; `about`: the Message-IDs it names, likeliest
    first, then the notices its subject names; `status`: the code of a report (5.1.1); `words`: what it says; `sender`:
    who it says wrote it; `automatic`: an answer no person gave; `stop`: it asks for no more; `dated`: when it says it
    was written, None: it does not; `own`: its own Message-ID, '' where it has none."""

    what: str
    about: tuple[str, ...]
    status: str
    words: str
    sender: str
    automatic: bool = False
    stop: bool = False
    dated: datetime | None = None
    own: str = ""


def heard(content: bytes) -> Heard:
    """What a mail says of one of ours, as it can be recorded; one that names none of them is a reply to nothing.
    Raises what the parser raises where nothing can be read."""
    found = _heard(message_from_bytes(content, policy=default))
    return replace(
        found,
        status=recordable(found.status),
        words=recordable(found.words),
        sender=recordable(found.sender),
        own=recordable(found.own),
    )


def _heard(mail: Message) -> Heard:
    report = _report(mail)
    sender = _line(mail, "From")
    own = next(iter(_ids(mail, "Message-ID")), "")
    if report is not None:
        return replace(report, own=own)
    words = _text(mail)
    automatic = _line(mail, "Auto-Submitted").lower() not in ("", "no") or bool(_line(mail, "X-Autoreply"))
    first = next((line for line in words.splitlines() if line.strip()), "")
    subject, named = _line(mail, "Subject"), _named(mail)
    # Under the subject we offer a wish is meant, though a program wrote it for its user.
    stop = bool(named and _wish(_NAMED.sub("", subject))) or (not automatic and (_wish(subject) or _wish(first)))
    about = tuple(dict.fromkeys([*_ids(mail, "In-Reply-To"), *_ids(mail, "References")[::-1], *named]))
    return Heard(
        DELIVERED if automatic else REPLIED, about, "", words[:LONGEST], sender, automatic, stop, _dated(mail), own
    )


def named_in_subject(headers: bytes) -> list[str]:
    """The notices the subject among these headers names. It is cut out first: no other header keeps it from being
    read."""
    found = _SUBJECT.search(headers)
    return _named(message_from_bytes(found[0], policy=default)) if found else []


def _named(mail: Message) -> list[str]:
    return _NAMED.findall(_line(mail, "Subject"))


def _report(mail: Message) -> Heard | None:
    if mail.get_content_type() != "multipart/report":
        return None
    parts = list(_parts(mail))
    fields = next((_fields(part) for part in parts if part.get_content_type() in _STATUS), None)
    if fields is None:
        return None
    what = _what(fields)
    about = [number for part in parts if part.get_content_type() in _ORIGINAL for number in _original_ids(part)]
    about += _IDS.findall(fields.get("original-message-id", "")) + list(_ids(mail, "In-Reply-To"))
    said = "\n".join(f"{name}: {value}" for name, value in fields.items())
    return Heard(
        what,
        tuple(dict.fromkeys(about)),
        fields.get("status", "")[:20],
        said[:LONGEST],
        _line(mail, "From"),
        automatic=True,
        dated=_dated(mail),
    )


_STATUS = ("message/delivery-status", "message/disposition-notification")
_ORIGINAL = ("message/rfc822", "text/rfc822-headers", "message/rfc822-headers")
_ACTIONS = {"failed": BOUNCED, "delayed": DELAYED, "delivered": DELIVERED, "relayed": DELAYED, "expanded": DELIVERED}


def _what(fields: dict[str, str]) -> str:
    if "disposition" in fields:
        return DELIVERED
    return _ACTIONS.get(fields.get("action", "").lower(), DELAYED)


def _fields(part: Message) -> dict[str, str]:
    """The fields of a report; those of its recipient after those of the message, of several the last."""
    found: dict[str, str] = {}
    blocks = part.get_payload()
    for block in blocks if isinstance(blocks, list) else [part]:
        if isinstance(block, Message):
            found |= {name.lower(): _line(block, name) for name in block}
    if not found or "action" not in found:
        text = _raw(part)
        found |= {name.lower(): value.strip() for name, value in re.findall(r"^([A-Za-z-]+):[ \t]*(.*)$", text, re.M)}
    return found


def _original_ids(part: Message) -> list[str]:
    inner = part.get_payload()
    if isinstance(inner, list) and inner and isinstance(inner[0], Message):
        return list(_ids(inner[0], "Message-ID"))
    return [one for line in re.findall(r"^Message-ID:(.*(?:\n[ \t].*)*)", _raw(part), re.M | re.I)
            for one in _IDS.findall(line)]  # fmt: skip


def _parts(mail: Message) -> Iterator[Message]:
    for count, part in enumerate(mail.walk()):
        if count >= _MOST_PARTS:
            return
        yield part


def _text(mail: Message) -> str:
    """The words a person wrote, as far as they can be read; quoted lines are left out."""
    body = mail.get_body(("plain",)) if isinstance(mail, EmailMessage) else None
    if body is None:
        return ""
    lines = [line for line in _raw(body).splitlines() if not line.lstrip().startswith(">")]
    return "\n".join(lines).strip()


def _raw(part: Message) -> str:
    content = part.get_payload(decode=True)
    if not isinstance(content, bytes):
        return str(part.get_payload() or "")
    try:
        return content.decode(part.get_content_charset() or "utf-8", "replace")
    except (LookupError, ValueError):
        # No such charset, or none that reads text: idna, undefined, a name with a NUL.
        return content.decode("utf-8", "replace")


def _ids(mail: Message, header: str) -> list[str]:
    return _IDS.findall(_line(mail, header))


def _line(mail: Message, header: str) -> str:
    """A header as text; one that cannot be read says nothing, whatever the parser makes of it: no end of brackets,
    a day beyond all years."""
    try:
        return " ".join(str(mail.get(header, "")).split())
    except Exception:
        return ""


def _dated(mail: Message) -> datetime | None:
    try:
        found = parsedate_to_datetime(_line(mail, "Date"))
    except (ValueError, TypeError, OverflowError):
        return None
    if not EARLIEST < found.date() < LATEST:
        return None
    # "-0000": an instant whose zone is not told.
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _wish(text: str) -> bool:
    return text.strip(" \t.。!！:：").casefold() in _STOP
