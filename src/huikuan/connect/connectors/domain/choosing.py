"""A mapping a person chose: which column is which field, on top of a guess or a preset."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping as MappingType
from dataclasses import dataclass, replace

from huikuan.connect.connectors.domain.guessing import missing_fields
from huikuan.connect.connectors.domain.mapping import Derived, Mapping, document_of, mapping_of
from huikuan.connect.connectors.domain.rows import SCHEMAS
from huikuan.connect.connectors.domain.words import currency_code
from huikuan.kernel.errors import Refusal
from huikuan.kernel.written_dates import ORDERS

#: Fields of the checked frame that no column gives.
_MADE_HERE = ("row", "key", "side")
_LONGEST_TERMS = 3_650


@dataclass(frozen=True, slots=True)
class Choice:
    """`fields`: column → field. `key`: the columns that tell rows apart (none: the document number).
    `currency`: of a file without a currency column. `terms`: days from document to due date where the file
    has no due date."""

    fields: MappingType[str, str]
    key: tuple[str, ...] = ()
    currency: str = ""
    terms: str = ""
    date_order: str = "ymd"
    unit: str = "1"


def fields_of(kind: str) -> list[str]:
    """What a column of such a file may be, in the order people expect."""
    return [name for name in SCHEMAS[kind] if name not in _MADE_HERE]


def choose(base: Mapping, kind: str, choice: Choice, doubled: MappingType[str, str] | None = None) -> Mapping:
    """`base` with the chosen columns; refuses a field given twice and naming every field that is missing.

    `doubled`: fields that share their column with another, field → column; they stay unless given anew.
    """
    known = fields_of(kind)
    columns: dict[str, tuple[str, ...]] = {
        field: (column,) for column, field in choice.fields.items() if field in known
    }
    for field, column in (doubled or {}).items():
        if column in choice.fields:
            columns.setdefault(field, (column,))
    twice = [field for field, count in Counter(choice.fields.values()).items() if count > 1 and field in known]
    if twice:
        raise Refusal("field_twice", fields=", ".join(twice))
    constants = {name: text for name, text in base.constants.items() if name not in (*columns, "currency")}
    if "currency" in known and "currency" not in columns and choice.currency:
        constants["currency"] = _currency(choice.currency)
    derived = {name: rule for name, rule in base.derived.items() if name != "due_date"}
    if choice.terms and "due_date" in known and "due_date" not in columns:
        derived["due_date"] = Derived("document_date", _days(choice.terms))
    given = {*columns, *constants, *derived, *(["document_number"] if choice.key else [])}
    if missing := missing_fields(kind, given):
        raise Refusal("fields_missing", fields=", ".join(missing))
    chosen = replace(
        base,
        kinds=(kind,),
        columns=columns,
        constants=constants,
        derived={name: rule for name, rule in derived.items() if rule.start in columns},
        key=() if kind == "customers" else tuple((column,) for column in choice.key),
        date_order=choice.date_order if choice.date_order in ORDERS else ORDERS[0],
        style=replace(base.style, unit=10_000 if choice.unit == "10000" else 1),
    )
    return mapping_of(document_of(chosen))


def _currency(text: str) -> str:
    code = currency_code(text)
    if code is None:
        raise Refusal("currency_bad", currency=text)
    return code


def _days(text: str) -> int:
    if not (text.isascii() and text.isdigit() and int(text) <= _LONGEST_TERMS):
        raise Refusal("terms_unreadable", value=text, most=_LONGEST_TERMS)
    return int(text)
