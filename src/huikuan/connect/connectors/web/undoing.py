"""Undoing a batch from its page: what would be reversed, asked once more, done by the worker."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language

from huikuan.connect.connectors.models import Batch
from huikuan.connect.connectors.operations.undo import UNDO_JOB, ask_undo
from huikuan.connect.connectors.web.telling import tell, tell_kept
from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.identity.domain.roles import Permission
from huikuan.mechanisms.identity.models import Company
from huikuan.mechanisms.jobs.queries import latest, worker_seen
from huikuan.mechanisms.pages.access import may_for, needs
from huikuan.mechanisms.pages.partial import is_partial, render_either
from huikuan.mechanisms.pages.reading import address, reading_of


@needs(Permission.UNDO_IMPORT)
def show_undo(request: HttpRequest, batch_id: int) -> HttpResponse:
    """What undoing does and what stands in its way; by POST the worker is asked."""
    batch = Batch.objects.filter(pk=batch_id).first()
    if batch is None or not may_for(request, Permission.UNDO_IMPORT, batch.company_id):
        raise Http404
    problem = None
    if request.method == "POST":
        actor = str(request.user.get_username())
        try:
            ask_undo(batch, language=get_language() or "", actor=actor, at=timezone.now())
            return HttpResponseRedirect(address(reverse("connectors:undo", args=[batch_id]), reading_of(request)))
        except Refusal as refusal:
            problem = tell(refusal)
    page = _page(batch) | {"problem": problem}
    if is_partial(request) and not page["waiting"]:
        return HttpResponse(headers={"HX-Redirect": request.get_full_path()})
    return render_either(request, "connectors/undo.html", "connectors/parts/undoing.html", page)


def _page(batch: Batch) -> dict[str, Any]:
    found = latest(UNDO_JOB, str(batch.pk))
    job, result = found or (None, {})
    return {
        "batch": batch,
        "batch_company": Company.objects.get(pk=batch.company_id),
        "job": job,
        "waiting": job is not None and job.state in ("queued", "running"),
        "failed": job is not None and job.state == "failed" and batch.state == Batch.State.COMMITTED,
        "refused": tell_kept(result.get("refusal")) if batch.state == Batch.State.COMMITTED else None,
        "done": result if batch.state == Batch.State.UNDONE else None,
        "no_worker": not worker_seen(at=timezone.now()),
    }
