"""Deliveries are checked as they are recorded, and what was decided is kept, also where nothing is stopped."""

from __future__ import annotations

from datetime import date

from huikuan.judge.credit.domain.deciding import DELIVERY, ENFORCE, HOLD, RELEASED, WAITING
from huikuan.judge.credit.models import OrderDecision
from huikuan.judge.credit.operations.facts import decided
from huikuan.judge.credit.queries.judging import Judged, judge_delivery
from huikuan.judge.credit.queries.standings import StandingRow, asking_standing
from huikuan.judge.credit.telling.decisions import told_reason
from huikuan.kernel.dates import business_date
from huikuan.kernel.errors import Place, Refusal
from huikuan.mechanisms.audit.operations import append
from huikuan.mechanisms.events.subscribers import Announcing
from huikuan.mechanisms.identity.models import Company
from huikuan.mechanisms.store.pipeline import together
from huikuan.record.contracts.queries.commitments import Stated, asking_ordered
from huikuan.record.customers.queries.families import asking_family


def check_delivery(event: Announcing) -> None:
    """Refuse a delivery of an order that waits, whose release ended, or that a rule stops; in observe mode none."""
    order_id, at = int(event.payload["order_id"]), event.recorded_at
    with together():
        known, stands = asking_ordered(order_id), asking_standing(order_id)
        family = asking_family(event.customer_id or 0)
    (order, company), standing = known(), stands()
    judged = judge_delivery(company, order, family(), at=at)
    if judged.rules.mode == ENFORCE:
        _require_released(order, standing, business_date(at, company.time_zone))
        _require_let_pass(order, judged, company)
    state = standing.state if standing else RELEASED
    append(OrderDecision, [decided(order, state, judged, document=DELIVERY)], at=at)


def _require_released(order: Stated, standing: StandingRow | None, today: date) -> None:
    if standing is not None and standing.state in WAITING:
        raise Refusal("order_waits", number=order.number)
    if standing is not None and standing.ended(today):
        raise Refusal("order_release_ended", number=order.number, until=standing.until_on)


def _require_let_pass(order: Stated, judged: Judged, company: Company) -> None:
    if judged.decision.decision != HOLD:
        return
    content = judged.content()
    places = [
        Place(column=one["rule"], reason=told_reason(one, content, company.currency))
        for one in content["reasons"]
        if one["decision"] == HOLD
    ]
    raise Refusal(
        "delivery_blocked", where=places, number=order.number, why=" ".join(place.reason for place in places)
    )
