"""The OpenAPI 3.1 document, made of the endpoints themselves: it cannot say what they do not do."""

from __future__ import annotations

from collections.abc import Iterable
from http import HTTPStatus
from typing import Any

from huikuan.connect.api.domain.fields import Listed, Table, Text, Whole, answered
from huikuan.connect.api.web.calls import Endpoint

PREFIX = "/api/v1"
PROBLEM = answered(
    type=Text(100), title=Text(100), status=Whole(400, 599), detail=Text(5_000), code=Text(60), where=Listed(Table())
)
_READ_FAILS = (400, 401, 403, 404, 405, 422, 429, 500, 503)
_WRITE_FAILS = (*_READ_FAILS, 409, 413, 415)
_VERSION_FAILS = (412, 428)


def document(endpoints: Iterable[Endpoint]) -> dict[str, Any]:
    """The document of these endpoints."""
    paths: dict[str, dict[str, Any]] = {}
    for endpoint in endpoints:
        paths.setdefault(endpoint.path, {})[endpoint.method.lower()] = _operation(endpoint)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Huikuan", "version": "1", "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"}},
        "servers": [{"url": PREFIX}],
        "security": [{"token": []}],
        "paths": paths,
        "components": {
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
            "schemas": {"Problem": PROBLEM.schema()},
        },
    }


def fails(endpoint: Endpoint) -> tuple[int, ...]:
    """The statuses a problem may have here."""
    known = _WRITE_FAILS if endpoint.writes else _READ_FAILS
    return tuple(sorted((*known, *(_VERSION_FAILS if endpoint.versioned else ()))))


def _operation(endpoint: Endpoint) -> dict[str, Any]:
    said: dict[str, Any] = {
        "operationId": endpoint.name,
        "summary": endpoint.about,
        "tags": [endpoint.tag],
        "parameters": _parameters(endpoint),
        "responses": {
            str(endpoint.status): _answer(endpoint),
            **{
                str(status): _response(
                    HTTPStatus(status), "application/problem+json", {"$ref": "#/components/schemas/Problem"}
                )
                for status in fails(endpoint)
            },
        },
    }
    if endpoint.permission is not None:
        said["x-permission"] = endpoint.permission.value
    if not endpoint.writes:
        said["responses"]["304"] = {"description": HTTPStatus(304).phrase}
    if endpoint.file:
        binary = {"schema": {"type": "string", "contentMediaType": "application/octet-stream"}}
        said["requestBody"] = {"required": True, "content": {"application/octet-stream": binary}}
    elif endpoint.body is not None:
        said["requestBody"] = {
            "required": True,
            "content": {"application/json": {"schema": endpoint.body.schema()}},
        }
    return said


def _answer(endpoint: Endpoint) -> dict[str, Any]:
    status = HTTPStatus(endpoint.status)
    if endpoint.sends:
        return _response(status, endpoint.sends, {"type": "string", "contentMediaType": endpoint.sends})
    return _response(status, "application/json", endpoint.answers().schema())


def _parameters(endpoint: Endpoint) -> list[dict[str, Any]]:
    found = [
        {"name": name, "in": "path", "required": True, "schema": kind.schema()}
        for name, kind in endpoint.params.items()
    ]
    for name, part in endpoint.asked().parts.items():
        said: dict[str, Any] = {"name": name, "in": "query", "required": part.required, "schema": part.kind.schema()}
        if part.about:
            said["description"] = part.about
        if isinstance(part.kind, Listed):
            said |= {"style": "form", "explode": False}
        found.append(said)
    if endpoint.writes:
        key = {"type": "string", "minLength": 1, "maxLength": 100, "pattern": "^[!-~]+$"}
        found.append({"name": "Idempotency-Key", "in": "header", "required": True, "schema": key})
    if endpoint.versioned:
        found.append({"name": "If-Match", "in": "header", "required": True, "schema": {"type": "string"}})
    return found


def _response(status: HTTPStatus, kind: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"description": status.phrase, "content": {kind: {"schema": schema}}}
