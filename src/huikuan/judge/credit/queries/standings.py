"""What became of orders: which wait, now or as of a day, and what was decided about one."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import QuerySet

from huikuan.judge.credit.domain.deciding import HELD, HOLD, OBSERVE, ORDER, PAUSED, RELEASED, WAITING, WARN
from huikuan.judge.credit.models import OrderDecision, OrderStanding
from huikuan.kernel.dates import business_date
from huikuan.mechanisms.identity.domain.scope import Scope
from huikuan.mechanisms.identity.queries import company_zone
from huikuan.mechanisms.store.pipeline import ask
from huikuan.mechanisms.store.wire import as_date, int8
from huikuan.record.contracts.queries.commitments import Committed, numbers_of
from huikuan.record.customers.queries import customers_by_id, narrowed, seen

#: Orders asked for in one statement; a database takes only so many parameters.
_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class DecisionRow:
    """One decision about an order, with its reasons as they were kept."""

    id: int
    order_id: int
    document: str
    decision: str
    state: str
    mode: str
    currency: str
    amount: int
    content: Mapping[str, Any]
    policy_version_id: int | None
    reason: str
    until_on: date | None
    actor: str
    at: datetime


def waiting_as_of(orders: Collection[Committed], *, company_id: int, day: date, known: int) -> frozenset[int]:
    """Those of the orders that waited on `day`, as known below a horizon: by the last decision of that day or before;
    of what was entered later, by what was decided as it was."""
    said_at, found = {one.order_id: one.said_at for one in orders}, set[int]()
    ids, zone = sorted(said_at), company_zone(company_id) if said_at else ""
    for start in range(0, len(ids), _AT_ONCE):
        facts = OrderDecision.objects.filter(order_id__in=ids[start : start + _AT_ONCE], document=ORDER, tx__lt=known)
        last = {
            one.order_id: one.state
            for one in facts.order_by("id").only("order_id", "state", "recorded_at")
            if business_date(one.recorded_at, zone) <= day or one.recorded_at <= said_at[one.order_id]
        }
        found |= {order_id for order_id, state in last.items() if state in WAITING}
    return frozenset(found)


@dataclass(frozen=True, slots=True)
class StandingRow:
    """What the last decision made of an order."""

    state: str
    currency: str
    amount: int
    until_on: date | None

    def ended(self, today: date) -> bool:
        """Whether it was released, and that has ended."""
        return self.state == RELEASED and self.until_on is not None and self.until_on < today


def asking_standing(order_id: int) -> Callable[[], StandingRow | None]:
    """Asks how an order stands, None: nothing was decided about it yet. Call for the answer, which stays as it is
    while the nodes of its customer are held."""
    asked = ask(
        "SELECT state, currency, amount, until_on FROM credit_orderstanding WHERE order_id = %s", [int8(order_id)]
    )

    def answer() -> StandingRow | None:
        rows = [StandingRow(state, currency, amount, as_date(day)) for state, currency, amount, day in asked()]
        return next(iter(rows), None)

    return answer


def waiting_orders(company_id: int, customer_ids: Collection[int] | None) -> list[int]:
    """Ids of the orders of these customers (None: of any) that wait, the one entered first first."""
    rows = OrderStanding.objects.filter(company_id=company_id, state__in=WAITING)
    if customer_ids is not None:
        rows = rows.filter(customer_id__in=customer_ids)
    return list(rows.order_by("order_id").values_list("order_id", flat=True))


def decisions(order_id: int, *, scope: Scope) -> list[DecisionRow]:
    """Everything decided about an order, the newest first; nothing out of scope."""
    rows = narrowed(OrderDecision.objects.filter(order_id=order_id), seen(scope))
    return [
        DecisionRow(
            row.id, row.order_id, row.document, row.decision, row.state, row.mode, row.currency, row.amount,
            json.loads(row.content), row.policy_version_id, row.reason, row.until_on, row.actor, row.recorded_at,
        )
        for row in rows.order_by("-id")
    ]  # fmt: skip


@dataclass(frozen=True, slots=True)
class WaitingRow:
    """An order that waits for a release, or would. `since`: when that was decided."""

    order_id: int
    number: str
    company_id: int
    customer_id: int
    customer_code: str
    customer_name: str
    state: str
    currency: str
    amount: int
    since: datetime
    content: Mapping[str, Any]


def waiting_page(*, scope: Scope, company_id: int | None = None, after: int = 0, limit: int = 200) -> list[WaitingRow]:
    """Orders of the scope, and of one company where one is named, that wait: the one entered first first, those with
    an id above `after`."""
    rows = narrowed(OrderStanding.objects.filter(state__in=WAITING, order_id__gt=after), seen(scope))
    found = _of_company(rows, company_id).order_by("order_id")[:limit]
    facts = OrderDecision.objects.in_bulk([row.decision_id for row in found])
    return _waiting([(facts[row.decision_id], row.state) for row in found])


def observed_page(
    *, scope: Scope, company_id: int | None = None, after: int = 0, limit: int = 200
) -> list[WaitingRow]:
    """Orders that would wait if the checks were enforced: those that went on because they only observed, by the last
    decision about each; `state`: what would have become of it."""
    last = OrderStanding.objects.filter(state=RELEASED, order_id__gt=after).values("decision_id")
    rows = OrderDecision.objects.filter(pk__in=last, mode=OBSERVE, decision__in=(WARN, HOLD))
    found = _of_company(narrowed(rows, seen(scope)), company_id).order_by("order_id")[:limit]
    return _waiting([(fact, PAUSED if fact.decision == WARN else HELD) for fact in found])


def _of_company(rows: QuerySet[Any], company_id: int | None) -> QuerySet[Any]:
    return rows if company_id is None else rows.filter(company_id=company_id)


def _waiting(found: Sequence[tuple[OrderDecision, str]]) -> list[WaitingRow]:
    numbers = numbers_of([fact.order_id for fact, _ in found])
    named = customers_by_id({fact.customer_id for fact, _ in found})
    return [
        WaitingRow(
            fact.order_id, numbers[fact.order_id], fact.company_id, fact.customer_id, named[fact.customer_id].code,
            named[fact.customer_id].name, state, fact.currency, fact.amount, fact.recorded_at,
            json.loads(fact.content),
        )
        for fact, state in found
    ]  # fmt: skip
