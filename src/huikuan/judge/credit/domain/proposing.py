"""The limit and the terms a credit policy gives a customer, with every figure it rests on and every step.

Each method that the policy chose is worked out, or says why it cannot be; the least of them, by the factor of the
grade, is proposed. Sales out of the ledger hold VAT already, so none is added; sales that were stated hold none.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from huikuan.judge.credit.domain.limits import STANDING, TEMPORARY, Limit, Wish
from huikuan.judge.credit.domain.methods import (
    Proposed,
    Sheet,
    Step,
    by_net_worth,
    by_points,
    by_sales,
    by_working_capital,
    final,
)
from huikuan.judge.credit.domain.terms import (
    FROM_STATEMENTS,
    NET_WORTH,
    POINTS,
    SALES_BASED,
    WORKING_CAPITAL,
    CreditPolicy,
    Terms,
)
from huikuan.judge.rating.domain.grades import review_day
from huikuan.kernel.errors import Refusal
from huikuan.kernel.money import divide_half_up

#: Where a figure comes from.
LEDGER, STATEMENTS, STATED, RATING = "ledger", "statements", "stated", "rating"


@dataclass(frozen=True, slots=True)
class Figure:
    """A value a method takes (minor units; points for a score), whence it is and which day it speaks of."""

    name: str
    value: int
    source: str
    on: date


@dataclass(frozen=True, slots=True)
class Balances:
    """What the latest statements say, minor units of the company's currency; None: not stated. `received_on`: since
    when we know."""

    ends_on: date
    received_on: date
    current_assets: int | None = None
    current_liabilities: int | None = None
    inventory: int | None = None
    net_worth: int | None = None
    tangible_net_worth: int | None = None
    total_liabilities: int | None = None


@dataclass(frozen=True, slots=True)
class Traded:
    """What the own ledger says of the year up to the day, VAT included; `worst_days_late` None: nothing fell due.
    `unvalued`: currencies without a rate, whose amounts are in none of the sums."""

    sold: int = 0
    paid: int = 0
    overdue: int = 0
    worst_days_late: int | None = None
    first_on: date | None = None
    unvalued: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Known:
    """Everything known of a customer on a day that a proposal rests on. `grade` '': none holds; `review_on`: when the
    grade is looked at again. `stated_sales`: a year's sales without VAT, as planned or agreed, in place of the
    ledger's. `no_rate`: the currency of statements that cannot be valued, '' none."""

    day: date
    currency: str
    grade: str = ""
    score: int | None = None
    graded_on: date | None = None
    review_on: date | None = None
    traded: Traded = Traded()
    balances: Balances | None = None
    no_rate: str = ""
    stated_sales: int | None = None
    industry: str = ""


@dataclass(frozen=True, slots=True)
class Worked:
    """One method as it came out. `amount` None: it cannot be worked out, for `missing` (a code of the messages), where
    `lacking` of the figures."""

    method: str
    figures: tuple[Figure, ...]
    amount: int | None = None
    steps: tuple[Step, ...] = ()
    missing: str = ""
    lacking: str = ""


@dataclass(frozen=True, slots=True)
class Proposal:
    """What the policy gives on a day: `amount` in minor units of `currency`, None where no method can be worked out;
    `steps`: how the amount follows from the methods. It would hold until `until_on`."""

    day: date
    currency: str
    known: Known
    terms: Terms
    methods: tuple[Worked, ...]
    amount: int | None
    steps: tuple[Step, ...]
    until_on: date
    margin: int | None = None
    loss: int | None = None
    custom: str = ""

    @property
    def term_days(self) -> int:
        return self.terms.term_days

    @property
    def prepaid_percent(self) -> int:
        return self.terms.prepaid_percent


@dataclass(frozen=True, slots=True)
class GroupProposal:
    """What the policy gives a group: the sum of what it gives its members (None: nothing), the share of it, and the
    cap. `until_on`: the first day a member's would end."""

    day: date
    currency: str
    members: tuple[tuple[int, Proposal], ...]
    total: int
    amount: int
    steps: tuple[Step, ...]
    until_on: date


def propose(known: Known, policy: CreditPolicy) -> Proposal:
    """The policy applied to what is known. A grade that is given nothing on credit gets 0, whatever else is known."""
    terms = policy.of(known.grade)
    methods = tuple(_worked(method, known, policy, terms) for method in policy.methods)
    outcome = _final(methods, policy, terms)
    amount = outcome.amount if outcome else None
    return Proposal(
        day=known.day,
        currency=known.currency,
        known=known,
        terms=terms,
        methods=methods,
        amount=amount,
        steps=outcome.steps if outcome else (),
        until_on=_until(known, policy.valid_months),
        margin=_part(_year(known), policy.margin),
        loss=_part(amount, terms.default_share),
        custom=policy.customs.get(known.industry, ""),
    )


def propose_group(
    members: Sequence[tuple[int, Proposal]], *, day: date, policy: CreditPolicy, currency: str
) -> GroupProposal:
    """A group is given its policy's share of what its members are given one by one, at most its cap."""
    total = sum(one.amount or 0 for _, one in members)
    amount = _rounded(total * policy.group_share)
    steps = [Step("sum_of_members", Fraction(total)), Step("group_share", policy.group_share)]
    if policy.group_cap is not None and amount > policy.group_cap:
        amount = policy.group_cap
        steps.append(Step("cap", Fraction(amount)))
    until = min((one.until_on for _, one in members), default=review_day(day, policy.valid_months))
    return GroupProposal(day, currency, tuple(members), total, amount, tuple(steps), until)


