"""Limits that wait for an approver: what is asked for beside what governs, granting, returning, taking back."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from huikuan.judge.credit.domain.limits import Limit
from huikuan.judge.credit.messages import LIMIT_KINDS, STEPS
from huikuan.judge.credit.operations.limits import approve_limit, return_limit, shown_digest, withdraw_limit
from huikuan.judge.credit.queries.limits import RequestRow, governing_beside, waiting
from huikuan.kernel.errors import Refusal
from huikuan.kernel.money import to_text
from huikuan.mechanisms.files.exports import Cell
from huikuan.mechanisms.identity.domain.roles import Permission
from huikuan.mechanisms.pages.access import may, needs, scope_of
from huikuan.mechanisms.pages.forms import Form, typed_in
from huikuan.mechanisms.pages.reading import address, reading_of
from huikuan.mechanisms.pages.tables import send_table


@needs(Permission.VIEW_LEDGER)
def show_requests(request: HttpRequest) -> HttpResponse:
    """Every request that waits, the oldest first."""
    return _page(request, Form({}))


@needs(Permission.VIEW_LEDGER)
def export_requests(request: HttpRequest) -> HttpResponseBase:
    """The same as a table."""
    rows = [cells(row) for row in _waiting(request)]
    return send_table(request.GET.get("format", ""), _("limit-requests"), headers(), rows, title=_("Limits to decide"))


@needs(Permission.APPROVE_LIMIT)
@require_POST
def decide(request: HttpRequest, request_id: int) -> HttpResponse:
    """Grant what was shown, or return it to whoever asked, saying why."""
    form, actor, at = Form(typed_in(request)), request.user.get_username(), timezone.now()
    comment = form.text("comment")
    deeds: dict[str, Callable[[], None]] = {
        "approve": lambda: approve_limit(
            request_id=request_id, digest=form.text("digest"), comment=comment, actor=actor, at=at
        ),
        "return": lambda: return_limit(request_id=request_id, comment=comment, actor=actor, at=at),
    }
    if form.text("deed") not in deeds:
        raise Http404
    return _done(request, form, deeds[form.text("deed")])


@needs(Permission.PROPOSE_LIMIT)
@require_POST
def withdraw(request: HttpRequest, request_id: int) -> HttpResponse:
    """Take a request of one's own back."""
    actor, at = request.user.get_username(), timezone.now()
    form = Form(typed_in(request))
    return _done(request, form, lambda: withdraw_limit(request_id=request_id, actor=actor, at=at))


def _done(request: HttpRequest, form: Form, work: Callable[[], None]) -> HttpResponse:
    """Back to the list; a refusal is told there. What is out of reach is not there."""
    try:
        work()
    except Refusal as refusal:
        if refusal.code == "limit_request_unknown":
            raise Http404 from refusal
        form.blame("", refusal)
        return _page(request, form)
    return HttpResponseRedirect(address(reverse("credit:requests"), reading_of(request)))


def _page(request: HttpRequest, form: Form) -> HttpResponse:
    rows = _waiting(request)
    beside: dict[int, Limit] = governing_beside(rows)
    page = {
        "rows": [(row, _(LIMIT_KINDS[row.wish.kind]), beside[row.id], shown_digest(row)) for row in rows],
        "decides": may(request, Permission.APPROVE_LIMIT) and not reading_of(request).is_past,
        "me": request.user.get_username(),
        "form": form,
    }
    return render(request, "credit/requests.html", page, status=409 if form.problems else 200)


def _waiting(request: HttpRequest) -> list[RequestRow]:
    company_id = reading_of(request).company_id
    rows = waiting(scope=scope_of(request, Permission.VIEW_LEDGER))
    return [row for row in rows if company_id in (None, row.company_id)]


def headers() -> list[str]:
    """Of a table of requests."""
    return [
        _("Number"), _("Customer code"), _("Customer"), _("Group"), _("Kind"), _("Currency"), _("Amount"),
        _("Takes effect on"), _("Ends on"), _("Term in days"), _("Reason"), _("Asked by"), _("Asked at"), _("Status"),
        _("Decided by"), _("Comment"),
    ]  # fmt: skip


def cells(row: RequestRow) -> list[Cell]:
    """One request as a line of that table."""
    wish = row.wish
    return [
        row.id, row.customer_code, row.customer_name, row.group, _(LIMIT_KINDS[wish.kind]), wish.currency,
        Decimal(to_text(wish.amount, wish.currency)), wish.from_on, wish.until_on, wish.term_days, row.reason,
        row.asked_by, row.asked_at, _(STEPS[row.step]), row.decided_by, row.comment,
    ]  # fmt: skip
