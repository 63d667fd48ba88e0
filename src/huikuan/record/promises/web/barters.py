"""Settlements in kind: which, in what state; asking for one, and what became of its goods."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from functools import partial
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
from huikuan.kernel.money import to_text
from huikuan.mechanisms.files.exports import Cell
from huikuan.mechanisms.files.queries import open_original
from huikuan.mechanisms.identity.domain.roles import Permission
from huikuan.mechanisms.pages.access import companies_offered, may, needs, scope_of
from huikuan.mechanisms.pages.deeds import posted_from
from huikuan.mechanisms.pages.downloads import download
from huikuan.mechanisms.pages.forms import Form, typed_in
from huikuan.mechanisms.pages.reading import address, reading_of
from huikuan.mechanisms.pages.tables import send_table
from huikuan.record.customers.queries import seen
from huikuan.record.promises.domain.barter import AGREED, LATE, METHODS, Goods
from huikuan.record.promises.messages import ACCOUNTS, BARTER_STATES
from huikuan.record.promises.messages import METHODS as METHOD_NAMES
from huikuan.record.promises.operations.asking import WRITES
from huikuan.record.promises.operations.bartering import deliver_barter, fail_barter, propose_barter
from huikuan.record.promises.queries.barters import BarterRow, barter, barters
from huikuan.record.promises.web.asking import (
    Asking,
    amount_in,
    amounts_in,
    asked_in,
    blame,
    currency_in,
    day_in,
    paper_in,
    prefilled,
    require_whose,
)
from huikuan.record.promises.web.listing import READS, chosen_of

#: So many are shown; the file has all.
MOST = 200
VIEWS = {"": gettext_noop("All"), **BARTER_STATES}
#: Delivered goods post a credit and settle claims.
DELIVERS = Permission.SETTLE
_BESIDE = {
    "barter_method_unknown": "method", "barter_amount_bad": "valued", "barter_valued_ahead": "valued_on",
    "promise_day_over": "deliver_by", "form_file_too_large": "file", "form_file_missing": "file",
}  # fmt: skip


@needs(READS)
@require_GET
def show_barters(request: HttpRequest) -> HttpResponse:
    """Those agreed, the latest first."""
    rows = _matching(request)
    page: dict[str, Any] = {
        "rows": rows[:MOST],
        "count": len(rows),
        "most": MOST,
        "views": VIEWS,
        "state": _state(request),
        "customer": chosen_of(request)[1],
        "writes": may(request, WRITES) and not reading_of(request).is_past,
    }
    return render(request, "promises/barters.html", page)


@needs(READS)
@require_GET
def export_barters(request: HttpRequest) -> HttpResponseBase:
    """The same as csv or xlsx."""
    headers = [
        _("Number"), _("Company"), _("Customer code"), _("Customer"), _("What is handed over"), _("Currency"),
        _("They pay"), _("Valued at"), _("Valued by"), _("Valued on"), _("How valued"), _("Agreed on"),
        _("To deliver by"), _("State"), _("State since"), _("Asked for by"), _("Approved by"), _("Note"),
    ]  # fmt: skip
    day = f"{reading_of(request).as_of:%Y-%m-%d}"
    cells = (_cells(row) for row in _matching(request))
    return send_table(request.GET.get("format", ""), f"{_('in kind')}-{day}", headers, cells, title=day)


@needs(READS)
@require_GET
def show_barter(request: HttpRequest, number: int) -> HttpResponse:
    """One as of the page's day."""
    return _page(request, _found(request, number), Form({}))


@needs(READS)
@require_GET
def send_valuation(request: HttpRequest, number: int, sha256: str) -> HttpResponseBase:
    """The valuation as it was handed in."""
    row = _found(request, number)
    if not row.sha256 or row.sha256 != sha256:
        raise Http404
    return download(open_original(sha256), row.file_name)


@needs(WRITES)
def new_barter(request: HttpRequest) -> HttpResponse:
    """An empty form; a POST with `show` asks for the customer's claims, any other asks for approval."""
    if reading_of(request).is_past:
        raise Http404
    form = Form(typed_in(request) if request.method == "POST" else prefilled(request, method=METHODS[0]))
    asking = asked_in(request, form)
    if request.method == "POST" and "show" not in form.typed and _propose(request, form, asking):
        messages.success(request, _("Asked for; it holds once another person has approved it."))
        return HttpResponseRedirect(address(reverse("promises:barters"), reading_of(request)))
    page: dict[str, Any] = {
        "form": form,
        "whose": asking.whose,
        "claims": asking.fields,
        "kept_by": [(one.code, one.name) for one in companies_offered(request)],
        "methods": [(name, _(METHOD_NAMES[name])) for name in METHODS],
    }
    return render(request, "promises/new_barter.html", page, status=400 if form.problems else 200)


