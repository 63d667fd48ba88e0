"""One application: the money, what it paid, why, and the way back to the bank's line; undone with a reason."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from huikuan.kernel.errors import Refusal
from huikuan.kernel.reasons import Reason
from huikuan.mechanisms.identity.domain.roles import Permission
from huikuan.mechanisms.pages.access import may_for, needs, scope_of
from huikuan.mechanisms.pages.reading import address, path_of, reading_of
from huikuan.mechanisms.pages.telling import said
from huikuan.record.cash.operations.undoing import undo_application
from huikuan.record.cash.queries.applications import ApplicationRow, application
from huikuan.record.cash.web.permissions import READS, WRITES
from huikuan.record.cash.web.reasons import told

_E6_OF_PERCENT = 10_000


@needs(Permission.VIEW_LEDGER)
@require_GET
def show_application(request: HttpRequest, application_id: int) -> HttpResponse:
    """The money and what became of it, for whoever sees its customer; the bank's line for who sees those."""
    row, reading = _found(request, application_id), reading_of(request)
    lines = row.line_id is not None and scope_of(request, READS).whole(row.company_id)
    page = {
        "row": row,
        "applied": row.amount - row.rest,
        "reasons": told(Reason(**one) for one in row.reasons),
        "percent": "" if row.probability_e6 is None else row.probability_e6 // _E6_OF_PERCENT,
        "line_id": row.line_id if lines else None,
        "undoes": row.undone is None and not reading.is_past and may_for(request, WRITES, row.company_id),
    }
    return render(request, "cash/application.html", page)


@needs(WRITES)
@require_POST
def undo(request: HttpRequest, application_id: int) -> HttpResponse:
    """Take it back: what it settled is open again, its bank line waits again."""
    row, reading = _found(request, application_id), reading_of(request)
    if reading.is_past or not may_for(request, WRITES, row.company_id):
        raise Http404
    reason = request.POST.get("reason", "")
    try:
        undo_application(application_id=row.id, reason=reason, actor=request.user.get_username(), at=timezone.now())
    except Refusal as refusal:
        messages.error(request, said(refusal))
    else:
        messages.success(request, _("The application was taken back."))
    return HttpResponseRedirect(address(path_of("cash:application", row.id), reading))


def _found(request: HttpRequest, application_id: int) -> ApplicationRow:
    try:
        return application(application_id, scope=scope_of(request))
    except Refusal:
        raise Http404 from None
