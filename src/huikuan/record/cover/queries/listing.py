"""The list of pieces of cover: which, in which state, how much of them counts; and those in a circle."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, F, Q, QuerySet, Sum

from huikuan.kernel.text import spellings
from huikuan.mechanisms.identity.domain.scope import Scope
from huikuan.record.cover.domain.allocation import mutual
from huikuan.record.cover.domain.pieces import AHEAD, ENDED, EXPIRING, NOTICE, RELEASED, STANDING, WHOLE
from huikuan.record.cover.models import PieceVersion
from huikuan.record.cover.queries.pieces import PieceRow, as_of, named, reached
from huikuan.record.customers.models import Customer
from huikuan.record.customers.queries.families import chains_of, one_of
from huikuan.record.customers.queries.merging import merged

_AT_ONCE = 1_000
#: Every state in which a piece lessens exposure.
COUNTS = "counts"


@dataclass(frozen=True, slots=True)
class PieceFilter:
    """Which pieces: a state (or `counts`), a kind, text in paper, guarantor or customer, one company; of one customer
    what covers it: its own and those of the groups it stands in."""

    state: str = ""
    kind: str = ""
    text: str = ""
    company_id: int | None = None
    customer_id: int | None = None


@dataclass(frozen=True, slots=True)
class Asking:
    """Who asks, of which day, as known below a horizon (None: now)."""

    scope: Scope
    day: date
    known: int | None = None


@dataclass(frozen=True, slots=True)
class PiecePage:
    """Rows, the latest proposed first, of `count`; `worth`: currency → what of all that match and count is eligible;
    `next`: where the following ones begin, None at the end."""

    rows: list[PieceRow]
    count: int
    worth: dict[str, int]
    next: int | None


def pieces_page(chosen: PieceFilter, asking: Asking, *, after: int | None = None, limit: int) -> PiecePage:
    """The pieces below `after`, `limit` at a time."""
    rows = matching(chosen, asking)
    found = _after(rows, after, limit + 1)
    following = found[limit - 1].number if len(found) > limit else None
    counting = rows.filter(in_state(COUNTS, asking.day)).values("currency").order_by("currency")
    worth = counting.annotate(worth=Sum(F("amount") * F("eligible_e4") / WHOLE))
    return PiecePage(
        named(found[:limit], asking.day),
        rows.aggregate(count=Count("pk"))["count"],
        {one["currency"]: one["worth"] for one in worth},
        following,
    )


def every_piece(chosen: PieceFilter, asking: Asking) -> Iterator[PieceRow]:
    """All that match, in the order of `pieces_page`, a thousand at a time."""
    after: int | None = None
    while found := _after(matching(chosen, asking), after, _AT_ONCE):
        yield from named(found, asking.day)
        after = found[-1].number


def expiring(*, scope: Scope, day: date, known: int | None = None) -> list[PieceRow]:
    """The pieces that end within the notice, the first to end first: what an inbox reminds of."""
    rows = every_piece(PieceFilter(state=EXPIRING), Asking(scope, day, known))
    return sorted(rows, key=lambda row: (row.terms.valid_until or date.max, row.number))


def circles(day: date, known: int | None = None) -> frozenset[int]:
    """The guarantees of customers for customers that count on the day and close a circle (互保), whoever sees them."""
    facts = as_of(PieceVersion.objects.filter(provider_id__isnull=False, customer_id__isnull=False), day, known)
    shown = merged(known)
    standing = facts.filter(in_state(COUNTS, day)).values_list("number", "company_id", "provider_id", "customer_id")
    by_company: dict[int, list[tuple[int, int, int]]] = {}
    for number, company_id, provider, customer in standing:
        edge = (number, shown.get(provider or 0, provider or 0), shown.get(customer or 0, customer or 0))
        by_company.setdefault(company_id, []).append(edge)
    return frozenset(number for edges in by_company.values() for number in mutual(edges))


def matching(chosen: PieceFilter, asking: Asking) -> QuerySet[PieceVersion]:
    """The versions that hold on the day of the pieces that match and are reached."""
    facts = PieceVersion.objects.all()
    if chosen.company_id is not None:
        facts = facts.filter(company_id=chosen.company_id)
    if chosen.kind:
        facts = facts.filter(kind=chosen.kind)
    if chosen.customer_id is not None:
        one = one_of(chosen.customer_id, asking.known)
        groups = chains_of([one.shown], asking.day, asking.known).get(one.shown, ())
        facts = facts.filter(Q(customer_id__in=one.members) | Q(group_code__in=groups))
    if chosen.text:
        facts = facts.filter(_found_by(chosen.text))
    rows = as_of(facts, asking.day, asking.known)
    return reached(rows.filter(in_state(chosen.state, asking.day)), asking.scope, asking.day)


def in_state(state: str, day: date) -> Q:
    """The same as `domain.pieces.state_on`, asked of the database; '' any."""
    if not state:
        return Q()
    if state == RELEASED:
        return Q(released=True)
    begun, over = Q(valid_from__lte=day), Q(valid_until__lt=day)
    soon = Q(valid_until__gte=day, valid_until__lte=day + NOTICE)
    standing = begun & (Q(valid_until__isnull=True) | Q(valid_until__gt=day + NOTICE))
    conditions = {
        AHEAD: ~begun, ENDED: begun & over, EXPIRING: begun & soon, STANDING: standing, COUNTS: standing | begun & soon
    }  # fmt: skip
    return Q(released=False) & conditions[state]


def _found_by(text: str) -> Q:
    condition = Q()
    for spelling in spellings(text):
        named_so = Customer.objects.filter(Q(name__icontains=spelling) | Q(code__icontains=spelling))
        condition |= Q(reference__icontains=spelling) | Q(provider__icontains=spelling)
        condition |= Q(contract_number__icontains=spelling) | Q(group_code__icontains=spelling)
        condition |= Q(customer_id__in=named_so.values("id"))
    return condition


def _after(rows: QuerySet[PieceVersion], after: int | None, limit: int) -> list[PieceVersion]:
    found = rows if after is None else rows.filter(number__lt=after)
    return list(found.order_by("-number")[:limit])
