"""Grades, limits and orders of the demo: drawn up and approved by its people, through the doors everybody uses."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction

from huikuan.judge.credit.domain.deciding import ENFORCE
from huikuan.judge.credit.domain.limits import STANDING, TEMPORARY, Wish
from huikuan.judge.credit.models import DryRun, LimitRequest
from huikuan.judge.credit.operations.dry_runs import Question, dry_run, rules_to_try, terms_to_try
from huikuan.judge.credit.operations.proposing import request_measured
from huikuan.judge.credit.policies import CREDIT_POLICY, CREDIT_RULES
from huikuan.judge.rating.domain.factors import Reliability
from huikuan.judge.rating.models import Assessment, Information
from huikuan.judge.rating.operations.assessing import record_assessments
from huikuan.judge.rating.operations.information import record_information
from huikuan.judge.rating.queries.assessing import assessed, scorecard_on
from huikuan.kernel.dates import business_date
from huikuan.mechanisms.approvals.operations.deciding import approve_request
from huikuan.mechanisms.approvals.queries import request_record
from huikuan.mechanisms.identity.models import Company
from huikuan.mechanisms.policies import operations as policies
from huikuan.mechanisms.policies.models import PolicyVersion
from huikuan.mechanisms.policies.queries import digest_of, version_row
from huikuan.record.contracts.domain.orders import QUANTITY, Order, OrderLine
from huikuan.record.contracts.models import SalesOrder
from huikuan.record.contracts.operations.orders import create_order
from huikuan.record.customers.operations import ensure_prospects
from huikuan.record.customers.operations.rows import ids_by_code
from huikuan.record.financials.domain.period import Period
from huikuan.record.financials.domain.statements import Statement
from huikuan.record.financials.models import StatementVersion
from huikuan.record.financials.operations.statements import record_statement
from huikuan.shell.demo.cast import DIRECTOR, HEAD, SELLERS, fen
from huikuan.shell.demo.lending import (
    AFTER,
    BEFORE,
    FLOWS,
    FLOWS_BEFORE,
    LIMITS,
    ORDERS,
    PROSPECT,
    REPORTED,
    SAID,
    WAITING,
    Allowed,
)

#: Who draws up grades and limits; whose customers the orders are, others enter them.
ANALYST, CLERK = "shenzhou", "linhui"
#: The demo's own terms: what it sells is paid after 60 to 90 days, and little is known of most statements.
_TERMS = {"A": 90, "B": 75, "C": 45}
_FACTORS = {"A": 100, "B": 90, "C": 50}


@dataclass(frozen=True, slots=True)
class _Day:
    """The demo's day and the instant of its build."""

    today: date
    at: datetime

    @property
    def now(self) -> date:
        """The day of the build: what is granted begins then at the earliest."""
        return business_date(self.at)

    def after(self, days: int) -> date:
        return self.today + timedelta(days=days)


def write_credit(*, today: date, at: datetime) -> None:
    """Statements, what others say, grades, rules, limits and orders, and a year replayed; each once."""
    day = _Day(today, at)
    _statements(day)
    _prospect(day)
    _rules(day)
    _grades(day)
    for allowed in LIMITS:
        _limit(allowed, day, granted=True)
    _limit(WAITING, day, granted=False)
    _orders(day)
    for seller in SELLERS:
        _replay(Company.objects.get(code=seller.code), day)


def _statements(day: _Day) -> None:
    """Two years of a key account, as its accountants sent them in spring."""
    if StatementVersion.objects.exists():
        return
    customer = ids_by_code({REPORTED})[REPORTED]
    last = day.today.year - 1
    years: tuple[tuple[int, dict[str, int], dict[str, int]], ...] = (
        (last - 1, {**BEFORE, **FLOWS_BEFORE}, {}), (last, {**AFTER, **FLOWS}, BEFORE)
    )  # fmt: skip
    for year, amounts, opening in years:
        statement = Statement(
            Period(date(year, 12, 31)),
            "small",
            date(year + 1, 4, 20) if date(year + 1, 4, 20) < day.today else day.today,
            source="customer",
            amounts={code: amount * 1_000_000 for code, amount in amounts.items()},
            opening={code: amount * 1_000_000 for code, amount in opening.items()},
        )
        record_statement(customer_id=customer, statement=statement, actor=ANALYST, at=day.at)