def wish_as_proposed(proposal: Proposal | GroupProposal) -> Wish:
    """A standing limit for just what is proposed, from the proposal's day; refuses where nothing can be worked out."""
    if proposal.amount is None:
        raise Refusal("proposal_none")
    terms: tuple[int | None, int | None] = (None, None)
    if isinstance(proposal, Proposal):
        terms = (proposal.term_days, proposal.prepaid_percent)
    return Wish(STANDING, proposal.currency, proposal.amount, proposal.day, proposal.until_on, *terms)


def departures(wish: Wish, *, governing: Limit, proposal: Proposal | GroupProposal) -> tuple[str, ...]:
    """In what a wish goes beyond the policy: amount (with a temporary limit what it is added to), term, prepaid share,
    day it ends on. A wish for less in every respect departs in nothing; one in another currency departs in that."""
    stands = wish.amount + (governing.standing if wish.kind == TEMPORARY else 0)
    found = []
    if wish.currency != proposal.currency:
        found.append("currency")
    elif stands > (proposal.amount or 0):
        found.append("amount" if proposal.amount is not None else "no_proposal")
    if stands and isinstance(proposal, Proposal):
        if wish.term_days is not None and wish.term_days > proposal.term_days:
            found.append("term")
        if wish.prepaid_percent is not None and wish.prepaid_percent < proposal.prepaid_percent:
            found.append("prepaid")
    if stands and (wish.until_on is None or wish.until_on > proposal.until_on):
        found.append("until")
    return tuple(found)


def _worked(method: str, known: Known, policy: CreditPolicy, terms: Terms) -> Worked:
    try:
        if method == SALES_BASED:
            return _sales(known, policy, terms)
        if method == POINTS:
            return _points(known, policy)
        stated = _balances(known, policy)
        return _net_worth(stated, terms) if method == NET_WORTH else _working_capital(stated)
    except Refusal as refusal:
        return Worked(method, (), missing=refusal.code, lacking=str(refusal.params.get("figure", "")))


def _sales(known: Known, policy: CreditPolicy, terms: Terms) -> Worked:
    if known.stated_sales is not None:
        figure, vat = Figure("annual_sales", known.stated_sales, STATED, known.day), policy.vat
    elif known.traded.unvalued:
        raise Refusal("proposal_without_rate")
    elif known.traded.sold <= 0:
        raise Refusal("proposal_without_sales")
    else:
        figure, vat = Figure("annual_sales_with_vat", known.traded.sold, LEDGER, known.day), Fraction(0)
    found = by_sales(
        figure.value, vat=vat, term_days=terms.term_days, tolerance_days=policy.tolerance_days, peak=policy.peak
    )
    steps = (Step("vat", vat), *found.steps) if vat else found.steps
    return Worked(SALES_BASED, (figure,), found.amount, steps)


def _net_worth(stated: Balances, terms: Terms) -> Worked:
    figure = _figure("tangible_net_worth", stated.tangible_net_worth, stated)
    found = by_net_worth(figure.value, terms.net_worth_share)
    return Worked(NET_WORTH, (figure,), found.amount, found.steps)


def _working_capital(stated: Balances) -> Worked:
    names = ("current_assets", "current_liabilities", "inventory", "net_worth", "total_liabilities")
    figures = tuple(_figure(name, getattr(stated, name), stated) for name in names)
    assets, debts, inventory, worth, all_debts = (one.value for one in figures)
    if worth <= 0:
        # Nothing of what it has is its own: the ratios mean nothing, and so much is lent on it.
        return Worked(WORKING_CAPITAL, figures, 0)
    found = by_working_capital(Sheet(assets, debts, inventory, worth, all_debts))
    return Worked(WORKING_CAPITAL, figures, found.amount, found.steps)


def _points(known: Known, policy: CreditPolicy) -> Worked:
    if known.score is None or known.graded_on is None:
        raise Refusal("proposal_without_score")
    found = by_points(known.score, policy.points)
    return Worked(POINTS, (Figure("score", known.score, RATING, known.graded_on),), found.amount, found.steps)


def _balances(known: Known, policy: CreditPolicy) -> Balances:
    if known.no_rate:
        raise Refusal("proposal_without_rate")
    if known.balances is None:
        raise Refusal("proposal_without_statements")
    if review_day(known.balances.ends_on, policy.statements_months) < known.day:
        raise Refusal("proposal_statements_old")
    return known.balances


def _figure(name: str, value: int | None, stated: Balances) -> Figure:
    if value is None:
        raise Refusal("proposal_line_missing", figure=name)
    return Figure(name, value, STATEMENTS, stated.ends_on)


def _final(methods: Iterable[Worked], policy: CreditPolicy, terms: Terms) -> Proposed | None:
    worked = list(methods)
    there = [Proposed(one.method, one.amount, one.steps) for one in worked if one.amount is not None]
    if not terms.factor:
        return Proposed("final", 0, (Step("grade_factor", terms.factor),))
    if not there:
        return None
    lacking = any(one.method in FROM_STATEMENTS and one.amount is None for one in worked)
    read = any(one.method in FROM_STATEMENTS for one in there)
    part = policy.without_statements if lacking and not read else Fraction(1)
    return final(there, grade_factor=terms.factor, part=part, cap=terms.cap)


def _year(known: Known) -> int | None:
    if known.stated_sales is not None:
        return known.stated_sales
    return known.traded.sold if known.traded.sold > 0 and not known.traded.unvalued else None


def _part(of: int | None, share: Fraction | None) -> int | None:
    return None if of is None or share is None else _rounded(of * share)


def _until(known: Known, months: int) -> date:
    """So many months on, or when the grade is looked at again, where that comes sooner and has not come yet."""
    until = review_day(known.day, months)
    return min(until, known.review_on) if known.review_on and known.review_on > known.day else until


def _rounded(value: Fraction) -> int:
    return divide_half_up(value.numerator, value.denominator)
