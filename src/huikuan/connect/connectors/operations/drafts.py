"""Uploads on their way to a batch: opened, described, mended, asked to be committed, discarded.

A draft outlives restarts and browsers; nothing of it is in the ledger. Every change raises its version, and a
commit names the version that was looked at.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from django.db import transaction
from django.db.models import F

from huikuan.connect.connectors import drafts_folder
from huikuan.connect.connectors.domain.choosing import Choice, choose
from huikuan.connect.connectors.domain.guessing import propose_mapping
from huikuan.connect.connectors.domain.mapping import Mapping as Described
from huikuan.connect.connectors.domain.mapping import document_of, mapping_of
from huikuan.connect.connectors.domain.overlay import LONGEST_CELL, Edit
from huikuan.connect.connectors.domain.rows import KINDS
from huikuan.connect.connectors.domain.sheets import Sheet
from huikuan.connect.connectors.models import CellEdit, ImportDraft
from huikuan.connect.connectors.presets import load_preset, save_preset
from huikuan.connect.connectors.reading import read_sheet
from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.files.limits import Limits
from huikuan.mechanisms.files.names import clean_name
from huikuan.mechanisms.identity.domain.roles import Permission
from huikuan.mechanisms.identity.models import Company
from huikuan.mechanisms.identity.queries import require
from huikuan.mechanisms.jobs.models import Job
from huikuan.mechanisms.jobs.operations import enqueue
from huikuan.mechanisms.jobs.queries import latest

COMMIT, CHECK = "imports.commit", "imports.check"
#: An open draft nobody touches is removed after this long.
KEPT = timedelta(days=14)
#: Open drafts one person may have, and cells one may mend by hand.
MOST_OPEN, MOST_EDITS = 20, 2_000
#: Cells that no typing mends: the row itself is out of shape.
NOT_BY_HAND = frozenset({"cells_too_many"})
_LINES, _EXAMPLES, _SHOWN = 8, 4, 80


@dataclass(frozen=True, slots=True)
class Choices:
    """How a commit is to deal with what stands in its way; see `operations.files.Asked`."""

    skip_rejected: bool = False
    on_conflict: str = "list"
    force: bool = False
    again: bool = False


def open_draft(
    pieces: Iterable[bytes], *, name: str, kind: str, company: Company, as_of: date | None, actor: str, at: datetime
) -> ImportDraft:
    """Take in a file, look at its columns, and keep both as a draft.

    Refuses what reading refuses (a wrong type, a bomb, no header …), a wrong day for the kind, more open drafts
    than one person may have, and whoever may not import for the company. What is refused leaves no file.
    """
    require(actor, Permission.IMPORT, company_id=company.pk, at=at)
    _check_kind(kind, as_of)
    if ImportDraft.objects.filter(actor=actor, state=ImportDraft.State.OPEN).count() >= MOST_OPEN:
        raise Refusal("drafts_too_many", count=MOST_OPEN)
    name = clean_name(name)
    received = drafts_folder.receive(pieces, name, limit=Limits().size)
    try:
        sheet = read_sheet(drafts_folder.path_of(received.stored), name)
        described, sample = _propose(sheet, kind)
        return ImportDraft.objects.create(
            kind=kind,
            company_id=company.pk,
            stored=received.stored,
            file_sha256=received.sha256,
            file_name=name,
            file_size=received.size,
            as_of=as_of,
            mapping=document_of(described),
            sample=sample,
            actor=actor,
            created_at=at,
            changed_at=at,
        )
    except BaseException:
        drafts_folder.forget(received.stored)
        raise


def read_again(draft: ImportDraft, *, sheet: str, header_row: int | None, actor: str, at: datetime) -> None:
    """Look at another sheet of the workbook, or take another row for the header; the columns are guessed anew."""
    _require(draft, actor, at)
    found = read_sheet(file_of(draft), draft.file_name, sheet=sheet, header_row=header_row)
    described, sample = _propose(found, draft.kind)
    with transaction.atomic():
        _forget_edits(draft)
        _change(draft, at, mapping=document_of(described), sample=sample)


def use_preset(draft: ImportDraft, name: str, *, actor: str, at: datetime) -> None:
    """Describe the columns by a preset; refuses one for another kind of file, or whose columns are not there."""
    _require(draft, actor, at)
    company = Company.objects.get(pk=draft.company_id)
    preset = load_preset(name, company=company.code)
    if draft.kind not in preset.kinds:
        raise Refusal("mapping_wrong_kind", kinds=", ".join(preset.kinds), kind=draft.kind)
    sheet = read_sheet(
        file_of(draft), draft.file_name, sheet=preset.sheet, wanted=preset.wanted(), header_row=preset.header_row
    )
    document = document_of(preset) | {"header_row": sheet.header_row, "sheet": sheet.sheet}
    sample = _sample(sheet) | _shown(sheet, preset) | {"preset": name}
    with transaction.atomic():
        if any(draft.mapping.get(part) != document[part] for part in ("sheet", "header_row")):
            _forget_edits(draft)
        _change(draft, at, mapping=document, sample=sample)


def describe(draft: ImportDraft, choice: Choice, *, as_of: date | None, actor: str, at: datetime) -> None:
    """Say which column is which; refuses what `domain.choosing.choose` refuses.

    A choice that is what was shown changes nothing: a preset may say more than a choice can.
    """
    _require(draft, actor, at)
    _check_kind(draft.kind, as_of)
    chosen = choose(mapping_of(draft.mapping), draft.kind, choice, draft.sample.get("doubled"))
    document = draft.mapping if choice == choice_of(draft) else document_of(chosen)
    shown = {"chosen": dict(choice.fields), "keys": list(choice.key), "described": True}
    _change(draft, at, mapping=document, as_of=as_of, sample={**draft.sample, **shown})


def choice_of(draft: ImportDraft) -> Choice:
    """The draft's columns as a person would choose them."""
    mapping = mapping_of(draft.mapping)
    terms = mapping.derived.get("due_date")
    return Choice(
        fields=draft.sample.get("chosen", {}),
        key=tuple(draft.sample.get("keys", ())),
        currency=mapping.constants.get("currency", ""),
        terms=str(terms.days) if terms else "",
        date_order=mapping.date_order,
        unit=str(mapping.style.unit),
    )


