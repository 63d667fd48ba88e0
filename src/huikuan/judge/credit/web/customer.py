"""One customer's exposure by component beside its limits, what was ever asked for, and asking for a limit."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from huikuan.judge.credit.domain.exposure import ADDING, COVER, Exposure
from huikuan.judge.credit.domain.limits import STANDING, TEMPORARY
from huikuan.judge.credit.messages import COMPONENTS, LIMIT_KINDS, LIMIT_STATES, STEPS
from huikuan.judge.credit.queries.limits import RequestRow, history
from huikuan.judge.credit.queries.pictures import NodePicture, Picture, pictures
from huikuan.judge.credit.telling.decisions import percent_text
from huikuan.judge.credit.web.asking import again, ask, filled_in
from huikuan.judge.credit.web.limits import cells, headers
from huikuan.judge.credit.web.proposals import chosen, customer_proposals
from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.identity.domain.roles import Permission
from huikuan.mechanisms.identity.models import Company
from huikuan.mechanisms.pages.access import companies_offered, needs, scope_of
from huikuan.mechanisms.pages.bars import Mark, Part, flat
from huikuan.mechanisms.pages.forms import Form, typed_in
from huikuan.mechanisms.pages.reading import Reading, address, reading_of
from huikuan.mechanisms.pages.tables import send_table
from huikuan.mechanisms.pages.telling import said
from huikuan.record.customers.queries import CustomerRow, customer_with_id, groups, seen


@dataclass(frozen=True, slots=True)
class Row:
    """One component: its name, its amount, where its rows are ('' where it has no list), and its shade in the bar."""

    title: str
    amount: int
    url: str
    shade: str


@dataclass(frozen=True, slots=True)
class Block:
    """A node as the page shows it. `percent`: used of the limit, '' where there is none; `problem`: why there is no
    exposure; `url`: the group's own page, '' of a customer."""

    picture: NodePicture
    title: str
    state: str
    percent: str
    rows: tuple[Row, ...]
    bar: tuple[Mark, ...]
    problem: str
    url: str = ""


@needs(Permission.VIEW_LEDGER, to_write=Permission.PROPOSE_LIMIT)
def show_customer(request: HttpRequest, customer_id: int) -> HttpResponse:
    """Exposure and limits as of the page's day, company by company; posting asks for a limit."""
    row = found_customer(request, customer_id)
    if row.merged_into_id is not None:
        return HttpResponseRedirect(
            address(reverse("credit:customer", args=[row.merged_into_id]), reading_of(request))
        )
    form = Form(typed_in(request) if request.method == "POST" else _empty(request))
    if request.method == "POST" and ask(request, form, companies_of(request), customer_id=row.id):
        return HttpResponseRedirect(address(reverse("credit:customer", args=[customer_id]), reading_of(request)))
    reading, scope = reading_of(request), scope_of(request, Permission.VIEW_LEDGER)
    shown = pictures_of(request, customer_id)
    offered, problem = customer_proposals(request, row, [one.company for one in shown])
    by_policy = chosen(request, offered)
    if by_policy and request.method != "POST":
        form = Form(filled_in(by_policy.proposal, by_policy.company, request.GET.get("sales", "")))
    asks = seen(scope_of(request, Permission.PROPOSE_LIMIT))
    page: dict[str, Any] = {
        "customer": row,
        "companies": [(one.company, blocks(one, row, reading)) for one in shown],
        "history": [
            (one, _(LIMIT_KINDS[one.wish.kind]), _(STEPS[one.step]))
            for picture in shown
            for one in history(picture.company.pk, customer_id, scope=scope)
        ],
        "ask_for": [
            (one.company.code, one.company.name) for one in shown if asks.has(one.company.pk, customer_id)
        ] if not reading.is_past else [],
        "kinds": [(kind, _(LIMIT_KINDS[kind])) for kind in (STANDING, TEMPORARY)],
        "me": request.user.get_username(),
        "form": form,
        "proposals": offered,
        "carried": list(reading.carried().items()),
        "sales": request.GET.get("sales", ""),
        "sales_problem": problem,
    }  # fmt: skip
    return render(request, "credit/customer.html", page, status=400 if form.problems else 200)


def _empty(request: HttpRequest) -> dict[str, str]:
    """The form before anything is typed."""
    return again(request) or {"from": reading_of(request).today.isoformat()}


@needs(Permission.VIEW_LEDGER)
def export_history(request: HttpRequest, customer_id: int) -> HttpResponseBase:
    """Every limit ever asked for, as a table."""
    row, scope = found_customer(request, customer_id), scope_of(request)
    rows: list[RequestRow] = [
        one for company in companies_of(request) for one in history(company.pk, customer_id, scope=scope)
    ]
    name = f"{_('limits')}-{row.code}"
    return send_table(request.GET.get("format", ""), name, headers(), [cells(one) for one in rows], title=_("Limits"))


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


def blocks(picture: Picture, customer: CustomerRow, reading: Reading) -> list[Block]:
    """The customer and its groups, nearest first."""
    names = {one.code: one.name for one in groups()}
    return [
        block_of(picture.own, customer.name, customer, reading),
        *(
            replace(
                block_of(node, names.get(node.node.group) or node.node.group),
                url=address(reverse("credit:group"), reading, group=node.node.group),
            )
            for node in picture.groups
        ),
    ]


def block_of(
    node: NodePicture, title: str, customer: CustomerRow | None = None, reading: Reading | None = None
) -> Block:
    """A node under its title; of a customer its components lead to their rows."""
    rows = _rows(node.exposure, customer, reading) if node.exposure else ()
    whole = max(node.limit.amount, sum(row.amount for row in rows if row.amount > 0))
    parts = [Part(row.amount, row.shade, row.title, row.url) for row in rows if row.amount > 0]
    return Block(
        picture=node,
        title=title,
        state=_(LIMIT_STATES[node.limit.state]),
        percent=percent_text(node.exposure.total, node.limit.amount) if node.exposure and node.limit.amount else "",
        rows=rows,
        bar=tuple(flat(parts, whole)),
        problem=said(node.missing) if node.missing else "",
    )


def _rows(exposure: Exposure, customer: CustomerRow | None, reading: Reading | None) -> tuple[Row, ...]:
    """The components that are not zero, each with the list of its rows where it has one."""
    rows = []
    for part in exposure.parts:
        if part.amount:
            shade = f"e{ADDING.index(part.component)}" if part.component in ADDING else ""
            url = _list_of(part.component, customer, reading) if customer and reading else ""
            rows.append(Row(_(COMPONENTS[part.component]), part.amount, url, shade))
    return tuple(rows)


def _list_of(component: str, customer: CustomerRow, reading: Reading) -> str:
    if component in ("delivered_not_invoiced", "released_orders"):
        return address(reverse("contracts:orders"), reading, customer=customer.code)
    if component == COVER:
        return address(reverse("cover:pieces"), reading, customer=customer.code, state="counts")
    side = "debit" if component in ADDING else "credit"
    return address(reverse("receivables:items"), reading, customer=customer.code, side=side)


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
