"""Whose contract or order is written: the company and the customer a form names."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils.translation import gettext as _

from huikuan.kernel.errors import Refusal
from huikuan.kernel.text import plain
from huikuan.mechanisms.identity.models import Company
from huikuan.mechanisms.pages.access import companies_offered, scope_of
from huikuan.mechanisms.pages.forms import Form
from huikuan.mechanisms.pages.reading import reading_of
from huikuan.record.customers.queries import CustomerRow, find, seen

_FEW = 5


def company_chosen(request: HttpRequest, form: Form) -> Company | None:
    """The company of the form, of those the writer may write for; the first or the reading's before one is chosen."""
    offered = companies_offered(request)
    code = form.text("company")
    if not code:
        reading = reading_of(request)
        return reading.company if reading.company in offered else next(iter(offered), None)
    return next((one for one in offered if one.code == code), None)


def read_customer(request: HttpRequest, company: Company, text: str) -> CustomerRow:
    """The customer by code, or by a part of the name that fits one alone; refuses one on whose rows with the company
    the writer may write nothing like one that does not exist."""
    scope = scope_of(request)
    theirs = seen(scope)
    found = [row for row in find(text, scope=scope, limit=_FEW + 1) if theirs.has(company.pk, row.id)]
    named = [row for row in found if row.code == plain(text)] or found
    if not named:
        raise Refusal("customer_unknown", customer=text)
    if len(named) > 1:
        some = _(", ").join(f"{row.code} {row.name}" for row in named[:_FEW])
        raise Refusal("contract_customer_several", text=text, some=some)
    return named[0]
