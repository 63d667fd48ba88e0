"""What is done on the workbench: applied, set aside, accepted together, taken back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from huikuan.kernel.errors import Refusal
from huikuan.kernel.money import to_text
from huikuan.mechanisms.identity.models import Company
from huikuan.mechanisms.pages.access import may_for, needs, scope_of
from huikuan.mechanisms.pages.deeds import posted_from, query_sent
from huikuan.mechanisms.pages.figures import grouped
from huikuan.mechanisms.pages.lists import numbers_in
from huikuan.mechanisms.pages.reading import path_of, reading_of
from huikuan.mechanisms.pages.telling import said
from huikuan.record.banking.operations.uses import free_uses
from huikuan.record.banking.queries.lines import LineRow, line
from huikuan.record.cash.domain.applying import Portion, portion_of
from huikuan.record.cash.operations.accepting import accept_proposal, reject_proposal
from huikuan.record.cash.operations.accepting import set_aside as set_line_aside
from huikuan.record.cash.operations.applying import apply_payment
from huikuan.record.cash.operations.suggestions import copies_of, put_back
from huikuan.record.cash.operations.undoing import undo_application
from huikuan.record.cash.queries.queue import queue, sure_of
from huikuan.record.cash.queries.suggested import Suggested, suggested
from huikuan.record.cash.web.asked import companies_of, number, order_of, wanted_of
from huikuan.record.cash.web.bench import SURE_E6, bench_page
from huikuan.record.cash.web.form import portions_typed, seen_typed
from huikuan.record.cash.web.permissions import WRITES
from huikuan.record.cash.web.steps import forget_step, last_step, remember
from huikuan.record.customers.queries import customers_by_id


@needs(WRITES)
@posted_from("cash:bench", line="line_id")
def apply(request: HttpRequest, line_id: int) -> HttpResponse:
    """Apply the payment as the form says; then the next line, or the same one where something of it is left."""
    found, typed = _line(request, line_id), request.POST
    before = copies_of([line_id])
    try:
        portions = portions_typed(typed, found, scope=scope_of(request))
        ids = _applied(request, found, typed, portions)
    except Refusal as refusal:
        return bench_page(request, line_id=line_id, typed=typed, refused=said(refusal))
    names = customers_by_id({one.customer_id for one in portions})
    told = _("Applied %(currency)s %(amount)s: %(customers)s.") % {
        "currency": found.currency,
        "amount": _written(found.left - line(found.id).left, found.currency),
        "customers": ", ".join(names[one.customer_id].name for one in portions),
    }
    remember(request, line=line_id, applications=ids, said=told, suggested=before)
    return _next(request, found, typed)


@needs(WRITES)
@posted_from("cash:bench", line="line_id")
def set_aside(request: HttpRequest, line_id: int) -> HttpResponse:
    """Say that what is left of the line is no customer's money."""
    found, note = _line(request, line_id), request.POST.get("note", "").strip()
    before = copies_of([line_id])
    try:
        use = set_line_aside(note=note, **_by(request, found))
    except Refusal as refusal:
        return bench_page(request, line_id=line_id, typed=request.POST, refused=said(refusal))
    told = _("Set aside %(currency)s %(amount)s: %(note)s.")
    shown = {"currency": found.currency, "amount": _written(found.left, found.currency), "note": note}
    remember(request, line=line_id, uses=[use], said=told % shown, suggested=before)
    return _next(request, found, request.POST)


@needs(WRITES)
@require_POST
def reject(request: HttpRequest, line_id: int) -> HttpResponse:
    """Say that the line is not what the suggestion makes of it; matching weighs that from its next run on."""
    found, typed = _line(request, line_id), request.POST
    try:
        reject_proposal(digest=typed.get("digest", ""), **_by(request, found))
    except Refusal as refusal:
        messages.error(request, said(refusal))
    else:
        messages.success(request, _("Noted: this payer did not mean that. The next matching goes by it."))
    query = query_sent(request)
    query["line"] = str(line_id)
    return HttpResponseRedirect(f"{path_of('cash:bench')}?{query.urlencode()}")


