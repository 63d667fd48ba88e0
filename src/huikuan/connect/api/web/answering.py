"""Answers as HTTP has them: JSON, problems (RFC 9457), entity tags."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from django.http import HttpResponse

from huikuan.connect.api.domain.problems import status_of
from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.pages.telling import told

JSON, PROBLEM = "application/json", "application/problem+json"
_MOST_PLACES = 100


def written(body: Mapping[str, Any]) -> str:
    """The body as it is sent."""
    return json.dumps(body, ensure_ascii=False, separators=(",", ":"))


def problem_of(refusal: Refusal) -> dict[str, Any]:
    """A refusal as problem details: what is wrong, by which code, where."""
    status = status_of(refusal.code)
    return {
        "type": f"urn:huikuan:problem:{refusal.code}",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": told(refusal.code, refusal.params),
        "code": refusal.code,
        "where": [place.as_json() for place in refusal.where[:_MOST_PLACES]],
    }


def send(status: int, text: str, *, etag: str = "") -> HttpResponse:
    """A response with this JSON text."""
    kind = PROBLEM if status >= HTTPStatus.BAD_REQUEST else JSON
    response = HttpResponse(text, status=status, content_type=kind)
    if etag:
        response.headers["ETag"] = etag
    return response


def send_problem(refusal: Refusal) -> HttpResponse:
    """A response that says the refusal."""
    body = problem_of(refusal)
    response = send(body["status"], written(body))
    if refusal.code in ("token_missing", "token_invalid"):
        response.headers["WWW-Authenticate"] = 'Bearer realm="huikuan"'
    if "seconds" in refusal.params:
        response.headers["Retry-After"] = str(refusal.params["seconds"])
    elif body["status"] in (HTTPStatus.SERVICE_UNAVAILABLE, HTTPStatus.CONFLICT) and refusal.code.endswith(
        ("_busy", "_flight", "_contended")
    ):
        response.headers["Retry-After"] = "1"
    return response


def tag_of(text: str) -> str:
    """The entity tag of what is sent."""
    return f'"{hashlib.sha256(text.encode()).hexdigest()[:32]}"'


def matches(header: str, etag: str) -> bool:
    """Whether If-Match or If-None-Match names the tag."""
    return header.strip() == "*" or etag in {one.strip().removeprefix("W/") for one in header.split(",")}
