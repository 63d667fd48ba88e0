"""Replaying a policy over a company's past and keeping what came out, so that it can be shown and had again."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from typing import Any

import polars as pl
from django.db import transaction

from huikuan.judge.credit.domain.deciding import ENFORCE
from huikuan.judge.credit.domain.limits import GRANTED, Limit
from huikuan.judge.credit.domain.usual import METHODS
from huikuan.judge.credit.models import DryRun
from huikuan.judge.credit.policies import CREDIT_POLICY, CREDIT_RULES, check_rules, policy_of
from huikuan.judge.credit.queries.past import Period
from huikuan.judge.credit.queries.replay import Replayed, replayed
from huikuan.judge.credit.queries.terms_then import Basis
from huikuan.kernel.dates import business_date
from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.audit.operations import record
from huikuan.mechanisms.audit.sealing import seal
from huikuan.mechanisms.events.operations import announce
from huikuan.mechanisms.files.operations import Kept, keep_bytes, store_kept
from huikuan.mechanisms.identity.domain.roles import Permission
from huikuan.mechanisms.identity.models import Company
from huikuan.mechanisms.identity.queries import require
from huikuan.mechanisms.jobs.operations import enqueue
from huikuan.mechanisms.policies import operations as policies
from huikuan.mechanisms.policies.queries import InForce, decided_under, in_force
from huikuan.mechanisms.policies.queries import version as policy_version

#: The job of a run.
RUN = "credit.dry_run"
PARQUET = "application/vnd.apache.parquet"
LONGEST_DAYS = 1_100
MOST_LATE = 365
#: Orders between two words on how far a run is.
_STEP = 2_000


@dataclass(frozen=True, slots=True)
class Question:
    """What a dry run is asked: orders of `since` to `until`, under which order checks and which version of the credit
    policy (`terms`), and where limits come from."""

    since: date
    until: date
    policy: InForce
    terms: InForce
    basis: Basis = field(default_factory=Basis)
    late_over: int = 30


@dataclass(frozen=True, slots=True)
class Answered:
    """A run's rows, on the disk, and what they rest on; a caller's transaction records it."""

    question: Question
    looked_on: date
    head_size: int
    rows: Kept


def dry_run(*, company: Company, question: Question, actor: str, clock: Callable[[], datetime]) -> int:
    """Replay and record; answers the fact's id. Reads the whole company: who sees less of it is shown less of the
    result. Refuses whoever may not draft the policy. Call outside a transaction."""
    at = clock()
    require_question(company, question, actor=actor, at=at)
    return record_dry_run(answer(company, question, clock=clock), company_id=company.pk, actor=actor, at=at)


def start_dry_run(*, company: Company, question: Question, actor: str, at: datetime) -> int:
    """Ask for the same as a job; answers the job. One of a company is under way at a time."""
    require_question(company, question, actor=actor, at=at)
    params = {
        "company": company.pk,
        "since": question.since.isoformat(),
        "until": question.until.isoformat(),
        "late_over": question.late_over,
        "policy": question.policy.version_id or 0,
        "document": dict(question.policy.document),
        "terms": question.terms.version_id or 0,
        "method": question.basis.method,
        "actor": actor,
    }
    return enqueue(RUN, key=str(company.pk), params=params, at=at)


def require_question(company: Company, question: Question, *, actor: str, at: datetime) -> None:
    """Refuse whoever may not ask, rules that are none, and a period that is none, is to come or is very long."""
    require(actor, Permission.DRAFT_POLICY, company_id=company.pk, at=at)
    check_rules(question.policy.document)
    today = business_date(at, company.time_zone)
    days = (question.until - question.since).days
    if not 0 <= days <= LONGEST_DAYS or question.until > today:
        raise Refusal("dry_run_period_bad", since=question.since, until=question.until, longest=LONGEST_DAYS)
    if not 0 <= question.late_over <= MOST_LATE:
        raise Refusal("dry_run_days_bad", days=question.late_over, most=MOST_LATE)
    if question.basis.method not in METHODS:
        raise Refusal("dry_run_method_unknown", method=question.basis.method, known=", ".join(METHODS))


def answer(
    company: Company,
    question: Question,
    *,
    clock: Callable[[], datetime],
    told: Callable[[int, int], None] = lambda _done, _total: None,
) -> Answered:
    """Walk through the past; `told` hears how many orders of how many are done."""
    head = seal(clock)
    looked_on = business_date(clock(), company.time_zone)
    period = Period(question.since, question.until, looked_on, question.late_over, head)
    credit_policy = policy_of(question.terms.document, company.currency)
    total, found = replayed(company, period, question.policy, credit_policy, question.basis)

    def watched() -> Iterator[Replayed]:
        for done, one in enumerate(found):
            if done % _STEP == 0:
                told(done, total)
            yield one

    return Answered(question, looked_on, head.size, keep_bytes(frame_bytes(watched())))


def record_dry_run(answered: Answered, *, company_id: int, actor: str, at: datetime) -> int:
    """The fact, the file's fact, and the event, in the caller's transaction or one of their own."""
    question = answered.question
    own = {customer_id: [one.currency, one.amount] for customer_id, one in question.basis.own.items()}
    row = {
        "company_id": company_id,
        "since": question.since,
        "until": question.until,
        "looked_on": answered.looked_on,
        "late_over": question.late_over,
        "policy_version_id": question.policy.version_id,
        "document": _canonical(question.policy.document),
        "terms_version_id": question.terms.version_id,
        "method": question.basis.method,
        "limits": _canonical(own) if own else "",
        "head_size": answered.head_size,
        "rows_sha256": answered.rows.sha256,
        "actor": actor,
    }
    with transaction.atomic():
        name = f"dry-run-{question.since:%Y%m%d}-{question.until:%Y%m%d}.parquet"
        store_kept(answered.rows, name, media_type=PARQUET, actor=actor, at=at)
        number = record(DryRun, [row], at=at)[0]
        announce("credit.dry_run_finished", at=at, company_id=company_id, payload={"dry_run": number})
    return number


def rules_to_try(
    company: Company, *, at: datetime, version_id: int | None = None, document: Mapping[str, Any] | None = None
) -> InForce:
    """Rules by their version (0: the shipped ones), by their text, or those in force at `at`."""
    if document is not None:
        check_rules(document)
        return InForce(CREDIT_RULES.name, 0, document, None)
    if version_id is None:
        return in_force(CREDIT_RULES.name, company_id=company.pk, at=at)
    if version_id and policy_version(version_id).kind != CREDIT_RULES.name:
        raise Refusal("policy_version_unknown", version=version_id)
    return decided_under(version_id or None, kind=CREDIT_RULES.name)


def terms_to_try(company: Company, *, at: datetime, version_id: int | None = None) -> InForce:
    """The credit policy by its version (0: the shipped one), or the one in force at `at`."""
    if version_id is None:
        return in_force(CREDIT_POLICY.name, company_id=company.pk, at=at)
    if version_id and policy_version(version_id).kind != CREDIT_POLICY.name:
        raise Refusal("policy_version_unknown", version=version_id)
    return decided_under(version_id or None, kind=CREDIT_POLICY.name)


def propose_enforcing(*, company: Company, run_id: int, document: Mapping[str, Any], actor: str, at: datetime) -> int:
    """Draft the rules of a run, enforced, and put them before whoever approves; answers the version."""
    version_id = policies.draft(
        kind=CREDIT_RULES.name,
        company_id=company.pk,
        document={**document, "mode": ENFORCE},
        note=f"dry run {run_id}",
        actor=actor,
        at=at,
    )
    policies.submit(version_id=version_id, actor=actor, at=at)
    return version_id


def own_limits(text: str) -> dict[int, Limit]:
    """The limits a run was given, read again."""
    said = json.loads(text) if text else {}
    return {int(one): Limit(GRANTED, currency, amount) for one, (currency, amount) in said.items()}


_TYPES: dict[str, Any] = {
    "key": pl.Int64, "document": pl.String, "document_id": pl.Int64, "number": pl.String, "customer_id": pl.Int64,
    "day": pl.Date, "currency": pl.String, "amount": pl.Int64, "decision": pl.String, "grade": pl.String,
    "limit_state": pl.String, "limit_currency": pl.String, "limit": pl.Int64, "before": pl.Int64, "after": pl.Int64,
    "overdue_days": pl.Int64, "content": pl.String, "lost": pl.Int64, "late": pl.Int64, "late_days": pl.Int64,
    "in_time": pl.Int64, "withdrawn": pl.Int64, "unknown": pl.Int64,
}  # fmt: skip


def frame_bytes(rows: Iterator[Replayed]) -> bytes:
    """The rows as the file keeps them: the same rows give the same bytes."""
    buffer = io.BytesIO()
    pl.DataFrame([_row(one) for one in rows], schema=_TYPES, orient="row").write_parquet(buffer)
    return buffer.getvalue()


def _row(one: Replayed) -> dict[str, Any]:
    ask, told, outcome = one.told.ask, one.told, one.outcome
    own = told.nodes[0] if told.nodes else None
    return {
        "key": ask.key,
        "document": ask.document,
        "document_id": ask.document_id,
        "number": ask.number,
        "customer_id": ask.customer_id,
        "day": ask.day,
        "currency": ask.currency,
        "amount": ask.amount,
        "decision": told.decision.decision if told.decision else "",
        "grade": told.grade,
        "limit_state": own.limit.state if own else "",
        "limit_currency": own.limit.currency if own else "",
        "limit": own.limit.amount if own else None,
        "before": own.before if own else None,
        "after": own.after if own else None,
        "overdue_days": told.late.days_over_grace,
        "content": _canonical(one.content) if one.content else "",
        **asdict(outcome),
    }


def _canonical(document: Mapping[Any, Any]) -> str:
    return json.dumps(dict(document), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
