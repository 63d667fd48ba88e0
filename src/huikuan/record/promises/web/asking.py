"""What forms about a customer's claims have in common: whose they are, which, how much of each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import partial

from django.http import Http404, HttpRequest

from huikuan.kernel.amounts import typed_positive_minor
from huikuan.kernel.dates import parse_date
from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.identity.models import Company
from huikuan.mechanisms.pages.access import companies_offered, company_preset, scope_of
from huikuan.mechanisms.pages.forms import Form, file_sent
from huikuan.mechanisms.pages.reading import reading_of
from huikuan.record.customers.queries import CustomerRow, customer_named, seen
from huikuan.record.promises.operations.asking import WRITES, Paper
from huikuan.record.promises.queries.claims import Owed, owed_by


@dataclass(frozen=True, slots=True)
class Asking:
    """Company, customer (None: not named yet) and what it owes."""

    company: Company | None
    whose: CustomerRow | None
    claims: list[Owed]

    @property
    def fields(self) -> list[tuple[Owed, str]]:
        """The claims, each with the name of its field."""
        return [(one, f"claim-{one.item_id}") for one in self.claims]


def asked_in(request: HttpRequest, form: Form) -> Asking:
    """Whose claims a form is about; a customer out of reach is told beside its field, a company that is not offered
    is not there."""
    code = form.text("company")
    company = next((one for one in companies_offered(request) if one.code == code), None)
    if code and company is None:
        raise Http404
    whose = form.read("customer", lambda text: _reached(request, company, text))
    claims = owed_by(company.pk, whose.id) if company and whose else []
    return Asking(company, whose, claims)


def _reached(request: HttpRequest, company: Company | None, text: str) -> CustomerRow:
    """The customer, if the writer reaches it in this company; to reach it in another one is not enough."""
    scope = scope_of(request, WRITES)
    whose = customer_named(text, scope=scope)
    if company is not None and not seen(scope).has(company.pk, whose.id):
        raise Refusal("customer_unknown", customer=text)
    return whose


def require_whose(form: Form, asking: Asking) -> None:
    """Blame what is missing to know whose claims are meant."""
    if asking.company is None:
        form.blame("company", Refusal("company_unknown", company=""))
    if asking.whose is None and "customer" not in form.problems:
        form.blame("customer", Refusal("customer_missing"))


def amounts_in(form: Form, asking: Asking) -> list[tuple[int, int]]:
    """Item and amount of each claim something was typed beside."""
    found = []
    for one, name in asking.fields:
        amount = form.read(name, partial(amount_in, currency=one.currency))
        if amount is not None:
            found.append((one.item_id, amount))
    return found


def currency_in(form: Form, asking: Asking) -> str:
    """The currency of what was chosen: of the first claim something was typed beside; where nothing was, of the
    first."""
    chosen = [one.currency for one, name in asking.fields if form.text(name)]
    return next(iter([*chosen, *(one.currency for one in asking.claims)]), "CNY")


def amount_in(text: str, currency: str) -> int:
    """An amount as it was typed, above 0."""
    return typed_positive_minor(text, currency)


def day_in(form: Form, name: str) -> date | None:
    """A day that has to be there."""
    found = form.read(name, parse_date)
    if found is None and name not in form.problems:
        form.blame(name, Refusal("date_missing"))
    return found


def paper_in(request: HttpRequest) -> Paper | None:
    """The document sent along, if any."""
    if "file" not in request.FILES:
        return None
    name, content = file_sent(request)
    return Paper(content, name)


def prefilled(request: HttpRequest, **more: str) -> dict[str, str]:
    """A form as it is opened: the company the page is about, the customer the address names."""
    company = company_preset(reading_of(request).company, companies_offered(request))
    return {"company": company.code if company else "", "customer": request.GET.get("customer", ""), **more}


def blame(form: Form, refusal: Refusal, beside: Mapping[str, str]) -> None:
    """Keep a refusal beside its field: a claim's beside the claim, others by `beside`."""
    item = refusal.params.get("item")
    field = f"claim-{item}" if item is not None else beside.get(refusal.code, "")
    form.blame(field, refusal)
