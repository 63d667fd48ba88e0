"""A message written anew: for what is left of it, or for the day on which it goes out after all."""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Q

from huikuan.act.collection.domain.cases import CASE, Case, case_said
from huikuan.act.collection.domain.strategy import MESSAGES
from huikuan.act.collection.models import Approach, Run
from huikuan.act.collection.operations.approaching import Doing, notice_of
from huikuan.act.collection.operations.writing import Scribe
from huikuan.act.collection.queries.asked_now import asked_now
from huikuan.act.collection.queries.interrupted import Interrupted, interrupted
from huikuan.act.collection.queries.stead import named_by_hand, went_out
from huikuan.act.collection.queries.waiting import planned_of
from huikuan.act.collection.reasons import REASONS
from huikuan.kernel.dates import business_date
from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.events.subscribers import Announced
from huikuan.mechanisms.identity.actors import SYSTEM
from huikuan.mechanisms.identity.models import Company
from huikuan.mechanisms.notices.domain.lifecycle import IN_DOUBT, QUEUED, SENDING
from huikuan.mechanisms.notices.models import Notice
from huikuan.mechanisms.notices.operations import queue_notice
from huikuan.mechanisms.notices.operations.steps import stand_held
from huikuan.mechanisms.notices.queries.timing import allowed
from huikuan.mechanisms.store.transactions import retrying
from huikuan.record.customers.queries.merging import merged

log = logging.getLogger(__name__)

CANCELLED = frozenset({"notices.cancelled"})


def ask_for_the_rest(event: Announced, *, at: datetime) -> int | None:
    """Queue the message anew with what is still asked for, as of the day it may go out; answers the notice, None where
    nothing is. Told of the same event again it is the same notice, whatever was paid in between."""
    case = case_said(str(event.payload["case"]))
    if case is None or event.payload["reason"] not in REASONS:
        return None
    return _instead(Interrupted(int(event.payload["notice"]), case, str(event.payload["channel"])), at)


def ask_once_free(company_id: int, on: date, *, at: datetime) -> int:
    """Queue anew what was cancelled for what stood against it only for a while, where that is gone: a hold released, a
    promise not kept, money that was another's. Answers how many. One message a customer and day; one whose letter
    cannot be written keeps no other waiting. Call outside a transaction."""
    waiting = interrupted(company_id, at=at)
    if not waiting:
        return 0
    shown, queued = merged(), 0
    written = {shown.get(one, one) for one in _written(company_id, on, at)}
    for one in waiting:
        customer = shown.get(one.case.customer_id, one.case.customer_id)
        if customer not in written and _tried(one, at):
            written.add(customer)
            queued += 1
    return queued


def _written(company_id: int, on: date, at: datetime) -> set[int]:
    """Who has a message of the day, one that waits to go out on this day or another, or one that went out lately."""
    today = Approach.objects.filter(company_id=company_id, on_date=on, channel__in=MESSAGES)
    under_way = Q(stand__state__in=(QUEUED, SENDING, IN_DOUBT)) | Q(stand__sent_at__gt=at - timedelta(days=1))
    theirs = Notice.objects.filter(under_way, company_id=company_id, case__startswith=f"{CASE}:")
    found = {*today.values_list("customer_id", flat=True), *theirs.values_list("customer_id", flat=True)}
    return {one for one in found if one is not None}


def _tried(one: Interrupted, at: datetime) -> bool:
    try:
        return retrying(lambda: _instead(one, at)) is not None
    except Refusal:
        log.warning("letter cannot be written", extra={"notice": one.notice_id}, exc_info=True)
        return False


def _instead(one: Interrupted, at: datetime) -> int | None:
    """What is queued in the stead of the notice, now or before. Of two who ask at once, the second finds the notice of
    the first."""
    with transaction.atomic():
        stand_held(one.notice_id)
        return _known(one.case, one.notice_id, one.channel) or _anew(one.case, one.notice_id, one.channel, at)


def _known(case: Case, cancelled: int, channel: str) -> int | None:
    begins = Case(case.run_id, case.customer_id, cancelled).first
    found = Notice.objects.filter(customer_id=case.customer_id, channel=channel, case__startswith=begins)
    return found.values_list("pk", flat=True).first()


def _anew(case: Case, cancelled: int, channel: str, at: datetime) -> int | None:
    if went_out(cancelled):
        return None
    run = Run.objects.get(pk=case.run_id)
    made = Approach.objects.get(run_id=run.pk, customer_id=case.customer_id, channel=channel)
    company = Company.objects.get(pk=run.company_id)
    goes = allowed(company.pk, purpose=made.purpose, channel=channel, at=at).at
    on = business_date(goes, company.time_zone)
    asked = asked_now(made, run, on, anew=on)
    one = planned_of(made, run, asked.dues)
    address = named_by_hand(cancelled) or (one.address if one else None)
    if one is None or address is None:
        return None
    one = replace(one, address=address)
    doing = Doing(run, Scribe(company, on, at), SYSTEM, at)
    anew = Case(run.pk, case.customer_id, cancelled, on, asked.digest)
    # Sent no earlier: it speaks of that day.
    wanted = replace(
        notice_of(doing, one, doing.scribe.one(one)), case=str(anew), not_before=goes if goes > at else None
    )
    return queue_notice(wanted=wanted, actor=SYSTEM, at=at)
