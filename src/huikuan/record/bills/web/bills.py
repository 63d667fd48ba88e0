"""One bill: what stands on it, its life, what it is in the ledger, and what may happen next."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.files.queries import open_original
from huikuan.mechanisms.identity.domain.roles import Permission
from huikuan.mechanisms.pages.access import needs, scope_of
from huikuan.mechanisms.pages.beside import beside
from huikuan.mechanisms.pages.downloads import download
from huikuan.mechanisms.pages.forms import Form
from huikuan.mechanisms.pages.reading import reading_of
from huikuan.record.bills.domain.life import (
    DIVIDE,
    HELD,
    IN_HAND,
    LAPSE,
    NOT_OF_CHEQUES,
    PRESENTED,
    TABLE,
    Rules,
    present_by,
    too_long,
)
from huikuan.record.bills.domain.numbers import CHEQUE
from huikuan.record.bills.messages import MOVES
from huikuan.record.bills.policies import rules_of
from huikuan.record.bills.queries.bills import BillRow, bill, events_of, rules_in_force
from huikuan.record.bills.queries.items import ledger_of
from huikuan.record.bills.web.listing import WRITES
from huikuan.record.customers.queries import seen


@needs(Permission.VIEW_LEDGER)
@require_GET
def show_bill(request: HttpRequest, number: int) -> HttpResponse:
    """The bill as of the page's day."""
    return bill_page(request, found_bill(request, number), Form({}))


@needs(Permission.VIEW_LEDGER)
@require_GET
def send_scan(request: HttpRequest, number: int, sha256: str) -> HttpResponseBase:
    """The picture of the paper."""
    row = found_bill(request, number)
    if not row.sha256 or row.sha256 != sha256:
        raise Http404
    return download(open_original(sha256), row.file_name)


def bill_page(request: HttpRequest, row: BillRow, form: Form, opened: str = "") -> HttpResponse:
    """The page of a bill; a form that was refused keeps what was typed and stands open."""
    reading = reading_of(request)
    rules = rules_of(rules_in_force(row.company_id, timezone.now()))
    moves = moves_of(row) if not reading.is_past and may_write(request, row) else ()
    page: dict[str, Any] = {
        "row": row,
        "events": events_of(row.id, day=reading.as_of, known=reading.horizon),
        "ledger": ledger_of(row, reading.as_of, reading.horizon),
        "moves": [(name, MOVES[name]) for name in moves],
        "opened": opened,
        "form": form if form.typed or form.problems else Form(_prefilled(row, moves, reading.today)),
        "warnings": warnings_of(row, reading.as_of, rules),
        "panels": beside("bills.bill", request, row.id),
        "present_by": present_by(row.matures_on, rules),
    }
    return render(request, "bills/bill.html", page, status=400 if form.problems else 200)


def moves_of(row: BillRow) -> tuple[str, ...]:
    """What people may do with a bill as it stands, in the order of the table."""
    found = [move for (state, move) in TABLE if state == row.state and move != LAPSE]
    if row.kind == CHEQUE:
        found = [move for move in found if move not in NOT_OF_CHEQUES]
    return tuple(move for move in found if move != DIVIDE or row.range)


def warnings_of(row: BillRow, day: date, rules: Rules) -> list[str]:
    """What is no fault of ours but should be seen: codes the page words."""
    found = []
    if row.kind != CHEQUE and too_long(row.issued_on, row.matures_on, rules):
        found.append("too_long")
    if row.state in HELD and row.state != PRESENTED and day > present_by(row.matures_on, rules):
        found.append("late")
    elif row.state == IN_HAND and day >= row.matures_on:
        found.append("due")
    if not row.transferable:
        found.append("not_transferable")
    return found


def found_bill(request: HttpRequest, number: int) -> BillRow:
    """The bill as of the page's day; one that is unknown or out of reach is not there."""
    reading = reading_of(request)
    scope = scope_of(request, Permission.VIEW_LEDGER)
    try:
        return bill(number, scope=scope, day=reading.as_of, known=reading.horizon)
    except Refusal as refusal:
        raise Http404 from refusal


def may_write(request: HttpRequest, row: BillRow) -> bool:
    """Whether the bill's customer is in the reach in which the reader settles."""
    return seen(scope_of(request, WRITES)).has(row.company_id, row.customer_id)


def _prefilled(row: BillRow, moves: tuple[str, ...], today: date) -> dict[str, str]:
    days = {f"{name}-on": today.isoformat() for name in moves}
    ticked = {"endorse-recourse": "1", "discount-recourse": "1"}
    return {**days, **ticked, "discount-extra": "0", "seen": str(row.sequence)}
