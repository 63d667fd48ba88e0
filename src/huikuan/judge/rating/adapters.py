"""A register asked over HTTP: one GET, signed as providers of the national register's data have it.

The key travels in the address; the headers carry `Timespan`, the second of the call, and `Token`, the upper-case MD5
of key, timespan and secret. Off unless the environment names address, key and secret.
"""

from __future__ import annotations

import hashlib
import http.client
import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlencode

from django.conf import settings

from huikuan.judge.rating.domain.registry import Entry, Registry, read_answer
from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.outgoing.addresses import target_of
from huikuan.mechanisms.outgoing.calling import Answer, NotReached, exchange

#: In bytes: no entry is longer.
MOST = 1_000_000
_OK, _BUSY = 200, 429
_DENIED = frozenset({401, 403})
#: What the provider says in the body, beside an HTTP 200.
_SAID_OK, _SAID_NONE = "200", "201"
_LONGEST_WAIT = 86_400


@dataclass(frozen=True, slots=True)
class HttpRegistry:
    """`local`: the installation says that it asks itself (tests)."""

    url: str
    key: str
    secret: str
    local: bool = False
    clock: Callable[[], float] = time.time

    def find(self, wanted: str) -> Entry:
        """As Registry. Refuses, too, a register that cannot be reached, denies us, or asks to wait."""
        try:
            answer = self._ask(wanted)
        except NotReached as error:
            raise Refusal("registry_unreachable", why=str(error).partition(":")[0]) from error
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise Refusal("registry_unreachable", why=type(error).__name__) from error
        _require_answer(answer)
        try:
            said = json.loads(answer.body.decode("utf-8"))
        except ValueError:
            raise Refusal("registry_unreadable", field="JSON") from None
        told = str(said.get("Status", "")) if isinstance(said, dict) else ""
        if told == _SAID_NONE:
            raise Refusal("registry_unknown", wanted=wanted)
        if told != _SAID_OK:
            raise Refusal("registry_denied", status=told[:20] or "–")
        return read_answer(said)

    def _ask(self, wanted: str) -> Answer:
        span = str(int(self.clock()))
        # The provider's scheme asks for MD5; the connection is what keeps the secret.
        token = hashlib.md5(f"{self.key}{span}{self.secret}".encode(), usedforsecurity=False).hexdigest().upper()
        mark = "&" if "?" in self.url else "?"
        target = target_of(f"{self.url}{mark}{urlencode({'key': self.key, 'keyword': wanted})}", local=self.local)
        headers = {"Token": token, "Timespan": span, "Accept": "application/json", "Connection": "close"}
        return exchange("GET", target, headers, local=self.local, most=MOST)


def registry() -> Registry | None:
    """The register this installation asks; None: it asks none."""
    url, key, secret = settings.REGISTRY_URL, settings.REGISTRY_KEY, settings.REGISTRY_SECRET
    return HttpRegistry(url, key, secret, local=settings.WEBHOOKS_LOCAL) if url and key and secret else None


def _require_answer(answer: Answer) -> None:
    if answer.status == _BUSY:
        raise Refusal("registry_busy", seconds=_wait(answer.headers.get("retry-after", "")))
    if answer.status in _DENIED:
        raise Refusal("registry_denied", status=answer.status)
    if answer.status != _OK:
        raise Refusal("registry_unreachable", why=f"HTTP {answer.status}")


def _wait(text: str) -> int:
    """Seconds to wait; a minute where the register does not say."""
    return min(int(text), _LONGEST_WAIT) if text.isascii() and text.isdigit() and len(text) < 10 else 60
