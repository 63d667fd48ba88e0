"""On a bill's page: the bank's line that pays it, taken first, so that the money is not booked twice."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.identity.domain.roles import Permission
from huikuan.mechanisms.identity.models import Company
from huikuan.mechanisms.pages.access import may_for, needs, scope_of
from huikuan.mechanisms.pages.reading import address, path_of, reading_of
from huikuan.mechanisms.pages.telling import said
from huikuan.record.bills.domain.life import PRESENTED
from huikuan.record.bills.queries.bills import BillRow, bill
from huikuan.record.cash.operations.collecting import collect_bill
from huikuan.record.cash.queries.collecting import lines_for
from huikuan.record.cash.web.asked import number
from huikuan.record.cash.web.permissions import READS, WRITES


def bill_panel(request: HttpRequest, bill_id: int) -> SafeString:
    """The company's open lines of the bill's amount, to who sees them and may settle."""
    row = _found(request, bill_id)
    if row is None or row.state != PRESENTED:
        return SafeString("")
    page = {"bill": row, "lines": lines_for(row)}
    return render_to_string("cash/parts/collecting.html", page, request=request) if page["lines"] else SafeString("")


@needs(WRITES)
@require_POST
def collect(request: HttpRequest, bill_id: int) -> HttpResponse:
    """The line is the receipt by which the bill is paid."""
    row = _found(request, bill_id)
    if row is None:
        raise Http404
    try:
        collect_bill(
            company=Company.objects.get(pk=row.company_id),
            line_id=number(request.POST.get("line", "")) or 0,
            bill_id=row.id,
            actor=request.user.get_username(),
            at=timezone.now(),
        )
    except Refusal as refusal:
        messages.error(request, said(refusal))
    else:
        messages.success(request, _("The bank line is the receipt by which the bill is paid."))
    return HttpResponseRedirect(address(path_of("bills:bill", row.id), reading_of(request)))


def _found(request: HttpRequest, bill_id: int) -> BillRow | None:
    """The bill of today's page, whose company's lines the reader sees and may settle; None else."""
    reading = reading_of(request)
    try:
        row = bill(bill_id, scope=scope_of(request, Permission.VIEW_LEDGER), day=reading.as_of, known=reading.horizon)
    except Refusal:
        return None
    sees = scope_of(request, READS).whole(row.company_id) and may_for(request, WRITES, row.company_id)
    return row if sees and not reading.is_past else None