@needs(DELIVERS)
@posted_from("promises:barter", "number")
def deliver(request: HttpRequest, number: int) -> HttpResponse:
    """The goods are there: the claims are paid."""

    def work(row: BarterRow, form: Form, **said: Any) -> None:
        on = day_in(form, "on")
        if on is not None:
            deliver_barter(barter_id=row.id, on=on, **said)

    return _acted(request, number, DELIVERS, work, _("Delivered; the claims are paid."))


@needs(WRITES)
@posted_from("promises:barter", "number")
def fail(request: HttpRequest, number: int) -> HttpResponse:
    """The goods did not come."""

    def work(row: BarterRow, form: Form, **said: Any) -> None:
        fail_barter(barter_id=row.id, note=form.text("note"), **said)

    return _acted(request, number, WRITES, work, _("Recorded; the claims are pursued."))


def _acted(
    request: HttpRequest, number: int, permission: Permission, work: Callable[..., None], told: str
) -> HttpResponse:
    row, form = _found(request, number), Form(typed_in(request))
    if reading_of(request).is_past or not seen(scope_of(request, permission)).has(row.company_id, row.customer_id):
        raise Http404
    try:
        work(row, form, actor=request.user.get_username(), at=timezone.now())
    except Refusal as refusal:
        form.blame({"promise_reason_missing": "note", "barter_day_bad": "on"}.get(refusal.code, ""), refusal)
    if form.problems:
        return _page(request, row, form)
    messages.success(request, told)
    return HttpResponseRedirect(address(reverse("promises:barter", args=[number]), reading_of(request)))


def _page(request: HttpRequest, row: BarterRow, form: Form) -> HttpResponse:
    reading = reading_of(request)
    waits = row.state in (AGREED, LATE) and not reading.is_past
    page: dict[str, Any] = {
        "row": row,
        "entries": [(ACCOUNTS[one.account], one.amount) for one in row.entries],
        "method": _(METHOD_NAMES[row.goods.method]),
        "form": form if form.typed else Form({"on": reading.today.isoformat()}),
        "delivers": waits and may(request, DELIVERS),
        "fails": waits and may(request, WRITES),
    }
    return render(request, "promises/barter.html", page, status=400 if form.problems else 200)


def _propose(request: HttpRequest, form: Form, asking: Asking) -> bool:
    """Whether it was asked for; what stands against it is in the form."""
    require_whose(form, asking)
    parts, goods = amounts_in(form, asking), _goods(form, asking)
    if form.problems or asking.company is None or asking.whose is None or goods is None:
        return False
    try:
        propose_barter(
            company=asking.company,
            customer_id=asking.whose.id,
            parts=parts,
            goods=goods,
            paper=paper_in(request),
            actor=request.user.get_username(),
            at=timezone.now(),
        )
    except Refusal as refusal:
        beside = {**_BESIDE, "barter_field_missing": str(refusal.params.get("field"))}
        blame(form, refusal, beside)
        return False
    return True


def _goods(form: Form, asking: Asking) -> Goods | None:
    currency = currency_in(form, asking)
    valued_on, deliver_by = (day_in(form, name) for name in ("valued_on", "deliver_by"))
    minor = {name: form.read(name, partial(amount_in, currency=currency))
             for name in ("valued", "tax", "fair_value", "allowance")}  # fmt: skip
    if form.problems or valued_on is None or deliver_by is None:
        return None
    return Goods(
        form.text("asset"), minor["valued"] or 0, form.text("valuer"), valued_on, form.text("method"), deliver_by,
        form.text("note"), minor["tax"], minor["fair_value"], minor["allowance"],
    )  # fmt: skip


def _state(request: HttpRequest) -> str:
    state = request.GET.get("state", "")
    return state if state in BARTER_STATES else ""


def _matching(request: HttpRequest) -> list[BarterRow]:
    chosen, _whose = chosen_of(request)
    return barters(
        scope=scope_of(request, READS),
        as_of=reading_of(request).as_of,
        state=_state(request),
        company_id=chosen.company_id,
        customer_id=chosen.customer_id,
    )


def _found(request: HttpRequest, number: int) -> BarterRow:
    try:
        return barter(number, scope=scope_of(request, READS), as_of=reading_of(request).as_of)
    except Refusal as refusal:
        raise Http404 from refusal


def _cells(row: BarterRow) -> list[Cell]:
    state, method, goods = BARTER_STATES[row.state], METHOD_NAMES[row.goods.method], row.goods
    return [
        row.id, row.company_code, row.customer_code, row.customer_name, goods.asset, row.currency,
        Decimal(to_text(row.agreed, row.currency)), Decimal(to_text(goods.valued, row.currency)), goods.valuer,
        goods.valued_on, _(method), row.agreed_on, goods.deliver_by, _(state), row.ended_on or row.agreed_on,
        row.actor, row.approved_by, goods.note,
    ]  # fmt: skip
