"""Strategies over a company's past, tried in the background: asked for, done, kept in a file."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction

from huikuan.act.collection.policies import STRATEGY
from huikuan.act.collection.presets import PRESETS
from huikuan.act.collection.queries.simulated import together
from huikuan.act.collection.queries.simulating import require_period, simulate
from huikuan.act.collection.queries.strategies import (
    StrategyInForce,
    strategy_in_force,
    strategy_of_version,
    strategy_to_try,
)
from huikuan.kernel.dates import business_date, parse_date
from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.files.operations import Kept, keep_bytes
from huikuan.mechanisms.identity.domain.roles import Permission
from huikuan.mechanisms.identity.models import Company
from huikuan.mechanisms.identity.queries import require
from huikuan.mechanisms.jobs.operations import enqueue
from huikuan.mechanisms.jobs.queries import latest
from huikuan.mechanisms.policies.queries import version
from huikuan.mechanisms.store.transactions import exclusive

#: The job.
SIMULATE = "collection.simulate"
PARQUET = "application/vnd.apache.parquet"
UNDER_WAY = ("queued", "running")
#: How a strategy is named: `version:7`, `preset:manufacturer`; '' the one in force.
VERSION, PRESET = "version:", "preset:"


@dataclass(frozen=True, slots=True)
class Question:
    """Which strategy is tried over which days, and which beside it ('': the one in force; None: none)."""

    since: date
    until: date
    strategy: str
    other: str | None = None

    @property
    def sides(self) -> list[str]:
        return [self.strategy] if self.other is None else [self.strategy, self.other]


def start_simulation(*, company: Company, question: Question, actor: str, at: datetime) -> int:
    """Ask for it; answers the job. Refuses whoever may not draft the policy, a strategy that is none, a period that is
    none, long, or not over, and another one while one of the company is under way: a job answers one question."""
    require(actor, Permission.DRAFT_POLICY, company_id=company.pk, at=at)
    require_period(question.since, question.until)
    today = business_date(at, company.time_zone)
    if question.until > today:
        raise Refusal("collection_day_ahead", day=question.until, today=today)
    params = {
        "company": company.pk,
        "since": question.since.isoformat(),
        "until": question.until.isoformat(),
        "sides": [pinned(company, name, at=at) for name in question.sides],
        "actor": actor,
    }
    key = str(company.pk)
    with transaction.atomic(), exclusive(f"{SIMULATE}:{key}") as ours:
        last = latest(SIMULATE, key)
        if not ours or (last is not None and last[0].state in UNDER_WAY):
            raise Refusal("collection_simulation_under_way")
        return enqueue(SIMULATE, key=key, params=params, at=at)


def pinned(company: Company, name: str, *, at: datetime) -> str:
    """The name by which the same strategy is found later; refuses one that is none."""
    if not name:
        found = strategy_in_force(company, at=at).version_id
        return f"{PRESET}default" if found is None else f"{VERSION}{found}"
    strategy_named(company, name)
    return name


def strategy_named(company: Company, name: str) -> StrategyInForce:
    """The strategy of a pinned name; refuses a version of something else and one of another company."""
    if name.startswith(PRESET) and name.removeprefix(PRESET) in PRESETS:
        return strategy_to_try(company, PRESETS[name.removeprefix(PRESET)])
    number = name.removeprefix(VERSION)
    if not name.startswith(VERSION) or not number.isascii() or not number.isdigit():
        raise Refusal("collection_strategy_unknown", strategy=name)
    found = version(int(number))
    if found.kind != STRATEGY.name or found.company_id not in (None, company.pk):
        raise Refusal("collection_strategy_unknown", strategy=name)
    return strategy_of_version(company, found.id)


def simulated(params: Mapping[str, Any], told: Callable[[int, int], None]) -> Kept:
    """Do what was asked for, by the parameters of its job: the rows, on the disk. `told` hears how many days of how
    many are done."""
    company = Company.objects.get(pk=params["company"])
    since, until = parse_date(params["since"]), parse_date(params["until"])
    sides, days = params["sides"], (until - since).days + 1
    found = []
    for place, name in enumerate(sides):

        def tell(done: int, _days: int, before: int = place * days) -> None:
            told(before + done, len(sides) * days)

        strategy = strategy_named(company, name).strategy
        found.append(simulate(company.pk, strategy, since=since, until=until, told=tell))
    buffer = io.BytesIO()
    together(found).write_parquet(buffer)
    return keep_bytes(buffer.getvalue())
