"""A mapping: which columns of an unknown table are what. Written once by a person, kept as a preset."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from huikuan.kernel.errors import Refusal
from huikuan.kernel.written_dates import ORDERS

#: Fields a column may be named for; `memo` takes a list of columns.
FIELDS = (
    "booked_on",
    "value_on",
    "amount",
    "credit",
    "debit",
    "direction",
    "balance",
    "counterparty_name",
    "counterparty_account",
    "counterparty_bank",
    "bank_reference",
    "end_to_end",
    "reversal",
    "account",
    "account_name",
    "currency",
    "status",
    "memo",
)
#: The words of the plain file are understood as well.
_ALSO = {"payer_name": "counterparty_name", "payer_account": "counterparty_account"}
_SETTINGS = ("date_order", "decimal", "signs", "header_row", "in", "out", "constants")
_CONSTANTS = ("account", "currency")
#: A column by its header, or by its place from 1 where the file has no header (`header_row` 0).
Column = str | int


@dataclass(frozen=True, slots=True)
class TableMapping:
    """`signs` 'in': a positive amount is money in; 'out': it is money out. `header_row` None: found by the names."""

    columns: Mapping[str, tuple[Column, ...]]
    date_order: str = ""
    decimal: str = ""
    signs: str = ""
    header_row: int | None = None
    words_in: tuple[str, ...] = ()
    words_out: tuple[str, ...] = ()
    constants: Mapping[str, str] = field(default_factory=dict)


def read_mapping(document: object) -> TableMapping:
    """A mapping from its JSON document: {"booked_on": "Date", "amount": "Amount", "date_order": "mdy", …}."""
    if not isinstance(document, Mapping):
        raise _bad("the whole", "an object with names of columns is needed")
    columns: dict[str, tuple[Column, ...]] = {}
    for name, value in document.items():
        target = _ALSO.get(str(name), str(name))
        if target in FIELDS:
            columns[target] = _columns(target, value)
        elif target not in _SETTINGS:
            raise _bad(str(name), "there is no such field; known: " + ", ".join((*FIELDS, *_SETTINGS)))
    if "booked_on" not in columns or not columns.keys() & {"amount", "credit", "debit"}:
        raise _bad("booked_on", "a column for booked_on and one for amount (or credit and debit) are needed")
    return TableMapping(
        columns,
        date_order=_choice(document, "date_order", ORDERS),
        decimal=_choice(document, "decimal", (".", ",")),
        signs=_choice(document, "signs", ("in", "out")),
        header_row=_header_row(document),
        words_in=_words(document, "in"),
        words_out=_words(document, "out"),
        constants=_constants(document),
    )


def _columns(name: str, value: object) -> tuple[Column, ...]:
    given = value if isinstance(value, list) and name == "memo" else [value]
    for column in given:
        if isinstance(column, bool) or not isinstance(column, str | int) or column == "" or column in range(-999, 1):
            raise _bad(name, "the header of a column is needed, or its place from 1")
    return tuple(given)


def _choice(document: Mapping[object, object], name: str, allowed: tuple[str, ...]) -> str:
    value = document.get(name, "")
    if value != "" and value not in allowed:
        raise _bad(name, "one of " + " ".join(allowed))
    return str(value)


def _header_row(document: Mapping[object, object]) -> int | None:
    value = document.get("header_row")
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise _bad("header_row", "the number of the row from 1, or 0 for none")
    return value


def _words(document: Mapping[object, object], name: str) -> tuple[str, ...]:
    value = document.get(name, [])
    words = value if isinstance(value, list) else [value]
    if not all(isinstance(word, str) and word.strip() for word in words):
        raise _bad(name, "a word or a list of words is needed")
    return tuple(words)


def _constants(document: Mapping[object, object]) -> dict[str, str]:
    value = document.get("constants", {})
    if not isinstance(value, Mapping) or not all(
        name in _CONSTANTS and isinstance(said, str) for name, said in value.items()
    ):
        raise _bad("constants", "texts for account and currency")
    return dict(value)


def _bad(name: str, problem: str) -> Refusal:
    return Refusal("statement_mapping_bad", field=name, problem=problem)
