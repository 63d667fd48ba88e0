"""The plan of a month against what came, one line of it, and what is done to them."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from huikuan.act.planning.domain.drafting import AGREED, METHODS, SLIPS
from huikuan.act.planning.messages import METHODS as METHOD_NAMES
from huikuan.act.planning.messages import SLIPS as SLIP_NAMES
from huikuan.act.planning.messages import STATES as STATE_NAMES
from huikuan.act.planning.operations.plans import AGREES, WRITES, agree_lines, draft_plan, edit_line, explain_line
from huikuan.act.planning.queries.actual import claims_moved, days_of
from huikuan.act.planning.queries.plans import (
    Asking,
    PlanRow,
    company_of,
    month_plan,
    plan_line,
    sums_of,
    versions_of_line,
)
from huikuan.act.planning.telling import percent
from huikuan.kernel.amounts import typed_minor
from huikuan.kernel.dates import month_end, parse_date
from huikuan.kernel.errors import Refusal
from huikuan.kernel.money import to_text
from huikuan.mechanisms.files.exports import Cell
from huikuan.mechanisms.identity.domain.roles import Permission
from huikuan.mechanisms.identity.models import Company
from huikuan.mechanisms.pages.access import companies_offered, company_preset, may_for, needs, scope_of
from huikuan.mechanisms.pages.deeds import posted_from
from huikuan.mechanisms.pages.forms import Form, typed_in
from huikuan.mechanisms.pages.reading import address, reading_of
from huikuan.mechanisms.pages.tables import send_table
from huikuan.record.customers.queries import seen

ROWS = 200
_LONGEST_NUMBER = 18


@needs(Permission.VIEW_LEDGER)
@require_GET
def show_plan(request: HttpRequest) -> HttpResponse:
    """The month's lines, the largest first, with their sums."""
    reading, month, company = reading_of(request), month_of(request), company_of_page(request)
    if company is None:
        return render(request, "planning/plan.html", {"rows": [], "month": month, "kept_by": None})
    rows = month_plan(month, asking_of(request, company.pk))
    open_month = not reading.is_past and month_end(month) >= reading.today
    page: dict[str, Any] = {
        "rows": rows[:ROWS],
        "more": max(len(rows) - ROWS, 0),
        "count": len(rows),
        "sums": sums_of(rows),
        "month": month,
        "before": month - timedelta(days=1),
        "after": month_end(month) + timedelta(days=1),
        "kept_by": company,
        "drafts": open_month and company == _chosen(request) and may_for(request, WRITES, company.pk),
        "agrees": not reading.is_past and may_for(request, AGREES, company.pk) and any(_waits(row) for row in rows),
    }
    return render(request, "planning/plan.html", page)


@needs(Permission.VIEW_LEDGER)
@require_GET
def export_plan(request: HttpRequest) -> HttpResponseBase:
    """The month's lines as csv or xlsx."""
    month, company = month_of(request), company_of_page(request)
    headers = [
        _("Customer code"), _("Customer"), _("Contract"), _("Currency"), _("Planned amount"),
        _("To come by"), _("Came"),
        _("Missing"), _("Plan met %"), _("Bills taken"), _("Had matured"), _("Collected of it"),
        _("Collection rate %"), _("Way of paying"), _("Seen to by"), _("Strategy"), _("State"), _("Cause of delay"),
        _("Cause in words"), _("Note"),
    ]  # fmt: skip
    rows = month_plan(month, asking_of(request, company.pk)) if company else []
    title = f"{month:%Y-%m}"
    return send_table(
        request.GET.get("format", ""), f"{_('collection-plan')}-{title}", headers, map(_cells, rows), title=title
    )


@needs(Permission.VIEW_LEDGER)
@require_GET
def show_line(request: HttpRequest, line_id: int) -> HttpResponse:
    """One line: what it said, what came day by day and claim by claim, and the forms of whoever may change it."""
    return line_page(request, found_line(request, line_id), Form({}))


@needs(WRITES)
@require_POST
def draft(request: HttpRequest) -> HttpResponse:
    """Draft the month from what is due now."""
    month, company = month_of(request), _chosen(request)
    if company is None or reading_of(request).is_past or not may_for(request, WRITES, company.pk):
        raise Http404
    done = draft_plan(company_id=company.pk, month=month, **_by(request))
    said = _("%(made)s lines made, %(changed)s changed, %(kept)s left as people said")
    messages.success(request, said % {"made": done.made, "changed": done.changed, "kept": done.kept})
    return _to_month(request, month)


@needs(AGREES)
@require_POST
def agree(request: HttpRequest) -> HttpResponse:
    """Agree the lines that were picked, as they were read: `line.version`."""
    if reading_of(request).is_past:
        raise Http404
    picked = [text.split(".") for text in request.POST.getlist("line")]
    versions = {_number(one[0]): _number(one[1]) for one in picked if len(one) == len(("line", "version"))}
    done = agree_lines(versions=versions, **_by(request))
    messages.success(request, _("%(count)s lines agreed") % {"count": done})
    return _to_month(request, month_of(request))


@needs(WRITES)
@posted_from("planning:line", "line_id")
def edit(request: HttpRequest, line_id: int) -> HttpResponse:
    """Say otherwise what the line says."""
    row, form = _written(request, line_id), Form(typed_in(request))
    changes: dict[str, Any] = {
        "amount": form.read("amount", lambda text: typed_minor(text, row.currency)) or 0,
        "planned_on": form.read("by", parse_date) or row.planned_on,
        **{name: form.text(name) for name in ("method", "owner", "strategy", "note")},
    }
    if not form.problems:
        try:
            edit_line(line_id=line_id, seen_version=_number(form.text("version")), changes=changes, **_by(request))
        except Refusal as refusal:
            form.blame({"plan_amount_bad": "amount", "plan_day_outside": "by"}.get(refusal.code, ""), refusal)
    return line_page(request, row, form) if form.problems else _to_line(request, line_id)


