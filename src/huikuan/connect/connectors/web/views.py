"""The history of imports: each batch, each line as it stood in the file, the file itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _

from huikuan.connect.connectors.models import Batch
from huikuan.connect.connectors.originals import original_path
from huikuan.connect.connectors.web.original import original_line
from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.files.models import StoredFile
from huikuan.mechanisms.identity.domain.roles import Permission
from huikuan.mechanisms.identity.models import Company
from huikuan.mechanisms.pages.access import may_see, needs, visible_companies

ROWS = 50
#: Digits of an id; and more lines than any file has that was read.
_LONGEST_NUMBER = 18
_MOST_LINES = 10_000_000


@needs(Permission.VIEW_LEDGER)
def show_batches(request: HttpRequest) -> HttpResponse:
    """Imports, the newest first, 50 at a time."""
    visible = visible_companies(request)
    batches = Batch.objects.order_by("-id")
    if visible is not None:
        batches = batches.filter(company_id__in=visible)
    after = request.GET.get("after", "")
    if after.isascii() and after.isdigit() and len(after) <= _LONGEST_NUMBER:
        batches = batches.filter(id__lt=int(after))
    found = list(batches[: ROWS + 1])
    companies = dict(Company.objects.values_list("pk", "code"))
    page = {
        "batches": [(batch, companies.get(batch.company_id, "")) for batch in found[:ROWS]],
        "next": found[ROWS - 1].pk if len(found) > ROWS else "",
    }
    return render(request, "connectors/imports.html", page)


@needs(Permission.VIEW_LEDGER)
def show_batch(request: HttpRequest, batch_id: int) -> HttpResponse:
    """One import: what was read, what became of it, what the user was told."""
    batch = _batch(request, batch_id)
    return render(request, "connectors/batch.html", _of(batch))


@needs(Permission.VIEW_LEDGER)
def show_line(request: HttpRequest, batch_id: int, row: int) -> HttpResponse:
    """One line lit among its neighbours; a partial update gets the sheet alone."""
    batch = _batch(request, batch_id)
    if row > _MOST_LINES:
        raise Http404
    page = _of(batch) | {"row": row, "original": original_line(batch, row)}
    alone = request.headers.get("HX-Request") == "true"
    return render(request, "connectors/parts/line.html" if alone else "connectors/line.html", page)


@needs(Permission.VIEW_LEDGER)
def send_original(request: HttpRequest, batch_id: int) -> HttpResponseBase:
    """The file exactly as it came in, always as a download: browsers must not run what users sent."""
    batch = _batch(request, batch_id)
    try:
        path = original_path(batch)
    except Refusal as refusal:
        if refusal.code != "original_missing":
            raise
        raise Http404 from refusal
    response = FileResponse(
        path.open("rb"), as_attachment=True, filename=batch.file_name, content_type="application/octet-stream"
    )
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


def _batch(request: HttpRequest, batch_id: int) -> Batch:
    """The batch; another company's is not there."""
    batch = Batch.objects.filter(pk=batch_id).first()
    if batch is None or not may_see(request, batch.company_id):
        raise Http404
    return batch


def _of(batch: Batch) -> dict[str, Any]:
    return {
        "batch": batch,
        "batch_company": Company.objects.filter(pk=batch.company_id).first(),
        "file": StoredFile.objects.filter(sha256=batch.file_sha256).first(),
        "notes": [_told(note["text"], note.get("params", {})) for note in batch.notes],
    }


def _told(text: str, params: Mapping[str, object]) -> str:
    """A note in the reader's language; it was stored as an English message and its parameters."""
    return _(text) % params