@needs(WRITES)
@require_POST
def accept(request: HttpRequest) -> HttpResponse:
    """Accept the best suggestion of the named lines, of those that may be accepted together; each for itself: what has
    changed meanwhile is left and told."""
    companies = companies_of(request, reading_of(request))
    named = numbers_in(request.POST.get("lines", "").split(","))
    before = copies_of(named)
    done: list[int] = []
    refused: list[str] = []
    for line_id in [one for one in sure_of(companies, least_e6=SURE_E6) if one in named]:
        try:
            done += accept_proposal(**_by(request, _line(request, line_id)))
        except Refusal as refusal:
            refused.append(said(refusal))
    if done:
        told = ngettext("Accepted %(count)s suggestion.", "Accepted %(count)s suggestions.", len(done))
        remember(request, applications=done, said=told % {"count": len(done)}, suggested=before)
    for told in refused[:3]:
        messages.error(request, told)
    return HttpResponseRedirect(path_of("cash:bench"))


@needs(WRITES)
@require_POST
def undo(request: HttpRequest) -> HttpResponse:
    """Take back the last thing done in this session, if it is the one the page said."""
    step = last_step(request)
    if step is None or str(step.step) != request.POST.get("step", ""):
        messages.error(request, _("There is nothing to take back here; on its own page an application can be undone."))
        return HttpResponseRedirect(path_of("cash:bench"))
    by: dict[str, Any] = {"actor": request.user.get_username(), "at": timezone.now()}
    try:
        for application_id in reversed(step.applications):
            undo_application(application_id=application_id, reason=_("taken back at once on the workbench"), **by)
        if step.uses:
            free_uses(use_ids=step.uses, **by)
    except Refusal as refusal:
        messages.error(request, said(refusal))
        return HttpResponseRedirect(path_of("cash:bench"))
    put_back(step.suggested)
    forget_step(request)
    messages.success(request, _("Taken back: %(what)s") % {"what": step.said})
    where = f"?line={step.line}" if step.line else ""
    return HttpResponseRedirect(f"{path_of('cash:bench')}{where}")


def _applied(request: HttpRequest, found: LineRow, typed: QueryDict, portions: Sequence[Portion]) -> list[int]:
    """The applications' ids: of the suggestion that was shown, where the form still says just that; else by hand."""
    by = {**_by(request, found), "request_key": f"bench-{typed.get('key', '')}"[:80] if typed.get("key") else None}
    digest = typed.get("digest", "")
    if digest and _as_shown(suggested(found.id), digest, portions):
        return accept_proposal(digest=digest, **by)
    return apply_payment(portions=portions, seen=seen_typed(typed), **by)


def _by(request: HttpRequest, found: LineRow) -> dict[str, Any]:
    """Whose line is written, by whom and when."""
    return {
        "company": Company.objects.get(pk=found.company_id),
        "line_id": found.id,
        "actor": request.user.get_username(),
        "at": timezone.now(),
    }


def _as_shown(made: Suggested, digest: str, portions: Sequence[Portion]) -> bool:
    """Whether what was sent is the proposal with this digest, to the cent."""
    return any(
        made.digest(place) == digest and len(portions) == 1 and _alike(portions[0], portion_of(one))
        for place, one in enumerate(made.proposals)
    )


def _alike(one: Portion, other: Portion) -> bool:
    parts = [{part.item_id: part.amount for part in portion.parts or ()} for portion in (one, other)]
    return one.customer_id == other.customer_id and parts[0] == parts[1] and one.differences == other.differences


def _line(request: HttpRequest, line_id: int) -> LineRow:
    """The line, if its company's money may be applied by the writer on a day that is today's."""
    try:
        found = line(line_id)
    except Refusal:
        raise Http404 from None
    if reading_of(request).is_past or not may_for(request, WRITES, found.company_id):
        raise Http404
    return found


def _next(request: HttpRequest, done: LineRow, typed: QueryDict) -> HttpResponse:
    """To the line that comes next in the queue as it was narrowed; to the same one if something is left of it."""
    reading = reading_of(request)
    query = query_sent(request)
    if line(done.id).left:
        query["line"] = str(done.id)
    else:
        nearest = number(typed.get("next", ""))
        waiting = queue(wanted_of(query, companies_of(request, reading)), today=reading.today, order=order_of(query))
        if nearest in waiting.ids:
            query["line"] = str(nearest)
    return HttpResponseRedirect(f"{path_of('cash:bench')}?{query.urlencode()}" if query else path_of("cash:bench"))


def _written(minor: int, currency: str) -> str:
    return grouped(to_text(minor, currency))
