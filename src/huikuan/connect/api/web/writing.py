"""Writes: read with their Idempotency-Key, done once, answered the same however often they are sent."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import replace
from functools import partial
from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse

from huikuan.connect.api.domain.problems import PASSING, status_of
from huikuan.connect.api.operations.answers import Asked, Made, answer_once, answered_before
from huikuan.connect.api.web.answering import problem_of, send, written
from huikuan.connect.api.web.calls import Call, Endpoint
from huikuan.connect.api.web.reading import read_body, read_upload, room_for_upload
from huikuan.kernel.errors import Refusal

_LONGEST_KEY = 100
#: How often what was worked out beforehand is worked out anew.
_ATTEMPTS = 5
_KEY = re.compile(r"[!-~]{1,100}", re.ASCII)


def run_write(request: HttpRequest, endpoint: Endpoint, call: Call) -> HttpResponse:
    """Do it, or answer as before."""
    key = _key(request)
    if endpoint.versioned and not call.if_match:
        raise Refusal("precondition_missing")
    if endpoint.file:
        made = _take_file(request, endpoint, call, key)
    else:
        call = replace(call, body=read_body(endpoint, request))
        made = _done_once(endpoint, call, _asked(endpoint, call, key, dict(call.body)))
    response = send(made.status, made.text, etag=made.etag)
    if made.again:
        response.headers["Idempotency-Replayed"] = "true"
    return response


def _done_once(endpoint: Endpoint, call: Call, asked: Asked) -> Made:
    """Do it unless it was done. What takes a moment is worked out beforehand, and anew when somebody else was faster
    with what it rests on."""
    for attempt in range(_ATTEMPTS):
        if endpoint.beforehand is not None and answered_before(asked) is None:
            call = replace(call, ready=_worked_out(endpoint.beforehand, call))
        try:
            return answer_once(asked, partial(_run, endpoint, call), at=call.at)
        except Refusal as refusal:
            last = endpoint.beforehand is None or attempt == _ATTEMPTS - 1
            if last or status_of(refusal.code) not in PASSING:
                raise
    raise AssertionError("the last attempt answers or raises")


def _worked_out(beforehand: Callable[[Call], Any], call: Call) -> Any:
    """A refusal is an answer too, to be kept like every other."""
    try:
        return beforehand(call)
    except Refusal as refusal:
        return refusal


def _take_file(request: HttpRequest, endpoint: Endpoint, call: Call, key: str) -> Made:
    """A file is read before anything is locked: reading may take minutes. Where an endpoint reads it beforehand, what
    it says is recorded with the answer; else what a second request that was faster makes superfluous is an import
    draft, which nobody commits and which is tidied away."""
    with room_for_upload() as held:
        call = replace(call, upload=read_upload(request, held))
        asked = _asked(endpoint, call, key, call.upload.sha256 if call.upload else "")
        if endpoint.beforehand is not None:
            return _done_once(endpoint, call, asked)
        known = answered_before(asked)
        if known is not None:
            return known
        made = _run(endpoint, call)
    return answer_once(asked, lambda: made, at=call.at)


def _run(endpoint: Endpoint, call: Call) -> Made:
    """What the endpoint answers; a refusal leaves nothing written and is an answer too."""
    try:
        if isinstance(call.ready, Refusal):
            raise call.ready
        with nullcontext() if endpoint.file and endpoint.beforehand is None else transaction.atomic():
            reply = endpoint.run(call)
    except Refusal as refusal:
        if status_of(refusal.code) in PASSING:
            raise
        return Made(status_of(refusal.code), written(problem_of(refusal)))
    return Made(endpoint.status, written(reply.body), reply.etag)


def _key(request: HttpRequest) -> str:
    key = request.headers.get("Idempotency-Key", "")
    if not key:
        raise Refusal("idempotency_key_missing")
    if not _KEY.fullmatch(key):
        raise Refusal("idempotency_key_bad", longest=_LONGEST_KEY)
    return key


def _asked(endpoint: Endpoint, call: Call, key: str, body: Any) -> Asked:
    """The same values are the same write, however their JSON was spaced or ordered."""
    said = json.dumps([endpoint.name, call.path, call.query, call.if_match, body], default=str, sort_keys=True)
    return Asked(call.caller.token.id, key, hashlib.sha256(said.encode()).hexdigest())
