"""Reference values of industries: what stands, as a list and as the file it can come back from; importing more."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from decimal import Decimal
from pathlib import Path

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.files.exports import Cell
from huikuan.mechanisms.identity.domain.roles import Permission
from huikuan.mechanisms.pages.access import needs, scope_of
from huikuan.mechanisms.pages.forms import file_sent
from huikuan.mechanisms.pages.reading import address, reading_of
from huikuan.mechanisms.pages.tables import send_table
from huikuan.mechanisms.pages.telling import said
from huikuan.record.customers.web.forms import actor_of
from huikuan.record.financials.domain.ratios import RATIOS, SHARE
from huikuan.record.financials.domain.reference import Reference
from huikuan.record.financials.domain.reference_file import COLUMNS
from huikuan.record.financials.operations.files import read_references
from huikuan.record.financials.operations.references import record_references
from huikuan.record.financials.queries.references import latest_references


@needs(Permission.VIEW_CUSTOMERS, to_write=Permission.MANAGE_CUSTOMERS)
def show_references(request: HttpRequest) -> HttpResponse:
    """What stands, by industry and ratio, the latest year first; a POST imports a file, all of it or nothing."""
    page = {"rows": _rows(), "imports": _imports(request), "problem": "", "where": ()}
    if request.method != "POST":
        return render(request, "financials/references.html", page)
    if not page["imports"]:
        raise Http404
    try:
        done = record_references(references=_sent(request), actor=actor_of(request), at=timezone.now())
    except Refusal as refusal:
        page |= {"problem": said(refusal), "where": refusal.where}
        return render(request, "financials/references.html", page, status=400)
    counted = {"written": done.written, "known": done.known}
    messages.success(request, _("%(written)s recorded, %(known)s known already.") % counted)
    return HttpResponseRedirect(address(reverse("financials:references"), reading_of(request)))


@needs(Permission.VIEW_CUSTOMERS)
@require_GET
def export_references(request: HttpRequest) -> HttpResponseBase:
    """The same rows in the columns in which they are imported; without any, the empty template."""
    return send_table(
        request.GET.get("format", ""), _("reference values"), COLUMNS, _cells(_rows()), title=_("Reference values")
    )


def _rows() -> list[Reference]:
    return sorted(latest_references().values(), key=lambda one: (one.industry, one.size, one.ratio, -one.year))


def _cells(rows: Sequence[Reference]) -> Iterator[Sequence[Cell]]:
    for one in rows:
        scale = Decimal(100) if RATIOS[one.ratio].unit == SHARE else Decimal(1)
        yield one.industry, one.size, one.year, one.ratio, *(_plain(value * scale) for value in one.values), one.source


def _plain(value: Decimal) -> Decimal:
    """Without noughts at its end and without an exponent: as somebody writes it."""
    return Decimal(f"{value.normalize():f}")


def _sent(request: HttpRequest) -> list[Reference]:
    name, content = file_sent(request)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "sent"
        path.write_bytes(content)
        return read_references(path, name)


def _imports(request: HttpRequest) -> bool:
    """They are one for all companies: whoever manages customers of one, or some, imports none."""
    return scope_of(request, Permission.MANAGE_CUSTOMERS).everything and not reading_of(request).is_past
