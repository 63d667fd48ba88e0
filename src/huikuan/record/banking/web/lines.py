"""Lines of bank statements: the list, exactly its rows as a file, one line with its original and its uses."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.http import require_GET, require_POST

from huikuan.kernel.dates import parse_date
from huikuan.kernel.errors import Refusal
from huikuan.kernel.money import to_text
from huikuan.mechanisms.files.exports import Cell
from huikuan.mechanisms.files.queries import open_original
from huikuan.mechanisms.identity.domain.roles import Permission
from huikuan.mechanisms.pages.access import may, may_for, needs, rights_of, scope_of
from huikuan.mechanisms.pages.beside import beside
from huikuan.mechanisms.pages.downloads import download
from huikuan.mechanisms.pages.lists import Chip
from huikuan.mechanisms.pages.reading import address, reading_of
from huikuan.mechanisms.pages.tables import send_table
from huikuan.mechanisms.pages.telling import said
from huikuan.mechanisms.store.transactions import snapshot
from huikuan.record.banking.domain.accounts import account_number
from huikuan.record.banking.models import BankStatement
from huikuan.record.banking.operations.accounts import WRITES
from huikuan.record.banking.operations.bouncing import pair_bounced
from huikuan.record.banking.queries.accounts import AccountRow, accounts
from huikuan.record.banking.queries.bouncing import may_take_back
from huikuan.record.banking.queries.lines import LineRow, raw_of, uses_of
from huikuan.record.banking.queries.listing import (
    OPEN,
    OUT,
    SET_ASIDE,
    USED,
    LineFilter,
    Place,
    every_line,
    line_seen,
    lines_page,
)
from huikuan.record.banking.telling import shown_account

ROWS = 50
_LONGEST_NUMBER = 18
VIEWS = {
    "": gettext_noop("All lines"),
    OPEN: gettext_noop("Receipts to be applied"),
    USED: gettext_noop("Used"),
    SET_ASIDE: gettext_noop("No customer's money"),
    OUT: gettext_noop("Money out"),
}


@needs(Permission.VIEW_BANK)
@require_GET
def show_lines(request: HttpRequest) -> HttpResponse:
    """Lines that match, 50 at a time; a partial update asks for the rows that follow."""
    chosen, offered = chosen_of(request), accounts(scope_of(request), company_id=reading_of(request).company_id)
    page: dict[str, Any] = {
        "found": lines_page(chosen, scope=scope_of(request), after=_place(request), limit=ROWS),
        "several": len(offered) > 1,
    }
    if request.headers.get("HX-Target") == "more":
        return render(request, "banking/parts/line_rows.html", page)
    page |= {
        "chosen": chosen,
        "views": VIEWS,
        "accounts": offered,
        "chips": _chips(chosen, offered),
        "imports": may(request, WRITES),
    }
    return render(request, "banking/lines.html", page)


@needs(Permission.VIEW_BANK)
@require_GET
def export_lines(request: HttpRequest) -> HttpResponseBase:
    """The same as csv or xlsx, read in one snapshot."""
    headers = [
        _("Bank line"), _("Account"), _("Booked on"), _("Value date"), _("Currency"), _("Amount"), _("Not used yet"),
        _("Counterparty"), _("Its account"), _("Its bank"), _("Memo"), _("Bank's reference"), _("Payer's reference"),
        _("Taken back by the bank"),
    ]  # fmt: skip
    name = f"{_('bank-lines')}-{reading_of(request).today:%Y-%m-%d}"
    with snapshot():
        rows = (_cells(request, row) for row in every_line(chosen_of(request), scope=scope_of(request)))
        return send_table(request.GET.get("format", ""), name, headers, rows, title=_("Bank lines"))


@needs(Permission.VIEW_BANK)
@require_GET
def show_line(request: HttpRequest, line_id: int) -> HttpResponse:
    """One line: what the bank said of it, its row of the file, what it was used for."""
    try:
        row = line_seen(line_id, scope=scope_of(request))
    except Refusal as refusal:
        raise Http404 from refusal
    page = {
        "row": row,
        **_shown(request, row),
        "sends_file": _sees_file(request, row.company_id),
        "statement": BankStatement.objects.get(id=row.statement_id),
        "uses": uses_of([row.id]),
        "taken_back": may_take_back(row) if may_for(request, WRITES, row.company_id) else [],
        "panels": beside("banking.line", request, row.id),
    }
    return render(request, "banking/line.html", page)


@needs(WRITES)
@require_POST
def pair(request: HttpRequest, line_id: int) -> HttpResponse:
    """The line takes back another one: neither is a customer's money any more."""
    try:
        row = line_seen(line_id, scope=scope_of(request))
    except Refusal as refusal:
        raise Http404 from refusal
    original = _number(request.POST.get("original", ""))
    try:
        by = str(request.user.get_username())
        pair_bounced(line_id=row.id, original_id=original, actor=by, at=timezone.now())
        messages.success(request, _("The two lines cancel out; nothing of either is left."))
    except Refusal as refusal:
        messages.error(request, said(refusal))
    return HttpResponseRedirect(address(reverse("banking:line", args=[row.id]), reading_of(request)))


