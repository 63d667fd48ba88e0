"""Which rule governs a claim's late interest: what was agreed, else what the law gives, and until when.

Sources: Civil Code 585; Interpretation on the General Part of Contracts 65; Interpretation on Sales Contracts 18;
Regulation on Payments to Small and Medium-sized Enterprises 17 (2025; 15 of 2020); Enterprise Bankruptcy Law 46;
Provisions on Private Lending 25.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from huikuan.kernel.money import divide_half_up
from huikuan.kernel.rates import SCALE
from huikuan.kernel.reasons import Reason
from huikuan.record.contracts.domain.interest import ANNUAL, DAILY, LPR, LateInterest
from huikuan.record.interest.domain.computing import DAY, Counting, Owed
from huikuan.record.interest.domain.prime import PrimeRates

CLAUSE, SME, LAW = "clause", "sme", "law"

#: Buyers the Regulation on Payments to SMEs binds.
BOUND = ("government", "public_institution", "large_enterprise")
BUYERS = (*BOUND, "other")

_YEAR = 365


@dataclass(frozen=True, slots=True)
class Rules:
    """What a company's policy says. `extra` and `most_extra`: on top of the LPR where nothing is agreed, the rate that
    is counted and the end of the range courts grant. `sme_from`: contracts signed before it are outside the
    Regulation. `cap_times`: agreed rates over so many times the LPR of signing are warned of."""

    extra: LateInterest
    most_extra: LateInterest
    sme: LateInterest
    sme_from: date
    base: int
    both_ends: bool
    law_fixed: bool
    clause_fixed: bool
    cap_times: int


@dataclass(frozen=True, slots=True)
class Case:
    """What is known of a claim: its contract's `clause` (None: silent), the day it was `signed` (without a contract
    the day of the document), who the buyer is ('' unknown), whether the seller said at signing that it is an SME, the
    day bankruptcy was accepted (None: not), its currency."""

    clause: LateInterest | None
    signed: date
    buyer: str
    seller_declared: bool
    bankrupt_on: date | None
    currency: str


@dataclass(frozen=True, slots=True)
class Governing:
    """The rule, why it governs (`basis`, reasons), and what a reader is warned of. `most`: the end of the range where
    the law gives one. `ends_before`: that day and those after it bear no interest."""

    rule: LateInterest
    basis: str
    counting: Counting
    reasons: tuple[Reason, ...]
    warnings: tuple[Reason, ...] = ()
    most: LateInterest | None = None
    ends_before: date | None = None


def govern(case: Case, rules: Rules, rates: PrimeRates) -> Governing:
    """The contract's clause; else 0.05 % a day for an SME's claim on a buyer the Regulation binds; else the LPR
    and more."""
    protected = case.buyer in BOUND and case.seller_declared and case.signed >= rules.sme_from
    ends = (Reason("bankruptcy", True, value=f"{case.bankrupt_on}"),) if case.bankrupt_on else ()
    warnings = _lpr_elsewhere(case)
    most = None
    if case.clause is not None:
        rule, basis, fixed = case.clause, CLAUSE, rules.clause_fixed
        warnings += _cap(case, rules, rates) + (_floor(case, rates) if protected else ())
    elif protected:
        rule, basis, fixed = rules.sme, SME, False
        warnings = ()
    else:
        rule, basis, fixed, most = rules.extra, LAW, rules.law_fixed, rules.most_extra
    counting = Counting(rules.base, fixed, rules.both_ends)
    return Governing(rule, basis, counting, (Reason(basis, True), *ends), warnings, most, case.bankrupt_on)


def _cap(case: Case, rules: Rules, rates: PrimeRates) -> tuple[Reason, ...]:
    """Private lending's cap is a yardstick only: a court may cut what is excessively high."""
    cap = Fraction(rates.on(case.signed), SCALE) * rules.cap_times
    agreed = annual(case.clause, rates, case.signed)
    return (Reason("over_cap", True, percent(agreed), percent(cap)),) if agreed > cap else ()


def _floor(case: Case, rates: PrimeRates) -> tuple[Reason, ...]:
    """Between those the Regulation binds nothing under the LPR of signing may be agreed."""
    least = Fraction(rates.on(case.signed), SCALE)
    agreed = annual(case.clause, rates, case.signed)
    return (Reason("under_lpr", True, percent(agreed), percent(least)),) if agreed < least else ()


def _lpr_elsewhere(case: Case) -> tuple[Reason, ...]:
    leans = case.clause is None or case.clause.basis == LPR
    return (Reason("lpr_is_cny", True, case.currency),) if leans and case.currency != "CNY" else ()


def stale(
    owed: Sequence[Owed], rule: LateInterest, counting: Counting, rates: PrimeRates, until: date
) -> tuple[Reason, ...]:
    """A warning where a day counts whose LPR may have been published since without our knowing."""
    late = [debt.due + DAY for debt in owed if debt.due < until]
    last = (max(late) if counting.fixed_at_breach else until) if late else None
    if rule.basis != LPR or last is None or not rates.is_stale(last):
        return ()
    return (Reason("lpr_stale", True, f"{rates.known_through}"),)


def annual(rule: LateInterest | None, rates: PrimeRates, day: date) -> Fraction:
    """What a rule comes to in a year of 365 days at the LPR of a day."""
    if rule is None:
        return Fraction(0)
    of = Fraction(rule.rate_e8, SCALE)
    return {ANNUAL: of, DAILY: of * _YEAR, LPR: of * Fraction(rates.on(day), SCALE)}[rule.basis]


def percent(rate: Fraction) -> str:
    """0.1825 → '18.25 %', to four places."""
    return f"{Decimal(divide_half_up(rate.numerator * 10**6, rate.denominator)).scaleb(-4).normalize():f} %"
