"""Aliases and habits (别名与习惯): whom matching takes a payer for and since when; taken back and registered here."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from hashlib import sha256
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from huikuan.kernel.dates import parse_date
from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.files.exports import Cell
from huikuan.mechanisms.identity.domain.roles import Permission
from huikuan.mechanisms.identity.models import Company
from huikuan.mechanisms.pages.access import companies_offered, company_preset, may, may_for, needs, scope_of
from huikuan.mechanisms.pages.forms import typed_in
from huikuan.mechanisms.pages.reading import address, path_of, reading_of
from huikuan.mechanisms.pages.tables import send_table
from huikuan.mechanisms.pages.telling import said
from huikuan.mechanisms.store.transactions import snapshot
from huikuan.record.cash.domain.known import NAME
from huikuan.record.cash.operations.learning import end_mandate, register_alias, register_mandate, revoke_alias
from huikuan.record.cash.queries.feedback import feedback
from huikuan.record.cash.queries.payers import AliasRow, aliases, mandates
from huikuan.record.cash.queries.rules import rules_in_force
from huikuan.record.cash.web.asked import companies_of
from huikuan.record.cash.web.permissions import READS, WRITES
from huikuan.record.cash.web.words import SIGNS, masked
from huikuan.record.customers.domain.seen import Seen
from huikuan.record.customers.queries import customer, seen

_DIGEST = 16


@needs(READS)
@require_GET
def show_payers(request: HttpRequest) -> HttpResponse:
    """What is known of payers, the mandates of third parties, and how suggestions fared by how sure they were."""
    reading, scope = reading_of(request), scope_of(request)
    text = request.GET.get("q", "").strip()
    known = [row for row in _known(request) if text in f"{row[1].value} {row[1].customer_name}"]
    offered = companies_offered(request)
    usual = company_preset(reading.company, offered)
    rules = rules_in_force(usual.pk, at=timezone.now()).rules if usual else None
    page = {
        "known": known,
        "count": len(known),
        "text": text,
        "mandates": [(one.pk, row) for one in _companies(request) for row in mandates(one.pk, scope=scope)],
        "fared": feedback(companies_of(request, reading)),
        "thresholds": (f"{rules.automatic * 100:g}", f"{rules.suggest * 100:g}") if rules else None,
        "company": usual,
        "offered": offered,
        "today": reading.today,
        "signs": [(name, _(title)) for name, title in SIGNS.items()],
        "writes": may(request, WRITES) and not reading.is_past,
    }
    return render(request, "cash/payers.html", page)


@needs(READS)
@require_GET
def export_payers(request: HttpRequest) -> HttpResponseBase:
    """Everything known of payers' names and accounts."""
    headers = [_("Customer code"), _("Customer"), _("What"), _("Payer"), _("Confirmed"), _("Denied"), _("Revoked")]
    day = f"{reading_of(request).today:%Y-%m-%d}"
    with snapshot():
        known, people = _known(request), seen(scope_of(request, Permission.VIEW_PERSONAL))
        name = f"{_('payers')}-{day}"
        return send_table(
            request.GET.get("format", ""), name, headers, _cells(known, people), title=day, count=len(known)
        )


@needs(WRITES)
@require_POST
def revoke(request: HttpRequest) -> HttpResponse:
    """The name or account counts no more as this customer's."""
    typed = typed_in(request)
    return _done(
        request,
        lambda company, by: revoke_alias(
            company_id=company.pk,
            customer_id=_customer(request, typed.get("customer", "")),
            sign=typed.get("sign", ""),
            value=_value(request, company, typed),
            note="",
            **by,
        ),
        _("It counts no more. What was applied stays as it is."),
    )


@needs(WRITES)
@require_POST
def register(request: HttpRequest) -> HttpResponse:
    """The name or account counts as this customer's from now on."""
    typed = typed_in(request)
    return _done(
        request,
        lambda company, by: register_alias(
            company_id=company.pk,
            customer_id=_customer(request, typed.get("customer", "")),
            sign=typed.get("sign", ""),
            value=typed.get("value", ""),
            note=typed.get("note", ""),
            **by,
        ),
        _("Recorded; matching knows it from its next run on."),
    )


@needs(WRITES)
@require_POST
def mandate(request: HttpRequest) -> HttpResponse:
    """Somebody else may pay for a customer, by a paper."""
    typed = typed_in(request)
    return _done(
        request,
        lambda company, by: register_mandate(
            company_id=company.pk,
            customer_id=_customer(request, typed.get("customer", "")),
            payer_name=typed.get("payer", ""),
            payer_account=typed.get("account", ""),
            document=typed.get("document", ""),
            valid_from=parse_date(typed.get("from", "")),
            valid_until=parse_date(typed["until"]) if typed.get("until") else None,
            **by,
        ),
        _("Recorded; matching knows it from its next run on."),
    )


@needs(WRITES)
@require_POST
def end(request: HttpRequest, mandate_id: int) -> HttpResponse:
    """The mandate holds no more."""
    return _done(
        request,
        lambda company, by: end_mandate(company_id=company.pk, mandate_id=mandate_id, **by),
        _("The mandate was ended."),
    )


def _companies(request: HttpRequest) -> list[Company]:
    chosen = companies_of(request, reading_of(request))
    return [one for one in companies_offered(request) if chosen is None or one.pk in chosen]


def _known(request: HttpRequest) -> list[tuple[int, AliasRow]]:
    scope = scope_of(request)
    return [(one.pk, row) for one in _companies(request) for row in aliases(one.pk, scope=scope)]


def _cells(known: list[tuple[int, AliasRow]], people: Seen) -> Iterator[list[Cell]]:
    """Accounts may be persons': masked for whoever may not see this customer's personal data."""
    for company, row in known:
        stands = row.standing
        revoked = _("yes") if stands.revoked else ""
        clear = row.sign == NAME or people.has(company, row.customer_id)
        shown = row.value if clear else masked(row.value)
        yield [row.customer_code, row.customer_name, _(SIGNS[row.sign]), shown,
               stands.confirmed, stands.denied, revoked]  # fmt: skip


def digest_of(value: str) -> str:
    """Names an alias on the page without saying it: an account's number is shown masked."""
    return sha256(value.encode()).hexdigest()[:_DIGEST]


def _value(request: HttpRequest, company: Company, typed: dict[str, str]) -> str:
    """The alias of a customer that a form names by its digest; '' where there is none."""
    named = (typed.get("customer", ""), typed.get("sign", ""), typed.get("alias", ""))
    found = aliases(company.pk, scope=scope_of(request))
    return next((row.value for row in found if (row.customer_code, row.sign, digest_of(row.value)) == named), "")


def _customer(request: HttpRequest, code: str) -> int:
    return customer(code.split(" ", maxsplit=1)[0], scope=scope_of(request, Permission.VIEW_LEDGER)).id


def _done(request: HttpRequest, work: Callable[[Company, dict[str, Any]], object], done: str) -> HttpResponse:
    """Do it for the company the form names and say what came of it on the page."""
    named = request.POST.get("company", "")
    company = next((one for one in companies_offered(request) if str(one.pk) == named), None)
    if company is None or reading_of(request).is_past or not may_for(request, WRITES, company.pk):
        raise Http404
    try:
        work(company, {"actor": request.user.get_username(), "at": timezone.now()})
    except Refusal as refusal:
        messages.error(request, said(refusal))
    else:
        messages.success(request, done)
    return HttpResponseRedirect(address(path_of("cash:payers"), reading_of(request)))
