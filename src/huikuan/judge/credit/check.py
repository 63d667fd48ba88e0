"""The law of checked orders: each reading says what the last decision made of the order."""

from __future__ import annotations

from collections.abc import Iterator

from huikuan.judge.credit.domain.deciding import ORDER
from huikuan.judge.credit.models import OrderDecision, OrderStanding
from huikuan.judge.credit.operations.facts import standing_of

_AT_ONCE = 2_000


def unlike_their_decisions() -> Iterator[tuple[str, str, str]]:
    """(what, as its decisions say, as its row says) of every order where these differ."""
    after = 0
    while found := _orders_after(after):
        readings = OrderStanding.objects.in_bulk(found)
        last: dict[int, OrderDecision] = {}
        for fact in OrderDecision.objects.filter(order_id__in=found, document=ORDER).order_by("id"):
            last[fact.order_id] = fact
        for order_id in found:
            said = _columns(last.get(order_id))
            held = {name: getattr(readings.get(order_id), name, None) for name in said} or {"decision_id": "none"}
            if said != held:
                yield f"checked order {order_id}", str(said), str(held)
        after = found[-1]


def _orders_after(order_id: int) -> list[int]:
    """The next orders that were decided about, or say they were."""
    facts = OrderDecision.objects.filter(order_id__gt=order_id, document=ORDER)
    decided = facts.order_by("order_id").values_list("order_id", flat=True)
    read = OrderStanding.objects.filter(order_id__gt=order_id).order_by("order_id").values_list("order_id", flat=True)
    return sorted({*decided.distinct()[:_AT_ONCE], *read[:_AT_ONCE]})[:_AT_ONCE]


def _columns(fact: OrderDecision | None) -> dict[str, object]:
    if fact is None:
        return {}
    names = ("company_id", "customer_id", "state", "currency", "amount", "until_on")
    return {**standing_of({name: getattr(fact, name) for name in names}), "decision_id": fact.pk}
