"""Everything that happened between us and a customer, newest first: who spoke, what was said, what came.

One question per source; a source has one reader below, which answers entries that link to their records.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import replace
from datetime import date

from django.db.models import Count, Max, QuerySet, Sum

from huikuan.act.collection.queries.agreed import interest_told, plans_told
from huikuan.act.collection.queries.freezing import freezes_told
from huikuan.act.collection.queries.story import ABOVE, MONEY, PEOPLE, Asked, Entry, Reader
from huikuan.act.collection.work import LAWYER
from huikuan.act.visits.queries.calls import calls_of
from huikuan.act.visits.queries.visits import visits_of
from huikuan.act.visits.work import MENTION
from huikuan.judge.credit.models import OrderDecision
from huikuan.kernel.dates import business_date
from huikuan.mechanisms.approvals.queries import Reader as Reads
from huikuan.mechanisms.identity.actors import SYSTEM
from huikuan.mechanisms.identity.domain.scope import Scope
from huikuan.mechanisms.notices.queries import of_customer as notices_of
from huikuan.mechanisms.notices.queries import words
from huikuan.mechanisms.work.models import WorkItem
from huikuan.record.customers.queries import narrowed, seen
from huikuan.record.customers.queries.merging import one_with
from huikuan.record.disputes.queries.disputes import of_customer as disputes_of
from huikuan.record.promises.queries import of_customer as promises_of
from huikuan.record.receivables.models import Item
from huikuan.record.receivables.queries.history import CASH_KINDS

#: So many entries of each source at most.
MOST = 60


def timeline(
    customer_id: int,
    scope: Scope,
    *,
    day: date,
    requests: Reads | None = None,
    about: str = "",
    limit: int | None = MOST,
) -> tuple[Entry, ...]:
    """The latest entries by the day (`limit` None: all that the sources tell), of the customer and those that are one
    with it; `about` PEOPLE or MONEY alone. `requests`: who reads what was asked for; None: it is not told."""
    asked = Asked(customer_id, scope, day, requests)
    found = [entry for reader in (*READERS, *ABOVE) for entry in reader(asked) if entry.on <= day]
    kept = [entry for entry in found if not about or entry.about == about]
    return tuple(sorted(kept, key=lambda entry: (entry.on, entry.at), reverse=True)[:limit])


def collecting(asked: Asked, desk: Scope) -> Iterator[Entry]:
    """The same without the payments, which a page of the customer tells by itself: what the books hold over
    `asked.scope`; calls, visits, letters and whatever else shows people and their words over `desk`, the scope of
    those who work there."""
    theirs = replace(asked, scope=desk)
    for reader in (*READERS, *ABOVE):
        if reader is not _payments:
            found = reader(asked if reader in OF_BOOKS else theirs)
            yield from (entry for entry in found if entry.on <= asked.day)


def _calls(asked: Asked) -> Iterator[Entry]:
    for row in calls_of(asked.customer_id, scope=asked.scope, limit=MOST):
        shown = {"person": row.person, "person_id": row.person_id, "again_on": row.again_on, "incoming": row.incoming}
        yield Entry("call", row.result, row.called_on, row.recorded_at, row.actor, PEOPLE, words=row.note, shown=shown)


def _visits(asked: Asked) -> Iterator[Entry]:
    for row in (one.by(asked.day) for one in visits_of(asked.customer_id, scope=asked.scope, limit=MOST)):
        link, shown = ("visits:visit", row.id), {"purpose": row.purpose, "photos": len(row.photos)}
        if row.end is not None:
            place = row.arrival.place if row.arrival else ""
            told = {**shown, "people": row.end.people, "sights": row.end.sights, "place": place}
            at = row.arrival.at if row.arrival else row.recorded_at
            yield Entry("visit", row.end.outcome, row.end.on, at, row.end.actor, PEOPLE, row.end.note, shown=told,
                        link=link)  # fmt: skip
        else:
            told = {**shown, "planned_on": row.planned_on}
            on = business_date(row.recorded_at)
            yield Entry("visit", row.state, on, row.recorded_at, row.visitor, PEOPLE, row.note, shown=told, link=link)


def _promises(asked: Asked) -> Iterator[Entry]:
    people = asked.scope if asked.people is None else asked.people
    for row in promises_of(asked.customer_id, asked.scope, as_of=asked.day, people=people):
        shown = {"by": row.pay_by, "said_by": row.said_by, "paid": row.paid}
        yield Entry(
            "promise", row.state, row.said_on, row.recorded_at, row.actor, MONEY, row.note, row.amount, row.currency,
            shown, ("promises:promise", row.id),
        )  # fmt: skip


def _disputes(asked: Asked) -> Iterator[Entry]:
    for row in disputes_of(asked.customer_id, asked.scope, day=asked.day, known=asked.known):
        shown = {"document": row.document_number, "reason": row.reason, "due_on": row.due_on}
        yield Entry("dispute", row.state, row.opened_on, row.recorded_at, row.actor, MONEY, row.note, row.amount,
                    row.currency, shown, ("disputes:dispute", row.id))  # fmt: skip


def _payments(asked: Asked) -> Iterator[Entry]:
    one = one_with(asked.customer_id)
    rows = Item.objects.filter(customer_id__in=one, kind__in=CASH_KINDS, side="credit", posting_date__lte=asked.day)
    paid = narrowed(rows, seen(asked.scope))
    latest = list(paid.order_by("-posting_date", "-id")[: MOST + 1])
    if len(latest) > MOST:
        # Of no day only some: who adds them up adds up days. The last one is told as a sum of each currency.
        last = latest[-1].posting_date
        latest = [one for one in latest if one.posting_date > last]
        yield from _payments_of(asked.customer_id, paid.filter(posting_date=last))
    for item in latest:
        yield Entry(
            "payment", item.kind, item.posting_date, item.recorded_at, item.actor, MONEY, item.text, item.amount,
            item.currency, {"document": item.document_number}, ("receivables:item", item.pk),
        )  # fmt: skip


def _payments_of(customer_id: int, day: QuerySet[Item]) -> Iterator[Entry]:
    """One entry for each currency; `count`: so many came in."""
    sums = day.order_by().values("posting_date", "currency").annotate(
        count=Count("pk"), sum=Sum("amount"), at=Max("recorded_at")
    )  # fmt: skip
    for one in sums.order_by("currency"):
        yield Entry(
            "payment", "several", one["posting_date"], one["at"], SYSTEM, MONEY, "", int(one["sum"]), one["currency"],
            {"document": "", "count": one["count"]}, ("dossiers:customer", customer_id),
        )  # fmt: skip


def _notices(asked: Asked) -> Iterator[Entry]:
    rows = notices_of(asked.customer_id, asked.scope, limit=MOST)
    said = words([row.id for row in rows])
    for row in rows:
        at = row.sent_at or row.queued_at
        shown = {"channel": row.channel, "purpose": row.purpose, "attachments": len(row.attachments)}
        subject = said[row.id].subject if row.id in said else ""
        yield Entry("notice", row.state, business_date(at), at, row.queued_by, PEOPLE, subject, shown=shown,
                    link=("notices:notice", row.id))  # fmt: skip


def _orders(asked: Asked) -> Iterator[Entry]:
    rows = OrderDecision.objects.filter(customer_id__in=one_with(asked.customer_id)).exclude(mode="observe")
    for row in narrowed(rows, seen(asked.scope)).order_by("-recorded_at", "-id")[:MOST]:
        yield Entry(
            "order", row.state, business_date(row.recorded_at), row.recorded_at, row.actor, "", row.reason, row.amount,
            row.currency, {"decision": row.decision, "until_on": row.until_on}, ("contracts:order", row.order_id),
        )  # fmt: skip


def _warnings(asked: Asked) -> Iterator[Entry]:
    """Work that tells of the customer."""
    yield from _work(asked, "warning", WARNINGS)


def lawyer_told(asked: Asked) -> Iterator[Entry]:
    """What was let go to the lawyer."""
    yield from _work(asked, "lawyer", [LAWYER.name])


def _work(asked: Asked, kind: str, kinds: Collection[str]) -> Iterator[Entry]:
    for item in _work_items(asked, kinds):
        yield Entry(kind, item.kind, business_date(item.recorded_at), item.recorded_at, item.actor,
                    shown={"item": item}, link=("shell:work-item", item.pk))  # fmt: skip


def _work_items(asked: Asked, kinds: Collection[str]) -> QuerySet[WorkItem]:
    rows = WorkItem.objects.filter(customer_id__in=one_with(asked.customer_id), kind__in=kinds)
    return narrowed(rows, seen(asked.scope)).order_by("-recorded_at")[:MOST]


def _mentions(asked: Asked) -> Iterator[Entry]:
    for item in _work_items(asked, [MENTION.name]):
        on, shown = business_date(item.recorded_at), {"to": item.owner}
        yield Entry("mention", "", on, item.recorded_at, item.actor, PEOPLE, item.shown["says"], shown=shown)


#: Kinds of work that tell of the customer, not of what somebody does about it.
WARNINGS = (
    "credit.crossing", "credit.warning", "promises.broken", "promises.plan_broken", "credit.limit_ends",
)  # fmt: skip

READERS: list[Reader] = [
    _calls, _visits, _notices, _promises, plans_told, _disputes, interest_told, _payments, _orders,
    _warnings, freezes_told, lawyer_told, _mentions,
]  # fmt: skip
#: Those whose pages are open to whoever reads the books.
OF_BOOKS: tuple[Reader, ...] = (_promises, plans_told, _disputes, interest_told, freezes_told, lawyer_told)
