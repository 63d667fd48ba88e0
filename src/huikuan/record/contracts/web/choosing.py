"""Whose contract or order is written: the company and the customer a form names."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from huikuan.kernel.errors import Refusal
from huikuan.kernel.text import plain
from huikuan.mechanisms.identity.models import Company
from huikuan.mechanisms.pages.access import companies_offered, company_preset, scope_of
from huikuan.mechanisms.pages.forms import Form
from huikuan.mechanisms.pages.reading import reading_of
from huikuan.record.customers.queries import CustomerRow, find, seen

_FEW = 5
#: Offered while somebody types.
_OFFERED = 8
#: What of the page asks for the customers that fit.
CUSTOMERS = "customers"


def company_chosen(request: HttpRequest, form: Form) -> Company | None:
    """The company of the form, of those the writer may write for; before one is chosen the page's, or the only one."""
    offered = companies_offered(request)
    code = form.text("company")
    if not code:
        return company_preset(reading_of(request).company, offered)
    return next((one for one in offered if one.code == code), None)


def company_to_write(request: HttpRequest, form: Form) -> Company | None:
    """The company a sent form names; None, said beside its field, where none was chosen. One the writer may not write
    for is not there."""
    company = company_chosen(request, form)
    if company is None and form.text("company"):
        raise Http404
    if company is None:
        form.blame("company", Refusal("contract_field_missing", field=_("Company")))
    return company


def usual_currency(request: HttpRequest, company: Company | None) -> str:
    """What is filled in before anybody types: the company's currency; before one is chosen that of all, where they
    keep their books in one."""
    currencies = {one.currency for one in ([company] if company else companies_offered(request))}
    return currencies.pop() if len(currencies) == 1 else ""


def told(row: CustomerRow) -> str:
    """A customer as the field says it: by code and name."""
    return f"{row.code} {row.name}"


def customer_prefilled(request: HttpRequest) -> str:
    """The customer that the address names by code, where the writer may write for it; else what the address says."""
    code = request.GET.get("customer", "")
    return next((told(row) for row in find(code, scope=scope_of(request)) if row.code == code), code)


def offer_customers(request: HttpRequest) -> HttpResponse:
    """Those the writer may write for that fit what is typed so far, of the company if one is chosen."""
    scope = scope_of(request)
    theirs, company = seen(scope), company_chosen(request, Form(request.GET.dict()))
    fitting = find(request.GET.get("customer", ""), scope=scope, limit=_OFFERED)
    found = [row for row in fitting if company is None or theirs.has(company.pk, row.id)]
    return render(request, "contracts/parts/customers.html", {"customers": found})


def read_customer(request: HttpRequest, company: Company, text: str) -> CustomerRow:
    """The customer by code, as one was offered (`told`), or by a part of the name that fits one alone; refuses one on
    whose rows with the company the writer may write nothing like one that does not exist."""
    scope = scope_of(request)
    theirs = seen(scope)
    found = [row for row in find(text, scope=scope, limit=_FEW + 1) if theirs.has(company.pk, row.id)]
    named = [row for row in found if row.code == plain(text) or text.strip() == told(row)] or found
    if not named:
        raise Refusal("customer_unknown", customer=text)
    if len(named) > 1:
        some = _(", ").join(f"{row.code} {row.name}" for row in named[:_FEW])
        raise Refusal("contract_customer_several", text=text, some=some)
    return named[0]
