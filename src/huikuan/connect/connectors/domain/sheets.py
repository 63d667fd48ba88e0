"""A table as text: every cell a string, every row with the number it has in the file.

Row numbers count records from 1, title lines, header and blank lines included: what a spreadsheet
program shows beside the row when it opens the file. (A quoted line break does not start a row.)
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from itertools import islice

import polars as pl

from huikuan.connect.connectors.domain.vocabulary import KNOWN
from huikuan.kernel.errors import Refusal
from huikuan.kernel.text import fold, fold_without_note
from huikuan.mechanisms.files.texts import records_of, sniff_separator, to_utf8

ROWS_LIMIT = 1_000_000
COLUMNS_LIMIT = 200
_SAMPLE_BYTES = 256_000
_CHUNK = 50_000
_OVERFLOW = "overflow"


@dataclass(frozen=True, slots=True)
class Sheet:
    """The rows below the header. `cells` has one text column per header (null = empty cell).

    `rows` are the row numbers in the file, `overflow` marks rows with more cells than the header. `sheet` is the
    one read of a workbook's `sheets`.
    """

    name: str
    headers: tuple[str, ...]
    header_row: int
    cells: pl.DataFrame
    rows: pl.Series
    overflow: pl.Series
    encoding: str = ""
    sheet: str = ""
    sheets: tuple[str, ...] = ()

    def without_rows(self) -> Sheet:
        """Name, headers and all else, but none of the rows."""
        return replace(self, cells=self.cells.clear(), rows=self.rows.clear(), overflow=self.overflow.clear())

    def column(self, wanted: str) -> str | None:
        """The header that is `wanted`: exactly, else by how it is folded, else without a note in brackets."""
        if wanted in self.headers:
            return wanted
        for comparison in (fold, fold_without_note):
            found = [header for header in self.headers if comparison(header) == comparison(wanted)]
            if found:
                return found[0]
        return None


def parse_text(
    data: bytes,
    name: str,
    *,
    wanted: Collection[str] = (),
    header_row: int | None = None,
    rows_limit: int = ROWS_LIMIT,
    separator: str = "",
) -> Sheet:
    """The sheet in a csv or tsv file. `wanted`: columns a mapping names, to find the header by."""
    text, encoding = to_utf8(data)
    sample = text[:_SAMPLE_BYTES].decode("utf-8", errors="ignore")
    separator = separator or sniff_separator(sample)
    records = list(records_of(sample, separator))
    header = find_header([fields for _, fields in records], wanted, header_row)
    end, fields = records[header]
    headers = _headers(fields)
    names = [*(f"c{place}" for place in range(len(headers))), _OVERFLOW]
    below = memoryview(text)[len(sample[:end].encode()) :]
    named = b"".join((separator.join(names).encode(), b"\n", below))
    # A million rows are hundreds of megabytes: one copy at a time.
    del data, text, below
    body = _parse(named, separator, names)
    return _sheet(name, headers, header + 1, body, encoding=encoding, rows_limit=rows_limit)


def find_header(records: Sequence[Sequence[str]], wanted: Collection[str], header_row: int | None) -> int:
    """Index of the header row: the given one, else the row naming most wanted (or known) columns.

    Where no row names a known column, the first of the widest rows made of words alone.
    """
    if header_row is not None:
        if header_row > len(records):
            raise Refusal("sheet_empty")
        return header_row - 1
    names = {fold(name) for name in wanted} or KNOWN
    scores = [
        len({fold(cell) for cell in row} & names | {fold_without_note(cell) for cell in row} & names)
        for row in records
    ]
    best = max(scores, default=0)
    if best >= (1 if wanted else 2):
        return scores.index(best)
    if wanted or not records:
        seen = " / ".join(",".join(row)[:80] for row in records[:3])
        raise Refusal("header_not_found", wanted=", ".join(wanted), seen=seen)
    widths = [sum(1 for cell in row if cell.strip()) for row in records]
    width = max(widths)
    full = [index for index, found in enumerate(widths) if found == width]
    wordy = [index for index in full if all(_is_word(cell) for cell in records[index] if cell.strip())]
    return (wordy or full)[0]


def _is_word(cell: str) -> bool:
    return bool(cell.strip()) and not re.fullmatch(r"[\d\s.,:/-]+", cell)


def _headers(fields: Sequence[str]) -> tuple[str, ...]:
    """Headers as the user sees them, made unique; an empty one is called by its place."""
    while fields and not fields[-1].strip():
        fields = fields[:-1]
    if len(fields) > COLUMNS_LIMIT:
        raise Refusal("too_many_columns", found=len(fields), limit=COLUMNS_LIMIT)
    headers: list[str] = []
    for place, cell in enumerate(fields, start=1):
        name = " ".join(cell.split())[:100] or f"[{place}]"
        again = sum(1 for header in headers if header == name or header.startswith(f"{name} (")) + 1
        headers.append(name if name not in headers else f"{name} ({again})")
    return tuple(headers)


def _sheet(
    name: str, headers: tuple[str, ...], header_row: int, body: pl.DataFrame, *, encoding: str, rows_limit: int
) -> Sheet:
    if body.height > rows_limit and _without_blank(body).height > rows_limit:
        raise Refusal("too_many_rows", limit=rows_limit)
    numbered = _without_blank(body.with_row_index("row", offset=header_row + 1))
    if numbered.height == 0:
        raise Refusal("sheet_empty")
    cells = numbered.select(pl.col(f"c{place}").alias(header) for place, header in enumerate(headers))
    overflow = numbered[_OVERFLOW].str.strip_chars().fill_null("") != ""
    return Sheet(name, headers, header_row, cells, numbered["row"].cast(pl.Int64), overflow, encoding)


def _without_blank(body: pl.DataFrame) -> pl.DataFrame:
    """Rows in which any cell says something."""
    names = [name for name in body.columns if name != "row"]
    first = pl.col(names[0])
    suspicious = body.select((first.is_null() | (first.str.strip_chars() == "")).any()).item()
    if not suspicious:
        return body
    said = pl.any_horizontal((pl.col(name).str.strip_chars() != "").fill_null(value=False) for name in names)
    return body.filter(said)


def _parse(text: bytes, separator: str, names: list[str]) -> pl.DataFrame:
    """The rows as text columns c0, c1 … and `overflow` (a cell beyond the header). `text` begins with the names."""
    if b'"' not in text:
        return _read(text, separator, quote=None)
    if text.count(b'"') % 2 == 0 and not _stray_quote(separator).search(text):
        try:
            return _read(text, separator, quote='"')
        except pl.exceptions.PolarsError:
            pass  # a quote in an unusual place: the slower reader below decides
    try:
        return _read_slowly(text, separator, names)
    except csv.Error as error:
        plainly = _read(text, separator, quote=None)
        ragged = plainly.select(pl.col(_OVERFLOW).is_not_null() | pl.col(names[-2]).is_null()).to_series().any()
        if ragged:
            raise Refusal("quotes_broken", problem=str(error)) from error
        return plainly


def _stray_quote(separator: str) -> re.Pattern[bytes]:
    """A quote with text on both sides: no separator, line end or other quote beside it."""
    beside = rb'[^"\r\n' + re.escape(separator).encode() + rb"]"
    return re.compile(beside + b'"' + beside)


def _read(text: bytes, separator: str, *, quote: str | None) -> pl.DataFrame:
    return pl.read_csv(text, separator=separator, quote_char=quote, infer_schema=False, truncate_ragged_lines=True)


def _read_slowly(text: bytes, separator: str, names: list[str]) -> pl.DataFrame:
    """By Python's csv reader, which takes a quote inside an unquoted cell as it stands."""
    lines = io.TextIOWrapper(io.BytesIO(text), encoding="utf-8", newline="")
    width, frames, chunk = len(names), [], []
    for fields in islice(csv.reader(lines, delimiter=separator, strict=True), 1, None):
        chunk.append([cell or None for cell in fields[:width]] + [None] * (width - len(fields)))
        if len(chunk) == _CHUNK:
            frames.append(_frame(chunk, names))
            chunk = []
    return pl.concat([*frames, _frame(chunk, names)])


def _frame(rows: list[list[str | None]], names: list[str]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=dict.fromkeys(names, pl.String), orient="row")


def letter_of(place: int) -> str:
    """0 → A, 25 → Z, 26 → AA."""
    letters, number = "", place + 1
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters
