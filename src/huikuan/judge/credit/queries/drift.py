"""Limits beside what the policy would give today, of all customers of a company at once.

The ledger is read once; grades, statements and limits so many customers at a time, never one by one.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from huikuan.judge.credit.domain.drift import Drift, Measure, drift_of
from huikuan.judge.credit.domain.limits import STANDING, Granted, Limit, limit_on
from huikuan.judge.credit.domain.proposing import Known, Proposal, Traded, propose, propose_group
from huikuan.judge.credit.domain.terms import CreditPolicy
from huikuan.judge.credit.models import LimitRequest, LimitStep
from huikuan.judge.credit.queries.exposure import Node, exposure_now
from huikuan.judge.credit.queries.limits import granted
from huikuan.judge.credit.queries.proposals import chunks, known_of, traded_of
from huikuan.judge.credit.queries.terms import policy_in_force
from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.columns.tables import ALWAYS_KNOWN
from huikuan.mechanisms.identity.domain.scope import Scope
from huikuan.mechanisms.identity.models import Company
from huikuan.record.customers.domain.seen import Seen
from huikuan.record.customers.queries import groups, named_by_id, seen
from huikuan.record.customers.queries.families import customers_in
from huikuan.record.customers.queries.merging import merged
from huikuan.record.receivables.queries.valuation import Valuation, valuation


@dataclass(frozen=True, slots=True)
class DriftRow:
    """A customer (`group` ''), or a group, with the limit that governs, what the policy gives and what is to be seen
    to. `grade_then`: the grade the limit was asked for with, '' not known."""

    company_id: int
    customer_id: int | None
    group: str
    code: str
    name: str
    limit: Limit
    grade: str
    grade_then: str
    currency: str
    drift: Drift


@dataclass(frozen=True, slots=True)
class DriftReport:
    """Rows with something to see to, those that differ most first and after them who has no limit; `looked_at`: of how
    many customers and groups; `policy`: number of the version."""

    company: Company
    day: date
    policy: int
    measure: Measure
    looked_at: int
    rows: tuple[DriftRow, ...]

    @property
    def counts(self) -> dict[str, int]:
        """Sign → rows that show it."""
        return dict(Counter(sign for row in self.rows for sign in row.drift.signs))


@dataclass(frozen=True, slots=True)
class _Books:
    """What every row is made from."""

    company: Company
    day: date
    policy: CreditPolicy
    measure: Measure
    traded: Mapping[int, Traded]
    ones: Mapping[int, int]
    valued: Valuation

    def drift(self, limit: Limit, given: int | None, *, dropped: bool = False, used: int | None = None) -> Drift:
        stands = self.valued.value(limit.standing, limit.currency) if limit.standing else 0
        return drift_of(
            limit, stands=stands, given=given, day=self.day, measure=self.measure, dropped=dropped, used=used
        )


def drift_report(
    company: Company, *, scope: Scope, day: date, at: datetime, measure: Measure | None = None
) -> DriftReport:
    """Every customer of the scope that ever had a limit, or trades, and every group that had one and of which the
    scope reaches everybody."""
    version, policy = policy_in_force(company, at)
    holders = _holders(company)
    traded = traded_of(company, day)
    theirs, ones = seen(scope), merged()
    wanted = _whole(company, theirs, {*traded, *holders.customers} - ones.keys(), ones)
    known = known_of(company, wanted, day=day, traded=traded)
    books = _Books(company, day, policy, measure or Measure(), traded, ones, _valued(company, day))
    rows = [*_customers(books, known), *_groups(books, holders.groups, theirs)]
    showing = sorted((row for row in rows if row.drift.signs), key=_most_first)
    return DriftReport(company, day, version.number, books.measure, len(rows), tuple(showing))


@dataclass(frozen=True, slots=True)
class _Holders:
    customers: frozenset[int]
    groups: tuple[str, ...]


def _holders(company: Company) -> _Holders:
    """Whoever was ever granted a limit."""
    approved = LimitStep.objects.filter(company_id=company.pk, step=LimitStep.Step.APPROVED).values("request_id")
    rows = LimitRequest.objects.filter(pk__in=approved).values_list("customer_id", "group_code").distinct()
    pairs = list(rows)
    customers = frozenset(customer for customer, _ in pairs if customer is not None)
    return _Holders(customers, tuple(sorted({group for _, group in pairs if group})))


def _whole(company: Company, theirs: Seen, customer_ids: Collection[int], ones: Mapping[int, int]) -> list[int]:
    """Those of the customers the reader sees with everybody merged into them."""
    unseen = {into for one, into in ones.items() if not theirs.has(company.pk, one)}
    return sorted(one for one in customer_ids if one not in unseen and theirs.has(company.pk, one))


def _valued(company: Company, day: date) -> Valuation:
    currencies = set(LimitRequest.objects.filter(company_id=company.pk).values_list("currency", flat=True).distinct())
    return valuation(company.currency, currencies, day, ALWAYS_KNOWN)


def _customers(books: _Books, known: Mapping[int, Known]) -> Iterable[DriftRow]:
    for some in chunks(known):
        nodes = [Node(customer_id, "", frozenset()) for customer_id in some]
        wishes = granted(books.company, nodes)
        standing = {customer_id: _standing(wishes[customer_id, ""], books.day) for customer_id in some}
        then = _grades_then([one for one in standing.values() if one is not None])
        named = named_by_id(some)
        for customer_id in some:
            limit = limit_on(wishes[customer_id, ""], books.day, books.company.currency)
            proposal, grade_then = propose(known[customer_id], books.policy), then.get(standing[customer_id], "")
            yield DriftRow(
                company_id=books.company.pk,
                customer_id=customer_id,
                group="",
                code=named[customer_id].code,
                name=named[customer_id].name,
                limit=limit,
                grade=proposal.known.grade,
                grade_then=grade_then,
                currency=books.company.currency,
                drift=books.drift(limit, proposal.amount, dropped=_dropped(books.policy, grade_then, proposal)),
            )


def _standing(wishes: Sequence[Granted], day: date) -> int | None:
    """The request whose standing limit governs on the day."""
    begun = [one for one in wishes if one.wish.kind == STANDING and one.wish.from_on <= day]
    return max(begun, key=lambda one: (one.wish.from_on, one.order)).request_id if begun else None


def _grades_then(requests: Collection[int]) -> dict[int | None, str]:
    """Request → the grade its calculation was made with."""
    rows = LimitRequest.objects.filter(pk__in=requests).exclude(calculation="").values_list("pk", "calculation")
    return {pk: json.loads(calculation).get("grade", "") for pk, calculation in rows}


def _dropped(policy: CreditPolicy, then: str, proposal: Proposal) -> bool:
    """Whether the policy gives the grade of today less of what the methods say than the grade of then."""
    return bool(then) and proposal.terms.factor < policy.of(then).factor


def _groups(books: _Books, codes: Iterable[str], theirs: Seen) -> Iterable[DriftRow]:
    names = {one.code: one.name for one in groups()}
    for code in codes:
        members = customers_in(code, books.day) if code in names else frozenset()
        if not members or not all(theirs.has(books.company.pk, member) for member in members):
            continue
        node = Node(None, code, members)
        limit = limit_on(granted(books.company, [node])[None, code], books.day, books.company.currency)
        given = _given(books, members)
        yield DriftRow(
            company_id=books.company.pk,
            customer_id=None,
            group=code,
            code=code,
            name=names[code],
            limit=limit,
            grade="",
            grade_then="",
            currency=books.company.currency,
            drift=books.drift(limit, given, used=_used(books, node, limit)),
        )


def _given(books: _Books, members: Collection[int]) -> int:
    """What the policy gives a group of these."""
    shown = sorted(frozenset(members) - books.ones.keys())
    known = known_of(books.company, shown, day=books.day, traded=books.traded)
    each = [(customer_id, propose(one, books.policy)) for customer_id, one in known.items()]
    return propose_group(each, day=books.day, policy=books.policy, currency=books.company.currency).amount


def _used(books: _Books, node: Node, limit: Limit) -> int | None:
    """What the members have out together, in the limit's currency; None without a rate."""
    try:
        return exposure_now(books.company, node, currency=limit.currency, day=books.day).exposure.total
    except Refusal:
        return None


def _most_first(row: DriftRow) -> tuple[bool, int, str]:
    """Limits there are before those there are none of; in each the largest difference first."""
    return row.drift.only_lacks, -abs(row.drift.difference or 0), row.code
