"""昨夜系统替您做了: what ran in the last 24 hours, how much, what was refused, and whether the books agree."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Count
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from huikuan.act.collection.queries.runs import RunRow, narrowed_runs, runs
from huikuan.connect.connectors.models import Batch
from huikuan.connect.connectors.templatetags.connectors import import_kind
from huikuan.kernel.money import to_text
from huikuan.mechanisms.audit.models import Head
from huikuan.mechanisms.identity.actors import is_operator
from huikuan.mechanisms.identity.domain.roles import Permission
from huikuan.mechanisms.identity.models import Company
from huikuan.mechanisms.jobs.models import Job
from huikuan.mechanisms.pages.access import companies_offered, may, scope_of, sees_machinery
from huikuan.mechanisms.pages.figures import grouped
from huikuan.mechanisms.pages.reading import Reading
from huikuan.see.cockpit.queries.difference import differences
from huikuan.shell.today.rows import Deed

WINDOW = timedelta(hours=24)
SHOWN = 4


def done(request: HttpRequest, reading: Reading, *, at: datetime) -> list[Deed]:
    """What the reader may know of it; of a past day nothing. Counts over everybody's rows are for those who see
    every row: others could not check them."""
    if reading.is_past:
        return []
    since = at - WINDOW
    mine = [*_imports(request, reading, since), *_collected(request, reading, since)]
    if not scope_of(request, Permission.VIEW_LEDGER).everything:
        return mine
    exactly = sees_machinery(request)
    return [*mine, *(_jobs(since) if exactly else []), *_sealed(since, exactly=exactly), *_control()]


def _imports(request: HttpRequest, reading: Reading, since: datetime) -> list[Deed]:
    """Files the machine took in by itself; what colleagues imported, they did."""
    if not may(request, Permission.VIEW_IMPORTS):
        return []
    scope = scope_of(request, Permission.VIEW_IMPORTS)
    batches = Batch.objects.filter(committed_at__gte=since).order_by("-pk")
    if reading.company_id is not None:
        batches = batches.filter(company_id=reading.company_id)
    mine = [batch for batch in batches if is_operator(batch.actor) and scope.whole(batch.company_id)]
    return [_imported(batch) for batch in mine[:SHOWN]]


def _imported(batch: Batch) -> Deed:
    counts = {name: int(batch.counts.get(name) or 0) for name in ("created", "duplicates", "rejected", "conflicts")}
    refused = counts["rejected"] + counts["conflicts"]
    return Deed(
        icon="database-import",
        title=f"{import_kind(batch.kind)} · {batch.file_name}",
        detail=_("new %(created)s · already there %(duplicates)s · refused %(refused)s")
        % {"created": f"{counts['created']:,}", "duplicates": f"{counts['duplicates']:,}", "refused": f"{refused:,}"},
        good=False if refused else None,
        url=reverse("connectors:batch", args=[batch.pk]),
    )


def _collected(request: HttpRequest, reading: Reading, since: datetime) -> list[Deed]:
    """The daily runs of these hours, with the figures of the customers the reader sees."""
    companies = {one.pk: one for one in companies_offered(request) if reading.company_id in (None, one.pk)}
    late = [one for one in runs(companies, limit=SHOWN) if one.begun_at >= since and one.lines is not None]
    return [_ran(one, companies[one.company_id]) for one in narrowed_runs(late, scope_of(request))]


def _ran(run: RunRow, company: Company) -> Deed:
    lines = run.lines or 0
    title = ngettext("Collected: %(count)s step taken", "Collected: %(count)s steps taken", lines)
    made = run.approaches or 0
    parts = [ngettext("%(count)s message or task", "%(count)s messages and tasks", made) % {"count": f"{made:,}"}]
    if run.excluded:
        parts.append(_("%(count)s left alone, with the reason") % {"count": f"{run.excluded:,}"})
    detail = f"{company.name} · {' · '.join(parts)}"
    url = reverse("collection:run", args=[run.id])
    return Deed("phone-call", title % {"count": f"{lines:,}"}, detail, url=url)


def _jobs(since: datetime) -> list[Deed]:
    ended = Job.objects.filter(finished_at__gte=since, state__in=[Job.State.DONE, Job.State.FAILED])
    counts = dict(ended.values_list("state").annotate(count=Count("pk")))
    finished, failed = counts.get(Job.State.DONE, 0), counts.get(Job.State.FAILED, 0)
    if not finished and not failed:
        return []
    title = ngettext("%(count)s job done", "%(count)s jobs done", finished) % {"count": f"{finished:,}"}
    detail = ngettext("%(count)s failed", "%(count)s failed", failed) % {"count": failed} if failed else ""
    return [Deed("history", title, detail, good=False if failed else None)]


def _sealed(since: datetime, *, exactly: bool) -> list[Deed]:
    """That the books were sealed; how much and under which root is for those who check it."""
    newest = Head.objects.filter(sealed_at__gte=since).order_by("size").last()
    if newest is None:
        return []
    if not exactly:
        return [Deed("lock", _("Books sealed"), _("nothing in them can be changed unnoticed"))]
    before = Head.objects.filter(sealed_at__lt=since).order_by("size").last()
    facts = newest.size - (before.size if before else 0)
    title = ngettext("%(count)s new fact sealed", "%(count)s new facts sealed", facts) % {"count": f"{facts:,}"}
    return [Deed("lock", title, _("root %(root)s") % {"root": bytes(newest.root).hex()[:12]})]


def _control() -> list[Deed]:
    """Open items against facts."""
    wrong = [one for one in differences() if one.amount]
    if wrong:
        parts = [f"{one.currency} {grouped(to_text(one.amount, one.currency))}" for one in wrong]
        return [Deed("alert-triangle", _("Open items and facts differ"), " · ".join(parts), good=False)]
    return [Deed("shield-check", _("Open items compared with the facts"), _("difference 0.00"), good=True)]
