"""Papers of a customer: kept, renewed, taken back; and the list of those that expire."""

from __future__ import annotations

from collections.abc import Iterator

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.files.exports import Cell
from huikuan.mechanisms.files.queries import open_original
from huikuan.mechanisms.identity.domain.roles import Permission
from huikuan.mechanisms.pages.access import needs, scope_of
from huikuan.mechanisms.pages.downloads import download
from huikuan.mechanisms.pages.forms import file_sent
from huikuan.mechanisms.pages.reading import reading_of
from huikuan.mechanisms.pages.tables import send_table
from huikuan.record.customers.domain.changes import differences
from huikuan.record.customers.domain.documents import Paper
from huikuan.record.customers.operations import add_document, renew_document, withdraw_document
from huikuan.record.customers.queries import customer_with_id
from huikuan.record.customers.queries.documents import (
    DocumentRow,
    document_versions,
    documents,
    expiring,
    last_document,
)
from huikuan.record.customers.web import words
from huikuan.record.customers.web.forms import (
    CHANGED_SINCE,
    Conflict,
    Form,
    actor_of,
    attempt,
    day_of,
    done,
    managed,
    typed,
    version_read,
)

FIELDS = ("kind", "title", "issued_on", "expires_on", "note")
_TAB = "papers"


@needs(Permission.MANAGE_CUSTOMERS)
def new_paper(request: HttpRequest, customer_id: int) -> HttpResponse:
    """An empty form; a POST keeps the paper with its original."""
    row = managed(request, customer_id)
    form = Form({"kind": "licence"}, last_document(customer_id))
    if request.method == "POST":
        form = Form(typed(request, FIELDS), version_read(request))
        if attempt(form, lambda: _add(request, customer_id, form)):
            return done(request, customer_id, _("The paper was kept."), _TAB)
        if form.code == "customer_paper_added_since":
            form.version = last_document(customer_id)
    return render(request, "customers/paper.html", {"form": form, "customer": row, "words": words}, status=form.status)


@needs(Permission.MANAGE_CUSTOMERS)
def renew_paper(request: HttpRequest, customer_id: int, number: int) -> HttpResponse:
    """A paper's next edition."""
    row, known = managed(request, customer_id), _paper(request, customer_id, number)
    form = Form({"kind": known.kind, "title": known.title, "note": known.note}, known.version)
    if request.method == "POST":
        form = Form(typed(request, FIELDS), version_read(request))
        if attempt(form, lambda: _renew(request, customer_id, number, form)):
            return done(request, customer_id, _("The paper was renewed."), _TAB)
        if form.code == CHANGED_SINCE:
            form.conflict, form.version = _conflict(request, customer_id, number, form.version)
    page = {"form": form, "customer": row, "paper": known, "words": words}
    return render(request, "customers/paper.html", page, status=form.status)


@needs(Permission.MANAGE_CUSTOMERS)
@require_POST
def withdraw_paper(request: HttpRequest, customer_id: int, number: int) -> HttpResponse:
    """The paper does not count any more."""
    managed(request, customer_id)
    _paper(request, customer_id, number)
    withdraw_document(
        customer_id=customer_id,
        number=number,
        version=version_read(request),
        reason=request.POST.get("reason", ""),
        actor=actor_of(request),
        at=timezone.now(),
    )
    return done(request, customer_id, _("The paper was taken back; its original stays."), _TAB)


@needs(Permission.VIEW_CUSTOMERS)
@require_GET
def send_paper(request: HttpRequest, customer_id: int, sha256: str) -> HttpResponseBase:
    """The original of any edition."""
    try:
        customer_with_id(customer_id, scope=scope_of(request))
    except Refusal as refusal:
        raise Http404 from refusal
    editions = document_versions(customer_id, reading_of(request).as_of)
    found = next((one for one in editions if one.sha256 == sha256), None)
    if found is None:
        raise Http404
    return download(open_original(sha256), found.file_name)


@needs(Permission.VIEW_CUSTOMERS)
@require_GET
def show_expiring(request: HttpRequest) -> HttpResponse:
    """The papers that expired or soon will, the first to expire first."""
    found = expiring(scope=scope_of(request), day=reading_of(request).as_of)
    return render(request, "customers/expiring.html", {"rows": found})


@needs(Permission.VIEW_CUSTOMERS)
@require_GET
def export_expiring(request: HttpRequest) -> HttpResponseBase:
    """The same as a file."""
    day = reading_of(request).as_of
    headers = [
        *(_("Customer code"), _("Customer"), _("Paper"), _("Title"), _("Issued"), _("Expires"), _("State")),
        *(_("File"), _("Kept by")),
    ]
    rows = _cells(request)
    return send_table(
        request.GET.get("format", ""), f"{_('expiring-papers')}-{day:%Y-%m-%d}", headers, rows, title=f"{day:%Y-%m-%d}"
    )


def _cells(request: HttpRequest) -> Iterator[list[Cell]]:
    for row in expiring(scope=scope_of(request), day=reading_of(request).as_of):
        one = row.document
        yield [
            row.customer_code,
            row.customer_name,
            _(words.PAPERS[one.kind]),
            one.title,
            one.issued_on,
            one.expires_on,
            _(words.VALIDITY[one.state][0]),
            one.file_name,
            one.actor,
        ]


def _paper(request: HttpRequest, customer_id: int, number: int) -> DocumentRow:
    for one in documents(customer_id, reading_of(request).as_of):
        if one.number == number:
            return one
    raise Http404


def _add(request: HttpRequest, customer_id: int, form: Form) -> None:
    name, content = file_sent(request)
    add_document(
        customer_id=customer_id,
        paper=_stated(form),
        content=content,
        name=name,
        seen=form.version,
        actor=actor_of(request),
        at=timezone.now(),
    )


def _renew(request: HttpRequest, customer_id: int, number: int, form: Form) -> None:
    name, content = file_sent(request)
    renew_document(
        customer_id=customer_id,
        number=number,
        version=form.version,
        paper=_stated(form),
        content=content,
        name=name,
        actor=actor_of(request),
        at=timezone.now(),
    )


def _conflict(request: HttpRequest, customer_id: int, number: int, read: int) -> tuple[Conflict, int]:
    """What was changed since the edition that was read, who did so last, and which edition stands now."""
    told = {
        one.version: one for one in document_versions(customer_id, reading_of(request).as_of) if one.number == number
    }
    last = told[max(told)]

    def stated(one: DocumentRow) -> dict[str, object]:
        said = {name: getattr(one, name) for name in (*FIELDS, "file_name")}
        return {**said, "kind": _(words.PAPERS[one.kind])}

    former = stated(told[read]) if read in told else {}
    return Conflict(last.actor, last.recorded_at, differences(former, stated(last))), last.version


def _stated(form: Form) -> Paper:
    values = form.values
    return Paper(
        kind=values["kind"],
        title=values["title"],
        issued_on=day_of(values["issued_on"]),
        expires_on=day_of(values["expires_on"]),
        note=values["note"],
    )
