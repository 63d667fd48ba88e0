"""Text files: what they are encoded in, what separates their cells, and their records as cells."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterator
from itertools import islice

from huikuan.kernel.errors import Refusal

_SAMPLE_RECORDS = 40
_SEPARATORS = ",\t;|"
_PIECE = 1 << 20
_LONGEST_CELL = 1 << 24
# Process-wide, and no secret: a cell longer than this is a sign of unmatched quotes.
csv.field_size_limit(_LONGEST_CELL)


def to_utf8(data: bytes) -> tuple[bytes, str]:
    """The text as UTF-8 and what it was in: UTF-8, UTF-16 (by its mark), else GB18030 (which holds GBK)."""
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        text, encoding = _transcode(data, "utf-16"), "utf-16"
    elif _is_utf8(data):
        text, encoding = data.removeprefix(codecs.BOM_UTF8), "utf-8"
    else:
        text, encoding = _transcode(data, "gb18030"), "gb18030"
    if b"\n" not in text:
        text = text.replace(b"\r", b"\n")
    return text, encoding


def sniff_separator(sample: str) -> str:
    """The separator that splits most lines of the sample into the same number of cells."""

    def regularity(separator: str) -> tuple[int, int]:
        widths = [len(fields) for _, fields in records_of(sample, separator) if fields]
        width = max(set(widths), key=lambda w: (w > 1, widths.count(w), w), default=1)
        return (widths.count(width) if width > 1 else 0, width)

    return max(_SEPARATORS, key=regularity)


def records_of(sample: str, separator: str) -> Iterator[tuple[int, list[str]]]:
    """(end offset, cells) of the first records; a record goes on while its quotes are uneven."""
    end = 0
    lines = io.StringIO(sample, newline="\n")
    for _ in range(_SAMPLE_RECORDS):
        record = lines.readline()
        while record.count('"') % 2 and (more := lines.readline()):
            record += more
        if not record:
            return
        end += len(record)
        yield end, _cells(record.rstrip("\r\n"), separator)


def read_rows(text: str, separator: str, *, rows_limit: int, columns_limit: int) -> list[tuple[int, list[str]]]:
    """(record number from 1, cells) of every record that says something.

    Takes a quote inside a cell as it stands, and blanks behind a closing quote; refuses quotes that swallow lines.
    """
    try:
        records = list(islice(_reader(text, separator, strict=True), rows_limit + 1))
    except csv.Error:
        records = _read_leniently(text, separator, rows_limit)
    if len(records) > rows_limit:
        raise Refusal("too_many_rows", limit=rows_limit)
    widest = max(map(len, records), default=0)
    if widest > columns_limit:
        raise Refusal("too_many_columns", found=widest, limit=columns_limit)
    return [(number, cells) for number, cells in enumerate(records, start=1) if any(cell.strip() for cell in cells)]


def _reader(text: str, separator: str, *, strict: bool) -> Iterator[list[str]]:
    return csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=strict)


def _read_leniently(text: str, separator: str, rows_limit: int) -> list[list[str]]:
    try:
        records = list(islice(_reader(text, separator, strict=False), rows_limit + 1))
    except csv.Error as error:
        raise Refusal("quotes_broken", problem=str(error)) from error
    swallowed = [cell for cells in records for cell in cells if "\n" in cell]
    if swallowed:
        raise Refusal("quotes_broken", problem=" ".join(swallowed[0].split())[:60])
    return records


def _cells(record: str, separator: str) -> list[str]:
    """One record's cells; split plainly where its quotes make no sense."""
    try:
        return next(csv.reader(io.StringIO(record, newline=""), delimiter=separator), [])
    except csv.Error:
        return record.split(separator)


def _is_utf8(data: bytes) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        for start in range(0, len(data), _PIECE):
            decoder.decode(data[start : start + _PIECE])
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _transcode(data: bytes, encoding: str) -> bytes:
    decoder = codecs.getincrementaldecoder(encoding)()
    starts = range(0, len(data), _PIECE)
    try:
        pieces = [decoder.decode(data[start : start + _PIECE]).encode() for start in starts]
        return b"".join([*pieces, decoder.decode(b"", final=True).encode()])
    except (UnicodeDecodeError, UnicodeEncodeError) as error:
        raise Refusal("encoding_unknown") from error