def keep_as_preset(draft: ImportDraft, name: str, *, actor: str, at: datetime) -> None:
    """Keep how this draft is read under a name for its company; this import's keys come from there too."""
    _require(draft, actor, at)
    company = Company.objects.get(pk=draft.company_id)
    kept = {key: value for key, value in draft.mapping.items() if key not in ("header_row", "sheet", "title")}
    save_preset(name, mapping_of(kept | {"title": name}), company=company.code)
    _change(draft, at, mapping={**draft.mapping, "name": name}, sample={**draft.sample, "preset": name})


def mend_cell(draft: ImportDraft, edit: Edit, *, actor: str, at: datetime) -> None:
    """Let a bad cell say something else; the file stays as it came. The cell may be mended again."""
    _require(draft, actor, at)
    if len(edit.value) > LONGEST_CELL:
        raise Refusal("cell_too_long", most=LONGEST_CELL)
    known = CellEdit.objects.filter(draft_id=draft.pk, row=edit.row, column=edit.column).first()
    bad = drafts_folder.bad_cell(draft.stored, edit.row, edit.column)
    by_hand = bad is not None and bad.code not in NOT_BY_HAND and edit.column in draft.sample.get("headers", [])
    if known is None and not by_hand:
        raise Refusal("cell_not_open", row=edit.row, column=edit.column)
    if known is None and CellEdit.objects.filter(draft_id=draft.pk).count() >= MOST_EDITS:
        raise Refusal("edits_too_many", count=MOST_EDITS)
    with transaction.atomic():
        _change(draft, at)
        CellEdit.objects.update_or_create(
            draft_id=draft.pk,
            row=edit.row,
            column=edit.column,
            defaults={"value": edit.value, "actor": actor, "at": at},
            create_defaults={"value": edit.value, "actor": actor, "at": at, "before": bad.value if bad else ""},
        )


def withdraw_edit(draft: ImportDraft, row: int, column: str, *, actor: str, at: datetime) -> None:
    """Let the cell say again what the file says."""
    _require(draft, actor, at)
    with transaction.atomic():
        _change(draft, at)
        CellEdit.objects.filter(draft_id=draft.pk, row=row, column=column).delete()


def ask_check(draft: ImportDraft, *, language: str, at: datetime) -> None:
    """Have the worker work out what a large draft would do."""
    enqueue(CHECK, key=str(draft.pk), params={"draft": draft.pk, "language": language}, at=at)


def ask_commit(draft: ImportDraft, choices: Choices, *, version: int, language: str, actor: str, at: datetime) -> bool:
    """Have the worker commit the draft as it was looked at; False: somebody has asked already, which is as good.

    Refuses when the draft is no longer what `version` showed.
    """
    require(actor, Permission.IMPORT, company_id=draft.company_id, at=at)
    asked = {**asdict(choices), "by": actor, "language": language, "version": version}
    with transaction.atomic():
        waiting = ImportDraft.objects.filter(pk=draft.pk, state=ImportDraft.State.OPEN, version=version)
        moved = waiting.update(state=ImportDraft.State.QUEUED, choices=asked, refusal={}, changed_at=at)
        if moved:
            enqueue(COMMIT, key=str(draft.pk), params={"draft": draft.pk}, at=at)
            return True
    if ImportDraft.objects.filter(pk=draft.pk, state=ImportDraft.State.OPEN).exists():
        raise Refusal("draft_changed")
    return False


def reopen(draft: ImportDraft, refusal: Mapping[str, Any], *, at: datetime) -> None:
    """The commit was refused: the draft is open again and says why. Its check is worked out anew."""
    ImportDraft.objects.filter(pk=draft.pk, state=ImportDraft.State.QUEUED).update(
        state=ImportDraft.State.OPEN, refusal=dict(refusal), preview={}, changed_at=at, version=F("version") + 1
    )


