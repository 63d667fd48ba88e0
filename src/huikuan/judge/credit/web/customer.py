"""One customer's exposure beside its limits, what the policy gives, what was ever asked for, and asking for one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from huikuan.judge.credit.domain.limits import NONE, STANDING, TEMPORARY
from huikuan.judge.credit.messages import LIMIT_KINDS, STEPS
from huikuan.judge.credit.queries.limits import RequestRow, history
from huikuan.judge.credit.queries.pictures import Picture, pictures
from huikuan.judge.credit.web.asking import ask, began, filled_in
from huikuan.judge.credit.web.limits import headers, lines
from huikuan.judge.credit.web.nodes import blocks
from huikuan.judge.credit.web.proposals import Shown, chosen, customer_proposals
from huikuan.judge.rating.queries.ratings import rating_of
from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.identity.domain.roles import Permission
from huikuan.mechanisms.identity.domain.scope import Scope
from huikuan.mechanisms.identity.models import Company
from huikuan.mechanisms.pages.access import companies_offered, needs, scope_of
from huikuan.mechanisms.pages.forms import Form, typed_in
from huikuan.mechanisms.pages.reading import address, reading_of
from huikuan.mechanisms.pages.tables import send_table
from huikuan.record.customers.queries import CustomerRow, customer_with_id, seen


@needs(Permission.VIEW_LEDGER, to_write=Permission.PROPOSE_LIMIT)
def show_customer(request: HttpRequest, customer_id: int) -> HttpResponse:
    """Exposure and limits as of the page's day, company by company; posting asks for a limit."""
    row = found_customer(request, customer_id)
    if row.merged_into_id is not None:
        return HttpResponseRedirect(
            address(reverse("credit:customer", args=[row.merged_into_id]), reading_of(request))
        )
    form = Form(typed_in(request) if request.method == "POST" else began(request))
    if request.method == "POST" and ask(request, form, companies_of(request), customer_id=row.id):
        return HttpResponseRedirect(address(reverse("credit:customer", args=[customer_id]), reading_of(request)))
    reading, scope = reading_of(request), scope_of(request, Permission.VIEW_LEDGER)
    shown = pictures_of(request, customer_id)
    offered, problem = customer_proposals(request, row, [one.company for one in shown])
    by_policy = chosen(request, offered)
    own = customer_history(shown, customer_id, scope=scope)
    told, quiet = busy(shown, offered, {one.company_id for one, _, _ in own})
    if request.method != "POST" and by_policy:
        form = Form(filled_in(by_policy.proposal, by_policy.company, request.GET.get("sales", "")))
    asking = bool(form.problems or form.text("company"))
    if not asking and told:  # the first company that has something to do with the customer
        form = Form({**form.typed, "company": told[0].company.code})
    asks = seen(scope_of(request, Permission.PROPOSE_LIMIT))
    page: dict[str, Any] = {
        "customer": row,
        "rating": rating_of(
            customer_id, day=reading.as_of, scope=scope_of(request, Permission.VIEW_CUSTOMERS), known=reading.known
        ),
        "exposures": [(one.company, blocks(one, row, reading)) for one in told],
        "quiet": [one.company.name for one in quiet],
        "history": own,
        "ask_for": [
            (one.company.code, one.company.name) for one in shown if asks.has(one.company.pk, customer_id)
        ] if not reading.is_past else [],
        "kinds": [(kind, _(LIMIT_KINDS[kind])) for kind in (STANDING, TEMPORARY)],
        "me": request.user.get_username(),
        "form": form,
        "asking": asking,
        "offers": any(one.ask_url for one in offered),
        "proposals": [one for one in offered if one.company in [each.company for each in told]],
        "carried": list(reading.carried().items()),
        "sales": request.GET.get("sales", ""),
        "sales_problem": problem,
    }  # fmt: skip
    return render(request, "credit/customer.html", page, status=400 if form.problems else 200)


def busy(shown: Sequence[Picture], offered: Sequence[Shown], asked: set[int]) -> tuple[list[Picture], list[Picture]]:
    """(the companies that have something to do with the customer, the others): something is out, a limit holds or
    ended, was asked for, or the policy gives one. Where none has, all are told."""
    given = {one.company.pk for one in offered if one.proposal.amount}
    told = [
        one
        for one in shown
        if one.own.exposure is None
        or any(part.amount for part in one.own.exposure.parts)
        or one.own.limit.state != NONE
        or one.company.pk in given | asked
    ]
    return (told, [one for one in shown if one not in told]) if told else (list(shown), [])


def customer_history(shown: Sequence[Picture], customer_id: int, *, scope: Scope) -> list[tuple[RequestRow, str, str]]:
    """Every limit ever asked for in these companies, with its kind and what became of it in words."""
    return [
        (one, _(LIMIT_KINDS[one.wish.kind]), _(STEPS[one.step]))
        for picture in shown
        for one in history(picture.company.pk, customer_id, scope=scope)
    ]


@needs(Permission.VIEW_LEDGER)
def export_history(request: HttpRequest, customer_id: int) -> HttpResponseBase:
    """Every limit ever asked for, as a table."""
    row, scope = found_customer(request, customer_id), scope_of(request)
    rows: list[RequestRow] = [
        one for company in companies_of(request) for one in history(company.pk, customer_id, scope=scope)
    ]
    name = f"{_('limits')}-{row.code}"
    return send_table(
        request.GET.get("format", ""), name, headers(), lines(rows, reading_of(request)), title=_("Limits")
    )


def pictures_of(request: HttpRequest, customer_id: int) -> list[Picture]:
    """Of the page's company, or of all the reader sees, as of the page's day."""
    reading = reading_of(request)
    return pictures(
        customer_id,
        companies_of(request),
        scope=scope_of(request, Permission.VIEW_LEDGER),
        today=reading.today,
        as_of=reading.as_of,
        known=reading.horizon,
    )


def found_customer(request: HttpRequest, customer_id: int) -> CustomerRow:
    """The customer; one of whom the reader sees no company's rows is not there."""
    scope = scope_of(request, Permission.VIEW_LEDGER)
    try:
        return customer_with_id(customer_id, scope=scope)
    except Refusal as refusal:
        raise Http404 from refusal


def companies_of(request: HttpRequest) -> list[Company]:
    """The page's company, or all the reader sees."""
    company = reading_of(request).company
    return [company] if company else companies_offered(request)
