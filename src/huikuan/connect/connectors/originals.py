"""The kept original of a batch: proved by its hash at every reading, parsed once per stretch of rows."""

from __future__ import annotations

import io
import json
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

import polars as pl

from huikuan.connect.connectors.domain.mapping import Mapping, mapping_in
from huikuan.connect.connectors.domain.sheets import Sheet
from huikuan.connect.connectors.models import Batch
from huikuan.connect.connectors.reading import read_sheet
from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.files import queries

#: Rows of a stretch, and how many stretches are remembered: some megabytes of packed text at most.
_STRETCH = 5_000
_REMEMBERED = 16
#: Rows a stretch overlaps its neighbours, so that a line at its edge has neighbours too.
_OVERLAP = 50
_ROW, _OVERFLOW = "\0row", "\0overflow"


@dataclass(frozen=True, slots=True)
class _Stretch:
    """Some rows of a sheet, packed: a million rows are parsed to get here, and only these are kept."""

    shape: Sheet
    packed: bytes


def original_path(batch: Batch) -> Path:
    """Where the batch's original lies, its hash checked just now; refuses a missing or altered one."""
    try:
        return queries.open_original(batch.file_sha256)
    except Refusal as refusal:
        code = "original_missing" if refusal.params["found"] == "missing" else "original_altered"
        raise Refusal(code, name=batch.file_name) from refusal


def sheet_around(batch: Batch, row: int) -> tuple[Sheet, Mapping]:
    """The rows around `row` of the original, read as the batch read them (sheet, header row, columns), and the
    batch's mapping. Refuses a missing or altered original."""
    path = original_path(batch)
    kept = json.dumps(batch.mapping, sort_keys=True)
    stretch = _stretch(batch.file_sha256, batch.file_name, kept, row // _STRETCH, path)
    frame = pl.read_parquet(io.BytesIO(stretch.packed))
    cells = frame.drop(_ROW, _OVERFLOW)
    return replace(stretch.shape, cells=cells, rows=frame[_ROW], overflow=frame[_OVERFLOW]), mapping_in(batch.mapping)


@lru_cache(maxsize=_REMEMBERED)
def _stretch(_sha256: str, name: str, kept: str, number: int, path: Path) -> _Stretch:
    """Stretch `number` of the file; the hash, name and mapping decide what it holds."""
    mapping = mapping_in(json.loads(kept))
    sheet = read_sheet(path, name, sheet=mapping.sheet, wanted=mapping.wanted(), header_row=mapping.header_row)
    first = number * _STRETCH
    frame = sheet.cells.with_columns(sheet.rows.alias(_ROW), sheet.overflow.alias(_OVERFLOW))
    near = frame.filter(pl.col(_ROW).is_between(first - _OVERLAP, first + _STRETCH + _OVERLAP))
    packed = io.BytesIO()
    near.write_parquet(packed)
    return _Stretch(sheet.without_rows(), packed.getvalue())
