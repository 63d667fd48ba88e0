"""One message to one address; whatever goes wrong is the answer."""

from __future__ import annotations

import http.client
from collections.abc import Mapping
from dataclasses import dataclass

from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.outgoing.addresses import Target
from huikuan.mechanisms.outgoing.calling import NotReached, exchange

_SAID = 200


@dataclass(frozen=True, slots=True)
class Sent:
    """What came of it: the receiver's status, or why there is none."""

    status: int | None
    error: str = ""


def deliver(target: Target, headers: Mapping[str, str], body: bytes, *, local: bool) -> Sent:
    """Send `body` by POST; whatever goes wrong is the answer."""
    try:
        return Sent(exchange("POST", target, headers, body, local=local).status)
    except Refusal as refusal:
        return Sent(None, refusal.code)
    except NotReached as error:
        return Sent(None, str(error)[:_SAID])
    except (OSError, http.client.HTTPException, UnicodeError, ValueError) as error:
        return Sent(None, f"{type(error).__name__}: {error}"[:_SAID])
