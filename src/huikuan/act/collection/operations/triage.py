"""Letting messages and tasks go that a strategy wants a person to see first, or dropping them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from huikuan.act.collection.domain.strategy import MESSAGES
from huikuan.act.collection.models import Approach, Run, TriageDecision
from huikuan.act.collection.operations.approaching import Doing, notice_of, open_task, said_of
from huikuan.act.collection.operations.writing import Scribe
from huikuan.act.collection.queries.asked_now import Asked, asked_now
from huikuan.act.collection.queries.due import Planned
from huikuan.act.collection.queries.waiting import planned_of
from huikuan.act.collection.reasons import PAID, reasons_said
from huikuan.act.collection.work import TRIAGE
from huikuan.kernel.dates import business_date
from huikuan.kernel.errors import Refusal
from huikuan.kernel.text import tidy
from huikuan.mechanisms.audit.operations import record
from huikuan.mechanisms.identity.models import Company
from huikuan.mechanisms.identity.queries import company_zone
from huikuan.mechanisms.notices.operations import queue_notice
from huikuan.mechanisms.store.transactions import retrying
from huikuan.mechanisms.work.operations import cancel_items
from huikuan.record.customers.queries import named_by_id

_LONGEST = 200


def let_go(*, approach_ids: Sequence[int], actor: str, at: datetime) -> None:
    """Queue the notices and open the tasks of these, all or none. One whose claims were paid since is dropped, as is
    one that nobody can be reached for any more. A task is opened for what may be asked for now, and says why it is
    less. Refuses what does not wait, a letter that cannot be written, and a task of which nothing may be asked for."""

    def work() -> None:
        for made in _waiting(approach_ids):
            run = Run.objects.get(pk=made.run_id)
            asked = None if made.channel in MESSAGES else _asked(made, run, at)
            one = planned_of(made, run, asked.dues if asked else None)
            if one is None:
                _decide(made, let_go=False, reason="paid", actor=actor, at=at)
            elif one.approach.message and one.address is None:
                _decide(made, let_go=False, reason="no_address", actor=actor, at=at)
            else:
                _decide(made, let_go=True, actor=actor, at=at, **_done(made, run, one, _since(made, asked), actor, at))

    retrying(work)


def drop(*, approach_ids: Sequence[int], reason: str, actor: str, at: datetime) -> None:
    """Do none of these: their steps count as taken, by this word. Refuses what does not wait, and no word."""
    said = tidy(reason)[:_LONGEST]
    if not said:
        raise Refusal("collection_reason_missing")

    def work() -> None:
        for made in _waiting(approach_ids):
            _decide(made, let_go=False, reason=said, actor=actor, at=at)

    retrying(work)


def _waiting(approach_ids: Sequence[int]) -> list[Approach]:
    found = Approach.objects.filter(pk__in=list(approach_ids)).exclude(approve="").order_by("pk")
    known = {one.pk: one for one in found}
    decided = set(TriageDecision.objects.filter(approach_id__in=list(known)).values_list("approach_id", flat=True))
    for number in approach_ids:
        if number not in known or number in decided:
            raise Refusal("collection_approach_unknown", approach=number)
    return list(known.values())


def _asked(made: Approach, run: Run, at: datetime) -> Asked:
    """What a task may still be about; a message is asked this when it is sent. Refuses where that is nothing, but
    where all of it was paid."""
    asked = asked_now(made, run, business_date(at, company_zone(made.company_id)))
    if not asked.dues and set(asked.reasons) != {PAID}:
        why = reasons_said(asked.reasons) or _("its day is over")
        customer = named_by_id([made.customer_id])[made.customer_id].name
        raise Refusal("collection_nothing_left", customer=customer, why=why)
    return asked


def _since(made: Approach, asked: Asked | None) -> dict[str, str]:
    """What the run took up and why it is less by now; nothing where it is all of it."""
    if asked is None or not asked.reasons:
        return {}
    return {"was": said_of(json.loads(made.amounts)), "since": ",".join(asked.reasons)}


def _done(
    made: Approach, run: Run, one: Planned, since: Mapping[str, str], actor: str, at: datetime
) -> Mapping[str, Any]:
    company = Company.objects.get(pk=run.company_id)
    doing = Doing(run, Scribe(company, run.on_date, at), actor, at)
    if one.approach.message:
        return {"notice_id": queue_notice(wanted=notice_of(doing, one, doing.scribe.one(one)), actor=actor, at=at)}
    return {"work_id": open_task(doing, made.pk, one.approach, **since)}


def _decide(made: Approach, *, let_go: bool, actor: str, at: datetime, reason: str = "", **came: Any) -> None:
    """Of two who decide at once the database takes one."""
    row = {"approach_id": made.pk, "let_go": let_go, "reason": reason, "actor": actor, **came}
    try:
        with transaction.atomic():
            record(TriageDecision, [row], at=at)
    except IntegrityError as error:
        raise Refusal("collection_approach_unknown", approach=made.pk) from error
    decided = TriageDecision.objects.values("approach_id")
    if not Approach.objects.filter(run_id=made.run_id, approve=made.approve).exclude(pk__in=decided).exists():
        cancel_items(kind=TRIAGE.name, keys=[f"run:{made.run_id}:{made.approve}"], because="", actor=actor, at=at)
