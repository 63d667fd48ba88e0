"""Background work: what failed and how, what waits and runs; a failed job is tried again.

Whoever manages jobs need see no customer and no amount, so of an error only its kind is told: what it says may quote
rows, and stands in `huikuan job show`.
"""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.http import require_GET, require_POST

from huikuan.mechanisms.identity.domain.roles import Permission
from huikuan.mechanisms.jobs.operations import retry_job
from huikuan.mechanisms.jobs.queries import JobRow, count_jobs, jobs, worker_seen
from huikuan.mechanisms.pages.access import needs
from huikuan.mechanisms.pages.tables import send_table
from huikuan.shell.web.acting import act

#: Shown on the page; the file has them all.
_SHOWN = 100

#: Kinds of work as people know them.
KINDS = {
    "api.send": gettext_noop("Telling a webhook"),
    "api.tidy": gettext_noop("Forgetting old answers of the API"),
    "api.wake": gettext_noop("Looking for messages to webhooks"),
    "approvals.tend": gettext_noop("Passing on requests nobody decided"),
    "credit.ask": gettext_noop("Asking again about orders that wait"),
    "audit.seal": gettext_noop("Sealing the audit trail"),
    "backups.make": gettext_noop("Making the daily backup"),
    "columns.compact": gettext_noop("Compacting the mirror"),
    "columns.refresh": gettext_noop("Refreshing the mirror"),
    "contracts.sign": gettext_noop("Reaching milestones on their day of signature"),
    "credit.dry_run": gettext_noop("Replaying order checks over the past"),
    "credit.watch": gettext_noop("Looking after limits"),
    "events.deliver": gettext_noop("Delivering events"),
    "imports.check": gettext_noop("Checking an import"),
    "banking.read": gettext_noop("Reading bank statements"),
    "imports.commit": gettext_noop("Committing an import"),
    "imports.tidy": gettext_noop("Tidying imports begun"),
    "imports.undo": gettext_noop("Undoing an import"),
    "cash.match": gettext_noop("Matching money that came in"),
    "collection.run": gettext_noop("Daily run of collecting"),
    "collection.simulate": gettext_noop("Trying collection strategies over the past"),
    "bills.tend": gettext_noop("Looking after bills"),
    "cover.remind": gettext_noop("Reminding of cover that ends"),
    "limitation.alarm": gettext_noop("Reminding of limitation that runs out"),
    "notices.send": gettext_noop("Sending notices"),
    "notices.fetch": gettext_noop("Fetching bounces and replies"),
    "rating.remind": gettext_noop("Reminding of reviews"),
    "rating.assess": gettext_noop("Assessing customers"),
    "planning.assign": gettext_noop("Putting customers into collection tiers"),
    "rating.watch": gettext_noop("Looking who came to be long overdue"),
    "rating.measure": gettext_noop("Measuring what a draft of scorecards would change"),
    "confirmations.invite": gettext_noop("Asking customers to confirm"),
    "confirmations.tidy": gettext_noop("Forgetting guests who have left"),
    "promises.judge": gettext_noop("Judging promises and plans"),
    "statements.issue": gettext_noop("Issuing statements"),
    "work.tend": gettext_noop("Passing on work nobody finished"),
}
STATES = {
    "failed": gettext_noop("failed"),
    "queued": gettext_noop("queued"),
    "running": gettext_noop("running"),
    "done": gettext_noop("done"),
}


@needs(Permission.MANAGE_JOBS)
@require_GET
def show_jobs(request: HttpRequest) -> HttpResponse:
    """Jobs of one state, failed ones unless another is asked for, the newest first."""
    state = _state(request)
    page = {
        "rows": [(row, named(row.kind), _(STATES[row.state])) for row in jobs(state=state, limit=_SHOWN)],
        "state": state,
        "states": [(name, _(title)) for name, title in STATES.items()],
        "count": count_jobs(state=state),
        "first": _SHOWN,
        "no_worker": not worker_seen(at=timezone.now()),
    }
    return render(request, "shell/jobs.html", page)


@needs(Permission.MANAGE_JOBS)
@require_GET
def export_jobs(request: HttpRequest) -> HttpResponseBase:
    """The jobs of the state that is shown."""
    headers = [_("Number"), _("Work"), _("About"), _("State"), _("Attempts"), _("What was said"), _("Ended")]
    rows = [_cells(row) for row in jobs(state=_state(request), limit=None)]
    return send_table(request.GET.get("format", ""), _("jobs"), headers, rows, title=_("jobs"))


@needs(Permission.MANAGE_JOBS)
@require_POST
def retry(request: HttpRequest, job_id: int) -> HttpResponse:
    """Queue a failed job again, with all its attempts."""
    return act(
        request,
        lambda: retry_job(job_id, at=timezone.now()),
        done=_("The job is queued again; look here in a moment."),
        then=reverse("shell:jobs"),
    )


def named(kind: str) -> str:
    """What the work of this kind is."""
    return _(KINDS[kind]) if kind in KINDS else kind


def _state(request: HttpRequest) -> str:
    state = request.GET.get("state", "")
    return state if state in STATES else "failed"


def _cells(row: JobRow) -> list[str | int | None]:
    ended = row.finished_at.isoformat() if row.finished_at else None
    return [row.id, named(row.kind), row.key, _(STATES[row.state]), row.attempts, row.failure, ended]
