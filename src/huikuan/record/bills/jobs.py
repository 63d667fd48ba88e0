"""What the calendar does to bills: some are to be presented, some wait for an answer, some can come back no more."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from huikuan.kernel.dates import business_date
from huikuan.kernel.money import to_text
from huikuan.mechanisms.identity.actors import SYSTEM
from huikuan.mechanisms.identity.domain.scope import EVERYTHING
from huikuan.mechanisms.identity.models import Company
from huikuan.mechanisms.jobs.work import Work
from huikuan.mechanisms.work.operations import Wanted, keep_items
from huikuan.record.bills.domain.life import (
    IN_HAND,
    PLEDGED,
    PRESENTED,
    Rules,
    present_by,
)
from huikuan.record.bills.operations.moving import Move, lapse_bill
from huikuan.record.bills.policies import rules_of
from huikuan.record.bills.queries.bills import BillRow, rules_in_force
from huikuan.record.bills.queries.cash import WAITING as WAITING_CASH
from huikuan.record.bills.queries.cash import cash_rows
from huikuan.record.bills.queries.listing import BillFilter, every_bill
from huikuan.record.bills.work import ANSWER, CASH, PRESENT

#: So long before maturity somebody is told to present; so long after presenting, to say what became of it.
AHEAD, WAITING = timedelta(days=3), timedelta(days=2)
#: Within it a second person signs for cash.
A_DAY = timedelta(days=1)


def tend(work: Work) -> dict[str, int]:
    """Have an item for each bill to present, each without an answer and cash nobody signed within a day; end the
    recourse that is over. Asked again it does no more."""
    done = {"lapsed": sum(_lapse(company, work.at) for company in Company.objects.order_by("pk"))}
    for kind, wanted in (
        (PRESENT.name, _to_present(work.at)),
        (ANSWER.name, _unanswered(work.at)),
        (CASH.name, _unsigned(work.at)),
    ):
        for what, count in keep_items(kind=kind, wanted=list(wanted), at=work.at).items():
            done[what] = done.get(what, 0) + count
    return done


def _to_present(at: datetime) -> Iterator[Wanted]:
    for company in Company.objects.order_by("pk"):
        today, rules = business_date(at, company.time_zone), rules_of(rules_in_force(company.pk, at))
        for state in (IN_HAND, PLEDGED):
            chosen = BillFilter(state=state, matures_until=today + AHEAD, company_id=company.pk)
            for row in every_bill(chosen, scope=EVERYTHING, day=today):
                yield _wanted(row, rules)


def _unanswered(at: datetime) -> Iterator[Wanted]:
    for company in Company.objects.order_by("pk"):
        today, rules = business_date(at, company.time_zone), rules_of(rules_in_force(company.pk, at))
        chosen = BillFilter(state=PRESENTED, company_id=company.pk)
        for row in every_bill(chosen, scope=EVERYTHING, day=today):
            if row.since + WAITING <= today:
                yield _wanted(row, rules)


def _unsigned(at: datetime) -> Iterator[Wanted]:
    """Cash that nobody signed within a day."""
    for row in cash_rows(scope=EVERYTHING, state=WAITING_CASH):
        if at - row.recorded_at >= A_DAY:
            shown = {
                "cash": row.id,
                "customer": row.customer_name,
                "amount": f"{row.currency} {to_text(row.amount, row.currency)}",
                "taken_by": row.taken_by,
                "received_on": row.received_on.isoformat(),
            }
            yield Wanted(f"cash:{row.id}", row.company_id, row.customer_id, shown)


def _wanted(row: BillRow, rules: Rules) -> Wanted:
    by = present_by(row.matures_on, rules)
    shown = {
        "bill": row.id,
        "number": row.number,
        "acceptor": row.acceptor,
        "amount": f"{row.currency} {to_text(row.amount, row.currency)}",
        "matures_on": row.matures_on.isoformat(),
        "since": row.since.isoformat(),
        "by": by.isoformat(),
    }
    due = None if row.state == PRESENTED else by
    return Wanted(f"bill:{row.id}", row.company_id, row.customer_id, shown, due_on=due)


def _lapse(company: Company, at: datetime) -> int:
    """What was passed on with recourse and can come back no more."""
    today, rules = business_date(at, company.time_zone), rules_of(rules_in_force(company.pk, at))
    last = today - timedelta(days=rules.recourse_days + 1)
    chosen = BillFilter(state="passed_on", matures_until=last, company_id=company.pk)
    over = [row for row in every_bill(chosen, scope=EVERYTHING, day=today) if row.recourse]
    for row in over:
        lapse_bill(Move(row.id, today, SYSTEM, at, seen=row.sequence))
    return len(over)
