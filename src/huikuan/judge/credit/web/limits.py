"""Limits that were asked for: where they are decided, and how they read in a table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from huikuan.judge.credit.domain.limits import KIND
from huikuan.judge.credit.messages import LIMIT_KINDS, STEPS
from huikuan.judge.credit.queries.limits import RequestRow
from huikuan.kernel.money import to_text
from huikuan.mechanisms.approvals.domain.lifecycle import PENDING
from huikuan.mechanisms.files.exports import Cell
from huikuan.mechanisms.identity.domain.roles import Permission
from huikuan.mechanisms.identity.queries import shown_names
from huikuan.mechanisms.pages.access import needs
from huikuan.mechanisms.pages.reading import Reading, address, reading_of


@needs(Permission.VIEW_REQUESTS)
@require_GET
def show_requests(request: HttpRequest) -> HttpResponse:
    """The limits that wait, among the approvals."""
    page = reverse("shell:approvals")
    return HttpResponseRedirect(address(page, reading_of(request), kind=KIND, state=PENDING))


def headers() -> list[str]:
    """Of a table of requests."""
    return [
        _("Number"), _("Customer code"), _("Customer"), _("Group"), _("Kind"), _("Currency"), _("Amount"),
        _("Takes effect on"), _("Ends on"), _("Term in days"), _("Reason"), _("Asked by"), _("Asked at"), _("Status"),
        _("Decided by"), _("Comment"),
    ]  # fmt: skip


def lines(rows: Sequence[RequestRow], reading: Reading) -> list[list[Cell]]:
    """The requests as lines of that table, people by the names they are known by."""
    names = shown_names({name for row in rows for name in (row.asked_by, row.decided_by)})
    return [_cells(row, names, reading) for row in rows]


def _cells(row: RequestRow, names: Mapping[str, str], reading: Reading) -> list[Cell]:
    wish = row.wish
    return [
        row.number, row.customer_code, row.customer_name, row.group, _(LIMIT_KINDS[wish.kind]), wish.currency,
        Decimal(to_text(wish.amount, wish.currency)), wish.from_on, wish.until_on, wish.term_days, row.reason,
        names[row.asked_by], reading.clock(row.asked_at), _(STEPS[row.step]), names[row.decided_by], row.comment,
    ]  # fmt: skip
