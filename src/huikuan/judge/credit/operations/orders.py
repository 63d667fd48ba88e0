"""Orders are checked as they are entered, inside the transaction that enters them: none is there unchecked.

What a decision rests on is read after its nodes are held, and what it lets pass counts as exposure from the same
moment, so of two that would not fit in together one is held.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from huikuan.judge.credit.domain.authority import require_another
from huikuan.judge.credit.domain.deciding import (
    APPROVE,
    CANCELLED,
    ENFORCE,
    HELD,
    HOLD,
    ORDER,
    RELEASED,
    WAITING,
    state_after,
)
from huikuan.judge.credit.models import OrderDecision, OrderStanding
from huikuan.judge.credit.operations.authority import require_reach
from huikuan.judge.credit.operations.limits import LONGEST_REASON
from huikuan.judge.credit.operations.locks import hold_nodes
from huikuan.judge.credit.queries.judging import Judged, judge_delivery, judge_order, rules_in_force
from huikuan.judge.credit.queries.standings import waiting_orders
from huikuan.judge.credit.telling import told_reason
from huikuan.kernel.dates import business_date
from huikuan.kernel.errors import Place, Refusal
from huikuan.kernel.text import tidy
from huikuan.mechanisms.audit.operations import record
from huikuan.mechanisms.events.operations import announce
from huikuan.mechanisms.events.subscribers import Announced
from huikuan.mechanisms.identity.actors import SYSTEM, person
from huikuan.mechanisms.identity.domain.roles import Permission
from huikuan.mechanisms.identity.models import Company
from huikuan.mechanisms.identity.queries import permissions, scope
from huikuan.mechanisms.policies.queries import lets_makers_approve
from huikuan.mechanisms.store.transactions import retrying
from huikuan.record.contracts.queries.commitments import Stated, entered_by, is_delivery, stated, was_void
from huikuan.record.customers.queries import seen

#: What may make room: money and credits that come in, orders that shrink, limits that are granted.
MAKING_ROOM = frozenset(
    {
        "receivables.posted",
        "receivables.settled",
        "receivables.reversed",
        "contracts.ordered",
        "credit.limit_granted",
    }
)


def follow_order(event: Announced) -> None:
    """Counter of `contracts.ordered` and `contracts.fulfilled`: inside the transaction of the order."""
    order = stated(int(event.payload["order_id"]))
    if event.kind == "contracts.ordered":
        _check(order, event.recorded_at)
    elif is_delivery(int(event.payload["fulfilment"])):
        _allow_delivery(order, event.recorded_at)


def release_order(*, order_id: int, reason: str, until_on: date | None = None, actor: str, at: datetime) -> int:
    """Let an order that waits go on, saying why; answers the decision's id. It counts as exposure from now on.

    A paused one takes the permission alone; a held one authority over all that would stand then. Refuses whoever
    entered the order (a small firm's rule may let them), and one that does not wait. `until_on`: what is not
    delivered by then asks anew.
    """
    reason = tidy(reason)[:LONGEST_REASON]
    if not reason:
        raise Refusal("limit_reason_missing")

    def work() -> int:
        order = stated(order_id)
        company = Company.objects.get(pk=order.company_id)
        small_firm = lets_makers_approve(company.pk, at=at)
        _require_right(order, actor, at, small_firm)
        nodes = hold_nodes(order.customer_id, business_date(at, company.time_zone))
        order, standing = stated(order_id), _standing(order_id)
        if standing is None or standing.state not in WAITING or order.void:
            raise Refusal("order_does_not_wait", number=order.number)
        if until_on is not None and until_on < business_date(at, company.time_zone):
            raise Refusal("limit_over_already", until=until_on)
        require_another(
            maker=person(entered_by(order_id)), checker=person(actor), small_firm=small_firm, comment=reason
        )
        judged = judge_order(company, order, nodes, at=at)
        if standing.state == HELD:
            _require_authority(company, judged, actor, at)
        return _record(order, RELEASED, judged, at, actor=actor, reason=reason, until_on=until_on)

    return retrying(work)


def check_order(*, order_id: int, actor: str, at: datetime) -> Judged:
    """Decide anew about an order that waits, or that came with an import and was never decided about; what is
    released goes on unasked and is only looked at. Refuses a void one."""

    def work() -> Judged:
        order = stated(order_id)
        if order.void:
            raise Refusal("order_void")
        company = Company.objects.get(pk=order.company_id)
        nodes = hold_nodes(order.customer_id, business_date(at, company.time_zone))
        order, standing = stated(order_id), _standing(order_id)
        judged = judge_order(company, order, nodes, at=at)
        if standing is None or standing.state in WAITING:
            _record(order, state_after(judged.decision.decision, judged.rules), judged, at, actor=actor)
        return judged

    return retrying(work)


def make_room(event: Announced, *, at: datetime) -> None:
    """After-commit subscriber: what waits goes on once it fits in, the order entered first first."""
    if event.company_id is None or event.customer_id is None:
        return
    company = Company.objects.get(pk=event.company_id)
    nodes = hold_nodes(event.customer_id, business_date(at, company.time_zone))
    everybody = frozenset().union(*(node.members for node in nodes))
    for order_id in waiting_orders(company.pk, everybody):
        order = stated(order_id)
        theirs = hold_nodes(order.customer_id, business_date(at, company.time_zone))
        judged = judge_order(company, order, theirs, at=at)
        if state_after(judged.decision.decision, judged.rules) == RELEASED:
            _record(order, RELEASED, judged, at)


def _check(order: Stated, at: datetime) -> None:
    """Decide about an order that was entered, changed, cancelled or reopened. One that is released and did not grow
    goes on unasked."""
    standing = _standing(order.order_id)
    if order.void:
        if standing is not None and standing.state != CANCELLED:
            _record(order, CANCELLED, None, at)
        return
    if standing is not None and standing.state == RELEASED and _fits_in(order, standing):
        if order.amount < standing.amount:
            _record(order, RELEASED, None, at, until_on=standing.until_on)
        return
    company = Company.objects.get(pk=order.company_id)
    nodes = hold_nodes(order.customer_id, business_date(at, company.time_zone))
    judged = judge_order(company, order, nodes, at=at)
    _record(order, state_after(judged.decision.decision, judged.rules), judged, at)


def _fits_in(order: Stated, standing: OrderStanding) -> bool:
    same = order.currency == standing.currency and order.amount <= standing.amount
    # An import that was undone may have made it void without a word.
    return same and not was_void(order.order_id, order.version)


def _allow_delivery(order: Stated, at: datetime) -> None:
    """Refuse a delivery of an order that waits, whose release ended, or that a rule stops; in observe mode none."""
    company = Company.objects.get(pk=order.company_id)
    _, rules = rules_in_force(company, at)
    if rules.mode != ENFORCE:
        return
    standing = _standing(order.order_id)
    if standing is not None and standing.state in WAITING:
        raise Refusal("order_waits", number=order.number)
    if (
        standing is not None
        and standing.until_on is not None
        and standing.until_on < business_date(at, company.time_zone)
    ):
        raise Refusal("order_release_ended", number=order.number, until=standing.until_on)
    judged = judge_delivery(company, order, at=at)
    if judged.decision.decision == HOLD:
        content = judged.content()
        places = [
            Place(column=one["rule"], reason=told_reason(one, content, company.currency)) for one in content["reasons"]
        ]
        raise Refusal(
            "delivery_blocked", where=places, number=order.number, why=" ".join(place.reason for place in places)
        )


def _standing(order_id: int) -> OrderStanding | None:
    return OrderStanding.objects.select_for_update().filter(pk=order_id).first()


def _require_right(order: Stated, actor: str, at: datetime, small_firm: bool) -> None:
    held = permissions(actor, company_id=order.company_id, at=at, apart=not small_firm)
    if Permission.RELEASE_ORDER not in held:
        raise Refusal("not_permitted", actor=actor, permission=Permission.RELEASE_ORDER.value)
    reach = scope(actor, Permission.RELEASE_ORDER, at=at)
    if reach.nothing and small_firm:
        reach = scope(actor, Permission.VIEW_ORDERS, at=at)
    if not seen(reach).has(order.company_id, order.customer_id):
        raise Refusal("order_unknown", order=order.order_id)


def _require_authority(company: Company, judged: Judged, actor: str, at: datetime) -> None:
    """Over all that would stand then with the customer, in the company's currency. What cannot be valued nobody has
    the authority for."""
    if not judged.nodes:
        raise Refusal("release_without_rate")
    own = judged.nodes[0]
    require_reach(company, own.after, own.limit.currency, actor=actor, at=at)


def _record(
    order: Stated,
    state: str,
    judged: Judged | None,
    at: datetime,
    *,
    actor: str = SYSTEM,
    reason: str = "",
    until_on: date | None = None,
) -> int:
    """The fact of a decision, the order's reading, and the event. `judged` None: nothing had to be asked."""
    decision = judged.decision.decision if judged else APPROVE
    fact: dict[str, Any] = {
        "order_id": order.order_id,
        "order_version": order.version,
        "company_id": order.company_id,
        "customer_id": order.customer_id,
        "document": ORDER,
        "decision": decision,
        "state": state,
        "mode": judged.rules.mode if judged else "",
        "currency": order.currency,
        "amount": order.amount,
        "content": _canonical(judged.content() if judged else {}),
        "policy_version_id": judged.policy.version_id if judged else None,
        "reason": reason,
        "until_on": until_on,
        "actor": actor,
    }
    number = record(OrderDecision, [fact], at=at)[0]
    reading = standing_of({**fact, "id": number})
    if not OrderStanding.objects.filter(pk=order.order_id).update(**reading):
        OrderStanding(order_id=order.order_id, **reading).save(force_insert=True)
    payload = {"order_id": order.order_id, "decision": decision, "state": state}
    announce(
        "credit.order_decided", at=at, company_id=order.company_id, customer_id=order.customer_id, payload=payload
    )
    return number


def standing_of(decision: Mapping[str, Any]) -> dict[str, Any]:
    """The columns of an order's reading after this decision."""
    names = ("company_id", "customer_id", "state", "currency", "amount", "until_on")
    return {**{name: decision[name] for name in names}, "decision_id": decision["id"]}


def _canonical(content: Mapping[str, Any]) -> str:
    return json.dumps(dict(content), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
