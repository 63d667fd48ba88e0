"""How a message to a webhook is signed, and how patiently it is tried again. Layout: Standard Webhooks."""

from __future__ import annotations

import base64
import hashlib
import hmac
from datetime import timedelta

PREFIX = "whsec_"
#: Waits after the first failure, the second …; after the last one the message is dead. A little over two days.
WAITS = tuple(timedelta(seconds=seconds) for seconds in (5, 30, 120, 600, 1_800, 7_200, 21_600, 43_200, 86_400))
#: The receiver says that it is gone for good.
GONE = 410


def signed(secret: str, *, message_id: str, timestamp: int, body: bytes) -> str:
    """The signature: HMAC-SHA256 over `id.timestamp.body`, in base64."""
    key = base64.b64decode(secret.removeprefix(PREFIX))
    content = f"{message_id}.{timestamp}.".encode() + body
    return "v1," + base64.b64encode(hmac.new(key, content, hashlib.sha256).digest()).decode()


def wait_after(attempts: int) -> timedelta | None:
    """How long to wait after so many failures; None: no more."""
    return WAITS[attempts - 1] if attempts <= len(WAITS) else None


def accepted(status: int) -> bool:
    """Whether the receiver has it. A redirect is no acceptance: nothing is followed."""
    return 200 <= status < 300
