"""A mapping for a file nobody described: headers compared with known names, contents looked at.

A column is taken for a field only when its header is known for it and its content fits (dates read as
dates, amounts as amounts …). What cannot be found is refused by name, never invented.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass

from huikuan.connect.connectors.domain.mapping import DATE_FIELDS, Mapping
from huikuan.connect.connectors.domain.rows import NULLABLE
from huikuan.connect.connectors.domain.sheets import Sheet
from huikuan.connect.connectors.domain.vocabulary import DOCUMENT_KINDS, NAMES, TOTAL_WORDS
from huikuan.connect.connectors.domain.words import currency_code
from huikuan.kernel.amounts import read_amount
from huikuan.kernel.errors import Refusal
from huikuan.kernel.text import fold, fold_without_note
from huikuan.kernel.written_dates import read_date
from huikuan.record.customers.domain.contacts import is_email, is_phone

#: A column fits a field when this share of its sampled cells does.
_FITS = 0.8
#: … and is put to somebody who looks at it when this share does.
_FITS_IN_PART = 0.5
_SAMPLE = 500
_EXACT, _WITHOUT_NOTE, _DOUBTFUL, _PART = 1.0, 0.9, 0.6, 0.5
#: Between two known names of one field the surer one wins.
_PER_RANK = 0.005
_SHORTEST_PART = 4
_REQUIRED = {
    "items": ("customer", "amount", "document_date", "due_date", "document_number"),
    "open-items": ("customer", "amount", "document_date", "due_date", "document_number"),
    "receipts": ("customer", "amount", "received_on", "document_number"),
    "customers": ("code", "name"),
    "contacts": ("customer", "person"),
    "contracts": ("number", "customer"),
    "orders": ("number", "line", "customer", "ordered_on", "product", "quantity", "amount"),
}
#: A column without a cell that says anything may still be one of these.
_MAY_BE_EMPTY = (NULLABLE | {"kind", "posting_date"}) - {"due_date"}
#: What makes the key where nobody names its columns.
_KEYED = {"contacts": ("customer", "person"), "contracts": ("number",), "orders": ("number", "line")}
#: Any of these will do.
_ALTERNATIVES = {"customer": ("customer_code", "customer_name"), "due_date": ("due_date", "awaits")}


@dataclass(frozen=True, slots=True)
class GuessedColumn:
    """`column` was taken for `field`; `confidence` from 0 to 1, `reason`: 'header', 'header_note',
    'header_part', or 'content' where the header is known and some of the cells do not fit."""

    field: str
    column: str
    confidence: float
    reason: str


@dataclass(frozen=True, slots=True)
class Guess:
    """The likeliest mapping. `missing`: fields no column was found for; `unclear`: a date that can be read day
    first or month first."""

    mapping: Mapping
    columns: tuple[GuessedColumn, ...]
    missing: tuple[str, ...] = ()
    unclear: str = ""


def guess_mapping(sheet: Sheet, kind: str) -> Guess:
    """The likeliest mapping of `sheet` for `kind`; refuses naming what was not found or is ambiguous."""
    guess = _guess(sheet, kind, least=_FITS)
    if guess.missing:
        raise Refusal("field_not_found", fields=", ".join(guess.missing), columns=", ".join(sheet.headers))
    if guess.unclear:
        raise Refusal("date_order_unclear", example=guess.unclear)
    return guess


def propose_mapping(sheet: Sheet, kind: str) -> Guess:
    """The same for somebody who completes it: what was not found is told, not refused, and a column of a known
    name is put to them although some of its cells are bad."""
    return _guess(sheet, kind, least=_FITS_IN_PART)


def _guess(sheet: Sheet, kind: str, *, least: float) -> Guess:
    samples = {header: _sample(sheet, header) for header in sheet.headers}
    candidates = [
        candidate
        for field, names in NAMES[kind].items()
        for header, sample in samples.items()
        if (candidate := _candidate(field, names, header, sample, least)) is not None
    ]
    chosen: dict[str, GuessedColumn] = {}
    for candidate in sorted(candidates, key=lambda one: -one.confidence):
        taken = {one.column for one in chosen.values()}
        if candidate.field not in chosen and candidate.column not in taken:
            chosen[candidate.field] = candidate
    order, unclear = _date_order(sheet, [one.column for field, one in chosen.items() if field in DATE_FIELDS])
    mapping = Mapping(
        name="guessed",
        kinds=(kind,),
        header_row=sheet.header_row,
        sheet=sheet.sheet,
        key=() if kind == "customers" else tuple((column,) for column in _key(sheet, kind, chosen)),
        columns={field: (one.column,) for field, one in chosen.items()},
        date_order=order,
    )
    return Guess(mapping, tuple(chosen.values()), missing_fields(kind, chosen), unclear)


def missing_fields(kind: str, given: Collection[str]) -> tuple[str, ...]:
    """What a file of this kind needs and nothing gives."""
    return tuple(
        field for field in _REQUIRED[kind] if not any(one in given for one in _ALTERNATIVES.get(field, (field,)))
    )


def _sample(sheet: Sheet, header: str) -> list[str]:
    """Some cells of the column that say something, without the word of a total line."""
    cells = sheet.cells[header].drop_nulls().head(_SAMPLE * 4).str.strip_chars()
    return [cell for cell in cells if cell and fold(cell) not in TOTAL_WORDS][:_SAMPLE]


def _candidate(field: str, names: list[str], header: str, sample: list[str], least: float) -> GuessedColumn | None:
    known = {fold(name): rank for rank, name in reversed(list(enumerate(names)))}
    whole, bare = fold(header), fold_without_note(header)
    if whole in known:
        score, rank, reason = _EXACT, known[whole], "header"
    elif bare in known:
        score, rank, reason = _WITHOUT_NOTE, known[bare], "header_note"
    else:
        inside = [rank for name, rank in known.items() if len(name.encode()) > _SHORTEST_PART and name in whole]
        if not inside:
            return None
        score, rank, reason = _PART, min(inside), "header_part"
    if not _fits(field, sample, _FITS):
        if reason == "header_part" or not _fits(field, sample, least):
            return None
        score, reason = _DOUBTFUL, "content"
    return GuessedColumn(field, header, round(score - _PER_RANK * rank, 3), reason)


def _fits(field: str, sample: list[str], share: float) -> bool:
    """Whether the column's content can be this field; an empty column fits only what may be empty."""
    test = _CONTENT.get("date" if field in DATE_FIELDS else field)
    if test is None:
        return True
    if not sample:
        return field in _MAY_BE_EMPTY
    return sum(1 for cell in sample if test(cell)) >= share * len(sample)


