"""Instalment plans: which, in what state, and one with its schedule beside what was paid."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.http import require_GET

from huikuan.kernel.errors import Refusal
from huikuan.kernel.money import to_text
from huikuan.mechanisms.files.exports import Cell
from huikuan.mechanisms.files.queries import open_original
from huikuan.mechanisms.pages.access import may, needs, scope_of
from huikuan.mechanisms.pages.downloads import download
from huikuan.mechanisms.pages.reading import reading_of
from huikuan.mechanisms.pages.tables import send_table
from huikuan.mechanisms.store.transactions import snapshot
from huikuan.record.customers.queries.merging import one_with
from huikuan.record.promises.messages import INTERESTS, ON_MISS, PLAN_STATES
from huikuan.record.promises.operations.asking import WRITES
from huikuan.record.promises.queries.asked import WaitingPlan, waiting_plans
from huikuan.record.promises.queries.plans import PlanRow, plan, plans
from huikuan.record.promises.web.listing import READS, chosen_of

#: So many are shown; the file has all.
MOST = 200
VIEWS = {"": gettext_noop("All"), **PLAN_STATES}


@needs(READS)
@require_GET
def show_plans(request: HttpRequest) -> HttpResponse:
    """The plans, the latest first."""
    rows, waiting = _matching(request), _waiting(request)
    page: dict[str, Any] = {
        "rows": rows[:MOST],
        "waiting": waiting,
        "count": len(rows),
        "most": MOST,
        "views": VIEWS,
        "state": _state(request),
        "customer": chosen_of(request)[1],
        "writes": may(request, WRITES) and not reading_of(request).is_past,
    }
    return render(request, "promises/plans.html", page)


@needs(READS)
@require_GET
def export_plans(request: HttpRequest) -> HttpResponseBase:
    """The same as csv or xlsx, a line for each instalment, read in one snapshot."""
    headers = [
        _("Number"), _("Company"), _("Customer code"), _("Customer"), _("Agreed on"), _("Currency"), _("Debt"),
        _("State"), _("Instalment"), _("Due date"), _("Amount"), _("Paid so far"), _("Missed"), _("Grace days"),
        _("On a miss"), _("Late interest"), _("Asked for by"), _("Approved by"), _("Note"),
    ]  # fmt: skip
    day = f"{reading_of(request).as_of:%Y-%m-%d}"
    with snapshot():
        cells = (cells for row in _matching(request) for cells in _cells(row))
        return send_table(request.GET.get("format", ""), f"{_('plans')}-{day}", headers, cells, title=day)


@needs(READS)
@require_GET
def show_plan(request: HttpRequest, number: int) -> HttpResponse:
    """One plan as of the page's day."""
    return render(request, "promises/plan.html", {"row": _found(request, number)})


@needs(READS)
@require_GET
def send_agreement(request: HttpRequest, number: int, sha256: str) -> HttpResponseBase:
    """The agreement as it was handed in."""
    row = _found(request, number)
    if not row.sha256 or row.sha256 != sha256:
        raise Http404
    return download(open_original(sha256), row.file_name)


def _state(request: HttpRequest) -> str:
    state = request.GET.get("state", "")
    return state if state in PLAN_STATES else ""


def _matching(request: HttpRequest) -> list[PlanRow]:
    chosen, _whose = chosen_of(request)
    return plans(
        scope=scope_of(request, READS),
        as_of=reading_of(request).as_of,
        state=_state(request),
        company_id=chosen.company_id,
        customer_id=chosen.customer_id,
    )


def _waiting(request: HttpRequest) -> list[WaitingPlan]:
    """What was asked for and is decided by nobody yet: today's, whatever state of plans is looked at."""
    if reading_of(request).is_past:
        return []
    chosen, whose = chosen_of(request)
    if chosen.customer_id is not None and whose is None:
        return []
    return waiting_plans(
        scope=scope_of(request, READS),
        company_id=chosen.company_id,
        customer_ids=one_with(whose.id) if whose else (),
    )


def _found(request: HttpRequest, number: int) -> PlanRow:
    try:
        return plan(number, scope=scope_of(request, READS), as_of=reading_of(request).as_of)
    except Refusal as refusal:
        raise Http404 from refusal


def _cells(row: PlanRow) -> list[list[Cell]]:
    state, miss, interest = PLAN_STATES[row.state], ON_MISS[row.on_miss], INTERESTS[row.interest]

    def said(minor: int) -> Decimal:
        return Decimal(to_text(minor, row.currency))

    return [
        [
            row.id, row.company_code, row.customer_code, row.customer_name, row.agreed_on, row.currency,
            said(row.total), _(state), number, line.due_on, said(line.amount), said(line.paid),
            _("yes") if line.missed else "", row.grace_days, _(miss), _(interest), row.actor, row.approved_by,
            row.note,
        ]
        for number, line in enumerate(row.lines, start=1)
    ]  # fmt: skip
