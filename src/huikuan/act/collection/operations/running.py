"""The daily run: everyone who should be reminded is, once, whatever happens in between."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import polars as pl
from django.db.models import Sum

from huikuan.act.collection.domain.bundling import Once, kind_of
from huikuan.act.collection.domain.control import in_control
from huikuan.act.collection.models import Approach, ControlAssignment, Run, RunEnd
from huikuan.act.collection.operations.again import ask_once_free
from huikuan.act.collection.operations.approaching import Doing, approach
from huikuan.act.collection.operations.turn import turn
from huikuan.act.collection.operations.writing import Scribe
from huikuan.act.collection.queries.due import Excluded, due_on
from huikuan.act.collection.queries.judging import Judged
from huikuan.act.collection.queries.strategies import StrategyInForce, strategy_in_force, strategy_of_version
from huikuan.act.collection.work import TRIAGE
from huikuan.kernel.dates import business_date
from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.audit.bulk import record_frame
from huikuan.mechanisms.audit.operations import record
from huikuan.mechanisms.events.operations import announce
from huikuan.mechanisms.files.operations import keep_bytes, store_kept
from huikuan.mechanisms.identity.models import Company
from huikuan.mechanisms.notices.operations.sweeping import cancel_unwanted_letters
from huikuan.mechanisms.store.transactions import retrying
from huikuan.mechanisms.work.operations import Wanted, open_item

#: Customers whose letters are written and approaches stand in one transaction: so few that nobody waits long.
AT_ONCE = 100
#: And their lines: so that what is in memory at a time does not grow with the ledger.
LINES_AT_ONCE = 5_000
PARQUET = "application/vnd.apache.parquet"
EXCLUDED: dict[str, pl.DataType | type[pl.DataType]] = {
    **dict.fromkeys(("customer_id", "item_id", "generation", "line"), pl.Int64),
    "currency": pl.String,
    "amount": pl.Int64,
    "late": pl.Int64,
    "step": pl.String,
    "code": pl.String,
    "params": pl.String,
}
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Ran:
    """A run as it ended. `again`: it had ended before, and nothing was done now."""

    run_id: int
    on: date
    lines: int
    approaches: int
    excluded: int
    again: bool = False


def run_day(*, company: Company, on: date, actor: str, at: datetime, progress: Progress | None = None) -> Ran:
    """Do what the strategy in force asks for on the day; answers how much that was.

    A day is run once: a run that ended answers the same again and does nothing. One that was cut short goes on where
    it was, under the strategy it began with: each customer's notice, tasks and facts are there together or not at all.
    Refuses a day that is not there yet, on which much may still be paid, and while another run of the company is under
    way. What was cancelled before for what is gone now is written anew then; letters that wait to be printed and are
    not wanted any more, or whose claims a letter of the day asks for, are taken out last. Call outside a transaction.
    """
    today = business_date(at, company.time_zone)
    if on > today:
        raise Refusal("collection_day_ahead", day=on, today=today)
    with turn(company.pk):
        run, strategy = _begun(company, on, actor, at)
        ended = RunEnd.objects.filter(run_id=run.pk).first()
        if ended is not None:
            return Ran(run.pk, on, ended.lines, ended.approaches, ended.excluded, again=True)
        found = due_on(company.pk, on, strategy.strategy, made=_made(run))
        _assign(run, strategy, found.judged.customers, at)
        held = [_held(found.judged)]
        doing = Doing(run, Scribe(company, on, at), actor, at)
        done, total = 0, found.judged.going.height
        for part in found.parts(AT_ONCE, LINES_AT_ONCE):
            unwritten = retrying(lambda part=part: approach(doing, part.planned))  # type: ignore[misc]
            held.append(_unreached([*part.excluded, *unwritten]))
            done += part.lines
            if progress:
                progress(done, total)
        if on == today:
            ask_once_free(company.pk, on, at=at)
            cancel_unwanted_letters(company_id=company.pk, actor=actor, at=at)
        return _ended(run, pl.concat(held).sort("customer_id", "item_id", "line"), actor, at)


def _begun(company: Company, on: date, actor: str, at: datetime) -> tuple[Run, StrategyInForce]:
    """The day's run, begun now or before, and the strategy it was begun with."""
    known = Run.objects.filter(company_id=company.pk, on_date=on).first()
    if known is not None:
        return known, strategy_of_version(company, known.strategy_id)
    strategy = strategy_in_force(company, at=at)
    row = {
        "company_id": company.pk,
        "on_date": on,
        "strategy_id": strategy.version_id,
        "document_sha256": strategy.sha256,
        "actor": actor,
    }

    def work() -> int:
        return record(Run, [row], at=at)[0]

    return Run.objects.get(pk=retrying(work)), strategy


