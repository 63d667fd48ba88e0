"""What the credit policy would give customers: their figures read set-based, and the policy applied to each.

The figures of a customer are those of everybody merged into it, whoever asks: a proposal does not depend on its
reader. Who does not see all of it is told nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import TypeVar

from huikuan.judge.credit.domain.proposing import (
    Balances,
    GroupProposal,
    Known,
    Proposal,
    Traded,
    propose,
    propose_group,
)
from huikuan.judge.credit.queries.terms import policy_in_force
from huikuan.judge.rating.domain.behaviour import Sums
from huikuan.judge.rating.queries.behaviour import sums_by_customer
from huikuan.judge.rating.queries.grades import Graded, grades_of
from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.audit.models import Head
from huikuan.mechanisms.columns.queries import asking_columns
from huikuan.mechanisms.columns.tables import ALWAYS_KNOWN
from huikuan.mechanisms.identity.domain.scope import EVERYTHING, Scope
from huikuan.mechanisms.identity.models import Company
from huikuan.mechanisms.policies.queries import InForce
from huikuan.record.customers.domain.seen import EVERYTHING_SEEN
from huikuan.record.customers.queries import named_by_id, seen
from huikuan.record.customers.queries.families import customers_in, one_of
from huikuan.record.customers.queries.merging import merged
from huikuan.record.financials.domain.limits import Figures
from huikuan.record.financials.queries.ratios import figures_of
from huikuan.record.receivables.queries.open_lines import Moment
from huikuan.record.receivables.queries.valuation import Valuation, valuation

#: Customers asked about in one statement; a database takes only so many parameters.
AT_ONCE = 10_000

Key = TypeVar("Key")


@dataclass(frozen=True, slots=True)
class ByPolicy:
    """A proposal with the version of the policy it follows."""

    policy: InForce
    proposal: Proposal


@dataclass(frozen=True, slots=True)
class GroupByPolicy:
    """The same of a group."""

    policy: InForce
    proposal: GroupProposal


def proposed(
    company: Company, customer_id: int, *, day: date, at: datetime, scope: Scope, stated_sales: int | None = None
) -> ByPolicy:
    """What the policy in force at `at` gives a customer by what is known on `day`.

    `stated_sales`: a year's sales without VAT, in minor units of the company's currency, in place of the ledger's.
    Refuses a customer of whom the scope does not reach everything.
    """
    one, theirs = one_of(customer_id), seen(scope)
    if not all(theirs.has(company.pk, member) for member in one.members):
        raise Refusal("customer_unknown", customer=customer_id)
    version, policy = policy_in_force(company, at)
    known = known_of(company, [one.shown], day=day, traded=traded_of(company, day, one.members))[one.shown]
    return ByPolicy(version, propose(replace(known, stated_sales=stated_sales), policy))


def proposed_group(company: Company, group: str, *, day: date, at: datetime, scope: Scope) -> GroupByPolicy:
    """What the policy gives a group; refuses one of which the scope does not reach everybody."""
    members, theirs = customers_in(group, day), seen(scope)
    if not all(theirs.has(company.pk, member) for member in members):
        raise Refusal("group_unknown", group=group)
    version, policy = policy_in_force(company, at)
    shown = sorted(members - merged().keys())
    known = known_of(company, shown, day=day, traded=traded_of(company, day, members))
    each = [(customer_id, propose(known[customer_id], policy)) for customer_id in shown]
    return GroupByPolicy(version, propose_group(each, day=day, policy=policy, currency=company.currency))


def proposals(company: Company, customer_ids: Collection[int], *, day: date, at: datetime) -> dict[int, Proposal]:
    """Customer (as it is shown) → what the policy gives it; as many questions for one as for all."""
    policy = policy_in_force(company, at)[1]
    known = known_of(company, customer_ids, day=day, traded=traded_of(company, day))
    return {customer_id: propose(one, policy) for customer_id, one in known.items()}


def known_of(
    company: Company,
    customer_ids: Collection[int],
    *,
    day: date,
    traded: Mapping[int, Traded] | None = None,
    known: Head | None = None,
) -> dict[int, Known]:
    """What is known of these customers, each as it is shown. `traded`: what their ledger says, where the caller has
    read it (None: the ledger is read whole). `known`: by which head (None: everything known now)."""
    horizon = known.horizon if known else ALWAYS_KNOWN
    if traded is None:
        traded = traded_of(company, day, known=known)
    figures, grades, industries = dict[int, Figures](), dict[int, Graded](), dict[int, str]()
    for some in chunks(customer_ids):
        figures |= figures_of(some, scope=EVERYTHING, as_of=day, known=horizon)
        grades |= grades_of(some, day=day, known=known)
        industries |= {customer_id: one.industry for customer_id, one in named_by_id(some).items()}
    valued = valuation(company.currency, {one.currency for one in figures.values()}, day, horizon)
    return {
        customer_id: _known(
            Known(
                day,
                company.currency,
                traded=traded.get(customer_id, Traded()),
                industry=industries.get(customer_id, ""),
            ),
            figures.get(customer_id),
            grades.get(customer_id),
            valued,
        )
        for customer_id in customer_ids
    }


def chunks(ids: Iterable[Key]) -> Iterable[list[Key]]:
    """All of them, so many at once."""
    every = list(ids)
    return (every[place : place + AT_ONCE] for place in range(0, len(every), AT_ONCE))


def traded_of(
    company: Company, day: date, members: Collection[int] | None = None, *, known: Head | None = None
) -> dict[int, Traded]:
    """Customer (as it is shown) → what its ledger says of the year up to the day. `members`: of these customers alone,
    with those merged into them; None: of all. `known` as in `known_of`."""
    horizon = known.horizon if known else ALWAYS_KNOWN
    theirs = EVERYTHING_SEEN if members is None else EVERYTHING_SEEN.among(members)
    moment = Moment(day, horizon, company.pk, theirs)
    with asking_columns() as engine:
        found = sums_by_customer(engine, moment)
    valued = valuation(company.currency, {currency for sums in found.values() for currency in sums}, day, horizon)
    return {customer_id: _summed(sums, valued) for customer_id, sums in found.items()}


def _summed(by_currency: Mapping[str, Sums], valued: Valuation) -> Traded:
    def total(name: str) -> int:
        return sum(valued.value(getattr(sums, name), currency) or 0 for currency, sums in by_currency.items())

    return Traded(
        sold=total("sold") - total("returned"),
        paid=total("paid"),
        overdue=total("overdue"),
        worst_days_late=max((one.worst for one in by_currency.values() if one.worst is not None), default=None),
        first_on=min((one.first_on for one in by_currency.values() if one.first_on), default=None),
        unvalued=tuple(sorted(one for one in by_currency if not valued.covers([one]))),
    )


def _known(known: Known, figures: Figures | None, graded: Graded | None, valued: Valuation) -> Known:
    if graded is not None:
        known = replace(
            known, grade=graded.grade, score=graded.score, graded_on=graded.as_of, review_on=graded.review_on
        )
    if figures is not None and not valued.covers([figures.currency]):
        return replace(known, no_rate=figures.currency)
    return replace(known, balances=_balances(figures, valued)) if figures else known


def _balances(figures: Figures, valued: Valuation) -> Balances:
    names = (
        "current_assets", "current_liabilities", "inventory", "net_worth", "tangible_net_worth", "total_liabilities"
    )  # fmt: skip
    stated = {name: getattr(figures, name) for name in names}
    return Balances(
        figures.ends_on,
        figures.received_on,
        **{name: None if one is None else valued.value(one, figures.currency) for name, one in stated.items()},
    )