@needs(WRITES)
@posted_from("planning:line", "line_id")
def explain(request: HttpRequest, line_id: int) -> HttpResponse:
    """Why it did not come as planned."""
    row, form = _written(request, line_id), Form(typed_in(request))
    try:
        explain_line(line_id=line_id, slip=form.text("slip"), words=form.text("slip_note"), **_by(request))
    except Refusal as refusal:
        form.blame("slip_note", refusal)
        return line_page(request, row, form)
    return _to_line(request, line_id)


def line_page(request: HttpRequest, row: PlanRow, form: Form) -> HttpResponse:
    """The page of a line; a form that was refused keeps what was typed."""
    reading, asking = reading_of(request), asking_of(request, row.company_id)
    claims = claims_moved(row.company_id, row.month, asking.day, known=asking.known)
    page: dict[str, Any] = {
        "row": row,
        "claims": [one for one in claims if one.key == row.key and one.actual.matured + one.actual.cash],
        "days": days_of(row.company_id, row.key, row.month, asking.day, known=asking.known),
        "versions": versions_of_line(row.line_id, asking),
        "writes": not reading.is_past and _may_write(request, row),
        "methods": [(name, _(METHOD_NAMES[name])) for name in METHODS],
        "slips": [(name, _(SLIP_NAMES[name])) for name in SLIPS],
        "form": form if form.typed else Form(_typed_of(row)),
    }
    return render(request, "planning/line.html", page, status=400 if form.problems else 200)


def found_line(request: HttpRequest, line_id: int) -> PlanRow:
    """The line as of the page's day; one that is unknown or out of reach is not there."""
    try:
        company_id = company_of(line_id, scope_of(request, Permission.VIEW_LEDGER))
        return plan_line(line_id, asking_of(request, company_id))
    except Refusal as refusal:
        raise Http404 from refusal


def asking_of(request: HttpRequest, company_id: int) -> Asking:
    """The reader's rows of a company on the page's day, as known then."""
    reading = reading_of(request)
    return Asking(scope_of(request, Permission.VIEW_LEDGER), company_id, reading.as_of, reading.horizon)


def company_of_page(request: HttpRequest) -> Company | None:
    """The page's company; where it is of all, the first of the reader's: a plan is one company's. Only to be read:
    nothing is written for the first one because nobody chose."""
    return _chosen(request) or min(companies_offered(request), key=lambda one: one.pk, default=None)


def _chosen(request: HttpRequest) -> Company | None:
    return company_preset(reading_of(request).company, companies_offered(request))


def month_of(request: HttpRequest) -> date:
    """The month of the address, by its first day; the page's day's where it names none."""
    asked = request.GET.get("month", "") or request.POST.get("month", "")
    try:
        return parse_date(f"{asked[:7]}-01") if asked else reading_of(request).as_of.replace(day=1)
    except Refusal:
        return reading_of(request).as_of.replace(day=1)


def _waits(row: PlanRow) -> bool:
    return bool(row.line_id) and row.state != AGREED


def _may_write(request: HttpRequest, row: PlanRow) -> bool:
    return seen(scope_of(request, WRITES)).has(row.company_id, row.customer_id)


def _written(request: HttpRequest, line_id: int) -> PlanRow:
    row = found_line(request, line_id)
    if reading_of(request).is_past or not _may_write(request, row):
        raise Http404
    return row


def _typed_of(row: PlanRow) -> dict[str, str]:
    return {
        "amount": to_text(row.amount, row.currency), "by": row.planned_on.isoformat() if row.planned_on else "",
        "method": row.method, "owner": row.owner, "strategy": row.strategy, "note": row.note, "slip": row.slip,
        "slip_note": row.slip_note, "version": str(row.version),
    }  # fmt: skip


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= _LONGEST_NUMBER else 0


def _by(request: HttpRequest) -> dict[str, Any]:
    return {"actor": request.user.get_username(), "at": timezone.now()}


def _to_month(request: HttpRequest, month: date) -> HttpResponse:
    return HttpResponseRedirect(address(reverse("planning:plan"), reading_of(request), month=f"{month:%Y-%m}"))


def _to_line(request: HttpRequest, line_id: int) -> HttpResponse:
    messages.success(request, _("Recorded."))
    return HttpResponseRedirect(address(reverse("planning:line", args=[line_id]), reading_of(request)))


def _cells(row: PlanRow) -> list[Cell]:
    def money(amount: int) -> Decimal:
        return Decimal(to_text(amount, row.currency))

    def share(e4: int | None) -> Decimal | None:
        text = percent(e4)
        return None if text is None else Decimal(text)

    method, state, slip = METHOD_NAMES.get(row.method), STATE_NAMES.get(row.state), SLIP_NAMES.get(row.slip)
    actual = row.actual
    return [
        row.customer_code, row.customer_name, row.contract_number, row.currency, money(row.amount), row.planned_on,
        money(actual.cash), money(row.missing), share(row.fulfilled_e4), money(actual.bills), money(actual.matured),
        money(actual.collected), share(actual.rate_e4), _(method) if method else "", row.owner, row.strategy,
        _(state) if state else _("not planned"), _(slip) if slip else "", row.slip_note, row.note,
    ]  # fmt: skip
