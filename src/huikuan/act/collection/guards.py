"""Whether a message of a run is still wanted at the moment it is sent."""

from __future__ import annotations

from datetime import datetime

from huikuan.act.collection.domain.cases import case_said
from huikuan.act.collection.models import Approach, Run
from huikuan.act.collection.queries.addresses import address_now, every_address
from huikuan.act.collection.queries.asked_now import asked_now
from huikuan.act.collection.queries.stead import named_by_hand, went_out
from huikuan.act.collection.reasons import CHANGED, MOVED, UNREACHABLE, WENT_OUT
from huikuan.kernel.dates import business_date
from huikuan.mechanisms.identity.queries import company_zone
from huikuan.mechanisms.notices.addressing import digest_of
from huikuan.mechanisms.notices.domain.wanted import LETTER
from huikuan.mechanisms.notices.models import Notice
from huikuan.mechanisms.notices.queries.rows import NoticeRow

#: Of a mail written on the workbench.
DESK = "desk"


def still_wanted(notice: NoticeRow, at: datetime) -> str:
    """'' where every claim the message asks for is owed as it says and it goes where the customer is written to now,
    else why not: asked in the transaction that claims it for sending, so that nobody who has just paid is written to,
    and nobody who has left or wants nothing any more.

    A message speaks of the days late of the day it was written for; one that goes out on another day is not wanted,
    and is written anew. A letter bears its date. What was written in the stead of one that went out after all is not
    wanted."""
    case = case_said(notice.case)
    if case is None:
        return _desk_mail(notice)
    if case.instead_of is not None and went_out(case.instead_of):
        return WENT_OUT
    run = Run.objects.get(pk=case.run_id)
    made = Approach.objects.get(run_id=run.pk, customer_id=case.customer_id, channel=notice.channel)
    today = business_date(at, company_zone(notice.company_id))
    asked = asked_now(made, run, today, anew=case.on)
    changed = asked.digest != case.digest if case.digest else bool(asked.less)
    if changed:
        return asked.less or CHANGED
    if notice.channel != LETTER and (case.on or run.on_date) != today:
        return CHANGED
    return _moved(notice, made.customer_id)


def _moved(notice: NoticeRow, customer_id: int) -> str:
    """Whether the customer is written to at another address now, or at none, and nobody named the one it goes to."""
    address = address_now(customer_id, notice.channel, purpose=notice.purpose)
    if any(
        one is not None and digest_of(notice.channel, one.to) == notice.address_digest
        for one in (address, named_by_hand(notice.id))
    ):
        return ""
    return UNREACHABLE if address is None else MOVED


def _desk_mail(notice: NoticeRow) -> str:
    """A mail somebody wrote goes to one they chose: nobody else gets it where that one is not there any more."""
    if not notice.case.startswith(f"{DESK}:") or notice.customer_id is None or _by_hand(notice):
        return ""
    known = {digest_of(notice.channel, one) for one in every_address(notice.customer_id, notice.channel)}
    return "" if notice.address_digest in known else UNREACHABLE


def _by_hand(notice: NoticeRow) -> bool:
    """Somebody had it sent again, to an address they named."""
    return Notice.objects.filter(pk=notice.id).exclude(address_digest=notice.address_digest).exists()
