"""What waits for the reader, context by context; each asks for the permission its page needs."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import Exists, OuterRef
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from huikuan.connect.connectors.models import ImportDraft
from huikuan.connect.connectors.operations.drafts import KEPT
from huikuan.connect.connectors.templatetags.connectors import import_kind
from huikuan.judge.credit.messages import STATES
from huikuan.judge.credit.queries.releasing import releasable
from huikuan.judge.credit.web.dry_run import observing
from huikuan.judge.credit.web.waiting import strictest
from huikuan.kernel.dates import business_date
from huikuan.mechanisms.approvals.kinds import kind_named as approval_kind
from huikuan.mechanisms.approvals.queries import waiting_for
from huikuan.mechanisms.identity.domain.roles import Permission
from huikuan.mechanisms.identity.models import Company
from huikuan.mechanisms.identity.queries import shown_names
from huikuan.mechanisms.jobs.models import Job
from huikuan.mechanisms.jobs.queries import failure_of
from huikuan.mechanisms.pages.access import may, permitted_companies, scope_of
from huikuan.mechanisms.pages.reading import Reading, address
from huikuan.mechanisms.policies.kinds import kind_named
from huikuan.mechanisms.work.queries import Chosen, items_page
from huikuan.record.contracts.queries.upcoming import milestones_awaited
from huikuan.record.customers.queries import customers_by_id
from huikuan.shell.today.rows import Group, Task
from huikuan.shell.web.jobs import named
from huikuan.shell.web.policies import awaiting
from huikuan.shell.web.work import reader_of, told

#: How far ahead a milestone is announced, and how far back a failed job is told.
AHEAD, BACK = timedelta(days=30), timedelta(days=7)
SHOWN = 5
#: Orders that wait which are looked through for those the reader may release.
_MOST_ORDERS = 200


def waiting(request: HttpRequest, reading: Reading) -> list[Group]:
    """Every group that has a task; milestones as of the page's day, the others as they are now."""
    groups = [_milestones(request, reading)]
    if not reading.is_past:
        groups.insert(0, _work(request, reading))
        groups += [
            _requests(request),
            _orders(request, reading),
            _drafts(request, reading),
            _policies(request),
            _observing(request),
            _failed_jobs(request),
        ]
    return [group for group in groups if group and group.tasks]


def _milestones(request: HttpRequest, reading: Reading) -> Group | None:
    if not may(request, Permission.VIEW_CONTRACTS):
        return None
    found, total = milestones_awaited(
        scope=scope_of(request, Permission.VIEW_CONTRACTS),
        company_id=reading.company_id,
        as_of=reading.as_of,
        until=reading.as_of + AHEAD,
        known=reading.horizon,
        limit=SHOWN,
    )
    tasks = [
        Task(
            title=f"{one.customer_name} · {one.title}",
            detail=_("Contract %(number)s: the event has not been recorded") % {"number": one.number},
            url=address(reverse("contracts:contract", args=[one.contract_id]), reading),
            act=_("Record the event"),
            icon="calendar-event",
            amount=one.amount,
            currency=one.currency,
            deadline=one.planned_on,
        )
        for one in found
    ]
    return Group(
        _("Milestones"), tuple(tasks), max(total, len(tasks)), address(reverse("contracts:contracts"), reading)
    )


def _drafts(request: HttpRequest, reading: Reading) -> Group | None:
    companies = permitted_companies(request, Permission.IMPORT)
    drafts = ImportDraft.objects.filter(state=ImportDraft.State.OPEN).order_by("changed_at")
    if companies is not None:
        drafts = drafts.filter(company_id__in=companies)
    if reading.company_id is not None:
        drafts = drafts.filter(company_id=reading.company_id)
    tasks = [
        Task(
            title=draft.file_name,
            detail=_("%(kind)s, uploaded by %(actor)s, not committed yet")
            % {"kind": import_kind(draft.kind), "actor": draft.actor},
            url=reverse("connectors:draft", args=[draft.pk]),
            act=_("Go on"),
            icon="database-import",
            deadline=business_date(draft.changed_at + KEPT, reading.zone),
        )
        for draft in drafts[:SHOWN]
    ]
    return Group(_("Imports begun"), tuple(tasks), drafts.count(), reverse("connectors:imports"))


def _work(request: HttpRequest, reading: Reading) -> Group | None:
    """The work items that wait for the reader, those due first."""
    if not may(request, Permission.VIEW_WORK):
        return None
    reader = reader_of(request)
    found = items_page(Chosen(company_id=reading.company_id), reader, limit=SHOWN)
    tasks = [
        Task(
            title=f"{one['title']} · {one['customer'].name}" if one["customer"] else one["title"],
            detail=one["detail"],
            url=address(reverse("shell:work-item", args=[one["row"].id]), reading),
            act=_("Do it"),
            icon="list-details",
            deadline=one["row"].due_on,
        )
        for one in told(found.rows, reader)
    ]
    return Group(_("Your work"), tuple(tasks), found.count, address(reverse("shell:work"), reading))


