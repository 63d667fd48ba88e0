"""Freezes: who is frozen since when and why; asking for one, and for its end."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.http import require_GET

from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.files.exports import Cell
from huikuan.mechanisms.pages.access import companies_offered, may, needs, scope_of
from huikuan.mechanisms.pages.deeds import posted_from
from huikuan.mechanisms.pages.forms import Form, typed_in
from huikuan.mechanisms.pages.reading import address, reading_of
from huikuan.mechanisms.pages.tables import send_table
from huikuan.record.customers.queries import customer_named, seen
from huikuan.record.promises.domain.freezing import KINDS
from huikuan.record.promises.messages import FREEZES
from huikuan.record.promises.operations.asking import WRITES
from huikuan.record.promises.operations.freezing import propose_freeze, propose_release
from huikuan.record.promises.queries.freezes import FreezeRow, freezes
from huikuan.record.promises.web.asking import prefilled
from huikuan.record.promises.web.listing import READS, chosen_of

#: So many are shown; the file has all.
MOST = 200
#: The view named `all` has those released too.
VIEWS = {"": gettext_noop("Frozen now"), "all": gettext_noop("All")}
_BESIDE = {"freeze_kind_unknown": "kind", "promise_reason_missing": "reason"}


@needs(READS)
@require_GET
def show_freezes(request: HttpRequest) -> HttpResponse:
    """The freezes, the latest first, with the form that asks for one."""
    return _page(request, Form(prefilled(request, kind=KINDS[0])))


@needs(READS)
@require_GET
def export_freezes(request: HttpRequest) -> HttpResponseBase:
    """The same as csv or xlsx."""
    headers = [
        _("Number"), _("Company"), _("Customer code"), _("Customer"), _("What"), _("Since"), _("Reason"),
        _("Asked for by"), _("Approved by"), _("Released on"), _("Why released"), _("Released by"),
    ]  # fmt: skip
    day = f"{reading_of(request).as_of:%Y-%m-%d}"
    cells = (_cells(row) for row in _matching(request))
    return send_table(request.GET.get("format", ""), f"{_('freezes')}-{day}", headers, cells, title=day)


@needs(WRITES)
@posted_from("promises:freezes")
def ask_freeze(request: HttpRequest) -> HttpResponse:
    """Ask that a customer be frozen."""
    form = Form(typed_in(request))
    company = next((one for one in companies_offered(request) if one.code == form.text("company")), None)
    if reading_of(request).is_past or company is None:
        raise Http404
    whose = form.read("customer", lambda text: customer_named(text, scope=scope_of(request, WRITES)))
    if whose is None:
        form.blame("customer", Refusal("customer_missing"))
        return _page(request, form, "freeze")
    try:
        propose_freeze(
            company=company,
            customer_id=whose.id,
            kind=form.text("kind"),
            reason=form.text("reason"),
            actor=request.user.get_username(),
            at=timezone.now(),
        )
    except Refusal as refusal:
        form.blame(_BESIDE.get(refusal.code, ""), refusal)
        return _page(request, form, "freeze")
    return _asked(request)


@needs(WRITES)
@posted_from("promises:freezes")
def ask_release(request: HttpRequest, number: int) -> HttpResponse:
    """Ask that a freeze end."""
    form = Form(typed_in(request))
    row = next((one for one in freezes(scope=scope_of(request, WRITES), as_of=reading_of(request).today)
                if one.id == number), None)  # fmt: skip
    if reading_of(request).is_past or row is None:
        raise Http404
    try:
        propose_release(
            freeze_id=number, reason=form.text("reason"), actor=request.user.get_username(), at=timezone.now()
        )
    except Refusal as refusal:
        form.blame("", refusal)
        return _page(request, form)
    return _asked(request)


def _asked(request: HttpRequest) -> HttpResponse:
    messages.success(request, _("Asked for; it holds once another person has approved it."))
    return HttpResponseRedirect(address(reverse("promises:freezes"), reading_of(request)))


def _page(request: HttpRequest, form: Form, opened: str = "") -> HttpResponse:
    rows, reading = _matching(request), reading_of(request)
    writes = may(request, WRITES) and not reading.is_past
    reach = seen(scope_of(request, WRITES))
    page: dict[str, Any] = {
        "rows": [
            (row, writes and row.released_on is None and reach.has(row.company_id, row.customer_id))
            for row in rows[:MOST]
        ],
        "count": len(rows),
        "most": MOST,
        "views": VIEWS,
        "view": _view(request),
        "customer": chosen_of(request)[1],
        "writes": writes,
        "form": form,
        "opened": opened,
        "kinds": [(kind, _(FREEZES[kind])) for kind in KINDS],
        "kept_by": [(one.code, one.name) for one in companies_offered(request)],
    }
    return render(request, "promises/freezes.html", page, status=400 if form.problems else 200)


def _view(request: HttpRequest) -> str:
    return "all" if request.GET.get("state") == "all" else ""


def _matching(request: HttpRequest) -> list[FreezeRow]:
    chosen, _whose = chosen_of(request)
    return freezes(
        scope=scope_of(request, READS),
        as_of=reading_of(request).as_of,
        standing=_view(request) == "",
        company_id=chosen.company_id,
        customer_id=chosen.customer_id,
    )


def _cells(row: FreezeRow) -> list[Cell]:
    kind = FREEZES[row.kind]
    return [
        row.id, row.company_code, row.customer_code, row.customer_name, _(kind), row.frozen_on, row.reason, row.actor,
        row.approved_by, row.released_on, row.released_because, row.released_by,
    ]  # fmt: skip
