"""What happened with a customer, newest first: data, people, papers, whose it is, money, statements."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from typing import Any

from huikuan.act.collection.queries.story import Asked
from huikuan.act.collection.queries.timeline import collecting
from huikuan.kernel.dates import business_date
from huikuan.mechanisms.approvals.queries import Reader as Reads
from huikuan.mechanisms.identity.domain.scope import Scope
from huikuan.record.customers.domain.changes import Change, differences
from huikuan.record.customers.domain.handover import Reader
from huikuan.record.customers.domain.seen import Seen
from huikuan.record.customers.queries import affiliations_said, narrowed, seen, versions
from huikuan.record.customers.queries.documents import document_versions
from huikuan.record.customers.queries.handovers import hand_overs
from huikuan.record.customers.queries.merging import MergeRow, merges_of, one_with
from huikuan.record.customers.queries.people import care_versions, contact_versions
from huikuan.record.receivables.models import Item
from huikuan.record.receivables.queries.history import CASH_KINDS
from huikuan.see.dossiers.queries.standing import Books
from huikuan.see.statements.queries.issued import IssuedFilter, issued

#: The kinds of events, as one may choose among them.
KINDS = ("data", "people", "papers", "belongs", "money", "collecting", "statements")


@dataclass(frozen=True, slots=True)
class Event:
    """`kind` one of KINDS; `what` says which event of it. `on`: the day it happened, `at`: when it was recorded.
    `fact`: what the page needs to tell it, as one of the rows of the queries."""

    kind: str
    what: str
    on: date
    at: datetime
    actor: str
    changes: tuple[Change, ...] = ()
    fact: Any = None
    batch_id: int | None = None


def timeline(
    customer_id: int,
    books: Books,
    *,
    customers: Scope,
    ledger: Scope,
    desk: Scope,
    people: Scope,
    requests: Reads | None = None,
    kind: str = "",
    limit: int | None = None,
) -> list[Event]:
    """The latest events, at most `limit` (None: all), of all customers that are one with this one. `customers`: the
    reader's scope over the register; `ledger`: over the books, of which the chosen company's are told; `desk`: over
    those with whom the reader works at the workbench; `people`: over those whose people are shown in clear;
    `requests`: who reads what was asked for (None: it is not told). Known at a past
    instant: what was recorded by then."""
    until, theirs = books.known.sealed_at if books.known else None, seen(customers)
    ours = ledger if books.company_id is None else ledger.part_of(books.company_id)
    personal = seen(people)
    found: list[Event] = []
    if kind in ("", "data"):
        found += _merges(customer_id, theirs)
    ones = sorted(one_with(customer_id, books.horizon, theirs))
    for one in ones:
        if kind in ("", "data"):
            found += _data(one)
        if kind in ("", "people"):
            found += _people(one, personal.has_customer(one))
        if kind in ("", "papers"):
            found += _papers(one, books)
    if kind in ("", "belongs"):
        found += _belongs(ones, Reader(frozenset(), ledger))
    if kind in ("", "money"):
        found += _money(customer_id, books, ours, limit)
    if kind in ("", "collecting"):
        known_below = books.known.horizon if books.known else None
        asked = Asked(customer_id, ours, books.as_of, requests, known_below, people)
        found += _collecting(asked, desk if books.company_id is None else desk.part_of(books.company_id))
    if kind in ("", "statements"):
        # What was issued after the instant is left out below: only of all there is can the latest be cut off before.
        found += _statements(customer_id, ours, None if until else limit)
    known = [event for event in found if until is None or event.at <= until]
    return sorted(known, key=lambda event: (event.on, event.at), reverse=True)[:limit]


def _data(customer_id: int) -> Iterator[Event]:
    before: dict[str, Any] = {}
    for version in versions(customer_id):
        now = json.loads(version.content)
        what = "changed" if before else "created"
        changes = differences(before, now) if before else ()
        yield Event(
            "data",
            what,
            business_date(version.recorded_at),
            version.recorded_at,
            version.actor,
            changes,
            now,
            version.batch_id,
        )
        before = now
    before = {}
    for row in care_versions(customer_id):
        dealt = asdict(row.care)
        if row.recorded_at is not None:
            yield Event(
                "data", "care", business_date(row.recorded_at), row.recorded_at, row.actor, differences(before, dealt)
            )
        before = dealt


def _merges(customer_id: int, theirs: Seen) -> Iterator[Event]:
    for row in merges_of(customer_id):
        what = "unmerged" if row.undoes else "merged"
        told = _as_seen(row, theirs)
        yield Event("data", what, business_date(row.recorded_at), row.recorded_at, row.actor, fact=told)


def _as_seen(row: MergeRow, theirs: Seen) -> MergeRow:
    """The other of the two is not named to those who do not see it, nor is why they were one."""
    if not theirs.has_customer(row.from_id):
        return replace(row, from_code="", from_name="", reason="")
    if not theirs.has_customer(row.into_id):
        return replace(row, into_code="", into_name="", reason="")
    return row


def _people(customer_id: int, clear: bool) -> Iterator[Event]:
    before: dict[int, dict[str, Any]] = {}
    for row in contact_versions(customer_id, clear=clear):
        now = asdict(row.contact)
        former = before.get(row.number)
        what = "contact_changed" if former else "contact_added"
        if former and former["active"] and not now["active"]:
            what = "contact_gone"
        changes = differences(former, now) if former else ()
        yield Event("people", what, business_date(row.recorded_at), row.recorded_at, row.actor, changes, row)
        before[row.number] = now


def _papers(customer_id: int, books: Books) -> Iterator[Event]:
    for row in document_versions(customer_id, books.as_of):
        what = "paper_withdrawn" if row.withdrawn else "paper_renewed" if row.version > 1 else "paper_added"
        yield Event("papers", what, business_date(row.recorded_at), row.recorded_at, row.actor, fact=row)


def _belongs(customer_ids: Collection[int], reader: Reader) -> Iterator[Event]:
    for said in (said for one in customer_ids for said in affiliations_said(one)):
        day, at = business_date(said.recorded_at), said.recorded_at
        yield Event("belongs", "affiliated", day, at, said.actor, fact=said, batch_id=said.batch_id)
    papers = {paper.id: paper for one in customer_ids for paper in hand_overs(reader=reader, customer_id=one)}
    for paper in papers.values():
        yield Event(
            "belongs", "hand_over", business_date(paper.recorded_at), paper.recorded_at, paper.actor, fact=paper
        )


def _money(customer_id: int, books: Books, ledger: Scope, limit: int | None) -> Iterator[Event]:
    one = one_with(customer_id, books.horizon)
    rows = narrowed(Item.objects.filter(customer_id__in=one, kind__in=CASH_KINDS, side="credit"), seen(ledger))
    rows = rows.filter(posting_date__lte=books.as_of, tx__lt=books.horizon)
    for item in rows.order_by("-posting_date", "-recorded_at", "-id")[:limit]:
        yield Event(
            "money", "received", item.posting_date, item.recorded_at, item.actor, fact=item, batch_id=item.batch_id
        )


def _collecting(asked: Asked, desk: Scope) -> Iterator[Event]:
    """What the workbench tells, but for the statements, which have their own kind: the fact is the story's entry."""
    for entry in collecting(asked, desk):
        if entry.kind != "statement":
            yield Event("collecting", entry.kind, entry.on, entry.at, entry.actor, fact=entry)


def _statements(customer_id: int, ledger: Scope, limit: int | None) -> Iterator[Event]:
    for row in issued(IssuedFilter(customer_id=customer_id), scope=ledger, limit=limit):
        yield Event("statements", "issued", business_date(row.issued_at), row.issued_at, row.actor, fact=row)
