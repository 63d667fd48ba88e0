"""Work in the background: many invitations at once, and what is counted at the door forgotten in time."""

from __future__ import annotations

from typing import Any

from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.audit.operations import record
from huikuan.mechanisms.jobs.work import Work
from huikuan.see.confirmations.models import FinishedInvitationRun, Invitation, InvitationRun
from huikuan.see.confirmations.operations.guests import tidy_doors
from huikuan.see.confirmations.operations.inviting import invite
from huikuan.see.confirmations.queries.people import person_for
from huikuan.see.statements.models import IssuedStatement


def invite_run(work: Work) -> dict[str, Any]:
    """Invite what is left of a run, one statement a step. Killed at any point and begun again, it goes on where it
    was: nobody is invited twice."""
    run = InvitationRun.objects.get(pk=work.params["run"])
    for place in range(work.cursor.get("place", 0), len(run.statements)):
        _invite(work, run, place)
    return _finish(work, run)


def tidy(work: Work) -> dict[str, Any]:
    """Hourly: sessions that are over, and tries that count no longer."""
    return {"gone": tidy_doors(at=work.at)}


def _invite(work: Work, run: InvitationRun, place: int) -> None:
    """One statement; whom nobody can be asked about is left out with the reason, and the others go on."""
    statement = IssuedStatement.objects.get(pk=run.statements[place])
    left_out = work.cursor.get("left_out", [])
    try:
        person = person_for(statement.customer_id, run.channel)
        if person is None:
            raise Refusal("confirmation_contact_unreachable", channel=run.channel)
        with work.step(place + 1, len(run.statements), cursor={"place": place + 1, "left_out": left_out}):
            invite(
                company_id=run.company_id,
                customer_id=statement.customer_id,
                statement_id=statement.pk,
                person=person,
                channel=run.channel,
                days=run.days,
                site=run.site,
                run_id=run.pk,
                actor=run.actor,
                at=work.at,
            )
    except Refusal as refusal:
        after = {"place": place + 1, "left_out": [*left_out, [statement.pk, refusal.code]]}
        with work.step(place + 1, len(run.statements), cursor=after):
            return


def _finish(work: Work, run: InvitationRun) -> dict[str, Any]:
    """Say how it ended; once, however often it is tried."""
    left_out = work.cursor.get("left_out", [])
    invited = Invitation.objects.filter(run_id=run.pk).count()
    if not FinishedInvitationRun.objects.filter(run_id=run.pk).exists():
        with work.step(len(run.statements), len(run.statements)):
            row = {"run_id": run.pk, "invited": invited, "left_out": left_out}
            record(FinishedInvitationRun, [row], at=work.at)
    return {"run": run.pk, "invited": invited, "left_out": len(left_out)}
