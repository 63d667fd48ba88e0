"""Promises as rows for pages, commands and programs; each as it stood on a day."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby

from huikuan.kernel.errors import Refusal
from huikuan.kernel.text import spellings
from huikuan.mechanisms.audit.queries import personal
from huikuan.mechanisms.identity.domain.scope import NOTHING, Scope
from huikuan.mechanisms.identity.models import Company
from huikuan.record.customers.queries import CustomerRow, customers_by_id, seen
from huikuan.record.customers.queries.merging import one_with
from huikuan.record.promises.domain.promising import BROKEN, OPEN, PARTLY, part_state, promise_state, still_to_pay
from huikuan.record.promises.models import PartEnd, Promise
from huikuan.record.promises.queries.anew import parts_told
from huikuan.record.promises.queries.sums import PartRow, Which
from huikuan.record.receivables.models import Item


@dataclass(frozen=True, slots=True)
class PartTold:
    """So much of a claim, and what became of it: `missed` did not come in time, `unpaid` is still to be paid, without
    what a later promise or a plan awaits by now (`elsewhere`), with what came and counts for another one as well
    (`shared`); `spoken`: it has its day there. Amounts in minor units
    of the promise's currency."""

    item_id: int
    document_number: str
    amount: int
    paid: int
    later: int
    otherwise: int
    missed: int
    unpaid: int
    state: str
    elsewhere: int
    shared: int
    spoken: bool


@dataclass(frozen=True, slots=True)
class PromiseRow:
    """A promise as it stood on a day. `awaited`: what is still to be paid of it, also after its time, but once: what
    was broken and promised anew, or is in a plan, is awaited there. `said_by` '': nobody was named, it was erased, or
    the reader may not read it. `replaced_by`: the promise that took its place."""

    id: int
    company_id: int
    company_code: str
    customer_id: int
    customer_code: str
    customer_name: str
    currency: str
    said_on: date
    pay_by: date
    until: date
    source: str
    said_by: str
    note: str
    actor: str
    recorded_at: datetime
    amount: int
    paid: int
    awaited: int
    state: str
    replaced_by: int | None
    parts: tuple[PartTold, ...]

    @property
    def short(self) -> int:
        """What was promised and did not come in time, of parts that are broken or kept in part."""
        return sum(part.missed for part in self.parts)

    @property
    def is_last_word(self) -> bool:
        """Whether another day can be named for some of it: no open promise and no plan says one of its claim."""
        return any(part.unpaid and not part.spoken for part in self.parts)


@dataclass(frozen=True, slots=True)
class PromiseFilter:
    """Which promises: a state ('' any), payable from and until, text in the customer's name or code, of one company,
    of one customer (merged ones with it)."""

    state: str = ""
    text: str = ""
    by_from: date | None = None
    by_until: date | None = None
    company_id: int | None = None
    customer_id: int | None = None


@dataclass(frozen=True, slots=True)
class PromisePage:
    """Rows, the first to be paid first, of `count`; `sums`: currency → what is still to be paid of all; `next`: where
    the following begin, '' at the end."""

    rows: list[PromiseRow]
    count: int
    sums: dict[str, int]
    next: str


def promise(promise_id: int, *, scope: Scope, as_of: date, people: Scope = NOTHING) -> PromiseRow:
    """One promise; refuses one that is unknown by then or out of reach, which is the same to the reader. `people`:
    of whose customers the reader may read who said it."""
    found = _rows(parts_told(Which(promise_ids=[promise_id], whose=seen(scope)), as_of), as_of, people)
    if not found:
        raise Refusal("promise_unknown", promise=promise_id)
    return found[0]


def of_customer(customer_id: int, scope: Scope, *, as_of: date, people: Scope = NOTHING) -> list[PromiseRow]:
    """All a customer promised by a day, merged ones with it, the latest first."""
    chosen = PromiseFilter(customer_id=customer_id)
    return sorted(every_promise(chosen, scope=scope, as_of=as_of, people=people), key=lambda row: -row.id)


def promises_page(
    chosen: PromiseFilter, *, scope: Scope, as_of: date, after: str = "", limit: int, people: Scope = NOTHING
) -> PromisePage:
    """The promises after `after`, `limit` at a time."""
    groups = _matching(chosen, scope, as_of)
    sums: dict[str, int] = {}
    for parts in groups:
        sums[parts[0].currency] = sums.get(parts[0].currency, 0) + _awaited(parts, as_of)
    rest = [parts for parts in groups if _place(parts) > after] if after else groups
    shown = rest[:limit]
    following = _place(shown[-1]) if len(rest) > limit else ""
    rows = _rows([part for parts in shown for part in parts], as_of, people)
    return PromisePage(rows, len(groups), dict(sorted(sums.items())), following)


def every_promise(chosen: PromiseFilter, *, scope: Scope, as_of: date, people: Scope = NOTHING) -> list[PromiseRow]:
    """All that match, in the order of `promises_page`."""
    return _rows([part for parts in _matching(chosen, scope, as_of) for part in parts], as_of, people)


