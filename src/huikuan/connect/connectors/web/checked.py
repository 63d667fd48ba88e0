"""The check page, the progress of a commit, and what it came to."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from huikuan.connect.connectors import drafts_folder
from huikuan.connect.connectors.domain.rows import BadCell
from huikuan.connect.connectors.domain.sheets import letter_of
from huikuan.connect.connectors.jobs import STEPS as JOB_STEPS
from huikuan.connect.connectors.models import Batch, CellEdit, ImportDraft
from huikuan.connect.connectors.operations import drafts
from huikuan.connect.connectors.operations.previews import preview_draft
from huikuan.connect.connectors.reasons import fix, reason
from huikuan.connect.connectors.web.people import sees_cells, shown
from huikuan.connect.connectors.web.telling import STEPS, tell_kept, told_notes
from huikuan.mechanisms.identity import masking
from huikuan.mechanisms.identity.domain.roles import Permission
from huikuan.mechanisms.identity.models import Company
from huikuan.mechanisms.jobs.queries import latest, worker_seen
from huikuan.mechanisms.pages.access import may_for

#: Files of more rows are checked by the worker, so that no page waits for them.
AT_ONCE = 10_000
PAGE = 50


@dataclass(frozen=True, slots=True)
class CellRow:
    """A bad cell on the page: its place as a spreadsheet program names it, and whether typing can mend it. `typed`
    is what stands there to be changed."""

    row: int
    column: str
    place: str
    value: str
    typed: str
    reason: str
    fix: str
    by_hand: bool
    first: bool


def work_out(draft: ImportDraft, *, actor: str, at: datetime) -> None:
    """Have the draft's preview worked out: at once, or by the worker."""
    language = get_language() or ""
    if draft.sample["height"] > AT_ONCE:
        drafts.ask_check(draft, language=language, at=at)
    else:
        preview_draft(draft, language=language, actor=actor, at=at)


def page_of(request: HttpRequest, draft: ImportDraft, after: tuple[int, str] | None = None) -> dict[str, Any]:
    """Everything the check page shows. `after`: the cell just mended; the next one is to be typed into."""
    page: dict[str, Any] = {
        "draft": draft,
        "draft_company": Company.objects.get(pk=draft.company_id),
        "refused": tell_kept(draft.refusal),
    }
    preview = _preview(draft, actor=str(request.user.get_username()), at=timezone.now())
    if preview is None:
        return page | progress_page(draft, drafts.CHECK)
    cells, number = _cells(request, draft, preview.get("bad", 0), after)
    good = preview.get("created", 0) + preview.get("conflicts", 0)
    return page | {
        "preview": preview,
        "stale": preview["version"] != draft.version,
        "refusal": tell_kept(preview.get("refusal")),
        "asks": tell_kept(preview.get("asks")),
        "notes": told_notes(preview.get("notes", [])),
        "cells": cells,
        "pages": number,
        "edits": _edits(draft, clear=sees_cells(request, draft)),
        "clear": sees_cells(request, draft),
        "good": preview.get("read", 0) - preview.get("rejected", 0),
        "nothing": "refusal" not in preview and draft.kind != "open-items" and not good,
    }


def progress_page(draft: ImportDraft, kind: str) -> dict[str, Any]:
    """How far the worker is with a check or commit of the draft, and whether there is a worker at all."""
    found = latest(kind, str(draft.pk))
    job = found[0] if found else None
    reached = JOB_STEPS.index(job.message) if job and job.state == "running" and job.message in JOB_STEPS else -1
    names = [_(STEPS[step]) for step in JOB_STEPS]
    if kind == drafts.CHECK:
        names = [*names[:2], _("Comparing with the ledger")]
    return {
        "draft": draft,
        "draft_company": Company.objects.get(pk=draft.company_id),
        "job": job,
        "job_steps": [(name, place < reached, place == reached) for place, name in enumerate(names)],
        "rows": draft.sample.get("height", 0),
        "steps_done": max(reached, 0),
        "remain": names[max(reached, 0) + 1 :],
        "no_worker": not worker_seen(at=timezone.now()),
        "failed": job is not None and job.state == "failed",
    }


