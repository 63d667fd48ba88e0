"""The way of every call: token, rate, reading, permission, the endpoint, its answer."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.csrf import csrf_exempt

from huikuan.connect.api import rates
from huikuan.connect.api.callers import Caller, caller_of
from huikuan.connect.api.domain.cursors import cursor_of, place_of
from huikuan.connect.api.web.answering import matches, send, send_problem, tag_of, written
from huikuan.connect.api.web.calls import Call, Download, Endpoint, Reply
from huikuan.connect.api.web.reading import read_path, read_query
from huikuan.connect.api.web.writing import run_write
from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.pages.downloads import download
from huikuan.mechanisms.pages.tracing import request_id

log = logging.getLogger(__name__)


def view_of(endpoints: Mapping[str, Endpoint]) -> Callable[..., HttpResponseBase]:
    """The view of one address: its endpoints by method. It knows tokens alone, no session and so no CSRF."""

    @csrf_exempt
    @login_not_required
    def view(request: HttpRequest, **given: Any) -> HttpResponseBase:
        return _logged(partial(_answer, request, endpoints, given))

    return view


@csrf_exempt
@login_not_required
def nowhere(request: HttpRequest, **_given: Any) -> HttpResponseBase:
    """An address that is none of ours."""
    return _logged(lambda: send_problem(Refusal("not_found")))


def _logged(answer: Callable[[], HttpResponseBase]) -> HttpResponseBase:
    """The answer; what nobody foresaw is logged under the request's number and answered without detail."""
    try:
        response = answer()
    except Refusal as refusal:
        response = send_problem(refusal)
    except Exception:
        log.exception("a call of the API failed", extra={"request_id": request_id()})
        response = send_problem(Refusal("request_failed"))
    response.headers["Cache-Control"] = "no-store"
    return response


def _answer(request: HttpRequest, endpoints: Mapping[str, Endpoint], given: dict[str, Any]) -> HttpResponseBase:
    at = timezone.now()
    caller = caller_of(request.headers.get("Authorization", ""), at=at)
    rates.take_turn(f"token {caller.token.id}", now=at.timestamp())
    method = "GET" if request.method == "HEAD" else str(request.method)
    endpoint = endpoints.get(method)
    if endpoint is None:
        response = send_problem(Refusal("method_unknown", allowed=", ".join(sorted(endpoints))))
        response.headers["Allow"] = ", ".join(sorted(endpoints))
        return response
    if endpoint.permission is not None:
        caller.require(endpoint.permission)
    call = _call(request, endpoint, caller, given)
    return run_write(request, endpoint, call) if endpoint.writes else _read(request, endpoint, call)


def _call(request: HttpRequest, endpoint: Endpoint, caller: Caller, given: dict[str, Any]) -> Call:
    path, query = read_path(endpoint, given), read_query(endpoint, request)
    place = None
    if query.get("cursor"):
        place = place_of(query["cursor"], question=_question(endpoint, path, query), secret=_secret())
    return Call(
        caller=caller,
        at=caller.at,
        path=path,
        query=query,
        if_match=request.headers.get("If-Match", ""),
        place=place,
        language=get_language() or "",
    )


def _read(request: HttpRequest, endpoint: Endpoint, call: Call) -> HttpResponseBase:
    reply = endpoint.run(call)
    if reply.file is not None:
        return _file(request, reply.file, reply.etag)
    text = written(_page(endpoint, call, reply) if endpoint.paged else reply.body)
    etag = reply.etag or tag_of(text)
    if matches(request.headers.get("If-None-Match", ""), etag):
        response = HttpResponse(status=304)
        response.headers["ETag"] = etag
        return response
    return send(endpoint.status, text, etag=etag)


def _file(request: HttpRequest, file: Download, etag: str) -> HttpResponseBase:
    """A stored file."""
    if matches(request.headers.get("If-None-Match", ""), etag):
        return HttpResponse(status=304, headers={"ETag": etag})
    response = download(file.path, file.name, file.media_type)
    response.headers["ETag"] = etag
    return response


def _page(endpoint: Endpoint, call: Call, reply: Reply) -> dict[str, Any]:
    question = _question(endpoint, call.path, call.query)
    following = cursor_of(reply.next, question=question, secret=_secret()) if reply.next else None
    return {**reply.body, "next": following}


def _question(endpoint: Endpoint, path: Mapping[str, Any], query: Mapping[str, Any]) -> str:
    """What a cursor belongs to: the same question, whatever the size of its pages."""
    asked = {name: value for name, value in query.items() if name not in ("cursor", "limit")}
    return json.dumps([endpoint.name, path, asked], default=str, sort_keys=True)


def _secret() -> bytes:
    return f"huikuan api cursor {settings.SECRET_KEY}".encode()