def promise_record(promise_id: int) -> Promise:
    """The promise as it was recorded; refuses an unknown one. For operations: whose rows a reader sees, `promise`
    asks."""
    found = Promise.objects.filter(pk=promise_id).first()
    if found is None:
        raise Refusal("promise_unknown", promise=promise_id)
    return found


def _matching(chosen: PromiseFilter, scope: Scope, as_of: date) -> list[list[PartRow]]:
    """The parts of each promise that matches, the first to be paid first."""
    which = Which(
        chosen.company_id,
        None if chosen.customer_id is None else one_with(chosen.customer_id),
        still=chosen.state == OPEN,
        whose=seen(scope),
    )
    groups = [list(group) for _, group in groupby(parts_told(which, as_of), lambda row: row.promise_id)]
    if chosen.state:
        groups = [parts for parts in groups if _state(parts, as_of) == chosen.state]
    if chosen.by_from:
        groups = [parts for parts in groups if parts[0].pay_by >= chosen.by_from]
    if chosen.by_until:
        groups = [parts for parts in groups if parts[0].pay_by <= chosen.by_until]
    if chosen.text:
        groups = _named_so(groups, chosen.text)
    return sorted(groups, key=_place)


def _named_so(groups: Iterable[list[PartRow]], text: str) -> list[list[PartRow]]:
    found = list(groups)
    names = customers_by_id({parts[0].customer_id for parts in found})
    wanted = [one.casefold() for one in spellings(text)]

    def fits(customer: CustomerRow) -> bool:
        words = f"{customer.code} {customer.name}".casefold()
        return any(one in words for one in wanted)

    return [parts for parts in found if fits(names[parts[0].customer_id])]


def _place(parts: Sequence[PartRow]) -> str:
    """Where a promise stands in the order: its day and its number."""
    return f"{parts[0].pay_by.isoformat()}.{parts[0].promise_id:019d}"


def _state(parts: Sequence[PartRow], as_of: date) -> str:
    return promise_state([part.standing for part in parts], as_of)


def _awaited(parts: Sequence[PartRow], as_of: date) -> int:
    return sum(still_to_pay(part.standing, as_of) for part in parts)


def _rows(parts: Sequence[PartRow], as_of: date, people: Scope) -> list[PromiseRow]:
    """The promises of these parts with all names, in their order."""
    groups = [list(group) for _, group in groupby(parts, lambda row: row.promise_id)]
    ids = [group[0].promise_id for group in groups]
    facts = Promise.objects.in_bulk(ids)
    customers = customers_by_id({fact.customer_id for fact in facts.values()})
    companies = dict(Company.objects.values_list("pk", "code"))
    numbers = dict(Item.objects.filter(pk__in={part.item_id for part in parts}).values_list("pk", "document_number"))
    theirs = seen(people)
    clear = [number for number in ids if theirs.has(facts[number].company_id, facts[number].customer_id)]
    said = personal(Promise, clear) if clear else {}
    after = dict(
        PartEnd.objects.filter(promise_id__in=ids, by_id__isnull=False, ended_on__lte=as_of).values_list(
            "promise_id", "by_id"
        )
    )
    return [
        _row(
            facts[group[0].promise_id],
            group,
            as_of,
            company=companies[group[0].company_id],
            customer=customers[group[0].customer_id],
            numbers=numbers,
            said_by=str(said.get(group[0].promise_id, {}).get("said_by", "")),
            replaced_by=after.get(group[0].promise_id),
        )
        for group in groups
    ]


def _row(
    fact: Promise,
    parts: Sequence[PartRow],
    as_of: date,
    *,
    company: str,
    customer: CustomerRow,
    numbers: Mapping[int, str],
    said_by: str,
    replaced_by: int | None,
) -> PromiseRow:
    return PromiseRow(
        id=fact.pk,
        company_id=fact.company_id,
        company_code=company,
        customer_id=fact.customer_id,
        customer_code=customer.code,
        customer_name=customer.name,
        currency=fact.currency,
        said_on=fact.said_on,
        pay_by=fact.pay_by,
        until=fact.until,
        source=fact.source,
        said_by=said_by,
        note=fact.note,
        actor=fact.actor,
        recorded_at=fact.recorded_at,
        amount=sum(part.standing.amount for part in parts),
        paid=sum(part.standing.paid for part in parts),
        awaited=_awaited(parts, as_of),
        state=_state(parts, as_of),
        replaced_by=replaced_by,
        parts=tuple(_part(part, numbers, as_of) for part in parts),
    )


def _part(part: PartRow, numbers: Mapping[int, str], as_of: date) -> PartTold:
    stands, state = part.standing, part_state(part.standing, as_of)
    return PartTold(
        part.item_id, numbers[part.item_id], stands.amount, stands.paid, stands.later, stands.otherwise,
        stands.awaited if state in (BROKEN, PARTLY) else 0, still_to_pay(stands, as_of), state,
        stands.elsewhere, stands.shared, stands.spoken,
    )  # fmt: skip
