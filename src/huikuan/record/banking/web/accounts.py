"""The company's accounts and the statements each was told by."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from huikuan.kernel.errors import Refusal
from huikuan.kernel.money import to_text
from huikuan.mechanisms.files.exports import Cell
from huikuan.mechanisms.identity.domain.roles import Permission
from huikuan.mechanisms.pages.access import needs, scope_of
from huikuan.mechanisms.pages.deeds import posted_from
from huikuan.mechanisms.pages.forms import Form, typed_in
from huikuan.mechanisms.pages.reading import address, reading_of
from huikuan.mechanisms.pages.tables import send_table
from huikuan.record.banking.operations.accounts import WRITES, Account, open_account
from huikuan.record.banking.queries.accounts import AccountRow, StatementRow, accounts, statements
from huikuan.record.banking.web.uploads import companies_to_read_for, company_in, company_offered


@needs(Permission.VIEW_BANK)
@require_GET
def show_accounts(request: HttpRequest) -> HttpResponse:
    """The accounts, how far each was read in, and where statements are missing."""
    return _accounts_page(request, Form({}))


@needs(Permission.VIEW_BANK)
@require_GET
def export_accounts(request: HttpRequest) -> HttpResponseBase:
    """The same as a table."""
    headers = [
        _("Company"), _("Account"), _("Bank"), _("Name of the account"), _("Currency"), _("Bank lines"),
        _("Receipts to be applied"), _("Read in until"), _("Closing balance"), _("Gaps"),
    ]  # fmt: skip
    rows = ([
        row.company_code, row.number, row.bank, row.name, row.currency, row.lines, row.open_lines, row.through,
        _decimal(row.closing, row.currency), row.gaps,
    ] for row in _rows(request))  # fmt: skip
    return send_table(request.GET.get("format", ""), _("Bank accounts"), headers, rows, title=_("Bank accounts"))


@needs(WRITES)
@posted_from("banking:accounts")
def open_one(request: HttpRequest) -> HttpResponse:
    """Have an account here before its first file."""
    form = Form(typed_in(request))
    company = company_in(request, form.text("company"))
    if company is None:
        raise Http404
    given = Account(form.text("number"), form.text("currency").upper(), form.text("bank"), form.text("name"))
    try:
        open_account(company=company, account=given, actor=str(request.user.get_username()), at=timezone.now())
    except Refusal as refusal:
        form.blame("currency" if refusal.code == "currency_bad" else "number", refusal)
        return _accounts_page(request, form)
    messages.success(request, _("The account is here now."))
    return HttpResponseRedirect(address(reverse("banking:accounts"), reading_of(request)))


@needs(Permission.VIEW_BANK)
@require_GET
def show_account(request: HttpRequest, account_id: int) -> HttpResponse:
    """One account: its statements, the latest first, and whether each follows the one before."""
    row = _account(request, account_id)
    page = {"row": row, "statements": statements(row.id)[::-1]}
    return render(request, "banking/account.html", page)


@needs(Permission.VIEW_BANK)
@require_GET
def export_statements(request: HttpRequest, account_id: int) -> HttpResponseBase:
    """The account's statements as a table."""
    row = _account(request, account_id)
    headers = [
        _("Statement"), _("First day"), _("Last day"), _("Currency"), _("Opening balance"), _("Closing balance"),
        _("New lines"), _("Known lines"), _("Follows the one before"), _("File"), _("Layout"),
    ]  # fmt: skip
    rows = (_statement_cells(one) for one in statements(row.id)[::-1])
    return send_table(request.GET.get("format", ""), row.number, headers, rows, title=row.number)


def _statement_cells(one: StatementRow) -> list[Cell]:
    follows = {True: _("yes"), False: _("no"), None: ""}[one.follows]
    return [
        one.number, one.period_from, one.period_through, one.currency, _decimal(one.opening, one.currency),
        _decimal(one.closing, one.currency), one.lines_new, one.lines_known, follows, one.file_name, one.layout,
    ]  # fmt: skip


def _accounts_page(request: HttpRequest, form: Form) -> HttpResponse:
    page: dict[str, Any] = {
        "rows": _rows(request),
        "form": form,
        "own_companies": companies_to_read_for(request),
        "chosen_company": form.text("company") or company_offered(request),
    }
    return render(request, "banking/accounts.html", page, status=400 if form.problems else 200)


def _rows(request: HttpRequest) -> list[AccountRow]:
    return accounts(scope_of(request, Permission.VIEW_BANK), company_id=reading_of(request).company_id)


def _account(request: HttpRequest, account_id: int) -> AccountRow:
    found = next((row for row in accounts(scope_of(request)) if row.id == account_id), None)
    if found is None:
        raise Http404
    return found


def _decimal(minor: int | None, currency: str) -> Decimal | None:
    return None if minor is None else Decimal(to_text(minor, currency))
