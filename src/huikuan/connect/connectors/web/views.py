"""The history of imports: each batch, each line as it stood in the file, the file itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from huikuan.connect.connectors.models import Batch, ImportDraft
from huikuan.connect.connectors.originals import original_path
from huikuan.connect.connectors.templatetags.connectors import COUNTS, import_kind, state_name
from huikuan.connect.connectors.web.original import original_line
from huikuan.connect.connectors.web.telling import told_notes
from huikuan.kernel.dates import DEFAULT_ZONE
from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.files.exports import Cell
from huikuan.mechanisms.files.models import StoredFile
from huikuan.mechanisms.identity.domain.roles import Permission
from huikuan.mechanisms.identity.models import Company
from huikuan.mechanisms.pages.access import may_for, needs, permitted_companies, scope_of
from huikuan.mechanisms.pages.downloads import download
from huikuan.mechanisms.pages.lists import TABS, Column, Listing, Preset, listed, numbers_in, picked, register
from huikuan.mechanisms.pages.partial import render_either
from huikuan.mechanisms.pages.reading import reading_of
from huikuan.mechanisms.pages.tables import send_table

ROWS = 50
#: Digits of an id; and more lines than any file has that was read.
_LONGEST_NUMBER = 18
_MOST_LINES = 10_000_000

LISTING = register(
    Listing(
        name="connectors.imports",
        place="connectors:imports",
        columns=(
            Column("kind", gettext_noop("Kind")),
            Column("company", gettext_noop("Company")),
            Column("when", gettext_noop("When")),
            Column("by", gettext_noop("By")),
            Column("read", gettext_noop("Rows read")),
        ),
        conditions=("state", "kind"),
        presets=(
            Preset(gettext_noop("All"), {}),
            Preset(gettext_noop("committed"), {"state": Batch.State.COMMITTED.value}),
            Preset(gettext_noop("undone"), {"state": Batch.State.UNDONE.value}),
        ),
    )
)


@needs(Permission.VIEW_IMPORTS)
def show_batches(request: HttpRequest) -> HttpResponse:
    """Imports, the newest first, 50 at a time."""
    page: dict[str, Any] = {
        "list": listed(
            request,
            LISTING,
            reading_of(request),
            path=request.path,
            count=lambda query: _visible(request, query).count(),
        )
    }
    if request.headers.get("HX-Target") == TABS:
        return render(request, "shell/parts/list/tabs.html", page)
    batches = _visible(request, request.GET)
    after = request.GET.get("after", "")
    if after.isascii() and after.isdigit() and len(after) <= _LONGEST_NUMBER:
        batches = batches.filter(id__lt=int(after))
    found = list(batches[: ROWS + 1])
    companies = dict(Company.objects.values_list("pk", "code"))
    importing = permitted_companies(request, Permission.IMPORT)
    drafts = ImportDraft.objects.exclude(state=ImportDraft.State.COMMITTED).order_by("-changed_at")
    if importing is not None:
        drafts = drafts.filter(company_id__in=importing)
    page |= {
        "may_import": importing != frozenset(),
        "drafts": [(draft, companies.get(draft.company_id, "")) for draft in drafts[:ROWS]],
        "batches": [(batch, companies.get(batch.company_id, "")) for batch in found[:ROWS]],
        "next": found[ROWS - 1].pk if len(found) > ROWS else "",
    }
    return render(request, "connectors/imports.html", page)


@needs(Permission.VIEW_IMPORTS)
def export_batches(request: HttpRequest) -> HttpResponseBase:
    """Every import of the list, or those picked of it, as a table."""
    return send_table(request.GET.get("format", ""), _("Imports"), _headers(), _cells(request), title=_("Imports"))


@needs(Permission.VIEW_IMPORTS)
def show_batch(request: HttpRequest, batch_id: int) -> HttpResponse:
    """One import: what was read, what became of it, what the user was told."""
    batch = _batch(request, batch_id)
    undoable = batch.state == Batch.State.COMMITTED and batch.kind != "customers"
    allowed = undoable and may_for(request, Permission.UNDO_IMPORT, batch.company_id)
    return render(request, "connectors/batch.html", _of(batch) | {"may_undo": allowed})


@needs(Permission.VIEW_IMPORTS)
def show_line(request: HttpRequest, batch_id: int, row: int) -> HttpResponse:
    """One line lit among its neighbours; a partial update gets the sheet alone."""
    batch = _batch(request, batch_id)
    if row > _MOST_LINES:
        raise Http404
    edits = [edit for edit in batch.edits if edit["row"] == row]
    page = _of(batch) | {"row": row, "original": original_line(batch, row), "edits": edits}
    return render_either(request, "connectors/line.html", "connectors/parts/line.html", page)


@needs(Permission.VIEW_IMPORTS)
def send_original(request: HttpRequest, batch_id: int) -> HttpResponseBase:
    """The file exactly as it came in."""
    batch = _batch(request, batch_id)
    try:
        path = original_path(batch)
    except Refusal as refusal:
        if refusal.code != "original_missing":
            raise
        raise Http404 from refusal
    return download(path, batch.file_name)


def _batch(request: HttpRequest, batch_id: int) -> Batch:
    """The batch; one with rows the reader may not see is not there."""
    batch = Batch.objects.filter(pk=batch_id).first()
    if batch is None or not scope_of(request).whole(batch.company_id):
        raise Http404
    return batch


def _of(batch: Batch) -> dict[str, Any]:
    return {
        "batch": batch,
        "batch_company": Company.objects.filter(pk=batch.company_id).first(),
        "file": StoredFile.objects.filter(sha256=batch.file_sha256).first(),
        "notes": told_notes(batch.notes),
    }


def _visible(request: HttpRequest, query: Mapping[str, str]) -> QuerySet[Batch]:
    """The batches of the companies the reader sees whole that meet the conditions, the newest first."""
    visible, keys = scope_of(request).whole_companies, picked(request)
    batches = Batch.objects.order_by("-id")
    if query.get("state") in Batch.State.values:
        batches = batches.filter(state=query["state"])
    if query.get("kind"):
        batches = batches.filter(kind=query["kind"])
    if keys is not None:
        batches = batches.filter(pk__in=numbers_in(keys))
    return batches if visible is None else batches.filter(company_id__in=visible)


def _headers() -> list[str]:
    named = ["Import", "File", "Kind", "Company", "As of", "When", "By", "State"]
    return [*(_(name) for name in named), *(_(title) for title in COUNTS.values()), "SHA-256"]


def _cells(request: HttpRequest) -> Iterator[list[Cell]]:
    companies = dict(Company.objects.values_list("pk", "code"))
    for batch in _visible(request, request.GET).iterator():
        counts = [batch.counts.get(name) for name in COUNTS]
        about: list[Cell] = [batch.pk, batch.file_name, import_kind(batch.kind), companies.get(batch.company_id, "")]
        when = batch.created_at.astimezone(ZoneInfo(DEFAULT_ZONE))
        yield [*about, batch.as_of, when, batch.actor, state_name(batch.state), *counts, batch.file_sha256]
