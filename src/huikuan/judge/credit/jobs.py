"""Background work: dry runs, and what the calendar moves: orders that wait, crossings, limits that end."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

from huikuan.judge.credit.domain.ending import ending
from huikuan.judge.credit.operations.crossings import look_at_company
from huikuan.judge.credit.operations.dry_runs import Question, answer, record_dry_run, require_question
from huikuan.judge.credit.operations.orders import ask_waiting
from huikuan.judge.credit.policies import CREDIT_POLICY, CREDIT_RULES
from huikuan.judge.credit.queries.limits import granted
from huikuan.judge.credit.queries.terms import policy_in_force
from huikuan.judge.credit.queries.terms_then import Basis
from huikuan.judge.credit.queries.utilisation import limited_nodes
from huikuan.judge.credit.work import LIMIT_ENDS, POLICY_REVIEW
from huikuan.kernel.dates import business_date
from huikuan.kernel.money import to_text
from huikuan.mechanisms.identity.models import Company
from huikuan.mechanisms.jobs.work import Work
from huikuan.mechanisms.policies.queries import InForce, decided_under, version
from huikuan.mechanisms.work.operations import Wanted, keep_items

#: How long before its last day somebody is told that a limit ends.
AHEAD = timedelta(days=14)


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


def watch(work: Work) -> dict[str, int]:
    """Crossings that came without an event, and the work that is there because of the date. Asked again it does no
    more."""
    done = {"crossed": sum(look_at_company(company, at=work.at) for company in Company.objects.order_by("pk"))}
    for kind, wanted in KEEPING.items():
        for what, count in keep_items(kind=kind, wanted=list(wanted(work.at)), at=work.at).items():
            done[what] = done.get(what, 0) + count
    return done


def limits_ending(at: datetime) -> Iterator[Wanted]:
    """A standing limit that has ended or ends soon with none to follow; a temporary one that ends soon."""
    for company in Company.objects.order_by("pk"):
        today = business_date(at, company.time_zone)
        nodes = limited_nodes(company, today)
        for (customer_id, group), wishes in granted(company, nodes).items():
            for one in ending(wishes, today, AHEAD):
                wish = one.wish
                shown = {
                    "group": group,
                    "kind": wish.kind,
                    "currency": wish.currency,
                    "limit": to_text(wish.amount, wish.currency),
                    "until_on": wish.until_on.isoformat() if wish.until_on else "",
                }
                yield Wanted(f"limit:{one.request_id}", company.pk, customer_id, shown, due_on=wish.until_on)


def policies_to_review(at: datetime) -> Iterator[Wanted]:
    """A company's credit policy whose day of review comes within 14 days, or has passed."""
    for company in Company.objects.order_by("pk"):
        found, policy = policy_in_force(company, at)
        if policy.review_on is not None and policy.review_on <= business_date(at, company.time_zone) + AHEAD:
            shown = {"review_on": policy.review_on.isoformat()}
            key = f"company:{company.pk}:policy:{found.version_id or 0}"
            yield Wanted(key, company.pk, None, shown, due_on=policy.review_on)


#: Kind of work → what shall be open of it now.
KEEPING: dict[str, Callable[[datetime], Iterator[Wanted]]] = {
    LIMIT_ENDS.name: limits_ending,
    POLICY_REVIEW.name: policies_to_review,
}
