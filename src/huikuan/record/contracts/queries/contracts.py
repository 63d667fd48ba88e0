"""Contracts: the list with its filter, and one with everything that belongs to it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Sum

from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.identity.domain.scope import Scope
from huikuan.record.contracts.domain.milestones import Happened, Milestone, amounts, share_of
from huikuan.record.contracts.domain.terms import Terms, Version, governing
from huikuan.record.contracts.models import Contract, ContractFile, ContractVersion, MilestoneEvent
from huikuan.record.contracts.queries.listing import (
    a_few_thousand_at_a_time,
    company_codes,
    customers_named,
    first_of,
    found_by,
    numbered,
)
from huikuan.record.contracts.queries.reachable import reachable
from huikuan.record.contracts.queries.terms import Amendment, amendments, standing, terms_of_many
from huikuan.record.customers.queries import seen
from huikuan.record.customers.queries.merging import one_with


@dataclass(frozen=True, slots=True)
class ContractFilter:
    """Which contracts. None does not narrow. `ids`: these alone.
    `text` finds in number, name, and the customer's name and code."""

    company_id: int | None = None
    customer_id: int | None = None
    status: str | None = None
    text: str = ""
    ids: frozenset[int] | None = None


@dataclass(frozen=True, slots=True)
class ContractRow:
    """A contract as it reads now. `amount` in minor units, None for a framework contract."""

    id: int
    company_id: int
    company_code: str
    customer_id: int
    customer_code: str
    customer_name: str
    number: str
    name: str
    signed_on: date | None
    effective_on: date | None
    expires_on: date | None
    currency: str
    amount: int | None
    status: str
    version: int


@dataclass(frozen=True, slots=True)
class Sums:
    """Of all that match, per currency."""

    currency: str
    count: int
    amount: int


@dataclass(frozen=True, slots=True)
class ContractPage:
    """`next` is the place to pass as `after` for the rows that follow, None at the end."""

    rows: tuple[ContractRow, ...]
    next: str | None
    count: int
    sums: tuple[Sums, ...]


@dataclass(frozen=True, slots=True)
class MilestoneRow:
    """A milestone of the terms asked for. `share` in percent, `amount` in minor units (None: the contract has
    none); `happened` its event that stands."""

    milestone: Milestone
    share: str
    amount: int | None
    happened: Happened | None
    note: str
    file_sha256: str


@dataclass(frozen=True, slots=True)
class FileRow:
    sha256: str
    name: str
    actor: str
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class EventRow:
    """One recorded milestone event; `withdrawn`: it takes another back, `undone`: it was taken back."""

    id: int
    milestone: str
    happened_on: date
    due_date: date
    note: str
    actor: str
    recorded_at: datetime
    withdrawn: bool
    undone: bool


@dataclass(frozen=True, slots=True)
class Whole:
    """One contract with its terms as of a day, its history, milestones and files."""

    row: ContractRow
    terms: Terms
    version: int
    amendments: tuple[Amendment, ...]
    milestones: tuple[MilestoneRow, ...]
    events: tuple[EventRow, ...]
    files: tuple[FileRow, ...]


def contracts_page(
    chosen: ContractFilter,
    *,
    scope: Scope,
    as_of: date | None = None,
    known: int | None = None,
    after: str = "",
    limit: int = 50,
) -> ContractPage:
    """Contracts signed by `as_of` and known below a horizon, the latest registered first; ≤ `limit` after `after`.

    Each as it reads now: what it said on an earlier day its own page shows.
    """
    rows = _matching(chosen, scope, as_of, known)
    sums = tuple(
        Sums(one["currency"], one["count"], one["amount"] or 0)
        for one in rows.values("currency").annotate(count=Count("id"), amount=Sum("amount")).order_by("currency")
    )
    found, more = first_of(rows, after, limit)
    return ContractPage(tuple(_rows(found)), more, sum(one.count for one in sums), sums)


def every_contract(
    chosen: ContractFilter,
    *,
    scope: Scope,
    as_of: date | None = None,
    known: int | None = None,
) -> Iterator[tuple[ContractRow, Terms]]:
    """All that match with their terms as of the day, in the order of `contracts_page`, a few thousand at a time."""
    for found in a_few_thousand_at_a_time(_matching(chosen, scope, as_of, known)):
        terms = terms_of_many((one.pk for one in found), as_of, known=known)
        yield from ((row, terms[row.id]) for row in _rows(found))