def _requests(request: HttpRequest) -> Group | None:
    """What the reader may decide now, by their own right or somebody else's; those due first."""
    if not may(request, Permission.VIEW_REQUESTS):
        return None
    rows = waiting_for(request.user.get_username(), at=timezone.now())
    customers = customers_by_id({row.customer_id for row in rows[:SHOWN] if row.customer_id is not None})
    names = shown_names({row.maker for row in rows[:SHOWN]})
    tasks = [
        Task(
            title=f"{_(approval_kind(row.kind).title)} · {customers[row.customer_id].name}"
            if row.customer_id is not None
            else _(approval_kind(row.kind).title),
            detail=_("Asked by %(actor)s") % {"actor": names[row.maker]} + (f": {row.note}" if row.note else ""),
            url=reverse("shell:approval", args=[row.id]),
            act=_("Decide"),
            icon="check",
            amount=row.amount,
            currency=row.currency,
            deadline=business_date(row.deadline) if row.deadline else None,
        )
        for row in rows[:SHOWN]
    ]
    return Group(_("Waiting for your approval"), tuple(tasks), len(rows), f"{reverse('shell:approvals')}?show=waiting")


def _orders(request: HttpRequest, reading: Reading) -> Group | None:
    """Orders the reader may release, the one entered first first, each with what stopped it."""
    if not may(request, Permission.RELEASE_ORDER):
        return None
    found = releasable(
        request.user.get_username(),
        scope=scope_of(request, Permission.RELEASE_ORDER),
        company_id=reading.company_id,
        at=timezone.now(),
        limit=_MOST_ORDERS,
    )
    currencies = dict(Company.objects.values_list("pk", "currency"))
    tasks = [
        Task(
            title=f"{row.number} · {row.customer_name}",
            detail=f"{_(STATES[row.state])} · {strictest(row, currencies)}",
            url=address(reverse("credit:order", args=[row.order_id]), reading),
            act=_("Decide"),
            icon="shield-check",
            amount=row.amount,
            currency=row.currency,
        )
        for row in found[:SHOWN]
    ]
    return Group(_("Orders that wait"), tuple(tasks), len(found), address(reverse("credit:waiting"), reading))


def _policies(request: HttpRequest) -> Group | None:
    """Of the companies for which the reader approves; what holds for every company waits for who approves for all."""
    if not may(request, Permission.APPROVE_POLICY):
        return None
    tasks = [
        Task(
            title=_(kind_named(one.kind).title),
            detail=_("Version %(number)s, drafted by %(actor)s") % {"number": one.number, "actor": one.drafted_by},
            url=f"{reverse('shell:policies')}#policy-{one.id}",
            act=_("Decide"),
            icon="check",
        )
        for one in awaiting(request)
    ]
    return Group(_("Policies to approve"), tuple(tasks[:SHOWN]), len(tasks), reverse("shell:policies"))


def _observing(request: HttpRequest) -> Group | None:
    """While order checks only observe: what they would have held, for who may draft or approve the rules."""
    if not (may(request, Permission.DRAFT_POLICY) or may(request, Permission.APPROVE_POLICY)):
        return None
    found = observing(request)
    if found is None:
        return None
    told = found.line or _("Replay last year to see what they would have held.")
    task = Task(
        title=f"{_('Order checks only observe')} · {found.names}",
        detail=told,
        url=reverse("credit:dry-run", args=[found.run_id]) if found.run_id else reverse("credit:dry-runs"),
        act=_("Look") if found.run_id else _("Replay"),
        icon="shield-check",
    )
    return Group(_("Credit control"), (task,), 1, reverse("credit:dry-runs"))


def _failed_jobs(request: HttpRequest) -> Group | None:
    """Jobs that failed lately and were not done since."""
    if not may(request, Permission.MANAGE_JOBS):
        return None
    newer = Job.objects.filter(kind=OuterRef("kind"), key=OuterRef("key"), state=Job.State.DONE, pk__gt=OuterRef("pk"))
    failed = Job.objects.filter(state=Job.State.FAILED, finished_at__gte=timezone.now() - BACK).filter(~Exists(newer))
    tasks = [
        Task(
            title=named(job.kind),
            detail=ngettext("failed after %(count)s attempt", "failed after %(count)s attempts", job.attempts)
            % {"count": job.attempts}
            + f" · {failure_of(job.state, job.message)}".removesuffix(" · "),
            url=reverse("shell:jobs"),
            act=_("Try again"),
            icon="alert-triangle",
        )
        for job in failed.order_by("-pk")[:SHOWN]
    ]
    return Group(_("Failed jobs"), tuple(tasks), failed.count(), reverse("shell:jobs"))
