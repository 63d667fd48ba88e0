"""What plans say of their claims' late interest; whoever counts interest asks it here, told where by the wiring."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from huikuan.mechanisms.identity.actors import SYSTEM
from huikuan.record.customers.queries import among
from huikuan.record.promises.domain.instalments import PLAN_BROKEN
from huikuan.record.promises.models import Plan, PlanEnd, PlanItem
from huikuan.record.receivables.models import Schedule


@dataclass(frozen=True, slots=True)
class InterestAgreed:
    """`interest`: one of `domain.instalments.INTERESTS`, as the last plan of a claim says; `ended_on`: the day that
    plan broke, None: it is kept. `schedules`: the numbers of those that plans gave the claim, and that their ends
    gave."""

    plan: int
    interest: str
    ended_on: date | None
    schedules: frozenset[int]


def interest_agreed(item_ids: Collection[int], day: date) -> dict[int, InterestAgreed]:
    """Item → what the last plan it was put into by `day` says, as it stood then; items of no plan are left out. Three
    questions however many items, one where none of them was ever planned."""
    planned = list(PlanItem.objects.filter(item_id__in=among(item_ids)).order_by("plan_id"))
    if not planned:
        return {}
    ids = among(one.plan_id for one in planned)
    plans = {one.pk: one for one in Plan.objects.filter(pk__in=ids, agreed_on__lte=day)}
    ends = dict(PlanEnd.objects.filter(plan_id__in=ids, ended_on__lte=day).values_list("plan_id", "ended_on"))
    given = _schedules(planned)
    last = {one.item_id: plans[one.plan_id] for one in planned if one.plan_id in plans}
    return {
        item_id: InterestAgreed(plan.pk, plan.interest, ends.get(plan.pk), frozenset(given[item_id]))
        for item_id, plan in last.items()
    }


def _schedules(planned: Collection[PlanItem]) -> dict[int, set[int]]:
    found: dict[int, set[int]] = defaultdict(set)
    for one in planned:
        found[one.item_id].add(one.version)
    # The reason alone proves nothing: people write reasons too.
    ended = Schedule.objects.filter(item_id__in=among(found), reason=PLAN_BROKEN, actor=SYSTEM)
    for item_id, version in ended.values_list("item_id", "version"):
        found[item_id].add(version)
    return found
