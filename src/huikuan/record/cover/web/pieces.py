"""One piece of cover: what it says on the page's day, everything recorded of it, its paper."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_GET

from huikuan.kernel.errors import Refusal
from huikuan.kernel.money import to_text
from huikuan.mechanisms.files.queries import open_original
from huikuan.mechanisms.identity.domain.roles import Permission
from huikuan.mechanisms.pages.access import needs, scope_of
from huikuan.mechanisms.pages.downloads import download
from huikuan.mechanisms.pages.forms import Form
from huikuan.mechanisms.pages.reading import reading_of
from huikuan.record.cover.domain.pieces import ENDED, INSURANCE, percent_text
from huikuan.record.cover.operations.pieces import WRITES
from huikuan.record.cover.queries.listing import circles
from huikuan.record.cover.queries.pieces import PieceRow, piece, sees_whose, versions
from huikuan.record.customers.queries import seen


@needs(Permission.VIEW_LEDGER)
@require_GET
def show_piece(request: HttpRequest, number: int) -> HttpResponse:
    """The piece as of the page's day, with the forms of whoever may change it."""
    return piece_page(request, found_piece(request, number), Form({}))


@needs(Permission.VIEW_LEDGER)
@require_GET
def send_paper(request: HttpRequest, number: int, sha256: str) -> HttpResponseBase:
    """The paper of any version."""
    found_piece(request, number)
    told = versions(number, reading_of(request).as_of, known=reading_of(request).horizon)
    found = next((row for row in told if row.sha256 and row.sha256 == sha256), None)
    if found is None:
        raise Http404
    return download(open_original(sha256), found.file_name)


def piece_page(request: HttpRequest, row: PieceRow, form: Form) -> HttpResponse:
    """The page of a piece; a form that was refused keeps what was typed."""
    reading = reading_of(request)
    writes = not reading.is_past and not row.released and may_write(request, row)
    page: dict[str, Any] = {
        "row": row,
        "versions": versions(row.number, reading.as_of, known=reading.horizon),
        "mutual": row.number in circles(reading.as_of, reading.horizon),
        "releases": writes,
        "revalues": writes and row.state != ENDED,
        "insured": row.terms.kind == INSURANCE,
        "form": form if form.typed else Form(typed_of(row)),
    }
    return render(request, "cover/piece.html", page, status=400 if form.problems else 200)


def typed_of(row: PieceRow) -> dict[str, str]:
    """What the form of a revaluation is filled in with."""
    terms = row.terms
    return {
        "amount": to_text(terms.amount, terms.currency),
        "eligible": percent_text(terms.eligible_e4),
        "insured": percent_text(terms.insured_e4),
        "until": terms.valid_until.isoformat() if terms.valid_until else "",
        "note": terms.note,
    }


def found_piece(request: HttpRequest, number: int) -> PieceRow:
    """The piece as of the page's day; one that is unknown or out of reach is not there."""
    reading = reading_of(request)
    try:
        return piece(number, scope=scope_of(request, Permission.VIEW_LEDGER), day=reading.as_of, known=reading.horizon)
    except Refusal as refusal:
        raise Http404 from refusal


def may_write(request: HttpRequest, row: PieceRow) -> bool:
    """Whether the reader may change the piece: whom it covers, all of them, is in their reach."""
    return sees_whose(row.company_id, row.whose, seen(scope_of(request, WRITES)), reading_of(request).as_of)
