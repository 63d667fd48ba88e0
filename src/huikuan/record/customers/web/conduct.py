"""Whether a customer pays late on purpose: what was asked and decided, its evidence, and asking."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.approvals.messages import STATE_TITLES
from huikuan.mechanisms.approvals.queries import RequestRow, requests_about
from huikuan.mechanisms.files.queries import open_original
from huikuan.mechanisms.identity.domain.roles import Permission
from huikuan.mechanisms.pages.access import needs, scope_of
from huikuan.mechanisms.pages.downloads import download
from huikuan.mechanisms.pages.forms import Form, file_sent, request_named, typed_in
from huikuan.mechanisms.pages.reading import address, reading_of
from huikuan.record.customers.domain.conduct import KIND, LONGEST_REASON
from huikuan.record.customers.operations import ask_conduct
from huikuan.record.customers.queries import CustomerRow, customer_with_id
from huikuan.record.customers.queries.conduct import conduct_of
from huikuan.record.customers.queries.families import one_of
from huikuan.record.customers.web.forms import actor_of, may_manage


@needs(Permission.VIEW_CUSTOMERS, to_write=Permission.MANAGE_CUSTOMERS)
def show_conduct(request: HttpRequest, customer_id: int) -> HttpResponse:
    """The flag that stands on the page's day, and every request about it; posting asks for one, or to lift it."""
    row, form = (
        _found(request, customer_id),
        Form(typed_in(request) if request.method == "POST" else {"again": request.GET.get("again", "")}),
    )
    if row.merged_into_id is not None:
        return HttpResponseRedirect(
            address(reverse("customers:conduct", args=[row.merged_into_id]), reading_of(request))
        )
    if request.method == "POST":
        number = _ask(request, customer_id, form)
        if number is not None:
            messages.success(request, _("Asked for; it counts once somebody else approves it."))
            return HttpResponseRedirect(address(reverse("shell:approval", args=[number]), reading_of(request)))
    asked = _requests(customer_id)
    page = {
        "customer": row,
        "flag": conduct_of(customer_id, day=reading_of(request).as_of, scope=scope_of(request)),
        "asked": [(one, _(STATE_TITLES[one.state])) for one in asked],
        "asks": may_manage(request, customer_id) and not reading_of(request).is_past,
        "waits": any(one.role for one in asked),
        "longest": LONGEST_REASON,
        "form": form,
    }
    return render(request, "customers/conduct.html", page, status=400 if form.problems else 200)


@needs(Permission.VIEW_CUSTOMERS)
@require_GET
def send_evidence(request: HttpRequest, customer_id: int, number: int) -> HttpResponseBase:
    """The file a request rests on."""
    _found(request, customer_id)
    for one in _requests(customer_id):
        if one.id == number:
            return download(open_original(one.shown["sha256"]), one.shown["file_name"])
    raise Http404


def _ask(request: HttpRequest, customer_id: int, form: Form) -> int | None:
    """The number of the request; None, and what stands against it in the form."""
    try:
        if reading_of(request).is_past:
            raise Http404
        name, content = file_sent(request)
        return ask_conduct(
            customer_id=customer_id,
            flag=form.text("deed") == "flag",
            reason=form.text("reason"),
            content=content,
            name=name,
            replaces=request_named(form.text("again")),
            actor=actor_of(request),
            at=timezone.now(),
        )
    except Refusal as refusal:
        if refusal.code == "not_permitted":
            raise
        form.blame("", refusal)
        return None


def _requests(customer_id: int) -> list[RequestRow]:
    """About the customer and those that are one with it, the newest first."""
    return requests_about(KIND, one_of(customer_id).members)


def _found(request: HttpRequest, customer_id: int) -> CustomerRow:
    try:
        return customer_with_id(customer_id, scope=scope_of(request, Permission.VIEW_CUSTOMERS))
    except Refusal as refusal:
        raise Http404 from refusal