def _made(run: Run) -> set[Once]:
    """Who had the message of the day, and which tasks of it, before this run was cut short."""
    done = Approach.objects.filter(run_id=run.pk).values_list("customer_id", "channel")
    return {(customer_id, kind_of(channel)) for customer_id, channel in done}


def _assign(run: Run, strategy: StrategyInForce, customers: Collection[int], at: datetime) -> None:
    """Record to which group everybody belongs whom a step concerns for the first time while one is kept."""
    rule = strategy.strategy
    if not rule.control_percent:
        return
    of = {"company_id": run.company_id, "percent": rule.control_percent, "seed": rule.control_seed}
    known = set(ControlAssignment.objects.filter(**of).values_list("customer_id", flat=True))
    new = sorted(set(customers) - known)
    rows = [
        {
            **of,
            "customer_id": one,
            "control": in_control(one, rule.control_percent, rule.control_seed),
            "on_date": run.on_date,
        }
        for one in new
    ]
    if rows:
        retrying(lambda: record_frame(ControlAssignment, pl.DataFrame(rows), at=at))


def _ended(run: Run, excluded: pl.DataFrame, actor: str, at: datetime) -> Ran:
    """The end, with what is to be let go put before people and the day's figures told."""
    kept = keep_bytes(_file(excluded))
    name = f"collection-{run.on_date:%Y%m%d}-excluded.parquet"

    def work() -> Ran:
        made = Approach.objects.filter(run_id=run.pk)
        lines = made.aggregate(lines=Sum("lines"))["lines"] or 0
        store_kept(kept, name, media_type=PARQUET, actor=actor, at=at)
        ran = Ran(run.pk, run.on_date, lines, made.count(), excluded.height)
        figures = {"lines": ran.lines, "approaches": ran.approaches, "excluded": ran.excluded}
        record(RunEnd, [{"run_id": run.pk, **figures, "excluded_sha256": kept.sha256}], at=at)
        _ask_people(run, actor, at)
        announce("collection.ran", company_id=run.company_id, payload={"run": run.pk, **figures}, at=at)
        return ran

    return retrying(work)


def _ask_people(run: Run, actor: str, at: datetime) -> None:
    waiting = Approach.objects.filter(run_id=run.pk).exclude(approve="")
    for role in sorted(set(waiting.values_list("approve", flat=True))):
        count = waiting.filter(approve=role).count()
        shown = {"run": run.pk, "count": count, "day": run.on_date.isoformat()}
        wanted = Wanted(f"run:{run.pk}:{role}", run.company_id, None, shown, role=role)
        open_item(kind=TRIAGE.name, wanted=wanted, actor=actor, at=at)


def _held(found: Judged) -> pl.DataFrame:
    """What the rule holds back, in columns EXCLUDED."""
    said = {"case": range(len(found.cases)), "step": [one.step.code for one in found.cases]}
    steps = pl.DataFrame(said, schema={"case": pl.Int64, "step": pl.String})
    return found.held.join(steps, on="case").rename({"open_amount": "amount"}).select([*EXCLUDED])


def _unreached(excluded: Sequence[Excluded]) -> pl.DataFrame:
    """The same of what no address was found for, whose letter cannot be written, or what waits for another day."""
    rows: list[dict[str, Any]] = [
        {
            "customer_id": one.due.line.customer_id,
            "item_id": one.due.line.item_id,
            "generation": one.due.line.generation,
            "line": one.due.line.line,
            "currency": one.due.line.currency,
            "amount": one.due.line.open_amount,
            "late": one.due.late,
            "step": one.due.step.code,
            "code": one.stop.code,
            "params": json.dumps(one.stop.params, ensure_ascii=False),
        }
        for one in excluded
    ]
    return pl.DataFrame(rows, schema=EXCLUDED)


def _file(excluded: pl.DataFrame) -> bytes:
    buffer = io.BytesIO()
    excluded.write_parquet(buffer)
    return buffer.getvalue()
