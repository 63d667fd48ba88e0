"""Codes of an authenticator app: RFC 6238 over HMAC-SHA1 with 30 s steps and six digits, as every app has it."""

from __future__ import annotations

import hashlib
import hmac
from datetime import datetime
from urllib.parse import quote, urlencode

STEP_SECONDS = 30
DIGITS = 6
#: Clocks differ: the step before and the one after are taken, too.
_DRIFT = 1
SECRET_BYTES = 20


def step_of(at: datetime) -> int:
    """The time step an instant lies in."""
    return int(at.timestamp()) // STEP_SECONDS


def code_of(secret: bytes, step: int) -> str:
    """The code of a time step (RFC 4226, 5.3)."""
    digest = hmac.new(secret, step.to_bytes(8, "big"), hashlib.sha1).digest()
    place = digest[-1] & 0x0F
    number = int.from_bytes(digest[place : place + 4], "big") & 0x7FFF_FFFF
    return str(number % 10**DIGITS).zfill(DIGITS)


def step_shown(secret: bytes, code: str, *, at: datetime, after: int) -> int | None:
    """The time step of which `code` is the code, None when it is of none near `at` or not later than `after`.

    `after`: the newest step a code was taken of, so that none is taken twice (RFC 6238, 5.2).
    """
    now = step_of(at)
    found = None
    for step in range(now - _DRIFT, now + _DRIFT + 1):
        # Every step is compared, in constant time, so that the answer's time tells nothing.
        if hmac.compare_digest(code_of(secret, step).encode(), code.encode()) and step > after:
            found = step
    return found


def address(secret_text: str, *, account: str, issuer: str) -> str:
    """The address an app reads from the picture (key URI format). `secret_text` in base32 without padding."""
    label = quote(f"{issuer}:{account}", safe="")
    query = urlencode({"secret": secret_text, "issuer": issuer, "digits": DIGITS, "period": STEP_SECONDS})
    return f"otpauth://totp/{label}?{query}"
