"""Statements by hand or from a file: a form that keeps what was typed, the template, taking back."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from django.contrib import messages
from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from huikuan.kernel.dates import parse_date
from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.files.operations import Kept, keep_bytes
from huikuan.mechanisms.identity.domain.roles import Permission
from huikuan.mechanisms.pages.access import needs, scope_of
from huikuan.mechanisms.pages.deeds import posted_from
from huikuan.mechanisms.pages.forms import Form, file_sent, typed_in
from huikuan.mechanisms.pages.reading import address, reading_of
from huikuan.mechanisms.pages.tables import send_table
from huikuan.mechanisms.pages.telling import said
from huikuan.record.customers.queries import CustomerRow
from huikuan.record.customers.web.forms import actor_of, managed
from huikuan.record.financials.domain.checks import findings
from huikuan.record.financials.domain.formats import FORMATS, format_named
from huikuan.record.financials.domain.lines import BALANCE, SHEETS
from huikuan.record.financials.domain.period import Period
from huikuan.record.financials.domain.sheet import CUSTOMER, template_rows
from huikuan.record.financials.domain.statements import Statement
from huikuan.record.financials.domain.typed import read_statement, typed_of
from huikuan.record.financials.messages import FIELDS, RULES, SOURCES, UNITS
from huikuan.record.financials.messages import FORMATS as FORMAT_NAMES
from huikuan.record.financials.messages import SHEETS as SHEET_NAMES
from huikuan.record.financials.operations.files import read_fields
from huikuan.record.financials.operations.statements import record_statement, withdraw_statement
from huikuan.record.financials.queries.statements import StatementRow, preceding, versions_of
from huikuan.record.financials.web import words

_SALT = "financials.original"
#: Beside which field a refusal of the operation stands.
_FIELDS = {"financials_inconsistent": "kept_reason", "financials_received_late": "received_on"}
#: How long a file that was read may wait for its form to be sent, in seconds.
_KEPT_FOR = 24 * 60 * 60


@needs(Permission.MANAGE_CUSTOMERS)
def edit_statement(request: HttpRequest, customer_id: int) -> HttpResponse:
    """An empty form, or the statements of the period the address names; a POST records them."""
    customer = managed(request, customer_id)
    if request.method != "POST":
        return _page(request, customer, Form(_begun(request, customer_id)))
    form = Form(typed_in(request))
    if "reshape" in form.typed:
        return _page(request, customer, form)
    statement = _stated(form)
    if statement is not None and _record(request, customer_id, form, statement):
        messages.success(request, _("The statements were recorded."))
        return _back(request, customer_id)
    return _page(request, customer, form, statement)


@needs(Permission.MANAGE_CUSTOMERS)
@posted_from("financials:edit", "customer_id")
def upload(request: HttpRequest, customer_id: int) -> HttpResponse:
    """Read a filled template or a paper as printed, and show it as a form: nothing is recorded before it is sent."""
    customer = managed(request, customer_id)
    try:
        name, content = file_sent(request)
        typed = _read(name, content)
        if typed.get(CUSTOMER) and typed[CUSTOMER] != customer.code:
            raise Refusal("financials_of_other", stated=typed[CUSTOMER], customer=customer.code)
    except Refusal as refusal:
        page = {
            "customer": customer,
            "problem": said(refusal),
            "where": refusal.where,
            "formats": _named(FORMAT_NAMES),
        }
        return render(request, "financials/upload_refused.html", page, status=400)
    typed.pop(CUSTOMER, None)
    kept = keep_bytes(content)
    typed |= {"original": signing.dumps([kept.sha256, kept.size, name, customer_id], salt=_SALT)}
    form = Form({**_begun(request, customer_id), **typed})
    form.typed["version"] = str(_version(request, customer_id, form))
    statement = _stated(form)
    form.beside["original"] = name
    return _page(request, customer, form, statement)


@needs(Permission.MANAGE_CUSTOMERS)
@require_GET
def send_template(request: HttpRequest, customer_id: int) -> HttpResponseBase:
    """The template of a format as xlsx or csv, filled in with the period the address names."""
    customer = managed(request, customer_id)
    known = _named_row(request, customer_id)
    form = format_named(known.statement.format if known else request.GET.get("of", "") or next(iter(FORMATS)))
    rows = list(template_rows(form, typed_of(known.statement) if known else {}, customer.code))
    head = [str(cell) for cell in rows[0]]
    name = f"{customer.code}-{_('financial statements')}"
    return send_table(request.GET.get("format", ""), name, head, rows[1:], title=_("Statements template"))


@needs(Permission.MANAGE_CUSTOMERS)
@require_POST
def withdraw(request: HttpRequest, customer_id: int) -> HttpResponse:
    """The statements of a period do not count any more."""
    managed(request, customer_id)
    withdraw_statement(
        customer_id=customer_id,
        period=_period(request.POST.get("period", "")),
        version=_number(request.POST.get("version", "")),
        reason=request.POST.get("reason", ""),
        actor=actor_of(request),
        at=timezone.now(),
    )
    messages.success(request, _("The statements were taken back; every version stays readable."))
    return _back(request, customer_id, sheet=words.VERSIONS)


def _stated(form: Form) -> Statement | None:
    """The statement of the form; what is wrong stands beside its field."""
    read = read_statement(form.typed)
    for name, refusal in read.problems.items():
        form.blame(name, refusal)
    return read.statement


def _record(request: HttpRequest, customer_id: int, form: Form, statement: Statement) -> bool:
    try:
        original, name = _original(form, customer_id)
        record_statement(
            customer_id=customer_id,
            statement=statement,
            actor=actor_of(request),
            at=timezone.now(),
            seen=_number(form.text("version")),
            original=original,
            file_name=name,
        )
    except Refusal as refusal:
        form.blame(_FIELDS.get(refusal.code, ""), refusal)
        if refusal.code == "financials_changed_since":
            # What was typed stays; sent again it is a correction of what the other one recorded.
            form.typed["version"] = str(refusal.params["now"])
        return False
    return True


def _page(request: HttpRequest, customer: CustomerRow, form: Form, statement: Statement | None = None) -> HttpResponse:
    shape = FORMATS.get(form.text("format")) or next(iter(FORMATS.values()))
    found = findings(statement, preceding(customer.id, statement.period)) if statement else ()
    page = {
        "customer": customer,
        "form": form,
        "titles": {name: _(title) for name, title in FIELDS.items()},
        "formats": _named(FORMAT_NAMES),
        "units": _named(UNITS),
        "sources": _named(SOURCES),
        "audits": [("", _("No")), ("yes", _("Yes"))],
        "sheets": [
            (sheet, _(SHEET_NAMES[sheet]), _(words.NIL[sheet]), sheet == BALANCE,
             [(line, line.code in shape.parts) for line in shape.of_sheet(sheet)])
            for sheet in SHEETS
        ],
        "findings": [(one, shape.by_code[one.line], _(RULES[one.rule])) for one in found],
        "inconsistent": any(one.level == "error" for one in found) or bool(form.text("kept_reason")),
        "currency": statement.currency if statement else "",
        "nils": [sheet for sheet in SHEETS if form.text(f"nil-{sheet}")],
    }  # fmt: skip
    return render(request, "financials/edit.html", page, status=400 if form.problems else 200)


def _begun(request: HttpRequest, customer_id: int) -> dict[str, str]:
    """What the form begins with: the period named, or nothing but today."""
    known = _named_row(request, customer_id)
    if known is not None:
        return typed_of(known.statement) | {"version": str(_own_version(request, customer_id, known.period))}
    today = reading_of(request).today
    shape = request.GET.get("of", "")
    return {
        "format": shape if shape in FORMATS else next(iter(FORMATS)),
        "ends_on": f"{today.year - 1}-12-31",
        "months": "12",
        "currency": "CNY",
        "unit": "yuan",
        "source": "customer",
        "received_on": today.isoformat(),
        "version": "",
    }


def _named_row(request: HttpRequest, customer_id: int) -> StatementRow | None:
    """What stands of the period the address names, the customer's own before that of one merged into it; None where
    it names none."""
    if not request.GET.get("period"):
        return None
    period = _period(request.GET["period"])
    rows = [row for row in _versions(request, customer_id) if row.period == period]
    last = {row.customer_id: row for row in reversed(rows)}
    if not last:
        raise Http404
    return min(last.values(), key=lambda row: (row.withdrawn, row.customer_id != customer_id))


def _version(request: HttpRequest, customer_id: int, form: Form) -> int | str:
    """The version that stands of the period a file speaks of; '' where its period cannot be read."""
    try:
        period = Period(parse_date(form.text("ends_on")), int(form.text("months") or "12"))
    except (Refusal, ValueError):
        return ""
    return _own_version(request, customer_id, period)


def _own_version(request: HttpRequest, customer_id: int, period: Period) -> int:
    """The last version of the period recorded of this very customer, 0: none. What a correction of statements of a
    customer merged into it becomes is the first of its own."""
    rows = _versions(request, customer_id)
    return next((row.version for row in rows if row.customer_id == customer_id and row.period == period), 0)


def _versions(request: HttpRequest, customer_id: int) -> list[StatementRow]:
    return versions_of(customer_id, scope=scope_of(request))


def _period(key: str) -> Period:
    """The period as `Period.key` writes it."""
    day, _rest, months = key.partition("_")
    if not (months.isascii() and months.isdigit() and len(months) <= 2):
        raise Refusal("financials_unknown", period=key)
    return Period(parse_date(day), int(months))


def _read(name: str, content: bytes) -> dict[str, str]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "sent"
        path.write_bytes(content)
        return read_fields(path, name)


def _original(form: Form, customer_id: int) -> tuple[Kept | None, str]:
    """The file the form was read from: only what we signed, for this customer and not long ago."""
    if not form.text("original"):
        return None, ""
    try:
        sha256, size, name, whose = signing.loads(form.text("original"), salt=_SALT, max_age=_KEPT_FOR)
    except signing.BadSignature:
        raise Refusal("financials_original_gone") from None
    if whose != customer_id:
        raise Refusal("financials_original_gone")
    return Kept(sha256, size), name


def _number(text: str) -> int:
    """The version the form was opened at; 0: there was none."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


def _named(titles: dict[str, str]) -> list[tuple[str, str]]:
    return [(name, _(title)) for name, title in titles.items()]


def _back(request: HttpRequest, customer_id: int, **query: Any) -> HttpResponse:
    place = reverse("financials:statements", args=[customer_id])
    return HttpResponseRedirect(address(place, reading_of(request), **query))