def contract(contract_id: int, *, scope: Scope) -> ContractRow:
    """The contract; refuses one that is unknown or out of the reader's reach, which is the same to them."""
    found = list(reachable(Contract.objects.filter(pk=contract_id), scope))
    if not found:
        raise Refusal("contract_unknown", contract=contract_id)
    return _rows(found)[0]


def contract_numbered(company_code: str, number: str, *, scope: Scope) -> ContractRow:
    """The company's contract with this number; refuses an unknown one, and one out of scope likewise."""
    found = list(reachable(numbered(Contract.objects.all(), company_code, number), scope))
    if not found:
        raise Refusal("contract_number_unknown", company=company_code, number=number)
    return _rows(found)[0]


def whole_contract(row: ContractRow, *, scope: Scope, as_of: date | None = None, known: int | None = None) -> Whole:
    """Everything about a contract as of a day, as known below a horizon; six queries. Refuses one out of scope."""
    if not seen(scope).has(row.company_id, row.customer_id):
        raise Refusal("contract_unknown", contract=row.id)
    history = amendments(row.id, known=known)
    now = governing([Version(one.number, one.effective_on, one.terms) for one in history], as_of)
    happened = standing(row.id, as_of=as_of, known=known)
    facts = _known(MilestoneEvent.objects.filter(contract_id=row.id), known).order_by("tx", "id")
    files = _known(ContractFile.objects.filter(contract_id=row.id), known).order_by("tx", "id")
    return Whole(
        row=row,
        terms=now.terms,
        version=now.number,
        amendments=tuple(history),
        milestones=tuple(_milestones(now.terms, happened, {fact.id: fact for fact in facts})),
        events=tuple(_events(list(facts))),
        files=tuple(FileRow(file.sha256, file.name, file.actor, file.recorded_at) for file in files),
    )


def _milestones(
    terms: Terms, happened: dict[str, Happened], facts: dict[int, MilestoneEvent]
) -> Iterator[MilestoneRow]:
    split: list[int] | list[None] = [None] * len(terms.milestones)
    if terms.amount is not None:
        split = amounts(terms.amount, terms.milestones)
    for milestone, amount in zip(terms.milestones, split, strict=True):
        stands = happened.get(milestone.code)
        fact = facts[stands.event_id] if stands else None
        share = f"{share_of(milestone, terms.milestones):f}"
        yield MilestoneRow(
            milestone, share, amount, stands, fact.note if fact else "", fact.file_sha256 if fact else ""
        )


def _events(facts: list[MilestoneEvent]) -> Iterator[EventRow]:
    undone = {fact.reversal_of for fact in facts}
    for fact in facts:
        yield EventRow(
            fact.id, fact.milestone, fact.happened_on, fact.due_date, fact.note, fact.actor, fact.recorded_at,
            withdrawn=fact.reversal_of is not None, undone=fact.id in undone,
        )  # fmt: skip


def _matching(chosen: ContractFilter, scope: Scope, as_of: date | None, known: int | None) -> QuerySet[Contract]:
    rows = reachable(Contract.objects.all(), scope)
    wanted: dict[str, Any] = {name: getattr(chosen, name) for name in ("company_id", "status")}
    rows = rows.filter(**{name: value for name, value in wanted.items() if value is not None})
    if chosen.customer_id is not None:
        rows = rows.filter(customer_id__in=one_with(chosen.customer_id, known))
    if chosen.ids is not None:
        rows = rows.filter(pk__in=chosen.ids)
    if as_of is not None:
        rows = rows.filter(Q(signed_on=None) | Q(signed_on__lte=as_of))
    if known is not None:
        first = ContractVersion.objects.filter(contract_id=OuterRef("pk"), version=1, tx__lt=known)
        rows = rows.filter(Exists(first))
    return rows.filter(found_by(chosen.text, "number", "name")) if chosen.text.strip() else rows


def _rows(found: list[Contract]) -> list[ContractRow]:
    names, codes = customers_named(one.customer_id for one in found), company_codes()
    return [
        ContractRow(
            one.pk, one.company_id, codes[one.company_id], one.customer_id, *names[one.customer_id], one.number,
            one.name, one.signed_on, one.effective_on, one.expires_on, one.currency, one.amount, one.status,
            one.version,
        )
        for one in found
    ]  # fmt: skip


def _known(rows: Any, known: int | None) -> Any:
    return rows if known is None else rows.filter(tx__lt=known)
