"""From a file on disk to the ledger: read, map, check, import; the original is kept."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path

from huikuan.connect.connectors.bad_cells import write_bad_cells
from huikuan.connect.connectors.domain.checking import check
from huikuan.connect.connectors.domain.guessing import GuessedColumn, guess_mapping
from huikuan.connect.connectors.domain.mapping import Mapping, document_of, mapping_in
from huikuan.connect.connectors.domain.overlay import Edit, lay_over
from huikuan.connect.connectors.domain.rows import PERSONAL, Checked
from huikuan.connect.connectors.domain.sheets import Sheet
from huikuan.connect.connectors.models import Batch
from huikuan.connect.connectors.operations.importing import REGISTERS, BadCellsRefusal, Result, import_checked
from huikuan.connect.connectors.operations.plans import Task
from huikuan.connect.connectors.operations.receipts import SYSTEM as RECEIPTS
from huikuan.connect.connectors.reading import read_sheet
from huikuan.kernel.errors import Place, Refusal
from huikuan.mechanisms.files.names import clean_name
from huikuan.mechanisms.files.operations import keep_bytes, store_kept
from huikuan.mechanisms.identity.models import Company

#: Keys of files nobody gave a mapping with a name come from here.
SYSTEM = "file"
_LONGEST_SYSTEM = 30


@dataclass(frozen=True, slots=True)
class Asked:
    """How to import: `mapping` None guesses the columns; `on_conflict` is list, keep or replace. `named`: the
    name the mapping goes by, whatever its document says; keys come from there. `edits` are laid over the
    file before it is checked; `draft_id`: the upload this commits."""

    kind: str
    company: Company
    actor: str
    at: datetime
    mapping: Mapping | None = None
    named: str = ""
    as_of: date | None = None
    skip_rejected: bool = False
    dry_run: bool = False
    on_conflict: str = "list"
    force_snapshot: bool = False
    again: bool = False
    edits: tuple[Edit, ...] = ()
    draft_id: int | None = None


class RejectedRefusal(Refusal):
    """The refusal of bad cells, with the sheet they stand in, so that they can be shown in place, and how its
    columns were read. `rehearsed`: what a dry run found the good rows would do."""

    def __init__(
        self,
        refusal: Refusal,
        sheet: Sheet,
        checked: Checked,
        guessed: tuple[GuessedColumn, ...] = (),
        rehearsed: Result | None = None,
    ) -> None:
        super().__init__(refusal.code, where=refusal.where, **refusal.params)
        self.sheet = sheet
        self.checked = checked
        self.guessed = guessed
        self.rehearsed = rehearsed

    def write(self, path: Path) -> None:
        """The rejected rows as a spreadsheet."""
        write_bad_cells(path, self.sheet, self.checked)


@dataclass(frozen=True, slots=True)
class Imported:
    """The result, and what was read, for whoever wants to show the rejected rows; where there are none, the
    sheet has no rows either."""

    result: Result
    sheet: Sheet
    checked: Checked
    mapping: Mapping
    guessed: tuple[GuessedColumn, ...] = ()


def import_file(
    path: Path, asked: Asked, *, name: str = "", progress: Callable[[str], None] = lambda _step: None
) -> Imported:
    """Import the file at `path`, which its sender calls `name`; all or nothing.

    `progress` hears 'reading', 'checking', 'writing'. Refusals: what reading, mapping and
    `import_checked` refuse; a wrong day for the kind.
    """
    _check_day(asked)
    name = clean_name(name or path.name)
    progress("reading")
    sheet, mapping, guessed = _read(path, name, asked)
    if asked.named:
        mapping = replace(mapping, name=asked.named)
    sheet, mended = lay_over(sheet, asked.edits)
    progress("checking")
    checked = check(sheet, mapping, asked.kind, as_of=asked.as_of, company_currency=asked.company.currency)
    if asked.kind in PERSONAL:
        # That a cell was mended is told; what it said, and says now, is about people.
        mended = [replace(cell, before="", after="") for cell in mended]
    task = replace(_task(path, name, asked, sheet, mapping), draft_id=asked.draft_id, edits=mended)
    if not asked.again:
        _refuse_other_reading(task, mapping)
    if not checked.bad:
        # A sheet of a million rows is not held while they are written; it is read again if any must be shown.
        sheet = sheet.without_rows()
    progress("writing")
    try:
        result = import_checked(task, checked, skip_rejected=asked.skip_rejected, dry_run=asked.dry_run)
    except BadCellsRefusal as refusal:
        shown = sheet if checked.bad else _read(path, name, asked)[0]
        rehearsed = _rehearse(task, checked) if asked.dry_run else None
        raise RejectedRefusal(refusal, shown, replace(checked, bad=refusal.bad), guessed, rehearsed) from refusal
    if result.bad and not checked.bad:
        sheet, _, _ = _read(path, name, asked)
    return Imported(result, sheet, replace(checked, bad=result.bad), mapping, guessed)


def _rehearse(task: Task, checked: Checked) -> Result | None:
    """What the good rows alone would do; None where they would be refused too."""
    try:
        return import_checked(task, checked, skip_rejected=True, dry_run=True)
    except Refusal:
        return None


def _check_day(asked: Asked) -> None:
    if asked.kind == "open-items" and asked.as_of is None:
        raise Refusal("snapshot_needs_day")
    if asked.kind != "open-items" and asked.as_of is not None:
        raise Refusal("day_not_wanted", kind=asked.kind)


def _read(path: Path, name: str, asked: Asked) -> tuple[Sheet, Mapping, tuple[GuessedColumn, ...]]:
    if not path.is_file():
        raise Refusal("file_not_found", name=name, where=[Place(file=name)])
    if asked.mapping is None:
        sheet = read_sheet(path, name)
        guess = guess_mapping(sheet, asked.kind)
        return sheet, guess.mapping, guess.columns
    mapping = asked.mapping
    sheet = read_sheet(path, name, sheet=mapping.sheet, wanted=mapping.wanted(), header_row=mapping.header_row)
    return sheet, mapping, ()


def _task(path: Path, name: str, asked: Asked, sheet: Sheet, mapping: Mapping) -> Task:
    found = {field: [sheet.column(column) for column in columns] for field, columns in mapping.columns.items()}
    return Task(
        kind=asked.kind,
        company=asked.company,
        system=mapping.name[:_LONGEST_SYSTEM] or SYSTEM,
        file_name=name,
        file_sha256=_sha256(path),
        mapping=document_of(mapping),
        headers={field: next((one for one in columns if one), field) for field, columns in found.items()},
        actor=asked.actor,
        at=asked.at,
        as_of=asked.as_of,
        on_conflict=asked.on_conflict,
        force=asked.force_snapshot,
        keep=lambda: _keep(path, name, asked),
    )


def _refuse_other_reading(task: Task, mapping: Mapping) -> None:
    """Refuse a file that stands in the ledger under other keys already: nothing would be recognised as known,
    and every amount would be there twice. What is no item is known by its own code or number, whatever the
    mapping."""
    if task.kind in REGISTERS:
        return
    earlier = Batch.objects.filter(
        file_sha256=task.file_sha256, company_id=task.company.pk, kind=task.kind, state=Batch.State.COMMITTED
    )
    for batch in earlier.order_by("id"):
        system = str(batch.mapping.get("system", "")).removeprefix(RECEIPTS)
        if (system, mapping_in(batch.mapping).key) != (task.system, mapping.key):
            raise Refusal("file_already_imported", batch=batch.pk, system=system, name=batch.file_name)


def _keep(path: Path, name: str, asked: Asked) -> Callable[[], None]:
    kept = keep_bytes(path)

    def record() -> None:
        store_kept(kept, name, actor=asked.actor, at=asked.at)

    return record


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
