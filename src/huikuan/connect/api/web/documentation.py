"""What the API is, for people and programs: a page made of the endpoints, and the OpenAPI document."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from huikuan.connect.api.domain.fields import Part
from huikuan.connect.api.web.answering import send, tag_of, written
from huikuan.connect.api.web.calls import Endpoint
from huikuan.connect.api.web.endpoints import ENDPOINTS
from huikuan.connect.api.web.openapi import PREFIX, document
from huikuan.mechanisms.pages.access import LOGGED_IN, needs


@dataclass(frozen=True, slots=True)
class Named:
    """A value of a request or an answer, as the page tells it."""

    name: str
    kind: str
    about: str = ""
    required: bool = False


@dataclass(frozen=True, slots=True)
class Told:
    """An endpoint as the page tells it."""

    method: str
    path: str
    about: str
    permission: str
    asked: tuple[Named, ...]
    body: tuple[Named, ...]
    answer: tuple[Named, ...]
    paged: bool
    file: bool


@login_not_required
@require_safe
def send_document(request: HttpRequest) -> HttpResponse:
    """The OpenAPI document; the same for everybody, and no secret."""
    text = _document()
    return send(200, text, etag=tag_of(text))


@needs(LOGGED_IN)
@require_safe
def show_documentation(request: HttpRequest) -> HttpResponse:
    """Every endpoint with what it takes and answers."""
    groups: dict[str, list[Told]] = {}
    for endpoint in ENDPOINTS:
        groups.setdefault(endpoint.tag, []).append(_told(endpoint))
    return render(request, "api/documentation.html", {"groups": groups.items(), "prefix": PREFIX})


@cache
def _document() -> str:
    return written(document(ENDPOINTS))


def _told(endpoint: Endpoint) -> Told:
    path = {name: Part(kind, required=True) for name, kind in endpoint.params.items()}
    return Told(
        method=endpoint.method,
        path=endpoint.path,
        about=_(endpoint.about),
        permission=endpoint.permission.value if endpoint.permission else "",
        asked=_named({**path, **endpoint.asked().parts}),
        body=_named(endpoint.body.parts) if endpoint.body else (),
        answer=_named(endpoint.answer.parts),
        paged=endpoint.paged,
        file=endpoint.file,
    )


def _named(parts: Mapping[str, Part]) -> tuple[Named, ...]:
    return tuple(
        Named(name, _kind(part.kind.schema()), _(part.about) if part.about else "", part.required)
        for name, part in parts.items()
    )


def _kind(schema: Mapping[str, Any]) -> str:
    """integer, string (date), string · a, b, list of object, string or null."""
    if "anyOf" in schema:
        return " | ".join(_kind(one) for one in schema["anyOf"])
    if schema["type"] == "array":
        return f"[{_kind(schema['items'])}]"
    if "enum" in schema:
        return " · ".join(schema["enum"])
    if schema["type"] == "object" and schema.get("properties"):
        return f"{{{', '.join(schema['properties'])}}}"
    return f"{schema['type']} ({schema['format']})" if "format" in schema else str(schema["type"])
