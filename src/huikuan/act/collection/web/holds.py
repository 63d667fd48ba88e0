"""What is held back, and letting it go on."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from huikuan.act.collection.operations.holding import hold, release
from huikuan.act.collection.queries.holds import HoldRow, collected_from, holds, open_document
from huikuan.act.collection.web.asked import company_of
from huikuan.kernel.dates import parse_date
from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.identity.domain.roles import Permission
from huikuan.mechanisms.pages.access import may, needs, scope_of
from huikuan.mechanisms.pages.forms import Form, typed_in
from huikuan.mechanisms.pages.reading import address, reading_of
from huikuan.mechanisms.pages.tables import send_table
from huikuan.mechanisms.pages.telling import said


@needs(Permission.VIEW_LEDGER, to_write=Permission.COLLECT)
@require_http_methods(["GET", "POST"])
def show_holds(request: HttpRequest) -> HttpResponse:
    """What is held back today; posting holds something back, or lets one go on."""
    form = Form(typed_in(request) if request.method == "POST" else {})
    if request.method == "POST" and _done(request, form):
        return HttpResponseRedirect(address(reverse("collection:holds"), reading_of(request)))
    rows = _rows(request)
    page = {"form": form, "rows": rows, "count": len(rows), "writes": may(request, Permission.COLLECT)}
    return render(request, "collection/holds.html", page, status=400 if form.problems else 200)


@needs(Permission.VIEW_LEDGER)
@require_GET
def export_holds(request: HttpRequest) -> HttpResponseBase:
    """The same as a file."""
    rows = _rows(request)
    headers = [_("Customer code"), _("Customer"), _("Document"), _("Why"), _("From"), _("Until"), _("Who")]
    cells = (
        [one.customer, one.name, one.document_number, one.reason, one.from_on, one.until, one.actor] for one in rows
    )
    name = f"{_('collection-holds')}-{reading_of(request).today:%Y-%m-%d}"
    return send_table(request.GET.get("format", ""), name, headers, cells, title=_("On hold"), count=len(rows))


def _rows(request: HttpRequest) -> list[HoldRow]:
    scope = scope_of(request, Permission.VIEW_LEDGER)
    return holds(company_of(request).pk, reading_of(request).today, scope=scope)


def _done(request: HttpRequest, form: Form) -> bool:
    """Whether what was posted was done; else the form says why not."""
    who, at = request.user.get_username(), timezone.now()
    company, scope = company_of(request), scope_of(request, Permission.COLLECT)
    try:
        if form.text("release"):
            theirs = {str(one.id) for one in holds(company.pk, reading_of(request).today, scope=scope)}
            if form.text("release") not in theirs:
                raise Refusal("collection_hold_unknown", hold=form.text("release"))
            release(hold_id=int(form.text("release")), actor=who, at=at)
            messages.success(request, _("Collecting goes on."))
            return True
        whose = collected_from(company.pk, form.text("customer"), scope=scope)
        document = form.text("document")
        item = open_document(company.pk, whose.id, document) if document else None
        until = parse_date(form.text("until")) if form.text("until") else None
        hold(
            company=company,
            customer_id=whose.id,
            item_id=item,
            reason=form.text("reason"),
            until=until,
            actor=who,
            at=at,
        )
        messages.success(request, _("It is held back."))
    except Refusal as refusal:
        form.problems.setdefault("", said(refusal))
        return False
    return True
