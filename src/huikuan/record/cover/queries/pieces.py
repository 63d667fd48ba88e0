"""Pieces of cover as they stand on a day, and every version of one."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.columns.tables import ALWAYS_KNOWN
from huikuan.mechanisms.identity.domain.scope import Scope
from huikuan.mechanisms.identity.models import Company
from huikuan.mechanisms.store.pipeline import ask
from huikuan.mechanisms.store.wire import among as among_listed
from huikuan.mechanisms.store.wire import int8, listed
from huikuan.record.cover.domain.pieces import EXPIRING, STANDING, Counting, Terms, Whose, state_on, worth_of
from huikuan.record.cover.models import PieceVersion
from huikuan.record.customers.domain.seen import Seen
from huikuan.record.customers.queries import customers_by_id, narrowed, seen
from huikuan.record.customers.queries.families import customers_in, one_of

_TERMS = tuple(Terms.__dataclass_fields__)


@dataclass(frozen=True, slots=True)
class PieceRow:
    """A piece as its version says, with `state` of the day asked about."""

    number: int
    version: int
    effective_on: date
    company_id: int
    company_code: str
    whose: Whose
    customer_code: str
    customer_name: str
    terms: Terms
    released: bool
    sha256: str
    file_name: str
    recorded_at: datetime
    actor: str
    approved_by: str
    state: str

    @property
    def counts(self) -> bool:
        """Whether it lessens exposure on the day."""
        return self.state in (STANDING, EXPIRING)


def cover_of(company_id: int, customer_ids: Collection[int], day: date, known: int | None = None) -> list[Counting]:
    """The pieces that count on `day` for these customers themselves, and every piece of a group, as known below a
    horizon (None: now), by number."""
    return asking_cover(company_id, customer_ids, day, known)()


def asking_cover(
    company_id: int, customer_ids: Collection[int], day: date, known: int | None = None
) -> Callable[[], list[Counting]]:
    """Asks what `cover_of` answers, however many customers there are. Call for the answer."""
    horizon = int8(ALWAYS_KNOWN if known is None else known)
    asked = ask(
        _COUNTING.format(among=among_listed()),
        [int8(company_id), listed(sorted(customer_ids)), day, day, day, horizon, day, horizon],
    )
    return lambda: [_counting(row) for row in asked()]


_COUNTING = """
SELECT v.number, v.customer_id, v.contract_number, v.group_code, v.kind, v.currency, v.amount, v.eligible_e4,
    v.insured_e4, v.provider_id
FROM cover_pieceversion v
WHERE v.company_id = %s AND (v.customer_id {among} OR v.group_code <> '') AND NOT v.released
    AND v.valid_from <= %s AND (v.valid_until IS NULL OR v.valid_until >= %s) AND v.effective_on <= %s AND v.tx < %s
    AND NOT EXISTS (SELECT 1 FROM cover_pieceversion w
        WHERE w.number = v.number AND w.version > v.version AND w.effective_on <= %s AND w.tx < %s)
ORDER BY v.number
"""


def _counting(row: Sequence[Any]) -> Counting:
    number, customer_id, contract, group, kind, currency, amount, eligible, insured, provider = row
    whose = Whose(customer_id, contract, group)
    return Counting(number, whose, kind, currency, worth_of(amount, eligible), insured, provider)


def piece(number: int, *, scope: Scope, day: date, known: int | None = None) -> PieceRow:
    """One piece as of a day; refuses one that is unknown then, or out of scope, which is the same to the reader."""
    found = list(reached(as_of(PieceVersion.objects.filter(number=number), day, known), scope, day))
    if not found:
        raise Refusal("cover_unknown", number=number)
    return named(found, day)[0]


def versions(number: int, day: date, *, known: int | None = None) -> list[PieceRow]:
    """Everything recorded of a piece by a day, the newest first."""
    horizon = ALWAYS_KNOWN if known is None else known
    facts = PieceVersion.objects.filter(number=number, effective_on__lte=day, tx__lt=horizon)
    return named(list(facts.order_by("-version")), day)


def as_of(facts: QuerySet[PieceVersion], day: date, known: int | None = None) -> QuerySet[PieceVersion]:
    """Those of the versions that hold on `day`: of each piece the last one by then."""
    horizon = ALWAYS_KNOWN if known is None else known
    later = PieceVersion.objects.filter(
        number=OuterRef("number"), version__gt=OuterRef("version"), effective_on__lte=day, tx__lt=horizon
    )
    return facts.filter(effective_on__lte=day, tx__lt=horizon).exclude(Exists(later))


def reached(facts: QuerySet[PieceVersion], scope: Scope, day: date) -> QuerySet[PieceVersion]:
    """Those of customers in the scope, and of groups all of whose customers are."""
    theirs = seen(scope)
    if theirs.everything:
        return facts
    whole = Q(pk__in=[])
    for company_id, code in facts.exclude(group_code="").values_list("company_id", "group_code").distinct():
        if all(theirs.has(company_id, member) for member in customers_in(code, day)):
            whole |= Q(company_id=company_id, group_code=code)
    own = narrowed(facts, theirs).values("pk")
    return facts.filter(Q(pk__in=own) | whole)


def sees_whose(company_id: int, whose: Whose, theirs: Seen, day: date) -> bool:
    """Whether a reader sees everybody whom a piece covers."""
    members = customers_in(whose.group, day) if whose.group else one_of(whose.customer_id or 0).members
    return all(theirs.has(company_id, member) for member in members)


def named(facts: Iterable[PieceVersion], day: date) -> list[PieceRow]:
    """The versions with the names of company and customer, in their order."""
    found = list(facts)
    customers = customers_by_id({one.customer_id for one in found if one.customer_id is not None})
    companies = dict(Company.objects.values_list("pk", "code"))
    return [row_of(one, day, companies, customers) for one in found]


def terms_of(fact: PieceVersion) -> Terms:
    return Terms(**{name: getattr(fact, name) for name in _TERMS})


def whose_of(fact: PieceVersion) -> Whose:
    return Whose(fact.customer_id, fact.contract_number, fact.group_code)


def row_of(
    fact: PieceVersion, day: date, companies: dict[int, str] | None = None, customers: dict[int, Any] | None = None
) -> PieceRow:
    """One version as a row, with the names that were looked up."""
    terms, customer = terms_of(fact), (customers or {}).get(fact.customer_id or 0)
    return PieceRow(
        number=fact.number,
        version=fact.version,
        effective_on=fact.effective_on,
        company_id=fact.company_id,
        company_code=(companies or {}).get(fact.company_id, ""),
        whose=whose_of(fact),
        customer_code=customer.code if customer else "",
        customer_name=customer.name if customer else "",
        terms=terms,
        released=fact.released,
        sha256=fact.sha256,
        file_name=fact.file_name,
        recorded_at=fact.recorded_at,
        actor=fact.actor,
        approved_by=fact.approved_by,
        state=state_on(terms, day, released=fact.released),
    )