def done_page(request: HttpRequest, draft: ImportDraft) -> dict[str, Any]:
    """What a commit came to, and what one may do next."""
    batch = Batch.objects.filter(pk=draft.result.get("batch") or 0).first()
    return {
        "draft": draft,
        "draft_company": Company.objects.get(pk=draft.company_id),
        "result": draft.result,
        "batch": batch,
        "notes": told_notes(draft.result.get("notes", [])),
        "may_undo": batch is not None
        and batch.kind != "customers"
        and batch.state == Batch.State.COMMITTED
        and may_for(request, Permission.UNDO_IMPORT, draft.company_id),
    }


def _preview(draft: ImportDraft, *, actor: str, at: datetime) -> dict[str, Any] | None:
    """What the draft would do, worked out now where that is quick; None while the worker is at it.

    Of a large draft that was mended since, the preview from before is answered: it is checked again when the
    person says so, not after every cell.
    """
    kept, language = draft.preview, get_language() or ""
    large = draft.sample["height"] > AT_ONCE
    if kept.get("version") == draft.version and (large or kept.get("language") == language):
        return dict(kept)
    if not large:
        return preview_draft(draft, language=language, actor=actor, at=at)
    found = latest(drafts.CHECK, str(draft.pk))
    working = found is not None and found[0].state in ("queued", "running")
    if kept and not working:
        return dict(kept)
    if not working and (found is None or found[0].state != "failed"):
        drafts.ask_check(draft, language=language, at=at)
    return None


def _cells(
    request: HttpRequest, draft: ImportDraft, count: int, after: tuple[int, str] | None
) -> tuple[list[CellRow], Any]:
    """One page of bad cells, the first one to be typed into marked, and the pages there are."""
    pages = Paginator(range(count), PAGE)
    number = pages.get_page(request.POST.get("page") or request.GET.get("page") or 1)
    mended = set(CellEdit.objects.filter(draft_id=draft.pk).values_list("row", "column"))
    bad = drafts_folder.bad_cells(draft.stored, start=(number.number - 1) * PAGE, count=PAGE) if count else []
    if draft.preview.get("version") != draft.version:
        bad = [cell for cell in bad if (cell.row, cell.column) not in mended]
    headers = draft.sample["headers"]
    first = _next(bad, headers, after)
    clear = sees_cells(request, draft)
    return [_cell(one, headers, one is first, clear=clear) for one in bad], number


def _next(bad: list[BadCell], headers: list[str], after: tuple[int, str] | None) -> BadCell | None:
    """The cell to type into next: the first behind the one just mended, else the first of all."""
    if after is None:
        return None
    places = {header: place for place, header in enumerate(headers)}
    spot = (after[0], places.get(after[1], 0))
    behind = [cell for cell in bad if (cell.row, places.get(cell.column, len(headers))) >= spot]
    return next(iter(behind or bad), None)


def _edits(draft: ImportDraft, *, clear: bool) -> list[CellEdit]:
    """What was mended by hand, in file order."""
    edits = list(CellEdit.objects.filter(draft_id=draft.pk).order_by("row", "column"))
    for edit in edits:
        edit.before, edit.value = shown([edit.before, edit.value], clear=clear)
    return edits


def _cell(cell: BadCell, headers: list[str], first: bool, *, clear: bool) -> CellRow:
    known = cell.column in headers
    if not clear:
        # A key that two rows have names the person, too.
        key = {"key": masking.person(cell.params["key"])} if "key" in cell.params else {}
        cell = replace(cell, value=masking.person(cell.value), params={**cell.params, **key})
    return CellRow(
        row=cell.row,
        column=cell.column,
        place=f"{letter_of(headers.index(cell.column))}{cell.row}" if known else str(cell.row),
        value=cell.value,
        typed=cell.value if clear else "",
        reason=reason(cell),
        fix=fix(cell),
        by_hand=known and cell.code not in drafts.NOT_BY_HAND,
        first=first,
    )
