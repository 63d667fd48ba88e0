"""What a missed instalment does: the plan is broken, and its claims fall due as was agreed for that."""

from __future__ import annotations

from datetime import date, datetime
from functools import partial

from django.db import IntegrityError, transaction

from huikuan.kernel.money import to_text
from huikuan.mechanisms.audit.operations import record
from huikuan.mechanisms.events.operations import announce
from huikuan.mechanisms.identity.actors import SYSTEM
from huikuan.mechanisms.identity.models import Company
from huikuan.mechanisms.store.transactions import retrying
from huikuan.mechanisms.work.operations import Wanted, open_item
from huikuan.record.customers.queries import customers_by_id
from huikuan.record.promises.domain.instalments import ACCELERATE, PLAN_BROKEN, accelerated
from huikuan.record.promises.models import Plan, PlanEnd, PlanItem
from huikuan.record.promises.operations.asking import today_of
from huikuan.record.promises.queries.plans import Stood, plans_by, running
from huikuan.record.promises.work import BROKEN_PLAN
from huikuan.record.receivables.domain.schedules import Version, governing
from huikuan.record.receivables.operations import open_items
from huikuan.record.receivables.operations.schedules import Change, record_schedules
from huikuan.record.receivables.queries.schedules import versions_of


def judge_plans(*, company: Company, customer_ids: frozenset[int] | None = None, at: datetime) -> int:
    """Break every plan of which an instalment was not there after its grace; answers how many. Asked again it does no
    more."""
    today = today_of(company, at)
    facts = running(company.pk, today)
    if customer_ids is not None:
        facts = facts.filter(customer_id__in=customer_ids)
    missed = [one.plan.pk for one in plans_by(facts, today) if one.standing.missed is not None]
    return sum(retrying(partial(_break, number, today, at)) for number in missed)


def _break(plan_id: int, today: date, at: datetime) -> bool:
    """Break one plan, its claims held; False where it was paid meanwhile or somebody else did."""
    items = list(PlanItem.objects.filter(plan_id=plan_id).order_by("item_id"))
    held = open_items.lock([item.item_id for item in items])
    (stood,) = plans_by(Plan.objects.filter(pk=plan_id), today)
    number = stood.standing.missed
    if number is None or stood.end is not None:
        return False
    line = stood.standing.lines[number - 1]
    whose = {"company_id": stood.plan.company_id, "customer_id": stood.plan.customer_id}
    row = {
        **whose,
        "plan_id": plan_id,
        "line": number,
        "missing": line.amount - line.paid,
        "ended_on": today,
        "actor": SYSTEM,
    }
    try:
        with transaction.atomic():
            record(PlanEnd, [row], at=at)
    except IntegrityError:
        return False
    still = [item for item in items if item.item_id in held.sides]
    record_schedules(_changes(stood, still, today), at=at)
    _ask_somebody(stood, number, at)
    payload = {"plan": plan_id, "line": number, "items": [item.item_id for item in items]}
    announce("promises.plan_broken", at=at, **whose, payload=payload)
    return True


def _changes(stood: Stood, items: list[PlanItem], today: date) -> list[Change]:
    """How the claims fall due now: all at once, or as before the plan. One that was rescheduled since keeps that."""
    histories = versions_of(item.item_id for item in items)
    changes = []
    for item in items:
        history = histories[item.item_id]
        now = governing(history)
        if now.number != item.version:
            continue
        lines = accelerated(now.lines, today) if stood.plan.on_miss == ACCELERATE else _before(history, item).lines
        changes.append(Change(item.item_id, lines, today, PLAN_BROKEN, SYSTEM, f"#{stood.plan.pk}"))
    return changes


def _before(history: list[Version], item: PlanItem) -> Version:
    """The schedule that would govern without the plan."""
    return governing([version for version in history if version.number != item.version])


def _ask_somebody(stood: Stood, number: int, at: datetime) -> None:
    plan, line = stood.plan, stood.standing.lines[number - 1]
    shown = {
        "plan": plan.pk,
        "customer": customers_by_id({plan.customer_id})[plan.customer_id].name,
        "line": number,
        "amount": f"{plan.currency} {to_text(line.amount, plan.currency)}",
        "due_on": line.due_on.isoformat(),
        "on_miss": plan.on_miss,
    }
    wanted = Wanted(f"plan:{plan.pk}", plan.company_id, plan.customer_id, shown)
    open_item(kind=BROKEN_PLAN.name, wanted=wanted, actor=SYSTEM, at=at)
