"""How long a link lives, how often something may be tried, and what of a secret is kept."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from datetime import timedelta

from huikuan.kernel.errors import Refusal

CHANNELS = ("email", "sms", "copy")
LEAST_DAYS, MOST_DAYS = 1, 90
#: A token is 192 random bits: nobody guesses one, and its plain hash cannot be turned round.
TOKEN_BYTES = 24
CODE_DIGITS = 6


@dataclass(frozen=True, slots=True)
class Cap:
    """No more than `most` of something within `span`."""

    most: int
    span: timedelta


#: Links that open nothing, from one address.
WRONG_LINKS = Cap(20, timedelta(minutes=15))
#: Pages and forms of one guest.
CALLS = Cap(600, timedelta(minutes=10))
#: Of these, files made anew and lists read: what takes long.
HEAVY = Cap(30, timedelta(minutes=10))
#: Codes sent by one link, and wrong ones typed by it.
CODES = Cap(6, timedelta(hours=1))
WRONG_CODES = Cap(15, timedelta(hours=24))
#: Digests checked by anybody, from one address.
CHECKS = Cap(30, timedelta(minutes=15))
#: How long anything is counted.
COUNTED = timedelta(hours=24)

CODE_LIVES = timedelta(minutes=10)
CODE_AGAIN = timedelta(seconds=60)
CODE_TRIES = 5
SESSION_IDLE = timedelta(hours=1)
SESSION_WHOLE = timedelta(hours=8)


def check_terms(channel: str, days: int) -> None:
    """Refuse a way of sending there is not, and a link that would live too short or too long."""
    if channel not in CHANNELS:
        raise Refusal("confirmation_channel_unknown", value=channel, known=", ".join(CHANNELS))
    if not LEAST_DAYS <= days <= MOST_DAYS:
        raise Refusal("confirmation_days", days=days, least=LEAST_DAYS, most=MOST_DAYS)


def hashed(secret: str) -> bytes:
    """What is kept of a link's token or a cookie's key."""
    return hashlib.sha256(secret.encode()).digest()


def sealed_code(code: str, session_id: int, key: bytes) -> bytes:
    """What is kept of a code: of no use without the installation's key, nor for another session."""
    return hmac.new(key, f"portal-code:{session_id}:{code}".encode(), hashlib.sha256).digest()


def same(one: bytes, other: bytes) -> bool:
    """Whether two secrets agree, in a time that tells nothing."""
    return bool(one) and hmac.compare_digest(one, other)
