"""One customer's statement: to read, to take along as a draft, to issue."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, pgettext

from huikuan.kernel.errors import Refusal
from huikuan.kernel.money import to_text
from huikuan.mechanisms.audit.models import Head
from huikuan.mechanisms.audit.queries import last_head
from huikuan.mechanisms.identity.domain.roles import Permission
from huikuan.mechanisms.pages.access import needs
from huikuan.mechanisms.pages.bars import Mark, Part, flat
from huikuan.mechanisms.pages.downloads import download
from huikuan.mechanisms.pages.figures import bucket_name, grouped, shade
from huikuan.mechanisms.pages.reading import address
from huikuan.record.customers.models import Customer
from huikuan.record.customers.queries import seen
from huikuan.record.customers.queries.merging import shown_as
from huikuan.see.statements.domain.account import CATEGORIES
from huikuan.see.statements.domain.statement import Statement
from huikuan.see.statements.messages import SENTENCES
from huikuan.see.statements.operations.files import PDF, XLSX, file_name, pdf_of, workbook_of
from huikuan.see.statements.operations.issuing import fresh_head, issue_statement, latest_of
from huikuan.see.statements.operations.papers import LANGUAGES, django_language, movement_name, paper
from huikuan.see.statements.queries.issued import IssuedFilter, IssuedRow, issued, issued_statement
from huikuan.see.statements.queries.reach import customers, has_account
from huikuan.see.statements.queries.statements import currencies_of, statement
from huikuan.see.statements.web.asked import Asked, asked, companies_with, may_issue, usual_periods

#: What a statement should name and the books do not say; and where it is said.
LACKING = {
    "issuer_uscc": gettext_noop("Our unified social credit code is not in the letterhead (policy “letterhead”)."),
    "recipient_uscc": gettext_noop("The customer's unified social credit code is not recorded."),
    "reply": gettext_noop("The letterhead names no address to reply to (policy “letterhead”)."),
    "bank": gettext_noop("The letterhead names no bank account for this currency (policy “letterhead”)."),
}


@dataclass(frozen=True, slots=True)
class Figure:
    """One of the six figures; `url` opens what it is made of."""

    code: str
    name: str
    amount: int
    url: str


@dataclass(frozen=True, slots=True)
class AgePart:
    name: str
    amount: int
    shade: str
    url: str


@needs(Permission.VIEW_LEDGER, to_write=Permission.ISSUE_STATEMENTS)
def show_statement(request: HttpRequest, customer_id: int) -> HttpResponse:
    """The statement as a page; a POST issues it."""
    wanted = asked(request, customer_id)
    customer = _customer(customer_id, wanted)
    currency = _currency(request, wanted, customer)
    if request.method == "POST":
        return _issue(request, wanted, customer, currency)
    said = _said(wanted, customer, currency, wanted.reading.known)
    with translation.override(django_language(wanted.language)):
        words = paper(said, language=wanted.language, number="")
    part = request.GET.get("part", "")
    ages = _ages(said, wanted)
    draft = {"only": currency, "language": wanted.language}
    may = may_issue(request, wanted.company.pk, customer_id) and wanted.reading.known_at is None
    page = {
        "asked": wanted,
        "said": said,
        "list_url": wanted.link("statements:accounts"),
        "pdf_url": wanted.link("statements:statement-draft", customer_id, **draft, format="pdf"),
        "xlsx_url": wanted.link("statements:statement-draft", customer_id, **draft, format="xlsx"),
        "words": words,
        "dealing_with": [
            (one, wanted.link("statements:statement", customer.pk, company=one.code))
            for one in companies_with(request, customer.pk)
        ],
        "currencies": _currencies(wanted, customer),
        "figures": _figures(said, wanted),
        "ages": ages,
        "bar": _bar(ages, said.currency),
        "part": part if part in CATEGORIES else "",
        "movements": [(line, movement_name(line)) for line in said.account.movements if part in ("", line.category)],
        "lacking": [_(LACKING[name]) for name in said.lacking()],
        "periods": usual_periods(wanted.reading.today),
        "languages": LANGUAGES,
        "may_issue": may,
        "former": _former(said, wanted) if may else None,
        "issued": issued(IssuedFilter([wanted.company.pk], customer_id), scope=wanted.scope, limit=5),
    }
    return render(request, "statements/statement.html", page)


@needs(Permission.VIEW_LEDGER)
def send_draft(request: HttpRequest, customer_id: int) -> HttpResponseBase:
    """The statement as a file without a number, on the head the page was asked for; else a POST seals one for it,
    and what only reads rests on the last there is."""
    wanted = asked(request, customer_id)
    customer = _customer(customer_id, wanted)
    currency = _currency(request, wanted, customer)
    head = wanted.reading.known or (fresh_head(timezone.now) if request.method == "POST" else last_head())
    if head is None:
        raise Http404
    said, called = _said(wanted, customer, currency, head), f"draft-{wanted.language}"
    if request.GET.get("format") == "xlsx":
        return download(workbook_of(said, language=wanted.language), file_name(said, called, "xlsx"), XLSX)
    return download(pdf_of(said, language=wanted.language), file_name(said, called, "pdf"), PDF)


def _customer(customer_id: int, wanted: Asked) -> Customer:
    """The customer it is shown under; out of reach is as not there, and so is one the company never dealt with."""
    customer_id = shown_as(customer_id, wanted.reading.horizon, seen(wanted.scope))
    found = customers(wanted.scope).filter(pk=customer_id).first()
    if found is None or not has_account(company_id=wanted.company.pk, customer_id=customer_id, scope=wanted.scope):
        raise Http404
    return found


def _currency(request: HttpRequest, wanted: Asked, customer: Customer) -> str:
    """The currency asked for, else the first of the customer's accounts, the company's own before others."""
    named = request.GET.get("only", "")
    found = _currencies(wanted, customer)
    if named in found:
        return named
    own = wanted.company.currency
    return own if own in found or not found else found[0]


def _currencies(wanted: Asked, customer: Customer) -> list[str]:
    return currencies_of(
        company_id=wanted.company.pk,
        customer_id=customer.pk,
        period=wanted.period,
        scope=wanted.scope,
        known=wanted.reading.known,
    )


def _said(wanted: Asked, customer: Customer, currency: str, known: Head | None) -> Statement:
    return statement(
        company_id=wanted.company.pk,
        customer_id=customer.pk,
        currency=currency,
        period=wanted.period,
        scope=wanted.scope,
        known=known,
        at=timezone.now(),
    )


def _former(said: Statement, wanted: Asked) -> IssuedRow | None:
    """The statement of this account and period that another one would replace."""
    latest = latest_of(said)
    return issued_statement(latest.pk, scope=wanted.scope) if latest else None


def _issue(request: HttpRequest, wanted: Asked, customer: Customer, currency: str) -> HttpResponse:
    """A second one of the account and period only in place of the one its reader was shown and ticked."""
    language, replaces = request.POST.get("language", ""), request.POST.get("replaces", "")
    try:
        issue_statement(
            company_id=wanted.company.pk,
            customer_id=customer.pk,
            currency=currency,
            period=wanted.period,
            language=language if language in LANGUAGES else wanted.language,
            known=fresh_head(timezone.now),
            actor=request.user.get_username(),
            at=timezone.now(),
            replaces=int(replaces) if replaces.isascii() and replaces.isdigit() else None,
        )
    except Refusal as refusal:
        if refusal.code != "statement_issued_already":
            raise
        messages.error(request, _(SENTENCES[refusal.code]) % refusal.params)
        return HttpResponseRedirect(wanted.link("statements:statement", customer.pk, only=currency))
    return HttpResponseRedirect(wanted.link("statements:issued", q=customer.code))


def _figures(said: Statement, wanted: Asked) -> list[Figure]:
    code, currency, period = said.recipient.code, said.currency, wanted.period
    figures = said.account.figures
    names = {
        "invoiced": pgettext("over a period", "Invoiced"),
        "returned": _("Returned and credited"),
        "paid": _("Paid"),
        "other": _("Other"),
    }
    moved = [
        Figure(
            name,
            names[name],
            getattr(figures, name),
            wanted.link("statements:statement", said.recipient.customer_id, only=currency, part=name) + "#movements",
        )
        for name in CATEGORIES
    ]
    opening = Figure("opening", _("Opening balance"), figures.opening, wanted.items(code, currency, period.eve))
    closing = Figure("closing", _("Closing balance"), figures.closing, wanted.items(code, currency, period.until))
    return [opening, *moved, closing]


def _bar(ages: Iterable[AgePart], currency: str) -> list[Mark]:
    """The same as one bar; credits are no part of it."""
    told = [(part, grouped(to_text(part.amount, currency))) for part in ages if part.shade]
    return flat([Part(part.amount, part.shade, f"{part.name} {currency} {amount}", part.url) for part, amount in told])


def _ages(said: Statement, wanted: Asked) -> list[AgePart]:
    """Each part of what is open, and the items in it; credits last."""
    aged = said.account.aged

    def url(**slot: Any) -> str:
        about = {"company": wanted.company.code, "customer": said.recipient.code, "only": said.currency, "basis": ""}
        return address(reverse("receivables:items"), wanted.reading, **about, **slot)

    parts = [
        AgePart(bucket_name("not_due"), aged.not_due, "0", url(slot="not_due")),
        AgePart(bucket_name("awaiting"), aged.awaiting, "w", url(slot="awaiting")),
    ]
    for place, (low, high, amount) in enumerate(aged.buckets):
        edges: dict[str, Any] = {"from": low, "to": high}
        name = bucket_name("days", low, high)
        parts.append(AgePart(name, amount, shade("days", place, "due"), url(slot="days", **edges)))
    return [*parts, AgePart(_("Credits"), -aged.credits, "", url(side="credit"))]
