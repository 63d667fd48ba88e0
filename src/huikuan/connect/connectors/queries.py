"""Reading batches, and the way back from an item to the line of the file it came from."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

import polars as pl

from huikuan.connect.connectors.domain.checking import check
from huikuan.connect.connectors.domain.overlay import Edit, lay_over
from huikuan.connect.connectors.domain.rows import Note
from huikuan.connect.connectors.domain.sheets import Sheet
from huikuan.connect.connectors.models import Batch
from huikuan.connect.connectors.originals import sheet_around
from huikuan.connect.connectors.reasons import sentence
from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.identity.domain.scope import EVERYTHING, Scope
from huikuan.mechanisms.identity.models import Company

_AROUND = 2


@dataclass(frozen=True, slots=True)
class BatchRow:
    """One import. `counts` as the command told them, `notes` as sentences in the reader's language."""

    id: int
    kind: str
    company: str
    state: str
    file_name: str
    file_sha256: str
    system: str
    as_of: date | None
    actor: str
    created_at: datetime
    undone_at: datetime | None
    counts: dict[str, Any]
    notes: list[str]


@dataclass(frozen=True, slots=True)
class OriginalLine:
    """A line of an original file with its neighbours: (row number, cells), the line itself being `row`.

    `converted`: field → what the line was read as under the mapping and the mended cells recorded with the batch.
    """

    batch: BatchRow
    headers: tuple[str, ...]
    header_row: int
    row: int
    lines: list[tuple[int, list[str]]]
    converted: dict[str, str]


def batch(batch_id: int, *, scope: Scope) -> BatchRow:
    """The batch; refuses an unknown one, and one of a company the scope does not see whole."""
    return _row(_batch(batch_id, scope), _companies())


def company_of(batch_id: int) -> int:
    """The company of a batch; refuses an unknown one."""
    return _batch(batch_id, EVERYTHING).company_id


def batches(
    *, scope: Scope, company_id: int | None = None, before: int | None = None, limit: int = 50
) -> list[BatchRow]:
    """The latest batches of the companies the scope sees whole, newest first; those before the number `before`."""
    found = Batch.objects.order_by("-id") if before is None else Batch.objects.filter(pk__lt=before).order_by("-id")
    if scope.whole_companies is not None:
        found = found.filter(company_id__in=scope.whole_companies)
    companies = _companies()
    chosen = found.filter(company_id=company_id) if company_id is not None else found
    return [_row(one, companies) for one in chosen[:limit]]


def original_line(batch_id: int, row: int, *, scope: Scope) -> OriginalLine:
    """The line `row` (as the file counts) of the batch's original, read again under its own mapping.

    Refuses a row the file does not have, and an original that is gone or altered.
    """
    one = _batch(batch_id, scope)
    sheet, mapping = sheet_around(one, row)
    place = sheet.rows.index_of(row)
    if place is None:
        raise Refusal("row_not_in_file", row=row, name=one.file_name)
    near = _part(sheet, max(0, place - _AROUND), place + _AROUND + 1)
    currency = Company.objects.get(pk=one.company_id).currency
    edits = [Edit(row, edit["column"], edit["after"]) for edit in one.edits if edit["row"] == row]
    mended, _ = lay_over(_part(sheet, place, place + 1), edits)
    checked = check(mended, mapping, one.kind, as_of=one.as_of, company_currency=currency)
    return OriginalLine(
        batch=_row(one, _companies()),
        headers=sheet.headers,
        header_row=sheet.header_row,
        row=row,
        lines=[
            (number, ["" if cell is None else cell for cell in cells])
            for number, cells in zip(near.rows, near.cells.iter_rows(), strict=True)
        ],
        converted=_converted(checked.frame),
    )


def _part(sheet: Sheet, start: int, end: int) -> Sheet:
    return replace(sheet, cells=sheet.cells[start:end], rows=sheet.rows[start:end], overflow=sheet.overflow[start:end])


def _converted(frame: pl.DataFrame) -> dict[str, str]:
    if frame.is_empty():
        return {}
    return {name: str(value) for name, value in frame.row(0, named=True).items() if value not in (None, "")}


def _batch(batch_id: int, scope: Scope) -> Batch:
    found = Batch.objects.filter(pk=batch_id).first()
    if found is None or not scope.whole(found.company_id):
        raise Refusal("batch_unknown", batch=batch_id)
    return found


def _companies() -> dict[int, str]:
    return dict(Company.objects.values_list("id", "code"))


def _row(one: Batch, companies: dict[int, str]) -> BatchRow:
    return BatchRow(
        id=one.pk,
        kind=one.kind,
        company=companies[one.company_id],
        state=one.state,
        file_name=one.file_name,
        file_sha256=one.file_sha256,
        system=one.mapping.get("system", ""),
        as_of=one.as_of,
        actor=one.actor,
        created_at=one.created_at,
        undone_at=one.undone_at,
        counts=one.counts,
        notes=[sentence(Note(note["text"], note["params"])) for note in one.notes],
    )
