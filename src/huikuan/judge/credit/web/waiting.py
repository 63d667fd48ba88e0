"""Orders that wait for a release, and what was decided about one order: reasons, ways out, and the release."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from huikuan.judge.credit.domain.deciding import ORDER, RELEASED, WAITING
from huikuan.judge.credit.messages import DECISIONS, STATES
from huikuan.judge.credit.operations.orders import release_order
from huikuan.judge.credit.queries.standings import DecisionRow, WaitingRow, decisions, observed_page, waiting_page
from huikuan.judge.credit.telling.decisions import told_reasons
from huikuan.judge.credit.web.dry_run import observing
from huikuan.judge.credit.web.ways import ways
from huikuan.kernel.dates import parse_date
from huikuan.kernel.errors import Refusal
from huikuan.kernel.money import to_text
from huikuan.mechanisms.files.exports import Cell
from huikuan.mechanisms.identity.domain.roles import Permission
from huikuan.mechanisms.identity.models import Company
from huikuan.mechanisms.pages.access import needs, scope_of
from huikuan.mechanisms.pages.forms import Form, typed_in
from huikuan.mechanisms.pages.reading import Reading, address, reading_of
from huikuan.mechanisms.pages.tables import send_table
from huikuan.record.contracts.queries.orders import OrderRow, order
from huikuan.record.customers.queries import seen

ROWS = 50
_MOST_EXPORTED = 100_000
_LONGEST_NUMBER = 18
#: The list of what would wait if the checks were enforced.
OBSERVED = "observed"


@dataclass(frozen=True, slots=True)
class Told:
    """A decision with its sentences."""

    row: DecisionRow
    title: str
    state: str
    reasons: tuple[str, ...]


@needs(Permission.VIEW_ORDERS)
def show_waiting(request: HttpRequest) -> HttpResponse:
    """Orders that wait now, the one entered first first, 50 at a time, each with its strictest reason."""
    after = request.GET.get("after", "")
    place = int(after) if after.isascii() and after.isdigit() and len(after) <= _LONGEST_NUMBER else 0
    found = _found(request, place, ROWS + 1)
    currencies = dict(Company.objects.values_list("pk", "currency"))
    page = {
        "shown": _shown(request),
        "observing": observing(request),
        "rows": [(row, _(STATES[row.state]), strictest(row, currencies)) for row in found[:ROWS]],
        "next": found[ROWS - 1].order_id if len(found) > ROWS else "",
    }
    return render(request, "credit/waiting.html", page)


@needs(Permission.VIEW_ORDERS)
def export_waiting(request: HttpRequest) -> HttpResponseBase:
    """The same as a table."""
    headers = [
        _("Order"), _("Customer code"), _("Customer"), _("Currency"), _("Amount"), _("Status"), _("Waiting since"),
        _("Reason"),
    ]  # fmt: skip
    currencies = dict(Company.objects.values_list("pk", "currency"))
    rows = (_cells(row, currencies, reading_of(request)) for row in _found(request, 0, _MOST_EXPORTED))
    return send_table(request.GET.get("format", ""), _("orders-that-wait"), headers, rows, title=_("Orders that wait"))


@needs(Permission.VIEW_ORDERS, to_write=Permission.RELEASE_ORDER)
def show_order(request: HttpRequest, order_id: int) -> HttpResponse:
    """What was decided about the order; posting releases it."""
    row = _order(request, order_id)
    form = Form(typed_in(request) if request.method == "POST" else {})
    if request.method == "POST" and _release(request, row, form):
        return HttpResponseRedirect(address(reverse("credit:order", args=[order_id]), reading_of(request)))
    told = told_of(request, row)
    now = next((one for one in told if one.row.document == ORDER), None)
    releases = seen(scope_of(request, Permission.RELEASE_ORDER)).has(row.company_id, row.customer_id)
    page: dict[str, Any] = {
        "order": row,
        "decisions": told,
        "now": now,
        "ways": ways(request, row, now.row) if now else (),
        "releases": now is not None and _asks(now.row, reading_of(request)) and releases,
        "form": form,
    }
    return render(request, "credit/order.html", page, status=400 if form.problems else 200)


def _asks(row: DecisionRow, reading: Reading) -> bool:
    """Whether the order waits for a release today, also because the one it had has ended."""
    ended = row.state == RELEASED and row.until_on is not None and row.until_on < reading.today
    return not reading.is_past and (row.state in WAITING or ended)


def _release(request: HttpRequest, row: OrderRow, form: Form) -> bool:
    """Whether it was released; what stands against it is in the form."""
    until = form.read("until", parse_date)
    if form.problems:
        return False
    actor, at = request.user.get_username(), timezone.now()
    try:
        release_order(order_id=row.id, reason=form.text("reason"), until_on=until, actor=actor, at=at)
    except Refusal as refusal:
        form.blame("reason" if refusal.code == "limit_reason_missing" else "", refusal)
        return False
    return True


def told_of(request: HttpRequest, row: OrderRow) -> list[Told]:
    """Everything decided about the order, the newest first."""
    company = Company.objects.get(pk=row.company_id)
    scope = scope_of(request, Permission.VIEW_ORDERS)
    return [_sentences(one, company.currency) for one in decisions(row.id, scope=scope)]


def _sentences(row: DecisionRow, company_currency: str) -> Told:
    content = row.content
    return Told(
        row,
        _(DECISIONS[row.decision]),
        _(STATES[row.state]),
        tuple(told_reasons(content, company_currency)),
    )


def strictest(row: WaitingRow, currencies: Mapping[int, str]) -> str:
    """What stopped the order, the strictest of it; `currencies`: of each company."""
    return next(iter(told_reasons(row.content, currencies[row.company_id])), "")


def _cells(row: WaitingRow, currencies: Mapping[int, str], reading: Reading) -> list[Cell]:
    return [
        row.number, row.customer_code, row.customer_name, row.currency, Decimal(to_text(row.amount, row.currency)),
        _(STATES[row.state]), reading.clock(row.since), strictest(row, currencies),
    ]  # fmt: skip


def _found(request: HttpRequest, after: int, limit: int) -> list[WaitingRow]:
    """Those that wait, or that would if the checks were enforced."""
    page = observed_page if _shown(request) == OBSERVED else waiting_page
    return page(scope=scope_of(request), company_id=reading_of(request).company_id, after=after, limit=limit)


def _shown(request: HttpRequest) -> str:
    return OBSERVED if request.GET.get("show") == OBSERVED else ""


def _order(request: HttpRequest, order_id: int) -> OrderRow:
    try:
        return order(order_id, scope=scope_of(request, Permission.VIEW_ORDERS))
    except Refusal as refusal:
        raise Http404 from refusal
