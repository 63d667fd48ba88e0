"""The OpenAPI document as a stranger reads it: requests drawn from its schemas, answers held against them.

Nothing here knows the program's own classes: what is not in the served document is not known.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any
from urllib.parse import quote

from hypothesis import strategies as st

Schema = dict[str, Any]

#: Whatever no schema asks for: wrong types, nothing, extremes, characters that programs trip over.
ODD: tuple[Any, ...] = (
    *(None, True, -1, 0, 2**31, 2**63, 10**40, 1.5, "", " ", "\0", "\ud800", "\u202e<x>", "\ufeff", "é\u0301", "٣"),
    *("9" * 4_000, "%s'--", "=1+1", "../..", "null", "NaN", "1e999", "-0", [], [[]], [None] * 50, {}, {"": {"": []}}),
    *("2026-02-30", "0000-00-00", "9999-99-99", "2026-11-20T25:61:61Z", "2026-11-20T02:00:00", "20261120"),
)
_FIRST, _LAST = datetime.fromisoformat("2020-01-01"), datetime.fromisoformat("2030-12-31")
_PRINTABLE = st.characters(exclude_categories=["Cs", "Cc", "Cf", "Co", "Cn", "Zl", "Zp"])


@dataclass(frozen=True)
class Operation:
    """One method of one address, as the document has it."""

    method: str
    path: str
    said: Schema = field(repr=False)
    schemas: Schema = field(repr=False)

    @property
    def name(self) -> str:
        return str(self.said["operationId"])

    def answers(self, status: int) -> Schema | None:
        """What the document says of an answer with this status; None: nothing."""
        found: Schema | None = self.said["responses"].get(str(status))
        return found


@dataclass(frozen=True)
class Request:
    """An address with its query, headers, and the content with its type. `valid`: nothing was done to it."""

    address: str
    headers: dict[str, str]
    content: Any
    kind: str
    valid: bool


def operations(document: Schema) -> list[Operation]:
    """Every operation of the document."""
    schemas = document["components"]["schemas"]
    return [
        Operation(method.upper(), path, said, schemas)
        for path, methods in document["paths"].items()
        for method, said in methods.items()
    ]


def fitting(schema: Schema, likely: st.SearchStrategy[Any] | None = None) -> st.SearchStrategy[Any]:
    """Values the schema allows. `likely`: ids of things that are there, where it asks for a number."""
    if "anyOf" in schema:
        return st.one_of([fitting(one, likely) for one in schema["anyOf"]])
    if "enum" in schema:
        return st.sampled_from(schema["enum"])
    return _PLAIN[schema["type"]](schema, likely)


def faults(schema: Schema, value: Any, schemas: Schema, at: str = "") -> Iterator[str]:
    """Where the value is not what the schema says."""
    unknown = schema.keys() - _WORDS
    assert not unknown, f"the document says {unknown}, which is not looked at"
    if "$ref" in schema:
        schema = schemas[schema["$ref"].removeprefix("#/components/schemas/")]
    if "anyOf" in schema:
        if all(any(faults(one, value, schemas, at)) for one in schema["anyOf"]):
            yield f"{at}: none of the choices"
        return
    if not _TYPES[schema["type"]](value):
        yield f"{at}: no {schema['type']}"
        return
    if isinstance(value, dict):
        yield from _faults_of_object(schema, value, schemas, at)
    elif isinstance(value, list):
        if not schema.get("minItems", 0) <= len(value) <= schema.get("maxItems", len(value)):
            yield f"{at}: {len(value)} items"
        for place, one in enumerate(value):
            yield from faults(schema["items"], one, schemas, f"{at}[{place}]")
    elif not _fits_plain(schema, value):
        yield f"{at}: {value!r}"


_WORDS = frozenset(
    {
        *("$ref", "type", "anyOf", "enum", "properties", "required", "additionalProperties", "items", "minItems"),
        *("maxItems", "minLength", "maxLength", "pattern", "format", "minimum", "maximum", "description", "examples"),
        *("default", "title"),
    }
)
_TYPES = {
    "object": lambda value: isinstance(value, dict),
    "array": lambda value: isinstance(value, list),
    "string": lambda value: isinstance(value, str),
    "integer": lambda value: isinstance(value, int) and not isinstance(value, bool),
    "number": lambda value: isinstance(value, int | float) and not isinstance(value, bool),
    "boolean": lambda value: isinstance(value, bool),
    "null": lambda value: value is None,
}


def _faults_of_object(schema: Schema, value: Schema, schemas: Schema, at: str) -> Iterator[str]:
    parts = schema.get("properties", {})
    for name in schema.get("required", ()):
        if name not in value:
            yield f"{at}.{name}: missing"
    for name, inner in value.items():
        if name in parts:
            yield from faults(parts[name], inner, schemas, f"{at}.{name}")
        elif schema.get("additionalProperties") is False:
            yield f"{at}.{name}: not said"


def _fits_plain(schema: Schema, value: Any) -> bool:
    if "enum" in schema and value not in schema["enum"]:
        return False
    if isinstance(value, int | float) and not isinstance(value, bool):
        return bool(schema.get("minimum", value) <= value <= schema.get("maximum", value))
    if isinstance(value, str):
        long = schema.get("minLength", 0) <= len(value) <= schema.get("maxLength", len(value))
        return long and bool(re.search(schema.get("pattern", ""), value)) and _is_time(schema.get("format"), value)
    return True


def _is_time(kind: str | None, value: str) -> bool:
    try:
        if kind == "date":
            return date.fromisoformat(value).isoformat() == value
        return kind != "date-time" or datetime.fromisoformat(value).tzinfo is not None
    except ValueError:
        return False


def _wholes(schema: Schema, likely: st.SearchStrategy[Any] | None) -> st.SearchStrategy[Any]:
    least, most = schema["minimum"], schema["maximum"]
    whole = st.integers(least, most)
    # An id that is there may be more than this place allows: a database's numbers go on from one test to the next.
    return whole if likely is None else st.one_of(likely.map(lambda one: min(max(one, least), most)), whole)


def _lists(schema: Schema, likely: st.SearchStrategy[Any] | None) -> st.SearchStrategy[list[Any]]:
    least, most = schema.get("minItems", 0), schema.get("maxItems", 3)
    return st.lists(fitting(schema["items"], likely), min_size=least, max_size=max(least, min(most, 3)))


def _texts(schema: Schema, _likely: st.SearchStrategy[Any] | None) -> st.SearchStrategy[str]:
    if schema.get("format") == "date":
        return st.dates(_FIRST.date(), _LAST.date()).map(date.isoformat)
    if schema.get("format") == "date-time":
        return st.datetimes(_FIRST, _LAST, timezones=st.just(UTC)).map(datetime.isoformat)
    if "pattern" in schema:
        return st.from_regex(
            re.compile(schema["pattern"].removeprefix("^").removesuffix("$"), re.ASCII), fullmatch=True
        )
    least, most = schema.get("minLength", 0), schema.get("maxLength", 12)
    return st.text(_PRINTABLE, min_size=least, max_size=max(least, min(most, 12)))


def _objects(schema: Schema, likely: st.SearchStrategy[Any] | None) -> st.SearchStrategy[Schema]:
    parts = {name: fitting(part, likely) for name, part in schema.get("properties", {}).items()}
    required = set(schema.get("required", ()))
    return st.fixed_dictionaries(
        {name: part for name, part in parts.items() if name in required},
        optional={name: part for name, part in parts.items() if name not in required},
    )


_PLAIN: dict[str, Callable[[Schema, st.SearchStrategy[Any] | None], st.SearchStrategy[Any]]] = {
    "object": _objects,
    "array": _lists,
    "integer": _wholes,
    "string": _texts,
    "boolean": lambda _schema, _likely: st.booleans(),
    "null": lambda _schema, _likely: st.none(),
}


@st.composite
def requests(draw: st.DrawFn, operation: Operation, likely: st.SearchStrategy[Any], *, valid: bool) -> Request:
    """Requests the document allows; or, not `valid`, ones with something done to them."""
    places: dict[str, dict[str, Any]] = {"path": {}, "query": {}, "header": {}}
    for one in operation.said["parameters"]:
        if one["required"] or draw(st.booleans()):
            places[one["in"]][one["name"]] = draw(fitting(one["schema"], likely))
    kind, content = _content(draw, operation, likely)
    if not valid:
        kind, content = _spoilt(draw, places, kind, content)
    path = re.sub(r"\{(\w+)\}", lambda part: _quoted(places["path"][part[1]]), operation.path)
    query = "&".join(f"{_quoted(name)}={_quoted(value)}" for name, value in places["query"].items())
    headers = {name: _in_header(value) for name, value in places["header"].items()}
    return Request(f"{path}?{query}", headers, content, kind, valid)


def _content(draw: st.DrawFn, operation: Operation, likely: st.SearchStrategy[Any]) -> tuple[str, Any]:
    described = operation.said.get("requestBody", {"content": {"application/json": None}})["content"]
    [(kind, body)] = described.items()
    if body is None:
        return kind, None
    schema = body["schema"]
    return kind, draw(st.binary(max_size=60)) if "contentMediaType" in schema else draw(fitting(schema, likely))


def _spoilt(draw: st.DrawFn, places: dict[str, dict[str, Any]], kind: str, content: Any) -> tuple[str, Any]:
    """Something odd in one place of the request, or of the way it is sent."""
    spots: list[tuple[Any, Any]] = [(given, name) for given in places.values() for name in given]
    spots += list(_spots(content))
    if spots and draw(st.integers(0, 4)):
        given, name = draw(st.sampled_from(spots))
        if isinstance(given, dict) and given is not places["path"] and draw(st.booleans()):
            del given[name]
        else:
            given[name] = draw(st.sampled_from(ODD))
        return kind, content
    return draw(
        st.sampled_from(
            [
                *(("text/plain", content), ("", content), ("application/json; charset=utf-16", content)),
                *(("application/json", raw) for raw in (b"", b"{", b"\xff\xfe", b"[]", b"null", b"[" * 50_000)),
                *(("application/json", raw) for raw in (b'{"a":1,"a":2}', b'{"a":NaN}', b'{"a":1e400}', b"1" * 5_000)),
                ("application/json", {"unheard_of": 1}),
            ]
        )
    )


def _spots(content: Any) -> Iterator[tuple[Any, Any]]:
    """Every place of a body where something stands."""
    inside = content.items() if isinstance(content, dict) else enumerate(content) if isinstance(content, list) else ()
    for name, value in list(inside):
        yield content, name
        yield from _spots(value)


def _quoted(value: Any) -> str:
    text = ",".join(map(str, value)) if isinstance(value, list) else str(value)
    return quote(text.lower() if isinstance(value, bool) else text, safe="", errors="surrogatepass")


def _in_header(value: Any) -> str:
    """Headers hold Latin letters alone, and no line break ever gets through a server."""
    return str(value).encode("latin-1", "replace").decode("latin-1").translate({0: "?", 10: "?", 13: "?"})