def discard(draft: ImportDraft, *, actor: str, at: datetime) -> None:
    """Remove an open draft, its edits and its bytes. A draft being committed is not."""
    _require(draft, actor, at)
    if ImportDraft.objects.filter(pk=draft.pk, state=ImportDraft.State.OPEN).delete()[0]:
        CellEdit.objects.filter(draft_id=draft.pk).delete()
        drafts_folder.forget(draft.stored)


def tidy_drafts(*, at: datetime) -> int:
    """Remove drafts nobody has touched for long, finished ones' rows, and bytes no draft names."""
    old = ImportDraft.objects.filter(changed_at__lt=at - KEPT).exclude(state=ImportDraft.State.QUEUED)
    gone = 0
    for draft in list(old):
        # Whoever touched it meanwhile keeps it.
        if old.filter(pk=draft.pk).delete()[0]:
            CellEdit.objects.filter(draft_id=draft.pk).delete()
            drafts_folder.forget(draft.stored)
            gone += 1
    wanted = set(ImportDraft.objects.values_list("stored", flat=True))
    return gone + drafts_folder.sweep(wanted, older_than=at - timedelta(days=1))


def give_up(draft: ImportDraft, *, actor: str, at: datetime) -> None:
    """A commit that failed for good is no longer waited for: the draft is open again."""
    _require(draft, actor, at)
    found = latest(COMMIT, str(draft.pk))
    if found is None or found[0].state == Job.State.FAILED:
        reopen(draft, {}, at=at)


def file_of(draft: ImportDraft) -> Path:
    """Where the draft's bytes lie; refuses when they are gone."""
    path = drafts_folder.path_of(draft.stored)
    if not path.is_file():
        raise Refusal("draft_file_missing", name=draft.file_name)
    return path


def edits_of(draft: ImportDraft) -> tuple[Edit, ...]:
    """What was mended by hand so far, in file order."""
    rows = CellEdit.objects.filter(draft_id=draft.pk).order_by("row", "column")
    return tuple(Edit(*row) for row in rows.values_list("row", "column", "value"))


def _require(draft: ImportDraft, actor: str, at: datetime) -> None:
    require(actor, Permission.IMPORT, company_id=draft.company_id, at=at)


def _change(draft: ImportDraft, at: datetime, **changes: Any) -> None:
    """Change an open draft; refuses one that is being committed. A change of how it is read voids its check."""
    if "mapping" in changes:
        changes["preview"] = {}
    waiting = ImportDraft.objects.filter(pk=draft.pk, state=ImportDraft.State.OPEN)
    if not waiting.update(**changes, refusal={}, changed_at=at, version=F("version") + 1):
        raise Refusal("draft_closed")


def _forget_edits(draft: ImportDraft) -> None:
    """Cells are mended by row: on another sheet, or under another header, the edit would meet another cell."""
    CellEdit.objects.filter(draft_id=draft.pk).delete()


def _check_kind(kind: str, as_of: date | None) -> None:
    if kind not in KINDS:
        raise Refusal("kind_of_file_unknown", kind=kind)
    if kind == "open-items" and as_of is None:
        raise Refusal("snapshot_needs_day")
    if kind != "open-items" and as_of is not None:
        raise Refusal("day_not_wanted", kind=kind)


def _propose(sheet: Sheet, kind: str) -> tuple[Described, dict[str, Any]]:
    guess = propose_mapping(sheet, kind)
    guessed = {one.column: [one.field, one.confidence, one.reason] for one in guess.columns}
    shown = _shown(sheet, guess.mapping) | {"guessed": guessed, "unclear": guess.unclear}
    return guess.mapping, _sample(sheet) | shown


def _shown(sheet: Sheet, mapping: Described) -> dict[str, Any]:
    """Which of the sheet's columns is which field under the mapping, and which make up the key."""
    chosen: dict[str, str] = {}
    doubled: dict[str, str] = {}
    for field, names in mapping.columns.items():
        header = next((found for name in names if (found := sheet.column(name)) is not None), None)
        if header is not None and chosen.setdefault(header, field) != field:
            doubled[field] = header
    keys = [next((found for name in part if (found := sheet.column(name)) is not None), "") for part in mapping.key]
    return {"chosen": chosen, "doubled": doubled, "keys": [key for key in keys if key]}


def _sample(sheet: Sheet) -> dict[str, Any]:
    """What the columns are chosen by: the headers, the first lines, some different cells of each column."""
    head = sheet.cells.head(_LINES)
    lines = [
        [row, *((cell or "")[:_SHOWN] for cell in cells)]
        for row, cells in zip(sheet.rows.head(_LINES), head.iter_rows(), strict=True)
    ]
    return {
        "headers": list(sheet.headers),
        "header_row": sheet.header_row,
        "sheet": sheet.sheet,
        "sheets": list(sheet.sheets),
        "height": sheet.cells.height,
        "encoding": sheet.encoding,
        "lines": lines,
        "examples": {header: _examples(sheet, header) for header in sheet.headers},
    }


def _examples(sheet: Sheet, header: str) -> list[str]:
    said = sheet.cells[header].drop_nulls().head(1_000).unique(maintain_order=True).head(_EXAMPLES)
    return [cell[:_SHOWN] for cell in said]
