"""What a request may say and an answer says: kinds of values, each with its JSON Schema and its strict reading.

One description serves three: it reads requests, it is the OpenAPI document, and tests hold answers against it.
A reading names everything wrong at once; what is not described is refused.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from huikuan.kernel.dates import parse_date, parse_instant
from huikuan.kernel.errors import Refusal

#: The largest id a database holds.
LARGEST_ID = 2**63 - 1
_AMOUNT = r"^-?[0-9]{1,16}(\.[0-9]{1,3})?$"
_SHOWN = 80

Schema = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Fault:
    """A value that is not as described: where (`items[0].amount`), what was found, why, and what fits."""

    path: str
    value: str
    code: str
    params: Mapping[str, object] = field(default_factory=dict)


class Kind(Protocol):
    """A kind of value."""

    def schema(self) -> Schema: ...

    def read(self, value: Any, path: str, faults: list[Fault]) -> Any:
        """The value as Python has it; what is wrong is added to `faults`."""


@dataclass(frozen=True, slots=True)
class Text:
    """A text of `shortest` to `longest` characters, of those `pattern` matches whole."""

    longest: int = 200
    shortest: int = 0
    pattern: str = ""

    def schema(self) -> Schema:
        said: Schema = {"type": "string", "maxLength": self.longest}
        if self.shortest:
            said["minLength"] = self.shortest
        if self.pattern:
            said["pattern"] = f"^{self.pattern}$"
        return said

    def read(self, value: Any, path: str, faults: list[Fault]) -> Any:
        if not isinstance(value, str):
            return _wrong(faults, path, value, "not_text")
        if not _storable(value):
            return _wrong(faults, path, "", "text_unusable")
        if not self.shortest <= len(value) <= self.longest:
            return _wrong(faults, path, value, "text_length", shortest=self.shortest, longest=self.longest)
        if self.pattern and not re.fullmatch(self.pattern, value):
            return _wrong(faults, path, value, "text_pattern", pattern=self.pattern)
        return value


@dataclass(frozen=True, slots=True)
class Whole:
    """A whole number from `least` to `most`; in an address, its digits."""

    least: int = 1
    most: int = LARGEST_ID

    def schema(self) -> Schema:
        return {"type": "integer", "format": "int64", "minimum": self.least, "maximum": self.most}

    def read(self, value: Any, path: str, faults: list[Fault]) -> Any:
        if isinstance(value, str) and re.fullmatch(r"-?[0-9]{1,19}", value, re.ASCII):
            value = int(value)
        if isinstance(value, bool) or not isinstance(value, int) or not self.least <= value <= self.most:
            return _wrong(faults, path, value, "not_whole", least=self.least, most=self.most)
        return value


@dataclass(frozen=True, slots=True)
class Amount:
    """A decimal string such as "1234.50": never a number, which programs read as a float."""

    def schema(self) -> Schema:
        return {"type": "string", "pattern": _AMOUNT, "examples": ["1234.50"]}

    def read(self, value: Any, path: str, faults: list[Fault]) -> Any:
        if not isinstance(value, str) or not re.fullmatch(_AMOUNT[1:-1], value, re.ASCII):
            return _wrong(faults, path, value, "not_amount")
        return value


@dataclass(frozen=True, slots=True)
class Probability:
    """A number from 0 to 1: how sure something is, never an amount."""

    def schema(self) -> Schema:
        return {"type": "number", "minimum": 0, "maximum": 1}

    def read(self, value: Any, path: str, faults: list[Fault]) -> Any:
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1:
            return _wrong(faults, path, value, "not_probability")
        return value


@dataclass(frozen=True, slots=True)
class Day:
    """A date such as "2026-11-21"."""

    def schema(self) -> Schema:
        return {"type": "string", "format": "date"}

    def read(self, value: Any, path: str, faults: list[Fault]) -> Any:
        if not isinstance(value, str) or not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value, re.ASCII):
            return _wrong(faults, path, value, "not_day")
        try:
            return parse_date(value)
        except Refusal:
            return _wrong(faults, path, value, "not_day")


@dataclass(frozen=True, slots=True)
class Instant:
    """An instant with its offset, such as "2026-11-21T08:00:00+08:00"; a naive one is refused."""

    def schema(self) -> Schema:
        return {"type": "string", "format": "date-time"}

    def read(self, value: Any, path: str, faults: list[Fault]) -> Any:
        if not isinstance(value, str) or not 16 <= len(value) <= 40 or value[10] != "T":
            return _wrong(faults, path, value, "not_instant")
        try:
            return parse_instant(value)
        except Refusal as refusal:
            code = "instant_naive" if refusal.code == "instant_without_zone" else "not_instant"
            return _wrong(faults, path, value, code)


@dataclass(frozen=True, slots=True)
class Choice:
    """One of these texts."""

    values: tuple[str, ...]

    def schema(self) -> Schema:
        return {"type": "string", "enum": list(self.values)}

    def read(self, value: Any, path: str, faults: list[Fault]) -> Any:
        if not isinstance(value, str) or value not in self.values:
            return _wrong(faults, path, value, "not_a_choice", choices=", ".join(self.values))
        return value


@dataclass(frozen=True, slots=True)
class Flag:
    """True or false."""

    def schema(self) -> Schema:
        return {"type": "boolean"}

    def read(self, value: Any, path: str, faults: list[Fault]) -> Any:
        said = {"true": True, "false": False}.get(value, value) if isinstance(value, str) else value
        return said if isinstance(said, bool) else _wrong(faults, path, value, "not_a_flag")


@dataclass(frozen=True, slots=True)
class Maybe:
    """The kind, or null."""

    of: Kind

    def schema(self) -> Schema:
        return {"anyOf": [self.of.schema(), {"type": "null"}]}

    def read(self, value: Any, path: str, faults: list[Fault]) -> Any:
        return None if value is None else self.of.read(value, path, faults)


@dataclass(frozen=True, slots=True)
class Listed:
    """`least` to `most` values of one kind; in an address, separated by commas."""

    of: Kind
    most: int = 1_000
    least: int = 0

    def schema(self) -> Schema:
        return {"type": "array", "items": self.of.schema(), "maxItems": self.most, "minItems": self.least}

    def read(self, value: Any, path: str, faults: list[Fault]) -> Any:
        if isinstance(value, str):
            value = value.split(",")
        if not isinstance(value, list):
            return _wrong(faults, path, value, "not_a_list")
        if not self.least <= len(value) <= self.most:
            return _wrong(faults, path, len(value), "list_length", least=self.least, most=self.most)
        return [self.of.read(one, f"{path}[{place}]", faults) for place, one in enumerate(value)]


@dataclass(frozen=True, slots=True)
class Table:
    """An object whose names are not known beforehand: an event's payload, an import's counts. Only answered."""

    def schema(self) -> Schema:
        return {"type": "object", "additionalProperties": True}

    def read(self, value: Any, path: str, faults: list[Fault]) -> Any:
        return value if isinstance(value, dict) else _wrong(faults, path, value, "not_an_object")


@dataclass(frozen=True, slots=True)
class Part:
    """A named value of a record. Left out it is `otherwise`, unless it is required."""

    kind: Kind
    about: str = ""
    required: bool = False
    otherwise: Any = None

    @property
    def whole(self) -> Kind:
        """What may stand in JSON: null too, where it says the same as leaving it out."""
        return self.kind if self.required or self.otherwise is not None else Maybe(self.kind)


@dataclass(frozen=True, slots=True)
class Record:
    """An object with these names and no others."""

    parts: Mapping[str, Part]

    def schema(self) -> Schema:
        said = {name: _described(part) for name, part in self.parts.items()}
        needed = [name for name, part in self.parts.items() if part.required]
        return {
            "type": "object",
            "properties": said,
            "additionalProperties": False,
            **({"required": needed} if needed else {}),
        }

    def read(self, value: Any, path: str, faults: list[Fault]) -> Any:
        if not isinstance(value, dict):
            return _wrong(faults, path, value, "not_an_object")
        inside = f"{path}." if path else ""
        for name in value:
            if name not in self.parts:
                _wrong(faults, f"{inside}{_cut(name)}", "", "unknown_field", known=", ".join(self.parts))
        found = {}
        for name, part in self.parts.items():
            if name in value:
                found[name] = part.whole.read(value[name], f"{inside}{name}", faults)
            elif part.required:
                _wrong(faults, f"{inside}{name}", "", "field_missing")
            else:
                found[name] = part.otherwise
        return found


def answered(**kinds: Kind) -> Record:
    """A record of an answer: every name is always there."""
    return Record({name: Part(kind, required=True) for name, kind in kinds.items()})


def _described(part: Part) -> Schema:
    return {**part.whole.schema(), **({"description": part.about} if part.about else {})}


def _wrong(faults: list[Fault], path: str, value: Any, code: str, **params: object) -> Any:
    """Note the fault; the value is then None, which nobody uses."""
    faults.append(Fault(path, _cut(value), code, params))
    return None


def _cut(value: Any) -> str:
    """What was found, short enough to say back and always writable."""
    return str(value)[:_SHOWN].encode("utf-8", "replace").decode().replace("\0", "�") if value is not None else "null"


def _storable(text: str) -> bool:
    """Neither NUL, which PostgreSQL has no place for, nor half a character."""
    return "\0" not in text and not any("\ud800" <= character <= "\udfff" for character in text)
