"""Doing what a day asks for, customer by customer: notices are queued and tasks opened with the facts that say so."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from huikuan.act.collection.domain.bundling import Approach as Due
from huikuan.act.collection.domain.cases import Case
from huikuan.act.collection.domain.deciding import Stop
from huikuan.act.collection.domain.strategy import UNWRITTEN
from huikuan.act.collection.models import Approach, Run
from huikuan.act.collection.operations.taking import record_taken
from huikuan.act.collection.operations.writing import Scribe, Script
from huikuan.act.collection.queries.due import Excluded, Planned
from huikuan.act.collection.work import TASKS
from huikuan.kernel.money import to_text
from huikuan.mechanisms.audit.operations import record
from huikuan.mechanisms.notices.operations import queue_notices
from huikuan.mechanisms.notices.operations.queueing import Wanted as Notice
from huikuan.mechanisms.store.ids import reserve_ids
from huikuan.mechanisms.work.operations import Wanted, open_item
from huikuan.record.customers.queries import among
from huikuan.record.receivables.models import OpenItem


@dataclass(frozen=True, slots=True)
class Doing:
    """What a batch is done under."""

    run: Run
    scribe: Scribe
    actor: str
    at: datetime


def approach(doing: Doing, batch: Sequence[Planned]) -> list[Excluded]:
    """Do all of it in the caller's transaction, but what was paid since the day was looked at, and answer what could
    not be done since its letter cannot be written."""
    found = [one for one in map(_without_paid(batch), batch) if one is not None]
    scripts, unwritten = _written(doing, found)
    made = [one for one in found if case_of(doing.run, one) not in unwritten or one.address is None]
    _do(doing, made, scripts)
    return [one for left in unwritten.values() for one in left]


def _written(doing: Doing, batch: Sequence[Planned]) -> tuple[dict[str, Script], dict[str, list[Excluded]]]:
    """By case, what each message says, but those somebody has to let go first; and those that cannot be written."""
    going = [one for one in batch if one.address is not None and not one.approach.head.approve]
    scripts: dict[str, Script] = {}
    unwritten: dict[str, list[Excluded]] = {}
    for one, found in zip(going, doing.scribe.write(going), strict=True):
        case = case_of(doing.run, one)
        if isinstance(found, Script):
            scripts[case] = found
        else:
            why = Stop(UNWRITTEN, {"refusal": found.code, **{name: str(said) for name, said in found.params.items()}})
            unwritten[case] = [Excluded(due, why) for due in one.approach.dues]
    return scripts, unwritten


def _do(doing: Doing, made: Sequence[Planned], scripts: Mapping[str, Script]) -> None:
    ids = reserve_ids(Approach, len(made))
    notices = _queue(doing, made, scripts)
    works = {number: _open(doing, number, one) for number, one in zip(ids, made, strict=True)}
    rows = [
        {**_row(doing, one), "id": number, "notice_id": notices.get(case_of(doing.run, one)), "work_id": works[number]}
        for number, one in zip(ids, made, strict=True)
    ]
    record(Approach, rows, at=doing.at)
    record_taken(doing.run, zip(ids, (one.approach for one in made), strict=True), doing.at)


def case_of(run: Run, one: Planned) -> str:
    """What a notice of the run goes by: asked again it is the same one."""
    return str(Case(run.pk, one.approach.customer_id))


def notice_of(doing: Doing, one: Planned, script: Script) -> Notice:
    """The notice of an approach that is a message, as it was written."""
    address = one.address
    if address is None:
        raise TypeError("a task has no notice")
    return Notice(
        company_id=doing.run.company_id,
        customer_id=one.approach.customer_id,
        case=case_of(doing.run, one),
        step=one.approach.head.code,
        channel=one.approach.channel,
        purpose=one.approach.head.purpose,
        to=address.to,
        language=address.language,
        subject=script.subject,
        text=script.text,
        letters=script.letters,
        person_id=address.person_id,
        items=tuple(sorted({due.line.item_id for due in one.approach.dues})),
    )


def open_task(doing: Doing, number: int, one: Due, **since: str) -> int:
    """The work item of an approach that is a task. `since`: of one opened later than its run, what more it says."""
    shown = {"run": doing.run.pk, "amounts": said_of(one.amounts), "lines": len(one.dues), "late": one.dues[0].late}
    wanted = Wanted(f"approach:{number}", doing.run.company_id, one.customer_id, {**shown, **since})
    return open_item(kind=TASKS[one.channel].name, wanted=wanted, actor=doing.actor, at=doing.at)


def _without_paid(batch: Sequence[Planned]) -> Callable[[Planned], Planned | None]:
    items = {due.line.item_id for one in batch for due in one.approach.dues}
    still = set(OpenItem.objects.filter(item_id__in=among(items)).values_list("item_id", flat=True))

    def left(one: Planned) -> Planned | None:
        dues = tuple(due for due in one.approach.dues if due.line.item_id in still)
        return replace(one, approach=replace(one.approach, dues=dues)) if dues else None

    return left


def _queue(doing: Doing, made: Sequence[Planned], scripts: Mapping[str, Script]) -> dict[str, int]:
    """Case → notice, of the messages nobody has to let go first."""
    going = [
        notice_of(doing, one, scripts[case_of(doing.run, one)])
        for one in made
        if one.address is not None and not one.approach.head.approve
    ]
    ids = queue_notices(wanted=going, actor=doing.actor, at=doing.at) if going else []
    return {one.case: number for one, number in zip(going, ids, strict=True)}


def _open(doing: Doing, number: int, one: Planned) -> int | None:
    if one.approach.message or one.approach.head.approve:
        return None
    return open_task(doing, number, one.approach)


def _row(doing: Doing, one: Planned) -> dict[str, Any]:
    said = one.approach
    return {
        "run_id": doing.run.pk,
        "company_id": doing.run.company_id,
        "customer_id": said.customer_id,
        "on_date": doing.run.on_date,
        "step": said.head.code,
        "channel": said.channel,
        "template": said.head.template,
        "purpose": said.head.purpose,
        "approve": said.head.approve,
        "person_id": one.address.person_id if one.address else None,
        "lines": len(said.dues),
        "amounts": json.dumps(dict(said.amounts)),
        "actor": doing.actor,
    }


def said_of(amounts: Mapping[str, int]) -> str:
    """Amounts by currency as a work item keeps them."""
    return ", ".join(f"{currency} {to_text(amount, currency)}" for currency, amount in amounts.items())
