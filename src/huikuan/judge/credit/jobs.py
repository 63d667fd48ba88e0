"""Background work: dry runs, and orders that wait, asked again as time goes by."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from huikuan.judge.credit.credit_policy import CREDIT_POLICY
from huikuan.judge.credit.operations.dry_runs import Question, answer, record_dry_run, require_question
from huikuan.judge.credit.operations.orders import ask_waiting
from huikuan.judge.credit.policies import CREDIT_RULES
from huikuan.judge.credit.queries.terms_then import Basis
from huikuan.mechanisms.identity.models import Company
from huikuan.mechanisms.jobs.work import Work
from huikuan.mechanisms.policies.queries import InForce, decided_under, version


def dry_run(work: Work) -> dict[str, Any]:
    """Replay under the rules named when it was asked for: it reads for as long as it takes, and writes once, at its
    end. Killed at any point it begins again, and nothing is there twice. Whoever asked must still be one who may."""
    company = Company.objects.get(pk=work.params["company"])
    version_id = work.params["policy"] or None
    policy = InForce(
        CREDIT_RULES.name, version(version_id).number if version_id else 0, work.params["document"], version_id
    )
    question = Question(
        date.fromisoformat(work.params["since"]),
        date.fromisoformat(work.params["until"]),
        policy,
        decided_under(work.params["terms"] or None, kind=CREDIT_POLICY.name),
        Basis(work.params["method"]),
        work.params["late_over"],
    )
    require_question(company, question, actor=work.params["actor"], at=work.at)
    answered = answer(company, question, clock=lambda: datetime.now(UTC), told=work.progress)
    with work.step(1, 1):
        number = record_dry_run(answered, company_id=company.pk, actor=work.params["actor"], at=work.at)
    return {"dry_run": number}


def ask(work: Work) -> dict[str, int]:
    """Let go on what fits in by now: limits begin and rules come into force with a day."""
    return ask_waiting(at=work.at)
