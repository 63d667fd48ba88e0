"""Runs of invitations and how far they are."""

from __future__ import annotations

from dataclasses import dataclass

from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.identity.domain.scope import Scope
from huikuan.mechanisms.jobs.queries import latest
from huikuan.record.customers.queries import seen
from huikuan.see.confirmations.models import FinishedInvitationRun, Invitation, InvitationRun
from huikuan.see.statements.models import IssuedStatement


@dataclass(frozen=True, slots=True)
class RunRow:
    """A run. `state`: queued, running, failed or done; `left_out`: the reason of each that nobody was asked about."""

    id: int
    company_id: int
    asked: int
    done: int
    invited: int
    left_out: tuple[str, ...]
    state: str


def run(run_id: int, *, scope: Scope) -> RunRow:
    """One run; refuses an unknown one, and one with customers the reader does not see."""
    fact = InvitationRun.objects.filter(pk=run_id).first()
    theirs = seen(scope)
    whose = IssuedStatement.objects.filter(pk__in=fact.statements if fact else []).values_list(
        "customer_id", flat=True
    )
    if fact is None or not all(theirs.has(fact.company_id, one) for one in whose):
        raise Refusal("confirmation_run_unknown", run=run_id)
    finished = FinishedInvitationRun.objects.filter(run_id=run_id).first()
    found = latest(InvitationRun.JOB, str(run_id))
    job = found[0] if found else None
    return RunRow(
        id=fact.pk,
        company_id=fact.company_id,
        asked=len(fact.statements),
        done=len(fact.statements) if finished else job.done if job else 0,
        invited=finished.invited if finished else Invitation.objects.filter(run_id=run_id).count(),
        left_out=tuple(code for _statement, code in finished.left_out) if finished else (),
        state="done" if finished else "running" if job is None or job.state == "done" else job.state,
    )