def _is_date(cell: str) -> bool:
    return any(read_date(cell, order) != "date_unreadable" for order in ("mdy", "dmy"))


def _is_amount(cell: str) -> bool:
    return read_amount(cell, 2) != "amount_unreadable"


def _is_code(cell: str) -> bool:
    return len(cell) <= 40 and not any("\u4e00" <= character <= "\u9fff" for character in cell)


def _is_name(cell: str) -> bool:
    return not _is_amount(cell)


_CONTENT: dict[str, Callable[[str], bool]] = {
    "date": _is_date,
    "amount": _is_amount,
    "net_amount": _is_amount,
    "tax_amount": _is_amount,
    "quantity": _is_amount,
    "delivered_quantity": _is_amount,
    "invoiced_quantity": _is_amount,
    "currency": lambda cell: currency_code(cell) is not None,
    "kind": lambda cell: fold(cell) in DOCUMENT_KINDS,
    "customer_code": _is_code,
    "code": _is_code,
    "customer_name": _is_name,
    "name": _is_name,
    "person": _is_name,
    "phone": is_phone,
    "email": is_email,
}


def _key(sheet: Sheet, kind: str, chosen: dict[str, GuessedColumn]) -> list[str]:
    """The document number, with the customer's code where the number alone tells rows not apart; of contracts
    and orders their own numbers, of contacts customer and name."""
    if kind in _KEYED:
        parts = [[one for one in _ALTERNATIVES.get(field, (field,)) if one in chosen] for field in _KEYED[kind]]
        return [chosen[found[0]].column for found in parts if found]
    if "document_number" not in chosen:
        return []
    number = chosen["document_number"].column
    if _tells_apart(sheet, [number]):
        return [number]
    for field in ("customer_code", "customer_name"):
        if field in chosen and _tells_apart(sheet, [chosen[field].column, number]):
            return [chosen[field].column, number]
    return [number]


def _tells_apart(sheet: Sheet, headers: list[str]) -> bool:
    said = sheet.cells.select(headers).drop_nulls()
    return said.n_unique() == said.height


def _date_order(sheet: Sheet, headers: list[str]) -> tuple[str, str]:
    """The one order in which every date exists, and an example when 3/4/2026 could be read either way throughout."""
    texts = {text for header in headers for text in sheet.cells[header].drop_nulls().unique().head(20_000)}
    unclear = [text for text in texts if read_date(text) == "date_unreadable" and _is_date(text)]
    if not unclear:
        return "ymd", ""
    failures = {order: sum(isinstance(read_date(text, order), str) for text in unclear) for order in ("mdy", "dmy")}
    if failures["mdy"] == failures["dmy"]:
        return "mdy", min(unclear)
    return min(failures, key=lambda order: failures[order]), ""
