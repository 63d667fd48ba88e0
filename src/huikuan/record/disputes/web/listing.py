"""The list of disputes and exactly its rows as a file."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.http import require_GET

from huikuan.kernel.dates import parse_date
from huikuan.kernel.errors import Refusal
from huikuan.kernel.money import to_text
from huikuan.mechanisms.files.exports import Cell
from huikuan.mechanisms.identity.domain.roles import Permission
from huikuan.mechanisms.pages.access import needs, rights_of, scope_of
from huikuan.mechanisms.pages.lists import Chip, value_asked
from huikuan.mechanisms.pages.reading import reading_of
from huikuan.mechanisms.pages.tables import send_table
from huikuan.mechanisms.store.transactions import snapshot
from huikuan.record.customers.queries import CustomerRow, customer
from huikuan.record.disputes.domain.life import OUTCOMES, REASONS
from huikuan.record.disputes.messages import OUTCOMES as OUTCOME_NAMES
from huikuan.record.disputes.messages import REASONS as REASON_NAMES
from huikuan.record.disputes.messages import SOURCES as SOURCE_NAMES
from huikuan.record.disputes.messages import STATES as STATE_NAMES
from huikuan.record.disputes.queries.disputes import DisputeRow
from huikuan.record.disputes.queries.listing import (
    ALL,
    LATE,
    SHOWS,
    STANDING,
    Asking,
    DisputeFilter,
    Waiting,
    departments_said,
    disputes_page,
    every_dispute,
)

ROWS = 50
#: The tab that narrows to what waits for the reader.
MINE = "mine"
VIEWS = {
    STANDING: gettext_noop("Not resolved"),
    MINE: gettext_noop("Waiting for me"),
    **{name: title for name, title in STATE_NAMES.items() if name != "resolved"},
    LATE: gettext_noop("Answer is late"),
    "resolved": STATE_NAMES["resolved"],
    ALL: gettext_noop("All"),
}


@needs(Permission.VIEW_LEDGER)
@require_GET
def show_disputes(request: HttpRequest) -> HttpResponse:
    """Disputes that match, 50 at a time; a partial update asks for the rows that follow."""
    (chosen, whose), asking = chosen_of(request), asking_of(request)
    page: dict[str, Any] = {"found": disputes_page(chosen, asking, after=request.GET.get("after", ""), limit=ROWS)}
    if request.headers.get("HX-Target") == "more":
        return render(request, "disputes/parts/dispute_rows.html", page)
    page |= {
        "chosen": chosen,
        "shown": shown_of(request),
        "views": VIEWS,
        "reasons": [(name, _(REASON_NAMES[name])) for name in REASONS],
        "outcomes": [(name, _(OUTCOME_NAMES[name])) for name in OUTCOMES],
        "departments": departments_said(asking),
        "chips": chips_of(chosen, whose),
        "customer": whose,
    }
    return render(request, "disputes/disputes.html", page)


@needs(Permission.VIEW_LEDGER)
@require_GET
def export_disputes(request: HttpRequest) -> HttpResponseBase:
    """The same as csv or xlsx, read in one snapshot."""
    reading = reading_of(request)
    headers = [
        _("Number"), _("Company"), _("Customer code"), _("Customer"), _("Document"), _("Contract"), _("Cause"),
        _("Came by"), _("Who said so"), _("Raised on"), _("Currency"), _("Disputed"), _("Still disputed"), _("State"),
        _("Department"), _("Answer by"), _("Outcome"), _("Granted"), _("Resolved on"), _("Days"), _("Business type"),
        _("In words"),
    ]  # fmt: skip
    name = f"{_('disputes')}-{reading.as_of:%Y-%m-%d}"
    with snapshot():
        rows = (_cells(row) for row in every_dispute(chosen_of(request)[0], asking_of(request)))
        return send_table(request.GET.get("format", ""), name, headers, rows, title=f"{reading.as_of:%Y-%m-%d}")


def asking_of(request: HttpRequest) -> Asking:
    """The reader's rows on the page's day, as known then."""
    reading = reading_of(request)
    return Asking(scope_of(request, Permission.VIEW_LEDGER), reading.as_of, reading.horizon)


def shown_of(request: HttpRequest) -> str:
    asked = request.GET.get("show", "")
    return asked if asked in VIEWS else STANDING


def chosen_of(request: HttpRequest) -> tuple[DisputeFilter, CustomerRow | None]:
    """What the address narrows the list to; a customer that is not there disputes nothing."""
    query, whose = request.GET, None
    if query.get("customer"):
        try:
            whose = customer(query["customer"], scope=scope_of(request, Permission.VIEW_LEDGER))
        except Refusal:
            return DisputeFilter(customer_id=0), None
    show = shown_of(request)
    chosen = DisputeFilter(
        show=show if show in SHOWS else STANDING,
        reason=query.get("reason") if query.get("reason") in REASONS else None,
        department=value_asked(query.get("department", "")),
        business_type=value_asked(query.get("business_type", "")),
        outcome=query.get("outcome") if query.get("outcome") in OUTCOMES else None,
        since=day_asked(query.get("from", "")),
        until=day_asked(query.get("until", "")),
        text=query.get("q", "").strip(),
        waiting=_waiting(request) if show == MINE else None,
        company_id=reading_of(request).company_id,
        customer_id=whose.id if whose else None,
    )
    return chosen, whose


def _waiting(request: HttpRequest) -> Waiting:
    """What waits for the reader: by name, or for one of the reader's roles."""
    roles = frozenset(one.role for one in rights_of(request).held)
    return Waiting(frozenset({request.user.get_username()}), roles)


def day_asked(text: str) -> date | None:
    """A day of the address; None where it is none."""
    try:
        return parse_date(text) if text else None
    except Refusal:
        return None


def chips_of(chosen: DisputeFilter, whose: CustomerRow | None) -> list[Chip]:
    """The conditions in words."""
    found = [Chip(f"{_('Customer')} {whose.name}", ("customer",))] if whose else []
    if chosen.reason:
        title = REASON_NAMES[chosen.reason]
        found.append(Chip(_(title), ("reason",)))
    if chosen.outcome:
        title = OUTCOME_NAMES[chosen.outcome]
        found.append(Chip(_(title), ("outcome",)))
    for name, value in (("department", chosen.department), ("business_type", chosen.business_type)):
        if value is not None:
            found.append(Chip(value or _("(none)"), (name,)))
    if chosen.since or chosen.until:
        found.append(Chip(f"{chosen.since or ''} – {chosen.until or ''}", ("from", "until")))
    return [*found, Chip(chosen.text, ("q",))] if chosen.text else found


def _cells(row: DisputeRow) -> list[Cell]:
    outcome = OUTCOME_NAMES[row.outcome] if row.outcome else ""
    reason, source, state = REASON_NAMES[row.reason], SOURCE_NAMES[row.source], STATE_NAMES[row.state]
    return [
        row.id, row.company_code, row.customer_code, row.customer_name, row.document_number, row.contract_number,
        _(reason), _(source), row.said_by, row.opened_on, row.currency, Decimal(to_text(row.amount, row.currency)),
        Decimal(to_text(row.standing, row.currency)), _(state), row.department, row.due_on,
        _(outcome) if outcome else "",
        Decimal(to_text(row.accepted, row.currency)) if row.over and row.accepted is not None else None,
        row.resolved_on, row.days, row.business_type, row.note,
    ]  # fmt: skip
