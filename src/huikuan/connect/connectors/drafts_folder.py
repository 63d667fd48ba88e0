"""Where the bytes of drafts lie: HUIKUAN_HOME/drafts, apart from the originals, which are kept for good.

Beside a draft's bytes lie the bad cells of its last check: `<stored>.bad`, a Parquet file.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from uuid import uuid4

import polars as pl

from huikuan.connect.connectors.domain.rows import BadCell
from huikuan.kernel.errors import Place, Refusal
from huikuan.mechanisms.store.folder import data_folder

_BAD = {"row": pl.Int64, "column": pl.String, "value": pl.String, "code": pl.String, "params": pl.String}


@dataclass(frozen=True, slots=True)
class Received:
    """Bytes on the disk, under a name of our own."""

    stored: str
    sha256: str
    size: int


def receive(pieces: Iterable[bytes], name: str, *, limit: int) -> Received:
    """Keep what somebody sends and calls `name`; refuses more than `limit` bytes, and a full disk."""
    stored = uuid4().hex
    digest, size = hashlib.sha256(), 0
    try:
        with path_of(stored).open("xb") as file:
            for piece in pieces:
                digest.update(piece)
                size += len(piece)
                if size > limit:
                    raise Refusal("file_too_large", where=[Place(file=name)], size=size, limit=limit)
                file.write(piece)
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        forget(stored)
        raise Refusal("file_not_stored", problem=error.strerror or str(error)) from error
    except Refusal:
        forget(stored)
        raise
    return Received(stored, digest.hexdigest(), size)


def path_of(stored: str) -> Path:
    """Where a draft's bytes lie."""
    return data_folder("drafts") / stored


def forget(stored: str) -> None:
    """Remove a draft's bytes and what lies beside them."""
    for path in (path_of(stored), _bad_path(stored)):
        path.unlink(missing_ok=True)


def sweep(wanted: Collection[str], *, older_than: datetime) -> int:
    """Remove what no draft names and nobody has touched since `older_than`; answers how many files."""
    left = [
        path
        for path in data_folder("drafts").iterdir()
        if path.name.split(".")[0] not in wanted and path.stat().st_mtime < older_than.timestamp()
    ]
    for path in left:
        path.unlink(missing_ok=True)
    return len(left)


def keep_bad(stored: str, bad: Iterable[BadCell]) -> None:
    """Keep the bad cells of a check, in the place of those of the last."""
    rows = [(cell.row, cell.column, cell.value, cell.code, json.dumps(cell.params)) for cell in bad]
    half_written = _bad_path(stored).with_suffix(".draft")
    pl.DataFrame(rows, schema=_BAD, orient="row").write_parquet(half_written)
    half_written.replace(_bad_path(stored))


def bad_cells(stored: str, *, start: int = 0, count: int | None = None) -> list[BadCell]:
    """Bad cells of the last check in file order, `count` of them from the `start`-th."""
    if not _bad_path(stored).is_file():
        return []
    frame = pl.read_parquet(_bad_path(stored)).slice(start, count)
    return [BadCell(row, column, value, code, json.loads(params)) for row, column, value, code, params in frame.rows()]


def bad_cell(stored: str, row: int, column: str) -> BadCell | None:
    """The bad cell at a place, if the last check found one there."""
    if not _bad_path(stored).is_file():
        return None
    found = pl.read_parquet(_bad_path(stored)).filter(pl.col("row") == row, pl.col("column") == column).rows()
    return BadCell(row, column, found[0][2], found[0][3], json.loads(found[0][4])) if found else None


def _bad_path(stored: str) -> Path:
    return data_folder("drafts") / f"{stored}.bad"
