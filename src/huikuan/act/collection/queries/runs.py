"""Runs as they were done: what left the house, what was opened, what was held back and why."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

import polars as pl
from django.db.models import Count, Sum

from huikuan.act.collection.domain.deciding import Stop
from huikuan.act.collection.models import Approach, Run, RunEnd, Taken, TriageDecision
from huikuan.act.collection.queries.preview import Left, Row, documents_of
from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.files.queries import open_original
from huikuan.mechanisms.identity.domain.scope import Scope
from huikuan.mechanisms.policies.queries import decided_under
from huikuan.record.customers.queries import among, customers_by_id, narrowed, seen

#: Where an approach stands.
GONE, WAITING, LET_GO, DROPPED = "gone", "waiting", "let_go", "dropped"


@dataclass(frozen=True, slots=True)
class RunRow:
    """A run. `lines`, `approaches` and `excluded` as it ended, None while it is not over."""

    id: int
    company_id: int
    on: date
    strategy_number: int
    strategy_id: int | None
    begun_at: datetime
    actor: str
    lines: int | None = None
    approaches: int | None = None
    excluded: int | None = None
    excluded_sha256: str = ""


@dataclass(frozen=True, slots=True)
class ApproachRow:
    """One message or task of a run, and where it stands. `amounts`: currency → minor units."""

    id: int
    run_id: int
    customer_id: int
    customer: str
    name: str
    on: date
    step: str
    channel: str
    template: str
    purpose: str
    approve: str
    lines: int
    amounts: Mapping[str, int]
    notice_id: int | None
    work_id: int | None
    state: str


def runs(company_ids: Iterable[int], *, before: int | None = None, limit: int = 50) -> list[RunRow]:
    """The companies' runs, the latest day first; `before`: those that come after this one in the list."""
    found = Run.objects.filter(company_id__in=list(company_ids)).order_by("-on_date", "-pk")
    if before is not None:
        last = Run.objects.get(pk=before)
        found = found.filter(on_date__lte=last.on_date).exclude(on_date=last.on_date, pk__gte=last.pk)
    return _rows(list(found[:limit]))


def narrowed_runs(found: Sequence[RunRow], scope: Scope) -> list[RunRow]:
    """The same; where the reader sees some of the company's customers alone, with the figures of those. How many lines
    were held back (None) is then told by the run's own page, which looks into its file."""
    ids = [one.id for one in found if not scope.whole(one.company_id)]
    theirs = narrowed(Approach.objects.filter(run_id__in=ids), seen(scope))
    counted = {
        run: (lines, made)
        for run, lines, made in theirs.values("run_id").annotate(
            total=Sum("lines"), made=Count("pk")
        ).values_list("run_id", "total", "made")
    }  # fmt: skip
    rows = []
    for one in found:
        if one.id in ids and one.lines is not None:
            lines, made = counted.get(one.id, (0, 0))
            rows.append(replace(one, lines=lines, approaches=made, excluded=None))
        else:
            rows.append(one)
    return rows


def run_of(run_id: int, *, scope: Scope) -> RunRow:
    """One run; refuses an unknown one, and one of a company the scope knows nothing of likewise."""
    found = Run.objects.filter(pk=run_id).first()
    if found is None or (scope.companies is not None and found.company_id not in scope.companies):
        raise Refusal("collection_run_unknown", run=run_id)
    return _rows([found])[0]


def run_on(company_id: int, on: date) -> RunRow | None:
    """The company's run of the day."""
    found = Run.objects.filter(company_id=company_id, on_date=on).first()
    return _rows([found])[0] if found else None


def _rows(found: Sequence[Run]) -> list[RunRow]:
    ends = {end.run_id: end for end in RunEnd.objects.filter(run_id__in=[run.pk for run in found])}
    numbers = {
        one: decided_under(one, kind="collection_strategy").number for one in {run.strategy_id for run in found}
    }
    return [_row(run, numbers[run.strategy_id], ends.get(run.pk)) for run in found]


def _row(run: Run, number: int, end: RunEnd | None) -> RunRow:
    of = (run.pk, run.company_id, run.on_date, number, run.strategy_id, run.recorded_at, run.actor)
    return RunRow(*of, *((end.lines, end.approaches, end.excluded, end.excluded_sha256) if end else ()))


