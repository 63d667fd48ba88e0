"""A request as an endpoint takes it: strictly what is described, everything wrong named at once."""

from __future__ import annotations

import hashlib
import json
import tempfile
from typing import IO, Any

from django.http import HttpRequest

from huikuan.connect.api.domain.fields import Fault, Record
from huikuan.connect.api.telling import place_of_fault
from huikuan.connect.api.web.calls import Endpoint, Upload
from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.files.limits import MEGABYTE, Limits

#: A JSON body: a thousand items are a few hundred kilobytes.
LARGEST_BODY = 2 * MEGABYTE
_PIECE = 256 * 1024
_IN_MEMORY = 4 * MEGABYTE


def read_path(endpoint: Endpoint, given: dict[str, Any]) -> dict[str, Any]:
    """The values in the address; one that cannot be any is not there."""
    faults: list[Fault] = []
    values = {name: kind.read(given[name], name, faults) for name, kind in endpoint.params.items()}
    if faults:
        raise Refusal("not_found")
    return values


def read_query(endpoint: Endpoint, request: HttpRequest) -> dict[str, Any]:
    """The query; each name once."""
    faults = [Fault(name[:80], "", "given_twice") for name, values in request.GET.lists() if len(values) > 1]
    return _read(endpoint.asked(), dict(request.GET.items()), faults)


def read_body(endpoint: Endpoint, request: HttpRequest) -> dict[str, Any]:
    """The JSON body; {} where the endpoint takes none."""
    raw = _whole(request)
    if endpoint.body is None and not raw:
        return {}
    if request.content_type != "application/json":
        raise Refusal("media_type_wrong", wanted="application/json")
    return _read(endpoint.body or Record({}), _parsed(raw), [])


def read_upload(request: HttpRequest, held: IO[bytes]) -> Upload:
    """A file's bytes, taken off the wire into `held` while they are counted and hashed."""
    if request.content_type != "application/octet-stream":
        raise Refusal("media_type_wrong", wanted="application/octet-stream")
    limit, size, digest = Limits().size, 0, hashlib.sha256()
    while piece := request.read(_PIECE):
        size += len(piece)
        if size > limit:
            raise Refusal("body_too_large", limit=limit)
        digest.update(piece)
        held.write(piece)
    return Upload(held, digest.hexdigest())


def room_for_upload() -> IO[bytes]:
    """Where a file lies while its request runs: in memory while small."""
    return tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY)


def _whole(request: HttpRequest) -> bytes:
    length = request.META.get("CONTENT_LENGTH") or "0"
    raw = b"" if not length.isdecimal() or int(length) > LARGEST_BODY else request.read(LARGEST_BODY + 1)
    if (length.isdecimal() and int(length) > LARGEST_BODY) or len(raw) > LARGEST_BODY:
        raise Refusal("body_too_large", limit=LARGEST_BODY)
    return raw


def _parsed(raw: bytes) -> Any:
    try:
        return json.loads(raw.decode(), object_pairs_hook=_distinct, parse_constant=_no_number)
    # Bad UTF-8, bad JSON, digits without end, a hill of brackets.
    except (ValueError, RecursionError):
        raise Refusal("body_unreadable") from None


def _distinct(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a name stands twice")
    return found


def _no_number(word: str) -> None:
    raise ValueError(f"{word} is no JSON")


def _read(record: Record, value: Any, faults: list[Fault]) -> dict[str, Any]:
    found: dict[str, Any] = record.read(value, "", faults)
    if faults:
        raise Refusal("request_invalid", where=[place_of_fault(fault) for fault in faults])
    return found
