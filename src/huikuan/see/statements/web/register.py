"""The register of issued statements, their files, and the runs that issued many."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from huikuan.kernel.errors import Refusal
from huikuan.kernel.money import to_text
from huikuan.mechanisms.files.exports import Cell
from huikuan.mechanisms.files.queries import open_original
from huikuan.mechanisms.identity.domain.roles import Permission
from huikuan.mechanisms.jobs.queries import worker_seen
from huikuan.mechanisms.pages.access import needs, scope_of
from huikuan.mechanisms.pages.downloads import download
from huikuan.mechanisms.pages.reading import reading_of
from huikuan.mechanisms.pages.tables import send_table
from huikuan.see.statements.jobs import ZIP
from huikuan.see.statements.operations.files import PDF
from huikuan.see.statements.queries.issued import IssuedRow, RunRow, issued, issued_statement, run

ROWS = 50
_MOST_EXPORTED = 100_000
_LONGEST_NUMBER = 18


@needs(Permission.VIEW_LEDGER)
def show_issued(request: HttpRequest) -> HttpResponse:
    """What was issued, the newest first, 50 at a time."""
    after = request.GET.get("after", "")
    number = int(after) if after.isascii() and after.isdigit() and len(after) <= _LONGEST_NUMBER else None
    found = _found(request, number, ROWS + 1)
    page = {
        "rows": found[:ROWS],
        "next": found[ROWS - 1].id if len(found) > ROWS else "",
        "text": request.GET.get("q", "").strip(),
        "several_companies": len({row.company_code for row in found}) > 1,
    }
    return render(request, "statements/issued.html", page)


@needs(Permission.VIEW_LEDGER)
def export_issued(request: HttpRequest) -> HttpResponseBase:
    """The register as a table."""
    headers = [
        _("Number"), _("Company"), _("Customer code"), _("Customer"), _("Currency"), _("First day"), _("Last day"),
        _("Opening balance"), _("Closing balance"), _("Issued at"), _("By"), _("SHA-256 of the file"),
    ]  # fmt: skip
    rows = _cells(_found(request, None, _MOST_EXPORTED))
    return send_table(request.GET.get("format", ""), _("issued-statements"), headers, rows, title=_("Register"))


@needs(Permission.VIEW_LEDGER)
def send_issued(request: HttpRequest, statement_id: int) -> HttpResponseBase:
    """The document exactly as it was issued, its hash checked."""
    try:
        row = issued_statement(statement_id, scope=scope_of(request))
    except Refusal as refusal:
        raise Http404 from refusal
    return download(open_original(row.file_sha256), row.file_name, PDF)


@needs(Permission.VIEW_LEDGER)
def show_run(request: HttpRequest, run_id: int) -> HttpResponse:
    """How far a run is and what it issued; the panel asks for itself again until it is done."""
    row = _run(request, run_id)
    waits = row.state in ("queued", "running") and not worker_seen(at=timezone.now())
    page = {"run": row, "no_worker": waits, "rows": issued(scope=scope_of(request), run_id=run_id, limit=ROWS)}
    alone = request.headers.get("HX-Target") == "run"
    return render(request, "statements/parts/run.html" if alone else "statements/run.html", page)


@needs(Permission.VIEW_LEDGER)
def send_archive(request: HttpRequest, run_id: int) -> HttpResponseBase:
    """Every document of a finished run in one archive."""
    row = _run(request, run_id)
    if not row.archive_sha256:
        raise Http404
    return download(open_original(row.archive_sha256), f"statements-{row.id}-{row.until.isoformat()}.zip", ZIP)


def _run(request: HttpRequest, run_id: int) -> RunRow:
    """A run with customers the reader does not see is not there."""
    try:
        return run(run_id, scope=scope_of(request))
    except Refusal as refusal:
        raise Http404 from refusal


def _found(request: HttpRequest, after: int | None, limit: int) -> list[IssuedRow]:
    company = reading_of(request).company
    return issued(
        scope=scope_of(request),
        company_ids=[company.pk] if company else None,
        text=request.GET.get("q", ""),
        after=after,
        limit=limit,
    )


def _cells(found: list[IssuedRow]) -> Iterator[list[Cell]]:
    for row in found:
        yield [
            row.number, row.company_code, row.customer_code, row.customer_name, row.currency, row.since, row.until,
            Decimal(to_text(row.opening, row.currency)), Decimal(to_text(row.closing, row.currency)),
            row.issued_at, row.actor, row.file_sha256,
        ]  # fmt: skip
