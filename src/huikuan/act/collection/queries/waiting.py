"""An approach as its facts say it, to be done later than on its day."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from huikuan.act.collection.domain.bundling import Approach as Bundle
from huikuan.act.collection.domain.deciding import Due, Line
from huikuan.act.collection.domain.strategy import MESSAGES, Step, Strategy
from huikuan.act.collection.models import Approach, Run, Taken
from huikuan.act.collection.queries.addresses import address_now
from huikuan.act.collection.queries.due import Planned
from huikuan.act.collection.queries.strategies import strategy_of_version
from huikuan.mechanisms.identity.models import Company
from huikuan.record.customers.queries import among
from huikuan.record.receivables.models import OpenItem


def planned_of(made: Approach, run: Run, dues: Sequence[Due] | None = None) -> Planned | None:
    """What is left to do of it now, of these lines (None: of all that were not paid since); None: nothing is. Where it
    goes is looked up now (None of a message: nowhere any more, or a task)."""
    dues = dues_of(made, strategy_of_run(run)) if dues is None else dues
    if not dues:
        return None
    head = next((due.step for due in dues if due.step.code == made.step), dues[0].step)
    bundle = Bundle(made.customer_id, replace(head, purpose=made.purpose), made.channel, tuple(dues))
    if made.channel not in MESSAGES:
        return Planned(bundle, None)
    return Planned(bundle, address_now(made.customer_id, made.channel, purpose=made.purpose))


def strategy_of_run(run: Run) -> Strategy:
    """The strategy a run began with."""
    return strategy_of_version(Company.objects.get(pk=run.company_id), run.strategy_id).strategy


def dues_of(made: Approach, strategy: Strategy) -> list[Due]:
    """The lines it took a step on, with what is open of them now; without claims that were paid since."""
    taken = list(Taken.objects.filter(approach_id=made.pk).order_by("pk"))
    found = OpenItem.objects.filter(item_id__in=among(one.item_id for one in taken))
    still = dict(found.values_list("item_id", "open_amount"))
    return [_due(one, strategy, still[one.item_id]) for one in taken if one.item_id in still]


def _due(one: Taken, strategy: Strategy, still: int) -> Due:
    why = json.loads(one.reason)
    line = Line(
        one.item_id, one.generation, one.line, one.customer_id, one.currency, "",
        one.on_date - timedelta(days=one.late), min(one.amount, still),
    )  # fmt: skip
    return Due(line, why["segment"], _step(one.step, why["segment"], strategy), one.late)


def _step(code: str, named: str, strategy: Strategy) -> Step:
    """The step of that segment: others may call one of theirs the same."""
    found = (step for segment in strategy.segments if segment.name == named for step in segment.steps)
    return next(step for step in found if step.code == code)
