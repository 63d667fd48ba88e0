"""The register of issued statements, their files, and the runs that issued many."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from huikuan.kernel.errors import Refusal
from huikuan.kernel.money import to_text
from huikuan.mechanisms.files.exports import Cell
from huikuan.mechanisms.files.queries import open_original
from huikuan.mechanisms.identity.domain.roles import Permission
from huikuan.mechanisms.jobs.queries import worker_seen
from huikuan.mechanisms.pages.access import needs, scope_of
from huikuan.mechanisms.pages.downloads import download
from huikuan.mechanisms.pages.lists import (
    MORE,
    TABS,
    Chip,
    Column,
    Listing,
    Preset,
    listed,
    numbers_in,
    picked,
    register,
)
from huikuan.mechanisms.pages.reading import reading_of
from huikuan.mechanisms.pages.tables import send_table
from huikuan.record.customers.queries import CustomerRow, customer
from huikuan.see.statements.jobs import ZIP
from huikuan.see.statements.operations.files import PDF
from huikuan.see.statements.queries.issued import (
    IssuedFilter,
    IssuedRow,
    RunRow,
    count_issued,
    every_issued,
    issued,
    issued_statement,
    run,
)

ROWS = 50
_LONGEST_NUMBER = 18
LISTING = register(
    Listing(
        name="statements.issued",
        place="statements:issued",
        columns=(
            Column("company", gettext_noop("Company")),
            Column("period", gettext_noop("Period")),
            Column("when", gettext_noop("When")),
            Column("by", gettext_noop("By")),
        ),
        conditions=("q", "customer"),
        presets=(Preset(gettext_noop("All"), {}),),
    )
)


@needs(Permission.VIEW_LEDGER)
def show_issued(request: HttpRequest) -> HttpResponse:
    """What was issued, the newest first, 50 at a time; a partial update asks for the rows that follow."""
    reading, scope, customer = reading_of(request), scope_of(request), _customer(request, request.GET)

    def count(query: Mapping[str, str]) -> int:
        return count_issued(_chosen(request, query), scope=scope)

    page: dict[str, Any] = {"list": listed(request, LISTING, reading, path=request.path, count=count)}
    if request.headers.get("HX-Target") == TABS:
        return render(request, "shell/parts/list/tabs.html", page)
    chosen, after = _chosen(request, request.GET), request.GET.get("after", "")
    number = int(after) if after.isascii() and after.isdigit() and len(after) <= _LONGEST_NUMBER else None
    found = issued(chosen, scope=scope, after=number, limit=ROWS + 1)
    page |= {
        "rows": found[:ROWS],
        "next": found[ROWS - 1].id if len(found) > ROWS else "",
        "count": count_issued(chosen, scope=scope),
        "text": chosen.text,
        "chips": [*_named(customer), *([Chip(chosen.text, ("q",))] if chosen.text else [])],
        "several_companies": reading.company is None and len({row.company_code for row in found}) > 1,
    }
    more = request.headers.get("HX-Target") == MORE
    return render(request, "statements/parts/issued_rows.html" if more else "statements/issued.html", page)


@needs(Permission.VIEW_LEDGER)
def export_issued(request: HttpRequest) -> HttpResponseBase:
    """The register as a table, or the rows picked of it."""
    headers = [
        _("Number"), _("Company"), _("Customer code"), _("Customer"), _("Currency"), _("First day"), _("Last day"),
        _("Opening balance"), _("Closing balance"), _("Issued at"), _("By"), _("SHA-256 of the file"),
    ]  # fmt: skip
    keys = picked(request)
    chosen = replace(_chosen(request, request.GET), ids=None if keys is None else numbers_in(keys))
    rows = _cells(every_issued(chosen, scope=scope_of(request)))
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
    page = {
        "run": row,
        "no_worker": waits,
        "rows": issued(IssuedFilter(run_id=run_id), scope=scope_of(request), limit=ROWS),
    }
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


def _chosen(request: HttpRequest, query: Mapping[str, str]) -> IssuedFilter:
    company, customer = reading_of(request).company, _customer(request, query)
    return IssuedFilter(
        company_ids=[company.pk] if company else None,
        customer_id=customer.id if customer else None,
        text=query.get("q", "").strip(),
    )


def _customer(request: HttpRequest, query: Mapping[str, str]) -> CustomerRow | None:
    """The customer named by its code; refuses an unknown one, and one out of the reader's scope likewise."""
    code = query.get("customer", "")
    return customer(code, scope=scope_of(request)) if code else None


def _named(one: CustomerRow | None) -> list[Chip]:
    return [Chip(f"{_('Customer')} {one.name}", ("customer",))] if one else []


def _cells(found: Iterable[IssuedRow]) -> Iterator[list[Cell]]:
    for row in found:
        yield [
            row.number, row.company_code, row.customer_code, row.customer_name, row.currency, row.since, row.until,
            Decimal(to_text(row.opening, row.currency)), Decimal(to_text(row.closing, row.currency)),
            row.issued_at, row.actor, row.file_sha256,
        ]  # fmt: skip
