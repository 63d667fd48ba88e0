"""Money that went back after it was applied: shown on the workbench and on the bank line's page, taken back there."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.identity.models import Company
from huikuan.mechanisms.pages.access import may_for, needs, scope_of
from huikuan.mechanisms.pages.reading import address, path_of, reading_of
from huikuan.mechanisms.pages.telling import said
from huikuan.record.banking.queries.lines import LineRow, line
from huikuan.record.cash.operations.returning import return_payment
from huikuan.record.cash.queries.returns import Return, returns_of, returns_waiting
from huikuan.record.cash.web.asked import companies_of, number
from huikuan.record.cash.web.permissions import READS, WRITES

#: The form was on the page of the bank line, and the answer goes there.
_ON_LINE = "line"


def waiting_for(request: HttpRequest) -> list[Return]:
    """What waits on the workbench: for who may settle in that company, of today's books."""
    reading = reading_of(request)
    if reading.is_past:
        return []
    found = returns_waiting(companies_of(request, reading), today=reading.today)
    return [one for one in found if may_for(request, WRITES, one.line.company_id)]


def line_panel(request: HttpRequest, line_id: int) -> SafeString:
    """On the page of a bank line: what it may take back that was applied; only to who may undo it."""
    row = line(line_id)
    if not _writes(request, row):
        return SafeString("")
    page = {"returns": returns_of(row), "on_line": _ON_LINE}
    return render_to_string("cash/parts/returns.html", page, request=request) if page["returns"] else SafeString("")


@needs(WRITES)
@require_POST
def take_back(request: HttpRequest, line_id: int) -> HttpResponse:
    """The line takes the original back: what that paid is open again."""
    try:
        row = line(line_id)
    except Refusal:
        raise Http404 from None
    if not _writes(request, row):
        raise Http404
    try:
        return_payment(
            company=Company.objects.get(pk=row.company_id),
            line_id=row.id,
            original_id=number(request.POST.get("original", "")) or 0,
            actor=request.user.get_username(),
            at=timezone.now(),
        )
    except Refusal as refusal:
        messages.error(request, said(refusal))
    else:
        messages.success(request, _("Taken back: what the money paid is open again from the day it went back."))
    there = path_of("banking:line", row.id) if request.POST.get("from") == _ON_LINE else path_of("cash:bench")
    return HttpResponseRedirect(address(there, reading_of(request)))


def _writes(request: HttpRequest, row: LineRow) -> bool:
    """Whether the reader sees the company's lines, may settle there, and the page is today's."""
    sees = scope_of(request, READS).whole(row.company_id)
    return sees and not reading_of(request).is_past and may_for(request, WRITES, row.company_id)
