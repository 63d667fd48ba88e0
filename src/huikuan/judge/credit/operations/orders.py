"""Orders are checked as they are entered, inside the transaction that enters them: none is there unchecked.

What a decision rests on is read after its nodes are held, and what it lets pass counts as exposure from the same
moment, so of two that would not fit in together one is held.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from functools import partial
from typing import Any

from huikuan.judge.credit.domain.authority import require_another
from huikuan.judge.credit.domain.deciding import (
    CANCELLED,
    HELD,
    HOLD,
    ORDER,
    RELEASED,
    WAITING,
    state_after,
)
from huikuan.judge.credit.models import OrderDecision
from huikuan.judge.credit.operations.authority import require_reach
from huikuan.judge.credit.operations.deliveries import check_delivery
from huikuan.judge.credit.operations.facts import decided, standing_of
from huikuan.judge.credit.operations.limits import LONGEST_REASON
from huikuan.judge.credit.operations.locks import hold_nodes, holding_nodes
from huikuan.judge.credit.queries.judging import Judged, judge_order, judging_order
from huikuan.judge.credit.queries.standings import StandingRow, asking_standing, waiting_orders
from huikuan.kernel.dates import business_date
from huikuan.kernel.errors import Refusal
from huikuan.kernel.text import tidy
from huikuan.mechanisms.audit.operations import append
from huikuan.mechanisms.events.operations import announce
from huikuan.mechanisms.events.subscribers import Announced, Announcing
from huikuan.mechanisms.identity.actors import person
from huikuan.mechanisms.identity.domain.roles import Permission
from huikuan.mechanisms.identity.models import Company
from huikuan.mechanisms.identity.queries import permissions, scope
from huikuan.mechanisms.policies.queries import lets_makers_approve
from huikuan.mechanisms.store.pipeline import ask, together
from huikuan.mechanisms.store.transactions import retrying
from huikuan.mechanisms.store.wire import int8
from huikuan.record.contracts.queries.commitments import (
    Stated,
    asking_ordered,
    entered_by,
    is_delivery,
    said_before,
    stated,
)
from huikuan.record.customers.queries import seen

#: What may make room: money and credits that come in, also with an import, orders that shrink, limits that are
#: granted.
MAKING_ROOM = frozenset(
    {
        "receivables.posted",
        "receivables.settled",
        "receivables.reversed",
        "contracts.ordered",
        "credit.limit_granted",
        "connectors.imported",
        "cover.recorded",
        "cover.revalued",
        "bills.moved",
        "promises.released",
    }
)


def follow_order(event: Announcing) -> None:
    """Counter of `contracts.ordered` and `contracts.fulfilled`: inside the transaction of the order."""
    if event.kind == "contracts.ordered":
        _check(event)
    elif is_delivery(int(event.payload["fulfilment"])):
        check_delivery(event)


def release_order(*, order_id: int, reason: str, until_on: date | None = None, actor: str, at: datetime) -> int:
    """Let an order that waits go on, saying why; answers the decision's id. It counts as exposure from now on.

    A paused one takes the permission alone; one that is held, or would be by now, authority over all that would stand
    then. Refuses whoever entered or changed the order (a small firm's rule may let them), and one that does not wait.
    `until_on`: what is not delivered by then asks anew.
    """
    reason = tidy(reason)[:LONGEST_REASON]
    if not reason:
        raise Refusal("limit_reason_missing")

    def work() -> int:
        order = stated(order_id)
        company = Company.objects.get(pk=order.company_id)
        small_firm = lets_makers_approve(company.pk, at=at)
        _require_right(order, actor, at, small_firm)
        party = hold_nodes(order.customer_id, business_date(at, company.time_zone))
        order, standing = stated(order_id), asking_standing(order_id)()
        today = business_date(at, company.time_zone)
        if standing is None or order.void or not (standing.state in WAITING or standing.ended(today)):
            raise Refusal("order_does_not_wait", number=order.number)
        if until_on is not None and until_on < today:
            raise Refusal("limit_over_already", until=until_on)
        _require_other_hands(order, actor, small_firm, reason)
        judged = judge_order(company, order, party, at=at)
        # A paused one may be beyond the limit by now.
        if HELD in (standing.state, state_after(judged.decision.decision, judged.rules)):
            _require_authority(company, order.customer_id, judged, actor, at)
        return _record(order, RELEASED, judged, at, actor=actor, reason=reason, until_on=until_on)()

    return retrying(work)


def check_order(*, order_id: int, actor: str, at: datetime) -> Judged:
    """Decide anew about an order that waits, whose release has ended, or that came with an import and was never
    decided about; what is released goes on unasked and is only looked at. Refuses a void one."""

    def work() -> Judged:
        order = stated(order_id)
        if order.void:
            raise Refusal("order_void")
        company = Company.objects.get(pk=order.company_id)
        party = hold_nodes(order.customer_id, business_date(at, company.time_zone))
        order, standing = stated(order_id), asking_standing(order_id)()
        judged = judge_order(company, order, party, at=at)
        if standing is None or standing.state in WAITING or standing.ended(business_date(at, company.time_zone)):
            _record(order, state_after(judged.decision.decision, judged.rules), judged, at, actor=actor)
        return judged

    return retrying(work)


def make_room(event: Announced, *, at: datetime) -> None:
    """After-commit subscriber: what waits goes on once it fits in, the order entered first first.

    What is of no one customer, the limit of a group or an import, may have made room for anybody.
    """
    if event.company_id is None:
        return
    company = Company.objects.get(pk=event.company_id)
    today, whose = business_date(at, company.time_zone), None
    if event.customer_id is not None:
        whose = frozenset().union(*(node.members for node in hold_nodes(event.customer_id, today).nodes))
    for order_id in waiting_orders(company.pk, whose):
        _go_on(company, order_id, at)


def ask_waiting(*, at: datetime) -> dict[str, int]:
    """Have everything that waits asked again, each order in its own transaction: a day that came may have brought a
    limit or a rule, and announces nothing. Answers how many waited and how many went on."""
    asked = released = 0
    for company in Company.objects.order_by("pk"):
        for order_id in waiting_orders(company.pk, None):
            asked += 1
            released += retrying(partial(_go_on, company, order_id, at))
    return {"asked": asked, "released": released}


def _go_on(company: Company, order_id: int, at: datetime) -> bool:
    """Release an order that waits if it fits in by now, every bill that is not paid counted whole; whether it was."""
    party = hold_nodes(stated(order_id).customer_id, business_date(at, company.time_zone))
    order, standing = stated(order_id), asking_standing(order_id)()
    if order.void or standing is None or standing.state not in WAITING:
        return False
    judged = judge_order(company, order, party, bills_whole=True, at=at)
    fits = state_after(judged.decision.decision, judged.rules) == RELEASED
    if fits:
        _record(order, RELEASED, judged, at)
    return fits


def _check(event: Announcing) -> None:
    """Decide about an order that was entered, changed, cancelled or reopened. One that is released and did not grow
    goes on unasked. Waits for the database twice, and once more to write."""
    order_id, at = int(event.payload["order_id"]), event.recorded_at
    with together():
        known, holding = asking_ordered(order_id), holding_nodes(event.customer_id or 0)
    order, company = known()
    today = business_date(at, company.time_zone)
    with together():
        party, stands = holding(today), asking_standing(order_id)
        judging = judging_order(company, order, party, at=at)
    standing = stands()
    if order.void:
        if standing is not None and standing.state != CANCELLED:
            _record(order, CANCELLED, None, at)
    elif standing is not None and standing.state == RELEASED and _fits_in(order, standing, today):
        if order.amount < standing.amount:
            _record(order, RELEASED, None, at, until_on=standing.until_on)
    else:
        judged = judging()
        _record(order, state_after(judged.decision.decision, judged.rules), judged, at)


def _fits_in(order: Stated, standing: StandingRow, today: date) -> bool:
    """Whether it takes no more than was released: advances net their own contract alone, so under another it may."""
    if order.currency != standing.currency or order.amount > standing.amount or standing.ended(today):
        return False
    before = said_before(order.order_id, order.version)
    # An import that was undone may have made it void without a word.
    return before is None or (not before.void and before.contract_number == order.contract_number)


def _require_other_hands(order: Stated, actor: str, small_firm: bool, reason: str) -> None:
    """Refuse whoever entered the order or changed it at any time."""
    hands = {person(one) for one in entered_by(order.order_id)}
    maker = person(actor) if person(actor) in hands else ""
    require_another(maker=maker, checker=person(actor), small_firm=small_firm, comment=reason)


def _require_right(order: Stated, actor: str, at: datetime, small_firm: bool) -> None:
    held = permissions(actor, company_id=order.company_id, at=at, apart=not small_firm)
    if Permission.RELEASE_ORDER not in held:
        raise Refusal("not_permitted", actor=actor, permission=Permission.RELEASE_ORDER.value)
    reach = scope(actor, Permission.RELEASE_ORDER, at=at)
    if reach.nothing and small_firm:
        reach = scope(actor, Permission.VIEW_ORDERS, at=at)
    if not seen(reach).has(order.company_id, order.customer_id):
        raise Refusal("order_unknown", order=order.order_id)


def _require_authority(company: Company, customer_id: int, judged: Judged, actor: str, at: datetime) -> None:
    """Over all that would stand then with the customer, and with each group whose limit holds it, in the company's
    currency. What cannot be valued nobody has the authority for."""
    if not judged.nodes:
        raise Refusal("release_without_rate")
    holding = {reason.group for reason in judged.decision.reasons if reason.decision == HOLD}
    for node in judged.nodes:
        if not node.group or node.group in holding:
            require_reach(company, customer_id, node.after, node.limit.currency, actor=actor, at=at)


def _record(order: Stated, state: str, judged: Judged | None, at: datetime, **more: Any) -> Callable[[], int]:
    """The fact of a decision, the order's reading, and the event; `more`: as of `facts.decided`. Call for the
    decision's id."""
    fact = decided(order, state, judged, **more)
    payload = {"order_id": order.order_id, "decision": fact["decision"], "state": state}
    with together():
        append(OrderDecision, [fact], at=at)
        number = _stand(order.order_id, standing_of(fact))
        announce(
            "credit.order_decided", at=at, company_id=order.company_id, customer_id=order.customer_id, payload=payload
        )
    return number


def _stand(order_id: int, reading: Mapping[str, Any]) -> Callable[[], int]:
    """The order's reading is this from now on, by the decision recorded last: its nodes are held, so nobody decides
    about it meanwhile. One short statement; call for the decision's id."""
    said = ", ".join(f"{name} = excluded.{name}" for name in (*reading, "decision_id"))
    values = [int8(value) if isinstance(value, int) else value for value in reading.values()]
    made = ask(
        f"INSERT INTO credit_orderstanding (order_id, {', '.join(reading)}, decision_id)"
        f" VALUES (%s{', %s' * len(reading)},"
        f" (SELECT max(id) FROM credit_orderdecision WHERE order_id = %s AND document = '{ORDER}'))"
        f" ON CONFLICT (order_id) DO UPDATE SET {said} RETURNING decision_id",
        [int8(order_id), *values, int8(order_id)],
    )
    return lambda: int(made()[0][0])
