"""Background work on imports: checking and committing drafts, undoing batches, tidying up."""

from __future__ import annotations

from typing import Any

from django.utils.translation import override

from huikuan.connect.connectors import drafts_folder
from huikuan.connect.connectors.domain.rows import PERSONAL
from huikuan.connect.connectors.models import Batch, CellEdit, ImportDraft
from huikuan.connect.connectors.operations.afterwards import settle_down
from huikuan.connect.connectors.operations.drafts import Choices, file_of, reopen, tidy_drafts
from huikuan.connect.connectors.operations.files import import_file
from huikuan.connect.connectors.operations.previews import asked_of, preview_draft, told_refusal, told_result
from huikuan.connect.connectors.operations.undo import undo_batch
from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.identity.domain.roles import Permission
from huikuan.mechanisms.identity.queries import require
from huikuan.mechanisms.jobs.work import Work

#: The steps of a commit, in order; a check has all but the last two.
STEPS = ("reading", "checking", "writing", "settling")


def check_draft(work: Work) -> dict[str, Any]:
    """Work out what a large draft would do."""
    draft = ImportDraft.objects.filter(pk=work.params["draft"], state=ImportDraft.State.OPEN).first()
    if draft is None:
        return {}
    with override(work.params["language"]):
        told = preview_draft(
            draft, language=work.params["language"], actor=draft.actor, at=work.at, progress=_told_to(work)
        )
    return {"version": told["version"]}


def commit_draft(work: Work) -> dict[str, Any]:
    """Commit a draft: the import is one transaction, so a killed worker leaves all of it or nothing.

    A claim that finds the batch written already only says so: a draft becomes one batch at most.
    """
    draft = ImportDraft.objects.filter(pk=work.params["draft"], state=ImportDraft.State.QUEUED).first()
    if draft is None:
        return {}
    batch = Batch.objects.filter(draft_id=draft.pk).first()
    try:
        with override(draft.choices["language"]):
            done = _told_batch(batch) if batch else _commit(draft, work)
    except Refusal as refusal:
        with work.step():
            reopen(draft, told_refusal(refusal, places=draft.kind not in PERSONAL), at=work.at)
        return {"refused": refusal.code}
    work.progress(STEPS.index("settling"), len(STEPS), "settling")
    if done["batch"] is not None:
        settle_down()
    with work.step(len(STEPS), len(STEPS), "settling"):
        ImportDraft.objects.filter(pk=draft.pk).update(
            state=ImportDraft.State.COMMITTED, result=done, preview={}, sample={}, changed_at=work.at
        )
        if draft.kind in PERSONAL:
            CellEdit.objects.filter(draft_id=draft.pk).delete()
    drafts_folder.forget(draft.stored)
    return {"batch": done["batch"]}


def _commit(draft: ImportDraft, work: Work) -> dict[str, Any]:
    named = {name: draft.choices[name] for name in Choices.__dataclass_fields__}
    actor = draft.choices["by"]
    require(actor, Permission.IMPORT, company_id=draft.company_id, at=work.at)
    asked = asked_of(draft, Choices(**named), actor=actor, at=work.at, dry_run=False)
    return told_result(import_file(file_of(draft), asked, name=draft.file_name, progress=_told_to(work)).result)


def _told_batch(batch: Batch) -> dict[str, Any]:
    return {"conflicts": 0, "duplicates": 0, **batch.counts, "batch": batch.pk, "notes": batch.notes}


def _told_to(work: Work) -> Any:
    return lambda step: work.progress(STEPS.index(step), len(STEPS), step)


def undo(work: Work) -> dict[str, Any]:
    """Undo a batch; a refusal is the job's result, with what stands in the way."""
    batch = Batch.objects.get(pk=work.params["batch"])
    actor = work.params["by"]
    try:
        with override(work.params["language"]):
            require(actor, Permission.UNDO_IMPORT, company_id=batch.company_id, at=work.at)
            done = undo_batch(batch_id=batch.pk, actor=actor, at=work.at)
    except Refusal as refusal:
        if refusal.code == "batch_undone":
            return {}  # an earlier claim did it and died before saying so
        return {"refusal": told_refusal(refusal)}
    settle_down()
    return {"items": done.items, "settlements": done.settlements, "restored": done.restored}


def tidy(work: Work) -> dict[str, Any]:
    """Remove drafts nobody has touched for long."""
    return {"removed": tidy_drafts(at=work.at)}
