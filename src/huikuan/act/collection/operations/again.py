"""A message written anew: for what is left of it, or for the day on which it goes out after all."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from huikuan.act.collection.domain.cases import Case, case_said
from huikuan.act.collection.models import Approach, Run
from huikuan.act.collection.operations.approaching import Doing, notice_of
from huikuan.act.collection.operations.writing import Scribe
from huikuan.act.collection.queries.asked_now import asked_now
from huikuan.act.collection.queries.waiting import planned_of
from huikuan.act.collection.reasons import REASONS
from huikuan.kernel.dates import business_date
from huikuan.mechanisms.events.subscribers import Announced
from huikuan.mechanisms.identity.actors import SYSTEM
from huikuan.mechanisms.identity.models import Company
from huikuan.mechanisms.notices.models import Notice
from huikuan.mechanisms.notices.operations import queue_notice
from huikuan.mechanisms.notices.queries.timing import allowed

CANCELLED = frozenset({"notices.cancelled"})


def ask_for_the_rest(event: Announced, *, at: datetime) -> int | None:
    """Queue the message anew with what is still asked for, as of the day it may go out; answers the notice, None where
    nothing is. Told of the same event again it is the same notice, whatever was paid in between."""
    case = case_said(str(event.payload["case"]))
    if case is None or event.payload["reason"] not in REASONS:
        return None
    cancelled, channel = int(event.payload["notice"]), str(event.payload["channel"])
    return _known(case, cancelled, channel) or _anew(case, cancelled, channel, at)


def _known(case: Case, cancelled: int, channel: str) -> int | None:
    begins = Case(case.run_id, case.customer_id, cancelled).first
    found = Notice.objects.filter(customer_id=case.customer_id, channel=channel, case__startswith=begins)
    return found.values_list("pk", flat=True).first()


def _anew(case: Case, cancelled: int, channel: str, at: datetime) -> int | None:
    run = Run.objects.get(pk=case.run_id)
    made = Approach.objects.get(run_id=run.pk, customer_id=case.customer_id, channel=channel)
    company = Company.objects.get(pk=run.company_id)
    goes = allowed(company.pk, purpose=made.purpose, channel=channel, at=at).at
    on = business_date(goes, company.time_zone)
    asked = asked_now(made, run, on)
    one = planned_of(made, run, asked.dues)
    if one is None or one.address is None:
        return None
    doing = Doing(run, Scribe(company, on, at), SYSTEM, at)
    anew = Case(run.pk, case.customer_id, cancelled, on, asked.digest)
    # Sent no earlier: it speaks of that day.
    wanted = replace(
        notice_of(doing, one, doing.scribe.one(one)), case=str(anew), not_before=goes if goes > at else None
    )
    return queue_notice(wanted=wanted, actor=SYSTEM, at=at)