def approaches(run: RunRow, *, scope: Scope, state: str = "") -> list[ApproachRow]:
    """The run's messages and tasks that the scope reaches, in order of customer; those of one state, '' all."""
    theirs = seen(scope)
    found = [one for one in Approach.objects.filter(run_id=run.id).order_by("customer_id", "pk")
             if theirs.has(run.company_id, one.customer_id)]  # fmt: skip
    rows = approach_rows(found)
    return [row for row in rows if not state or row.state == state]


def waiting(company_id: int, *, scope: Scope) -> list[ApproachRow]:
    """What of any day's run waits to be let go, of what the scope reaches, the oldest first."""
    theirs = seen(scope)
    decided = TriageDecision.objects.values("approach_id")
    found = Approach.objects.filter(company_id=company_id).exclude(approve="").exclude(pk__in=decided).order_by("pk")
    return approach_rows([one for one in found if theirs.has(company_id, one.customer_id)])


def approach_rows(found: Sequence[Approach]) -> list[ApproachRow]:
    """Approaches as others see them."""
    customers = customers_by_id({one.customer_id for one in found})
    decided = {one.approach_id: one for one in
               TriageDecision.objects.filter(approach_id__in=among(one.pk for one in found))}  # fmt: skip
    return [_approach(one, customers[one.customer_id], decided.get(one.pk)) for one in found]


def _approach(one: Approach, customer: object, decision: TriageDecision | None) -> ApproachRow:
    gone = decision or one
    same = ("run_id", "customer_id", "step", "channel", "template", "purpose", "approve", "lines")
    return ApproachRow(
        **{name: getattr(one, name) for name in same},
        id=one.pk,
        customer=getattr(customer, "code", ""),
        name=getattr(customer, "name", ""),
        on=one.on_date,
        amounts=json.loads(one.amounts),
        notice_id=gone.notice_id,
        work_id=gone.work_id,
        state=_state(one, decision),
    )


def _state(one: Approach, decision: TriageDecision | None) -> str:
    if decision is not None:
        return LET_GO if decision.let_go else DROPPED
    return WAITING if one.approve else GONE


def run_lines(run: RunRow, *, scope: Scope) -> list[Row]:
    """The lines whose step was taken, as a preview shows them."""
    made = {one.id: one for one in approaches(run, scope=scope)}
    taken = Taken.objects.filter(approach_id__in=among(made)).order_by("customer_id", "approach_id", "pk")
    numbers = documents_of(one.item_id for one in taken)
    return [_line(one, made[one.approach_id], numbers) for one in taken]


def _line(one: Taken, made: ApproachRow, numbers: Mapping[int, str]) -> Row:
    return Row(
        customer_id=one.customer_id,
        customer=made.customer,
        name=made.name,
        item_id=one.item_id,
        line=one.line,
        document_number=numbers[one.item_id],
        currency=one.currency,
        amount=one.amount,
        late=one.late,
        step=one.step,
        channel=made.channel,
        template=made.template,
        why=json.loads(one.reason),
        together=made.lines,
        approve=made.approve,
    )


def run_excluded(run: RunRow, *, scope: Scope) -> list[Left]:
    """The lines that were held back, as the run's file keeps them."""
    if not run.excluded_sha256:
        return []
    theirs = seen(scope)
    rows = [row for row in pl.read_parquet(open_original(run.excluded_sha256)).iter_rows(named=True)
            if theirs.has(run.company_id, row["customer_id"])]  # fmt: skip
    customers = customers_by_id({row["customer_id"] for row in rows})
    numbers = documents_of(row["item_id"] for row in rows)
    same = ("customer_id", "item_id", "line", "currency", "amount", "late", "step")
    return [
        Left(
            **{name: row[name] for name in same},
            customer=customers[row["customer_id"]].code,
            name=customers[row["customer_id"]].name,
            document_number=numbers[row["item_id"]],
            stop=Stop(row["code"], json.loads(row["params"])),
        )
        for row in rows
    ]
