"""The first rows of a table nobody knows, for a person to say what its columns are."""

from __future__ import annotations

from dataclasses import dataclass

from huikuan.kernel.errors import Place, Refusal
from huikuan.kernel.text import fold
from huikuan.mechanisms.files.texts import read_rows, sniff_separator, to_utf8
from huikuan.record.banking.domain.grids import COLUMNS_LIMIT, ROWS_LIMIT, clean

_SNIFFED = 64_000
_HEADER_WITHIN = 100
_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Sample:
    """What seems to be the header (the widest of the first rows), its row from 1, and the first rows below."""

    header_row: int
    headers: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    @property
    def likeness(self) -> tuple[str, ...]:
        """By which another file of the same layout is recognised."""
        return likeness(self.headers)


def likeness(headers: tuple[str, ...]) -> tuple[str, ...]:
    """Headers as they are compared: their order does not count."""
    return tuple(sorted(fold(header) for header in headers if header))


def sample(data: bytes, name: str) -> Sample:
    """The sample of a text file; refuses one that is no table."""
    text = to_utf8(data)[0].decode("utf-8")
    separator = sniff_separator(text[:_SNIFFED])
    read = read_rows(text, separator, rows_limit=ROWS_LIMIT, columns_limit=COLUMNS_LIMIT)
    rows = [(number, [clean(cell) for cell in cells]) for number, cells in read]
    if not rows:
        raise Refusal("statement_unreadable", where=[Place(file=name)])
    place = max(range(min(len(rows), _HEADER_WITHIN)), key=lambda one: (sum(map(bool, rows[one][1])), -one))
    number, headers = rows[place]
    below = tuple(tuple(cells) for _, cells in rows[place + 1 : place + 1 + _SHOWN])
    return Sample(number, tuple(headers), below)
