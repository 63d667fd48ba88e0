"""What money would change at a customer's credit, said beside it before it is applied: exposure, limit, orders."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from huikuan.judge.credit.domain.exposure import Exposure
from huikuan.judge.credit.queries.exposure import converter
from huikuan.judge.credit.queries.pictures import NodePicture, pictures
from huikuan.judge.credit.queries.standings import WaitingRow, waiting_page
from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.identity.domain.roles import Permission
from huikuan.mechanisms.pages.access import companies_offered, may, needs, scope_of
from huikuan.mechanisms.pages.figures import used_of
from huikuan.mechanisms.pages.reading import currency_named, reading_of

_LONGEST_NUMBER = 18


@dataclass(frozen=True, slots=True)
class Effect:
    """Exposure before and after in minor units of the limit's currency, used of the limit ('–' without one)."""

    currency: str
    before: int
    after: int
    limit: int
    used_before: str
    used_after: str


@dataclass(frozen=True, slots=True)
class OrderAfter:
    """An order that waits; `fits`: with what would be free then it fits into the customer's limit."""

    row: WaitingRow
    fits: bool


@needs(Permission.VIEW_LEDGER)
@require_GET
def show_paid(request: HttpRequest, customer_id: int) -> HttpResponse:
    """For so much paid (`paid`, minor units of `currency`) to a company: exposure before and after, the limit, and the
    orders of the customer that wait."""
    reading, query = reading_of(request), request.GET
    company = next((one for one in companies_offered(request) if str(one.pk) == query.get("of", "")), None)
    paid, currency = query.get("paid", ""), currency_named(query.get("in", ""))
    if company is None or not currency or not (paid.isascii() and paid.isdigit() and len(paid) <= _LONGEST_NUMBER):
        raise Http404
    scope, today = scope_of(request), reading.today
    found = pictures(customer_id, [company], scope=scope, today=today, as_of=today)
    page: dict[str, Any] = {"customer_id": customer_id, "effect": None, "orders": []}
    if found and found[0].own.exposure is not None:
        own, exposure = found[0].own, found[0].own.exposure
        try:
            page["effect"] = effect = _effect(own, exposure, converter(own.limit.currency, today)(int(paid), currency))
        except Refusal:
            effect = None  # a currency without a rate: nothing is said rather than something wrong
        if effect and may(request, Permission.VIEW_ORDERS):
            page["orders"] = _orders(request, company.pk, customer_id, own, effect)
    return render(request, "credit/parts/paid.html", page)


def _effect(own: NodePicture, exposure: Exposure, paid: int) -> Effect:
    limit, before = own.limit.amount, exposure.total
    after = max(before - paid, 0)
    return Effect(own.limit.currency, before, after, limit, used_of(before, limit), used_of(after, limit))


def _orders(
    request: HttpRequest, company_id: int, customer_id: int, own: NodePicture, effect: Effect
) -> list[OrderAfter]:
    rows = waiting_page(scope=scope_of(request, Permission.VIEW_ORDERS), company_id=company_id)
    ours = [row for row in rows if row.customer_id == customer_id or row.customer_id in own.node.members]
    free = effect.limit - effect.after
    return [OrderAfter(row, row.currency == effect.currency and row.amount <= free) for row in ours]