@needs(Permission.VIEW_BANK)
@require_GET
def send_original(request: HttpRequest, statement_id: int) -> HttpResponseBase:
    """The file a statement came in."""
    found = BankStatement.objects.filter(id=statement_id).first()
    if found is None or not scope_of(request).whole(found.company_id) or not _sees_file(request, found.company_id):
        raise Http404
    return download(open_original(found.file_sha256), found.file_name)


def chosen_of(request: HttpRequest) -> LineFilter:
    """What the address narrows the list to; a day that is none does not narrow."""
    state, account = request.GET.get("state", ""), request.GET.get("account", "")
    return LineFilter(
        state=state if state in VIEWS else "",
        company_id=reading_of(request).company_id,
        account_id=_number(account) if account else None,
        since=_day(request.GET.get("from", "")),
        until=_day(request.GET.get("until", "")),
        text=request.GET.get("q", "").strip(),
    )


def _sees_file(request: HttpRequest, company_id: int) -> bool:
    """A file holds persons' accounts in clear: it goes to who may see personal data, and who brings such files."""
    return bool({Permission.VIEW_PERSONAL, WRITES} & rights_of(request).permissions(company_id))


def _shown(request: HttpRequest, row: LineRow) -> dict[str, Any]:
    """The counterparty's account as the reader may see it, and the row of the file in which it stands."""
    account = shown_account(row, rights_of(request).permissions(row.company_id))
    hidden = row.counterparty_account if account != row.counterparty_account else ""
    raw = {
        name: account if hidden and hidden in account_number(value) else value
        for name, value in raw_of(row.id).items()
    }
    return {"payer_account": account, "raw": raw}


def _chips(chosen: LineFilter, offered: list[AccountRow]) -> list[Chip]:
    found = []
    if chosen.account_id is not None:
        number = next((row.number for row in offered if row.id == chosen.account_id), "")
        found.append(Chip(f"{_('Account')} {number}", ("account",)))
    if chosen.since:
        found.append(Chip(f"{_('First day')} {chosen.since}", ("from",)))
    if chosen.until:
        found.append(Chip(f"{_('Last day')} {chosen.until}", ("until",)))
    return [*found, Chip(chosen.text, ("q",))] if chosen.text else found


def _place(request: HttpRequest) -> Place | None:
    day, _dash, number = request.GET.get("after", "").rpartition("_")
    found = _day(day)
    return (found, _number(number)) if found else None


def _day(text: str) -> date | None:
    try:
        return parse_date(text) if text else None
    except Refusal:
        return None


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= _LONGEST_NUMBER else 0


def _cells(request: HttpRequest, row: LineRow) -> list[Cell]:
    shows = rights_of(request).permissions(row.company_id)
    return [
        row.id, row.account_number, row.booked_on, row.value_on, row.currency,
        Decimal(to_text(row.amount, row.currency)), Decimal(to_text(row.left, row.currency)),
        row.counterparty_name, shown_account(row, shows), row.counterparty_bank, row.memo, row.bank_reference,
        row.end_to_end, _("yes") if row.reversal else "",
    ]  # fmt: skip
