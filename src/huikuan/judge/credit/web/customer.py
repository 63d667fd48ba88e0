"""One customer's exposure by component beside its limits, what was ever asked for, and asking for a limit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from huikuan.judge.credit.domain.exposure import ADDING, Exposure
from huikuan.judge.credit.domain.limits import STANDING, TEMPORARY, Wish
from huikuan.judge.credit.messages import COMPONENTS, LIMIT_KINDS, LIMIT_STATES, STEPS
from huikuan.judge.credit.operations.limits import request_limit
from huikuan.judge.credit.queries.limits import RequestRow, history
from huikuan.judge.credit.queries.pictures import NodePicture, Picture, pictures
from huikuan.judge.credit.telling import percent_text
from huikuan.judge.credit.web.limits import cells, headers
from huikuan.kernel.dates import parse_date
from huikuan.kernel.errors import Refusal
from huikuan.kernel.money import to_minor
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
    exposure."""

    picture: NodePicture
    title: str
    state: str
    percent: str
    rows: tuple[Row, ...]
    bar: tuple[Mark, ...]
    problem: str


@needs(Permission.VIEW_LEDGER, to_write=Permission.PROPOSE_LIMIT)
def show_customer(request: HttpRequest, customer_id: int) -> HttpResponse:
    """Exposure and limits as of the page's day, company by company; posting asks for a limit."""
    row = found_customer(request, customer_id)
    if row.merged_into_id is not None:
        return HttpResponseRedirect(
            address(reverse("credit:customer", args=[row.merged_into_id]), reading_of(request))
        )
    form = Form(typed_in(request) if request.method == "POST" else {"from": reading_of(request).today.isoformat()})
    if request.method == "POST" and _ask(request, row, form):
        return HttpResponseRedirect(address(reverse("credit:customer", args=[customer_id]), reading_of(request)))
    reading, scope = reading_of(request), scope_of(request, Permission.VIEW_LEDGER)
    shown = pictures_of(request, customer_id)
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
    }  # fmt: skip
    return render(request, "credit/customer.html", page, status=400 if form.problems else 200)


@needs(Permission.VIEW_LEDGER)
def export_history(request: HttpRequest, customer_id: int) -> HttpResponseBase:
    """Every limit ever asked for, as a table."""
    row, scope = found_customer(request, customer_id), scope_of(request)
    rows: list[RequestRow] = [
        one for company in _companies(request) for one in history(company.pk, customer_id, scope=scope)
    ]
    name = f"{_('limits')}-{row.code}"
    return send_table(request.GET.get("format", ""), name, headers(), [cells(one) for one in rows], title=_("Limits"))


def pictures_of(request: HttpRequest, customer_id: int) -> list[Picture]:
    """Of the page's company, or of all the reader sees, as of the page's day."""
    reading = reading_of(request)
    return pictures(
        customer_id,
        _companies(request),
        scope=scope_of(request, Permission.VIEW_LEDGER),
        today=reading.today,
        as_of=reading.as_of,
        known=reading.horizon,
    )


def blocks(picture: Picture, customer: CustomerRow, reading: Reading) -> list[Block]:
    """The customer and its groups, nearest first."""
    names = {one.code: one.name for one in groups()}
    return [
        _block(picture.own, customer.name, customer, reading),
        *(_block(node, names.get(node.node.group) or node.node.group, None, reading) for node in picture.groups),
    ]


def _block(node: NodePicture, title: str, customer: CustomerRow | None, reading: Reading) -> Block:
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


def _rows(exposure: Exposure, customer: CustomerRow | None, reading: Reading) -> tuple[Row, ...]:
    """The components that are not zero, each with the list of its rows where it has one."""
    rows = []
    for part in exposure.parts:
        if part.amount:
            shade = f"e{ADDING.index(part.component)}" if part.component in ADDING else ""
            url = _list_of(part.component, customer, reading) if customer else ""
            rows.append(Row(_(COMPONENTS[part.component]), part.amount, url, shade))
    return tuple(rows)


def _list_of(component: str, customer: CustomerRow, reading: Reading) -> str:
    if component in ("delivered_not_invoiced", "released_orders"):
        return address(reverse("contracts:orders"), reading, customer=customer.code)
    side = "debit" if component in ADDING else "credit"
    return address(reverse("receivables:items"), reading, customer=customer.code, side=side)


def _ask(request: HttpRequest, row: CustomerRow, form: Form) -> bool:
    """Whether the limit was asked for; what stands against it is in the form."""
    company = next((one for one in _companies(request) if one.code == form.text("company")), None)
    if company is None:
        raise Http404
    currency = form.text("currency") or company.currency
    for name in ("amount", "from", "reason"):
        if not form.text(name):
            form.blame(name, Refusal("limit_field_missing"))
    amount = form.read("amount", lambda text: to_minor(text.replace(",", ""), currency))
    since, until, term = form.read("from", parse_date), form.read("until", parse_date), form.read("term", _days)
    if form.problems or amount is None or since is None:
        return False
    wish = Wish(form.text("kind"), currency, amount, since, until, term)
    try:
        request_limit(
            company=company,
            customer_id=row.id,
            wish=wish,
            reason=form.text("reason"),
            actor=request.user.get_username(),
            at=timezone.now(),
        )
    except Refusal as refusal:
        form.blame(_OF.get(refusal.code, ""), refusal)
        return False
    return True


#: Which field a refusal stands beside.
_OF = {
    "limit_amount_bad": "amount",
    "limit_backwards": "from",
    "limit_ends_early": "until",
    "limit_temporary_endless": "until",
    "limit_currencies_differ": "currency",
    "limit_term_bad": "term",
}


def _days(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= 4):
        raise Refusal("limit_days_unreadable", value=text)
    return int(text)


def found_customer(request: HttpRequest, customer_id: int) -> CustomerRow:
    """The customer; one of whom the reader sees no company's rows is not there."""
    scope = scope_of(request, Permission.VIEW_LEDGER)
    try:
        return customer_with_id(customer_id, scope=scope)
    except Refusal as refusal:
        raise Http404 from refusal


def _companies(request: HttpRequest) -> list[Company]:
    company = reading_of(request).company
    return [company] if company else companies_offered(request)
