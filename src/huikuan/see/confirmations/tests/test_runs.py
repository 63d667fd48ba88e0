"""Many customers asked at once: each once, whom nobody can be asked about left out with the reason."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from huikuan.mechanisms.jobs.handlers import Handler
from huikuan.mechanisms.jobs.worker import Worker
from huikuan.see.confirmations import jobs
from huikuan.see.confirmations.models import FinishedInvitationRun, Invitation, InvitationRun
from huikuan.see.confirmations.operations.inviting import start_run
from huikuan.see.confirmations.tests.conftest import SITE, WHO, Portal
from huikuan.see.confirmations.tests.test_guests import refused


def asked(portal: Portal, **more: object) -> dict[str, object]:
    return {
        "company_id": portal.books.company.pk, "statements": [portal.statement, portal.books.issue(1)],
        "channel": "email", "days": 14, "site": SITE, **WHO, **more,
    }  # fmt: skip


def test_a_run_asks_each_customer_once_and_says_who_was_left_out(portal: Portal) -> None:
    wanted = asked(portal)
    run = start_run(**wanted)
    Worker({InvitationRun.JOB: Handler(jobs.invite_run)}).turn()
    done = FinishedInvitationRun.objects.get(run_id=run)
    second = wanted["statements"][1]
    assert (done.invited, done.left_out) == (1, [[second, "confirmation_contact_unreachable"]])
    (invited,) = Invitation.objects.all()
    assert (invited.statement_id, invited.customer_id, invited.run_id) == (portal.statement, portal.customer.pk, run)


def test_a_run_that_died_in_the_middle_asks_nobody_twice(portal: Portal, monkeypatch: pytest.MonkeyPatch) -> None:
    wanted = asked(portal)
    start_run(**wanted)

    def dies(*_: object) -> None:
        raise OSError("gone")

    with monkeypatch.context() as patch:
        patch.setattr(jobs, "_finish", dies)
        Worker({InvitationRun.JOB: Handler(jobs.invite_run)}).turn()
    assert (Invitation.objects.count(), FinishedInvitationRun.objects.count()) == (1, 0)
    from huikuan.mechanisms.jobs.models import Job

    Job.objects.update(state="queued", run_after=datetime(2026, 1, 1, tzinfo=UTC), attempts=0)
    Worker({InvitationRun.JOB: Handler(jobs.invite_run)}).turn()
    assert (Invitation.objects.count(), FinishedInvitationRun.objects.count()) == (1, 1)


def test_what_cannot_be_run_is_refused(portal: Portal) -> None:
    fine = asked(portal)
    refused("confirmation_none_chosen", start_run, **{**fine, "statements": []})
    refused("confirmation_none_chosen", start_run, **{**fine, "statements": [portal.statement, 999]})
    refused("confirmation_copy_one", start_run, **{**fine, "channel": "copy"})
    refused("confirmation_days", start_run, **{**fine, "days": 0})
    refused("confirmation_channel_unknown", start_run, **{**fine, "channel": "fax"})
    assert InvitationRun.objects.count() == 0
