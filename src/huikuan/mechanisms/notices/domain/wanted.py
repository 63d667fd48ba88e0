"""What a notice may be: its purposes, its channels, and addresses that never carry anything but an address."""

from __future__ import annotations

import re
from email.errors import MessageError
from email.headerregistry import Address

from huikuan.kernel.errors import Place, Refusal

EMAIL, SMS, IM, LETTER, VOICE = "email", "sms", "im", "letter", "voice"
CHANNELS = (EMAIL, SMS, IM, LETTER, VOICE)

REMINDER, STATEMENT, CONFIRMATION, DEMAND, LEGAL, CODE, INTERNAL = (
    "reminder", "statement", "confirmation", "demand", "legal", "code", "internal",
)  # fmt: skip
PURPOSES = (REMINDER, STATEMENT, CONFIRMATION, DEMAND, LEGAL, CODE, INTERNAL)
#: What these say is for whoever they go to alone: it proves who that is. Nobody here reads it, or sends it elsewhere.
SECRET = frozenset({CODE})

LANGUAGES = ("zh-hans", "en")
LONGEST_SUBJECT, LONGEST_ADDRESS = 300, 500
_PHONE = re.compile(r"\+?[0-9][0-9 \-]{4,24}\Z")


def require_known(channel: str, purpose: str, language: str) -> None:
    """Refuse a channel, purpose or language that is none."""
    for column, value, known in (
        ("channel", channel, CHANNELS), ("purpose", purpose, PURPOSES), ("language", language, LANGUAGES),
    ):  # fmt: skip
        if value not in known:
            raise Refusal("notice_word_unknown", where=[Place(column=column, value=value, fix=" | ".join(known))])


def address_of(channel: str, text: str) -> str:
    """The address as the channel takes it; refuses one it does not. No line break ever passes."""
    written = text.strip()
    good = bool(written) and len(written) <= LONGEST_ADDRESS and written.isprintable()
    if channel == EMAIL:
        good = good and _is_mailbox(written)
    elif channel in (SMS, VOICE):
        good = good and _PHONE.match(written) is not None
    elif channel == LETTER:
        good = bool(written) and len(written) <= LONGEST_ADDRESS
    if not good:
        raise Refusal("notice_address_bad", where=[Place(column="to", value=text[:80])], channel=channel)
    return written


def folded(channel: str, address: str) -> str:
    """The address as compared: a person who said stop is known again however the address was typed."""
    if channel in (SMS, VOICE):
        return "".join(one for one in address if one.isdigit())[-11:]
    return " ".join(address.split()).casefold()


def _is_mailbox(text: str) -> bool:
    """One plain address, local@domain: no display name, no list, no quoting."""
    if text.count("@") != 1 or any(one in text for one in ' ,;:<>()[]"\\'):
        return False
    try:
        found = Address(addr_spec=text)
    except (MessageError, ValueError, IndexError):
        return False
    return bool(found.username) and "." in found.domain.strip(".") and found.domain.isprintable()
