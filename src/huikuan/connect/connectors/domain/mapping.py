"""The mapping document: which column of a file is which field, and how its values are to be read.

A TOML text, validated strictly: an unknown key is named, never ignored. docs/import-formats.md is its
reference; presets are such documents.
"""

from __future__ import annotations

import tomllib
from collections.abc import Collection
from collections.abc import Mapping as MappingType
from dataclasses import dataclass, field
from typing import Any

from huikuan.connect.connectors.domain.rows import KINDS, LONGEST, SCHEMAS
from huikuan.kernel.amounts import Style
from huikuan.kernel.errors import Refusal
from huikuan.kernel.written_dates import ORDERS

#: Kinds of item a file may bring, and the side each stands on by itself.
CREDIT_KINDS = frozenset({"credit_note", "return", "receipt", "advance", "deposit"})
DEBIT_KINDS = frozenset({"invoice", "retention", "bill", "interest", "unbilled", "fee", "refund", "opening"})
ITEM_KINDS = CREDIT_KINDS | DEBIT_KINDS

DATE_FIELDS = frozenset(
    {
        *("document_date", "posting_date", "due_date", "settled_on", "received_on"),
        *("signed_on", "effective_on", "expires_on", "ordered_on", "planned_on", "delivered_on", "invoiced_on"),
        "consent_on",
    }
)
#: Fields of the frame no column gives.
_MADE_HERE = frozenset({"row", "key", "side"})
_TOP_KEYS = frozenset(
    [
        "name",
        "title",
        "kinds",
        "source",
        "header_row",
        "sheet",
        "key",
        "columns",
        "constants",
        "derived",
        "dates",
        "amounts",
        "kinds_of_document",
        "settlement",
        "notes",
    ]
)
_NEGATIVES = ("credit", "refuse")
_SIGNS = ("kind", "amount")
_BEFORE_DOCUMENT = ("on_document_date", "refuse")


@dataclass(frozen=True, slots=True)
class Derived:
    """A date computed from another: `start` + `days`, where the file has none of its own."""

    start: str
    days: int


@dataclass(frozen=True, slots=True)
class Mapping:
    """A validated mapping document.

    `columns`: field → file columns, the first present one counts. `signs`: does the document type
    ('kind') or the sign of the amount ('amount') decide debit or credit? `negative`: may amounts be
    negative ('credit') or not ('refuse')? `notes`: sentences the user is shown at every import.
    """

    name: str = ""
    title: str = ""
    kinds: tuple[str, ...] = KINDS
    source: str = ""
    header_row: int | None = None
    sheet: str = ""
    key: tuple[tuple[str, ...], ...] = ()
    columns: dict[str, tuple[str, ...]] = field(default_factory=dict)
    constants: dict[str, str] = field(default_factory=dict)
    derived: dict[str, Derived] = field(default_factory=dict)
    date_order: str = "ymd"
    style: Style = field(default_factory=Style)
    negative: str = "credit"
    signs: str = "kind"
    inverted: bool = False
    kinds_of_document: dict[str, str] = field(default_factory=dict)
    before_document: str = "on_document_date"
    notes: tuple[str, ...] = ()

    def wanted(self) -> list[str]:
        """Every file column the mapping names, for finding the header row."""
        return [*dict.fromkeys(name for names in (*self.key, *self.columns.values()) for name in names)]


def parse_mapping(text: str) -> Mapping:
    """The mapping in a TOML text; refuses naming the key at fault."""
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise Refusal("mapping_unreadable", problem=str(error)) from None
    return mapping_of(document)


def mapping_of(document: MappingType[str, Any]) -> Mapping:
    """The mapping in a document already parsed (TOML, or the JSON kept with a batch)."""
    _only(document, _TOP_KEYS, "")
    kinds = _kinds(document)
    amounts, dates, settlement = (_table(document, name) for name in ("amounts", "dates", "settlement"))
    _only(amounts, {"decimal", "unit", "negative", "signs", "inverted"}, "amounts.")
    _only(dates, {"order"}, "dates.")
    _only(settlement, {"before_document"}, "settlement.")
    fields = _fields(kinds)
    mapping = Mapping(
        name=_text(document, "name"),
        title=_text(document, "title"),
        kinds=kinds,
        source=_text(document, "source"),
        header_row=_positive(document, "header_row"),
        sheet=_text(document, "sheet"),
        key=_key(document.get("key", [])),
        columns={name: _texts(names, f"columns.{name}") for name, names in _table(document, "columns").items()},
        constants={name: _text(_table(document, "constants"), name) for name in _table(document, "constants")},
        derived={name: _derived(rule, name) for name, rule in _table(document, "derived").items()},
        date_order=_choice(dates, "order", ORDERS),
        style=Style(_choice(amounts, "decimal", (".", ",")), _positive(amounts, "unit") or 1),
        negative=_choice(amounts, "negative", _NEGATIVES),
        signs=_choice(amounts, "signs", _SIGNS),
        inverted=_flag(amounts, "inverted"),
        kinds_of_document=_kinds_of_document(_table(document, "kinds_of_document")),
        before_document=_choice(settlement, "before_document", _BEFORE_DOCUMENT),
        notes=_texts(document.get("notes", []), "notes"),
    )
    _only(mapping.columns, fields, "columns.")
    _only(mapping.constants, fields, "constants.")
    _only(mapping.derived, fields & DATE_FIELDS, "derived.")
    _check_constants(mapping)
    return mapping