def _prospect(day: _Day) -> None:
    """Somebody of whom only others can say anything."""
    if Information.objects.exists():
        return
    code, name, _industry = PROSPECT
    with transaction.atomic():
        customer = ensure_prospects({code: name}, batch_id=None, actor=ANALYST, at=day.at)[code]
    for factor, value, source in SAID:
        record_information(
            customer_id=customer, factor=factor, value=value, source=source, on=day.after(-20),
            reliability=Reliability.REPORTED, actor=ANALYST, at=day.at,
        )  # fmt: skip


def _rules(day: _Day) -> None:
    """The head office enforces, the branch still observes; terms as heavy equipment is sold."""
    if PolicyVersion.objects.filter(kind=CREDIT_RULES.name).exists():
        return
    head = Company.objects.get(code=HEAD).pk
    policy: dict[str, Any] = dict(CREDIT_POLICY.default)
    policy["without_statements_percent"] = 100
    policy["grades"] = {
        grade: {**terms, "term_days": _TERMS[grade], "factor_percent": _FACTORS[grade]} if grade in _TERMS else terms
        for grade, terms in policy["grades"].items()
    }
    with transaction.atomic():
        _in_force(CREDIT_POLICY.name, None, policy, day)
        _in_force(CREDIT_RULES.name, head, {**CREDIT_RULES.default, "mode": ENFORCE}, day)


def _in_force(kind: str, company_id: int | None, document: dict[str, Any], day: _Day) -> None:
    version = policies.draft(kind=kind, company_id=company_id, document=document, actor=ANALYST, at=day.at)
    policies.approve(version_id=version, digest=digest_of(version_row(version)), actor=DIRECTOR, at=day.at)
    policies.put_in_force(version_id=version, effective_at=day.at, actor="cli:demo", at=day.at)


def _grades(day: _Day) -> None:
    """Everybody by the shipped scorecards."""
    if Assessment.objects.exists():
        return
    policy = scorecard_on(day.today)
    found = list(assessed(as_of=day.today, policy=policy))
    with transaction.atomic():
        record_assessments(found, policy=policy, as_of=day.today, actor=ANALYST, at=day.at)


def _limit(allowed: Allowed, day: _Day, *, granted: bool) -> None:
    """Asked for by the analyst beside what the policy gives, as on the page; granted, where it is, by the director."""
    customer = ids_by_code({allowed.customer})[allowed.customer] if allowed.customer else None
    kind = TEMPORARY if allowed.days else STANDING
    amount = fen(allowed.amount)
    if LimitRequest.objects.filter(
        customer_id=customer, group_code=allowed.group, kind=kind, amount=amount
    ).exists():  # fmt: skip
        return
    since = max(day.today, day.now)
    until = since + timedelta(days=allowed.days) if allowed.days else None
    wish = Wish(kind, "CNY", amount, since, until_on=until)
    company = Company.objects.get(code=allowed.seller)
    with transaction.atomic():
        number = request_measured(
            company=company, customer_id=customer, group=allowed.group, wish=wish, reason=allowed.reason,
            actor=ANALYST, at=day.at,
        )  # fmt: skip
        if granted:
            digest = request_record(number).digest
            approve_request(request_id=number, digest=digest, actor=DIRECTOR, at=day.at)


def _orders(day: _Day) -> None:
    company = Company.objects.get(code=HEAD)
    for one in ORDERS:
        if SalesOrder.objects.filter(company_id=company.pk, number=one.number).exists():
            continue
        line = OrderLine(1, one.text, QUANTITY, fen(one.amount), "批", planned_on=day.after(30))
        order = Order(day.today, "CNY", (line,))
        customer = ids_by_code({one.customer})[one.customer]
        create_order(
            company=company, customer_id=customer, number=one.number, order=order, actor=CLERK, at=day.at
        )  # fmt: skip


def _replay(company: Company, day: _Day) -> None:
    """The year before, under the rules in force; by what customers carried, where no limit was there."""
    if DryRun.objects.filter(company_id=company.pk).exists():
        return
    last = min(day.today, day.now)
    question = Question(
        last - timedelta(days=364), last, rules_to_try(company, at=day.at), terms_to_try(company, at=day.at)
    )  # fmt: skip
    dry_run(company=company, question=question, actor=ANALYST, clock=lambda: day.at)
