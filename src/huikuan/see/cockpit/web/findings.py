"""体检: the ten weightiest findings, and each opened to its lines."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from huikuan.kernel.money import to_text
from huikuan.mechanisms.files.exports import Cell
from huikuan.mechanisms.identity.domain.roles import Permission
from huikuan.mechanisms.pages.access import needs, scope_of
from huikuan.mechanisms.pages.lists import shown_columns
from huikuan.mechanisms.pages.reading import Reading, address, currency_named, reading_of
from huikuan.mechanisms.pages.tables import send_table
from huikuan.mechanisms.store.transactions import snapshot
from huikuan.record.receivables.web.asked import LISTING as ITEMS
from huikuan.record.receivables.web.cells import item_cells, item_headers
from huikuan.see.cockpit.domain.findings import RULES, WATCHES, Finding
from huikuan.see.cockpit.queries.findings import Checkup, checkup, every_line, open_finding
from huikuan.see.cockpit.web.speaking import STEPS, TITLES, policy_text, rule_text

ROWS = 50


@needs(Permission.VIEW_LEDGER)
def show_findings(request: HttpRequest) -> HttpResponse:
    """What deserves a look, by money."""
    reading = reading_of(request)
    answer = checkup_of(request)
    own = own_alone(request)
    page = {"checkup": answer, "lines": [told(one, answer, reading, own_alone=own) for one in answer.findings]}
    return render(request, "cockpit/findings.html", page)


@needs(Permission.VIEW_LEDGER)
def export_findings(request: HttpRequest) -> HttpResponseBase:
    """The findings as csv or xlsx."""
    reading = reading_of(request)
    answer = checkup_of(request)
    headers = [
        _("Finding"), _("Rule"), _("Policy"), _("Currency"), _("Amount"), _("Open lines"), _("Customers"),
        _("Most of it"), _("Next step"),
    ]  # fmt: skip
    rows: list[list[Cell]] = []
    own = own_alone(request)
    for line in (told(one, answer, reading, own_alone=own) for one in answer.findings):
        found: Finding = line["finding"]
        amount = to_text(found.amount, found.currency)
        rows.append([line["title"], line["rule"], line["policy"], found.currency, Decimal(amount), found.lines,
                     found.customers, line["largest_name"], line["step"]])  # fmt: skip
    name = f"{_('checkup')}-{reading.as_of:%Y-%m-%d}"
    return send_table(request.GET.get("format", ""), name, headers, rows, title=_("checkup"))


@needs(Permission.VIEW_LEDGER)
def show_finding(request: HttpRequest, code: str) -> HttpResponse:
    """One finding: its rule, its sum, its lines 50 at a time."""
    reading = reading_of(request)
    opened = open_finding(
        _code(code), **_asked(request), only=_only(request), after=request.GET.get("after") or None, limit=ROWS
    )
    page = {
        "finding": opened.finding,
        "title": _(TITLES[code]),
        "rule": rule_text(code, opened.thresholds, own_alone=own_alone(request)),
        "policy": policy_text(code, opened.numbers),
        "step": _(STEPS[code]),
        "found": opened.page,
        "asked": {"value_in": opened.finding.currency},
        # The same rows as the list of items has, in the reader's choice of its columns.
        "list": {"shows": shown_columns(request, ITEMS)},
        "several_companies": reading.company is None and len({row.company_code for row in opened.page.rows}) > 1,
    }
    more = request.headers.get("HX-Target") == "more"
    return render(request, "receivables/parts/rows.html" if more else "cockpit/finding.html", page)


@needs(Permission.VIEW_LEDGER)
def export_finding(request: HttpRequest, code: str) -> HttpResponseBase:
    """Exactly the lines of the finding, read in one snapshot."""
    reading = reading_of(request)
    with snapshot(), every_line(_code(code), **_asked(request), only=_only(request)) as (unit, count, found):
        rows = (item_cells(row, unit) for row in found)
        name = f"{_(TITLES[code])}-{reading.as_of:%Y-%m-%d}"
        title, form = f"{reading.as_of:%Y-%m-%d}", request.GET.get("format", "")
        return send_table(form, name, item_headers(unit), rows, title=title, count=count)


def _asked(request: HttpRequest) -> dict[str, Any]:
    reading = reading_of(request)
    return {
        "company_id": reading.company_id,
        "as_of": reading.as_of,
        "scope": scope_of(request),
        "known": reading.known,
        "currency": reading.currency or None,
    }


def checkup_of(request: HttpRequest) -> Checkup:
    return checkup(**_asked(request))


def own_alone(request: HttpRequest) -> bool:
    """Whether the page is over some of the customers only, not over whole companies, so that shares are of these."""
    scope, company_id = scope_of(request), reading_of(request).company_id
    return scope.whole_companies != scope.companies if company_id is None else not scope.whole(company_id)


def told(found: Finding, answer: Checkup, reading: Reading, *, own_alone: bool) -> dict[str, Any]:
    """A finding in words, with where it leads."""
    code, name = answer.names.get(found.largest, ("", ""))
    only = found.currency if found.code == "without_rate" else ""
    return {
        "finding": found,
        "title": _(TITLES[found.code]),
        "rule": rule_text(found.code, answer.thresholds, own_alone=own_alone),
        "policy": policy_text(found.code, (answer.policy_number, answer.cap_policy_number)),
        "step": _(STEPS[found.code]),
        "url": address(reverse("cockpit:finding", args=[found.code]), reading, only=only),
        "largest_name": name,
        "customer_url": address(reverse("dossiers:customer", args=[found.largest]), reading),
        "largest_url": address(reverse("receivables:items"), reading, customer=code),
    }


def _code(code: str) -> str:
    if code not in RULES and code not in WATCHES:
        raise Http404
    return code


def _only(request: HttpRequest) -> str | None:
    return currency_named(request.GET.get("only", "")) or None