def mapping_in(kept: MappingType[str, Any]) -> Mapping:
    """The mapping kept with a batch, beside the system its keys come from."""
    return mapping_of({name: value for name, value in kept.items() if name != "system"})


def document_of(mapping: Mapping) -> dict[str, Any]:
    """The mapping as a document: what `mapping_of` reads back, defaults left out."""
    whole: dict[str, Any] = {
        "name": mapping.name,
        "title": mapping.title,
        "kinds": list(mapping.kinds),
        "source": mapping.source,
        "header_row": mapping.header_row,
        "sheet": mapping.sheet,
        "key": [part[0] if len(part) == 1 else list(part) for part in mapping.key],
        "notes": list(mapping.notes),
        "columns": {name: list(names) for name, names in mapping.columns.items()},
        "constants": mapping.constants,
        "derived": {name: {"from": rule.start, "days": rule.days} for name, rule in mapping.derived.items()},
        "dates": {"order": mapping.date_order},
        "amounts": {
            "decimal": mapping.style.decimal,
            "unit": mapping.style.unit,
            "negative": mapping.negative,
            "signs": mapping.signs,
            "inverted": mapping.inverted,
        },
        "kinds_of_document": mapping.kinds_of_document,
        "settlement": {"before_document": mapping.before_document},
    }
    return {name: value for name, value in whole.items() if value not in ("", None, [], {})}


def _fields(kinds: Collection[str]) -> set[str]:
    return {name for kind in kinds for name in SCHEMAS[kind]} - _MADE_HERE


def _check_constants(mapping: Mapping) -> None:
    for name in mapping.constants:
        if name in mapping.columns:
            raise _wrong(f"{name} is both a column and a constant")
        if name in DATE_FIELDS or name.endswith("amount"):
            raise _wrong(f"constants.{name} cannot be a constant")
        if len(mapping.constants[name]) > (limit := LONGEST.get(name, LONGEST["status"])):
            raise _wrong(f"constants.{name} is longer than {limit} characters")
    kind = mapping.constants.get("kind", "invoice")
    if kind not in ITEM_KINDS:
        raise _wrong(f"constants.kind “{kind}” is not one of {', '.join(sorted(ITEM_KINDS))}")
    for name, rule in mapping.derived.items():
        if rule.start not in DATE_FIELDS or rule.start in mapping.derived:
            raise _wrong(f"derived.{name} must start from a date column, not {rule.start}")


def _wrong(problem: str) -> Refusal:
    return Refusal("mapping_invalid", problem=problem)


def _only(table: MappingType[str, Any], known: Collection[str], path: str) -> None:
    unknown = [name for name in table if name not in known]
    if unknown:
        raise _wrong(f"unknown key {path}{unknown[0]} (known: {', '.join(sorted(known))})")


def _table(document: MappingType[str, Any], name: str) -> dict[str, Any]:
    table = document.get(name, {})
    if not isinstance(table, dict):
        raise _wrong(f"{name} must be a table")
    return table


def _text(table: MappingType[str, Any], name: str) -> str:
    value = table.get(name, "")
    if not isinstance(value, str):
        raise _wrong(f"{name} must be a text")
    return value


def _texts(value: Any, path: str) -> tuple[str, ...]:
    texts = [value] if isinstance(value, str) else value
    if not isinstance(texts, list) or not all(isinstance(text, str) and text for text in texts):
        raise _wrong(f"{path} must be a text or a list of texts")
    return tuple(texts)


def _key(value: Any) -> tuple[tuple[str, ...], ...]:
    """Each part of the key: a column, or a list of columns of which the first present one counts."""
    parts = [value] if isinstance(value, str) else value
    if not isinstance(parts, list):
        raise _wrong("key must be a list of columns")
    return tuple(_texts(part, "key") for part in parts)


def _positive(table: MappingType[str, Any], name: str) -> int | None:
    value = table.get(name)
    if value is not None and (type(value) is not int or value < 1):
        raise _wrong(f"{name} must be a whole number from 1")
    return value


def _flag(table: MappingType[str, Any], name: str) -> bool:
    value = table.get(name, False)
    if not isinstance(value, bool):
        raise _wrong(f"{name} must be true or false")
    return value


def _choice(table: MappingType[str, Any], name: str, choices: tuple[str, ...]) -> str:
    """The chosen word; the first one where nothing is said."""
    value = table.get(name, choices[0])
    if value not in choices:
        raise _wrong(f"{name} “{value}” is not one of {', '.join(choices)}")
    return str(value)


def _kinds(document: MappingType[str, Any]) -> tuple[str, ...]:
    kinds = _texts(document.get("kinds", list(KINDS)), "kinds")
    for kind in kinds:
        if kind not in KINDS:
            raise _wrong(f"kinds “{kind}” is not one of {', '.join(KINDS)}")
    return kinds


def _kinds_of_document(table: dict[str, Any]) -> dict[str, str]:
    for text, kind in table.items():
        if kind not in ITEM_KINDS:
            raise _wrong(f"kinds_of_document.{text} “{kind}” is not one of {', '.join(sorted(ITEM_KINDS))}")
    return table


def _derived(rule: Any, name: str) -> Derived:
    if not isinstance(rule, dict) or set(rule) != {"from", "days"} or type(rule["days"]) is not int:
        raise _wrong(f"derived.{name} must be {{ from = <date field>, days = <whole number> }}")
    return Derived(str(rule["from"]), rule["days"])
