"""Where the next page begins: opaque to the caller, sealed so that nobody makes one up.

A cursor holds the last key of a page and fits the one question it was given for.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
from collections.abc import Sequence

from huikuan.kernel.errors import Refusal

_SEAL = 16
_LONGEST = 500

Key = Sequence[str | int]


def cursor_of(place: Key, *, question: str, secret: bytes) -> str:
    """The cursor after the row whose key is `place`."""
    said = json.dumps(list(place), ensure_ascii=False, separators=(",", ":")).encode()
    return base64.urlsafe_b64encode(_seal(said, question, secret) + said).rstrip(b"=").decode()


def place_of(cursor: str, *, question: str, secret: bytes) -> list[str | int]:
    """The key a cursor holds; refuses one that is not ours or belongs to another question."""
    try:
        held = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        raise Refusal("page_unknown", value=cursor[:40]) from None
    seal, said = held[:_SEAL], held[_SEAL:]
    if len(cursor) > _LONGEST or not hmac.compare_digest(seal, _seal(said, question, secret)):
        raise Refusal("page_unknown", value=cursor[:40])
    place: list[str | int] = json.loads(said)
    return place


def _seal(said: bytes, question: str, secret: bytes) -> bytes:
    return hmac.new(secret, question.encode() + b"\0" + said, hashlib.sha256).digest()[:_SEAL]
