"""Asking a provider's server over the web, so that of each call it is known whether the message may be taken."""

from __future__ import annotations

import http.client
import json
from collections.abc import Mapping
from typing import Any

from django.conf import settings

from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.notices.channels import Closed, Refused, Unsure
from huikuan.mechanisms.outgoing.addresses import target_of
from huikuan.mechanisms.outgoing.calling import Answer, NotReached, exchange

#: In bytes: what a provider answers is a line of JSON.
_MOST = 64 * 1024
_OK, _UNKNOWN, _TOO_MANY, _BROKEN = 200, (401, 403, 404), 429, 500


def asked(method: str, url: str, headers: Mapping[str, str], body: bytes) -> Answer:
    """One call; what breaks off before the request went out is Closed, whatever breaks off later is Unsure: the
    other side may have read all of it."""
    local = bool(settings.WEBHOOKS_LOCAL)
    try:
        return exchange(method, target_of(url, local=local), headers, body, local=local, most=_MOST)
    except NotReached as error:
        raise Closed(str(error)) from error
    except Refusal as refusal:
        if refusal.code == "answer_too_long":
            raise Unsure(str(refusal)) from refusal
        raise Closed(str(refusal)) from refusal
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise Unsure(f"{type(error).__name__}: {error}") from error


def answered(answer: Answer) -> dict[str, Any]:
    """The JSON object of an answer; one that is none leaves in doubt what became of the message."""
    said = f"{answer.status} {answer.body[:300].decode('utf-8', 'replace')}"
    if answer.status == _TOO_MANY:
        raise Refused(said, permanent=False)
    try:
        found = json.loads(answer.body)
    except ValueError:
        found = None
    if isinstance(found, dict):
        return found
    if answer.status in _UNKNOWN:
        raise Closed(said)
    if _OK <= answer.status < _BROKEN and answer.status >= 400:
        raise Refused(said, permanent=True)
    raise Unsure(said)
