"""A text file as rows of cells, its header among them, and which column is what."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from huikuan.kernel.errors import Place, Refusal
from huikuan.kernel.text import fold, fold_without_note
from huikuan.mechanisms.files.texts import read_rows, sniff_separator
from huikuan.record.banking.domain.layouts import COLUMNS, FALL_BACK, LAYOUTS, MEMO
from huikuan.record.banking.domain.mapping import Column, TableMapping

ROWS_LIMIT = 200_000
COLUMNS_LIMIT = 200
_HEADER_WITHIN = 100
_SAMPLE = 64_000
_SEPARATORS = ",\t;|"
#: Guards spreadsheets are kept from turning a number by: 6222…, `6222…, ="6222…", and blanks a bank pads with.
_GUARD = re.compile(r'^(?:=?")?[`\']*|(?:")?$')

Row = tuple[int, list[str]]


@dataclass(frozen=True, slots=True)
class Table:
    """A header and what is before and below it. `columns`: field → places; a field may have several (memo)."""

    headers: tuple[str, ...]
    header_row: int
    columns: Mapping[str, tuple[int, ...]]
    before: tuple[Row, ...]
    below: tuple[Row, ...]
    layout: str

    def cell(self, cells: Sequence[str], field: str) -> str:
        """What the row says for the field, in the surest of its columns that says anything; '' where none does."""
        said = (cells[place] for place in self.columns.get(field, ()) if place < len(cells))
        return next((cell for cell in said if cell), "")

    def name(self, field: str) -> str:
        """The header of the field's column, as the file writes it."""
        places = self.columns.get(field, ())
        return self.headers[places[0]] if places and places[0] < len(self.headers) else field


def read_table(text: str, name: str, mapping: TableMapping | None) -> Table:
    """The table in a text: its header found by words, columns by name and never by place.

    Refuses a layout it does not know with the headers it saw.
    """
    first = sniff_separator(text[:_SAMPLE])
    seen: list[Row] = []
    for separator in (first, *(other for other in _SEPARATORS if other != first)):
        rows = _rows(text, separator)
        table = _mapped(rows, mapping) if mapping else _recognised(rows)
        if table:
            return table
        seen = seen or rows
    wanted = [str(column) for places in mapping.columns.values() for column in places] if mapping else []
    raise _unknown(seen, name, wanted)


def clean(cell: str) -> str:
    """A cell without padding and without the guards against spreadsheets."""
    return _GUARD.sub("", cell.strip()).strip()


def _rows(text: str, separator: str) -> list[Row]:
    if separator not in text:
        return []
    rows = read_rows(text, separator, rows_limit=ROWS_LIMIT, columns_limit=COLUMNS_LIMIT)
    return [(number, [clean(cell) for cell in cells]) for number, cells in rows]


def _recognised(rows: list[Row]) -> Table | None:
    """The table below the row that names most known columns, if it names a date and an amount."""
    best: tuple[int, int] = (0, -1)
    for index, (_, cells) in enumerate(rows[:_HEADER_WITHIN]):
        fields = _columns(cells)
        if "booked_on" in fields and fields.keys() & {"amount", "credit", "debit"}:
            best = max(best, (sum(map(len, fields.values())), -index))
    if best[0] < 2:
        return None
    return _table(rows, -best[1], _columns(rows[-best[1]][1]))


def _mapped(rows: list[Row], mapping: TableMapping) -> Table | None:
    if mapping.header_row == 0:
        places = {field: _places((), wanted) for field, wanted in mapping.columns.items()}
        return Table((), 0, _all_there(places), (), tuple(rows), "mapping") if all(places.values()) else None
    for index, (number, cells) in enumerate(rows[: max(_HEADER_WITHIN, mapping.header_row or 0)]):
        if mapping.header_row not in (None, number):
            continue
        found = {field: _places(cells, wanted) for field, wanted in mapping.columns.items()}
        if all(found.values()):
            return _table(rows, index, _all_there(found), "mapping")
    return None


def _all_there(found: Mapping[str, tuple[int, ...] | None]) -> dict[str, tuple[int, ...]]:
    return {field: places for field, places in found.items() if places}


def _places(headers: Sequence[str], wanted: Sequence[Column]) -> tuple[int, ...] | None:
    """Where the wanted columns are; None where one is missing."""
    folded = [fold(header) for header in headers]
    places = []
    for column in wanted:
        if isinstance(column, int):
            places.append(column - 1)
        elif fold(column) in folded:
            places.append(folded.index(fold(column)))
        else:
            return None
    return tuple(places)


def _table(rows: list[Row], index: int, columns: Mapping[str, tuple[int, ...]], layout: str = "") -> Table:
    number, headers = rows[index]
    return Table(
        tuple(header or f"[{place}]" for place, header in enumerate(headers, start=1)),
        number,
        columns,
        tuple(rows[:index]),
        tuple(rows[index + 1 :]),
        layout or _layout(headers),
    )


def _layout(headers: Sequence[str]) -> str:
    """The name of the layout whose telling columns are all there; 'table' where none is."""
    folded = {fold(header) for header in headers} | {fold_without_note(header) for header in headers}
    return next((name for name, telling in LAYOUTS.items() if telling <= folded), "table")


def _columns(headers: Sequence[str]) -> dict[str, tuple[int, ...]]:
    """field → places, surest first, by exact folded names, then without a note in brackets."""
    whole = [fold(header) for header in headers]
    bare = [fold_without_note(header) for header in headers]
    found: dict[str, tuple[int, ...]] = {}
    for field, names in COLUMNS.items():
        places = _named(whole, names) or _named(bare, names)
        if places:
            found[field] = places if field in FALL_BACK else places[:1]
    taken = {place for places in found.values() for place in places}
    memo = [place for names in (whole, bare) for place in _named(names, MEMO) if place not in taken]
    return {**found, "memo": tuple(sorted(set(memo), key=memo.index))} if memo else found


def _named(headers: Sequence[str], names: Sequence[str]) -> tuple[int, ...]:
    """The places of the headers called by one of the names, in the names' order."""
    return tuple(place for name in names for place, header in enumerate(headers) if header == name)


def _unknown(rows: Sequence[Row], name: str, wanted: Sequence[str]) -> Refusal:
    """No known header: the widest row is shown as what the columns seem to be called."""
    if not rows:
        return Refusal("statement_unreadable", where=[Place(file=name)])
    number, cells = max(rows[:_HEADER_WITHIN], key=lambda row: (sum(1 for cell in row[1] if cell), -row[0]))
    seen = ", ".join(cell[:40] for cell in cells if cell)[:600]
    code = "statement_columns_missing" if wanted else "statement_layout_unknown"
    return Refusal(code, where=[Place(file=name, row=number, value=seen[:100])], seen=seen, wanted=", ".join(wanted))
