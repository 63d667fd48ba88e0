"""Ways out of a decision as the reader may take them: each a sentence, with the page on which it is done."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from huikuan.judge.credit.domain.deciding import HOLD, OBSERVE, WAITING
from huikuan.judge.credit.domain.limits import TEMPORARY
from huikuan.judge.credit.queries.standings import DecisionRow
from huikuan.judge.credit.telling.decisions import told_way
from huikuan.judge.credit.web.groups import may_ask
from huikuan.kernel.money import to_text
from huikuan.mechanisms.identity.domain.roles import Permission
from huikuan.mechanisms.identity.models import Company
from huikuan.mechanisms.pages.access import scope_of
from huikuan.mechanisms.pages.reading import address, reading_of
from huikuan.record.contracts.queries.orders import OrderRow
from huikuan.record.customers.queries import seen

_ASKING = ("temporary_limit", "limit_change", "assess")


@dataclass(frozen=True, slots=True)
class Way:
    """`url`: where it is done, '' where the reader does it nowhere here."""

    way: str
    text: str
    url: str


def ways(request: HttpRequest, order: OrderRow, decision: DecisionRow) -> tuple[Way, ...]:
    """What would let the order go on, in the order it was decided; nothing of one that somebody let go on."""
    if decision.state not in WAITING and decision.mode != OBSERVE:
        return ()
    company = Company.objects.get(pk=order.company_id)
    own = next((node["currency"] for node in decision.content.get("nodes", ())), company.currency)
    return tuple(
        Way(one["way"], told_way(one, decision.content, own), _place(request, order, decision, company, one))
        for one in decision.content.get("ways_out", ())
    )


def _place(
    request: HttpRequest, order: OrderRow, decision: DecisionRow, company: Company, way: Mapping[str, Any]
) -> str:
    """Where it is done; '' of a past day, or where the reader may not."""
    reading = reading_of(request)
    if reading.is_past:
        return ""
    if way["way"] in _ASKING:
        return _asking(request, order, decision, company, way)
    permission, path, more = _elsewhere(order).get(way["way"], (None, "", {}))
    if permission is None or not seen(scope_of(request, permission)).has(order.company_id, order.customer_id):
        return ""
    return address(path, reading, **more) + ("#release-title" if permission == Permission.RELEASE_ORDER else "")


def _elsewhere(order: OrderRow) -> Mapping[str, tuple[Permission, str, Mapping[str, str]]]:
    """Way → what it takes, path, what the path is asked."""
    release = reverse("credit:order", args=[order.id])
    change = reverse("contracts:change_order", args=[order.id])
    rating = reverse("dossiers:customer", args=[order.customer_id])
    overdue = {"customer": order.customer_code, "slot": "overdue"}
    return {
        "release_by_sales_manager": (Permission.RELEASE_ORDER, release, {}),
        "release_by_authority": (Permission.RELEASE_ORDER, release, {}),
        "collect_overdue": (Permission.VIEW_LEDGER, reverse("receivables:items"), overdue),
        "name_contract": (Permission.MANAGE_ORDERS, change, {}),
        "release_freeze": (Permission.COLLECT, reverse("promises:freezes"), {"customer": order.customer_code}),
        "review_grade": (Permission.ASSESS_CUSTOMERS, rating, {"tab": "rating"}),
    }


def _asking(
    request: HttpRequest, order: OrderRow, decision: DecisionRow, company: Company, way: Mapping[str, Any]
) -> str:
    """The form for a limit: of the customer, or of the group where its limit alone holds the order. What a group
    lacks is filled in nowhere: the same decision is read by whoever sees one customer of it."""
    reading, wish = reading_of(request), {"of": company.code}
    if way["way"] == "temporary_limit":
        wish["kind"] = TEMPORARY
    held = {one["group"] for one in decision.content["reasons"] if one["decision"] == HOLD}
    group = next(iter(held)) if len(held) == 1 else ""
    if group:
        allowed = may_ask(request, company, group)
        return f"{address(reverse('credit:group'), reading, group=group, **wish)}#ask" if allowed else ""
    if not seen(scope_of(request, Permission.PROPOSE_LIMIT)).has(order.company_id, order.customer_id):
        return ""
    own = decision.content["nodes"][0]["currency"]
    if way["amount"] and "kind" in wish:
        wish |= {"amount": to_text(int(way["amount"]), own), "in": own}
    return f"{address(reverse('credit:customer', args=[order.customer_id]), reading, **wish)}#ask"
