"""What a draft would do to the ledger as it is now: a dry run of its import, kept with the draft."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from huikuan.connect.connectors import drafts_folder
from huikuan.connect.connectors.domain.mapping import mapping_in
from huikuan.connect.connectors.domain.overlay import lay_over
from huikuan.connect.connectors.domain.rows import PERSONAL
from huikuan.connect.connectors.domain.sheets import Sheet
from huikuan.connect.connectors.models import ImportDraft
from huikuan.connect.connectors.operations.drafts import Choices, edits_of, file_of
from huikuan.connect.connectors.operations.files import Asked, Imported, import_file
from huikuan.connect.connectors.operations.importing import Result
from huikuan.connect.connectors.reading import read_sheet
from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.identity.models import Company

#: A snapshot that asks to be taken all the same.
ASKS = frozenset({"snapshot_older", "snapshot_shrunk"})
#: Conflicts and other places kept to be shown.
MOST_PLACES = 200

Progress = Callable[[str], None]


def asked_of(draft: ImportDraft, choices: Choices, *, actor: str, at: datetime, dry_run: bool) -> Asked:
    """The draft as the import it asks for."""
    return Asked(
        kind=draft.kind,
        company=Company.objects.get(pk=draft.company_id),
        actor=actor,
        at=at,
        mapping=mapping_in(draft.mapping),
        as_of=draft.as_of,
        skip_rejected=choices.skip_rejected,
        dry_run=dry_run,
        on_conflict=choices.on_conflict,
        force_snapshot=choices.force,
        again=choices.again,
        edits=edits_of(draft),
        draft_id=draft.pk,
    )


def preview_draft(
    draft: ImportDraft, *, language: str, actor: str, at: datetime, progress: Progress = lambda _step: None
) -> dict[str, Any]:
    """Work out what the draft would do and keep it, for its version and language; answers it.

    A refusal of the import is part of the answer: `refusal`; one that a choice lifts is `asks`.
    """
    told: dict[str, Any] = {"version": draft.version, "language": language, "at": at.isoformat()}
    try:
        imported, asks = _rehearse(draft, actor, at, progress)
    except Refusal as refusal:
        drafts_folder.keep_bad(draft.stored, [])
        told["refusal"] = told_refusal(refusal, places=draft.kind not in PERSONAL)
    else:
        drafts_folder.keep_bad(draft.stored, imported.result.bad)
        told |= told_result(imported.result) | {"asks": asks}
    ImportDraft.objects.filter(pk=draft.pk, version=draft.version).update(preview=told)
    return told


def _rehearse(
    draft: ImportDraft, actor: str, at: datetime, progress: Progress
) -> tuple[Imported, dict[str, Any] | None]:
    """The dry run, and what had to be granted for it."""
    path = file_of(draft)
    try:
        asked = asked_of(draft, Choices(skip_rejected=True), actor=actor, at=at, dry_run=True)
        return import_file(path, asked, name=draft.file_name, progress=progress), None
    except Refusal as refusal:
        if refusal.code not in ASKS:
            raise
        asked = asked_of(draft, Choices(skip_rejected=True, force=True), actor=actor, at=at, dry_run=True)
        return import_file(path, asked, name=draft.file_name, progress=progress), told_refusal(
            refusal, places=draft.kind not in PERSONAL
        )


def sheet_of(draft: ImportDraft) -> Sheet:
    """The draft's file as its mapping reads it, with the mended cells in place."""
    mapping = mapping_in(draft.mapping)
    path = file_of(draft)
    sheet = read_sheet(
        path, draft.file_name, sheet=mapping.sheet, wanted=mapping.wanted(), header_row=mapping.header_row
    )
    return lay_over(sheet, edits_of(draft))[0]


def told_result(result: Result) -> dict[str, Any]:
    """A result as plain values that a row can keep."""
    return {
        "batch": result.batch,
        "read": result.read,
        "created": result.created,
        "duplicates": result.duplicates,
        "conflicts": result.conflicts,
        "rejected": result.rejected,
        "bad": len(result.bad),
        "totals": result.totals,
        "customers_created": result.customers_created,
        "customers_changed": result.customers_changed,
        "diff": result.diff,
        "notes": [{"text": note.text, "params": note.params} for note in result.notes],
        "conflicting": [place.as_json() for place in result.conflicting[:MOST_PLACES]],
    }


def told_refusal(refusal: Refusal, *, places: bool = True) -> dict[str, Any]:
    """A refusal as plain values that a row can keep. `places` false: without the cells it names, where they are
    about people."""
    where = refusal.where[:MOST_PLACES] if places else []
    return {
        "code": refusal.code,
        "params": {name: str(value) for name, value in refusal.params.items()},
        "where": [place.as_json() for place in where],
        "places": len(refusal.where),
    }
