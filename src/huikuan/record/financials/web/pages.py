"""A customer's statements side by side, their ratios and checks; a ratio with what went into it; files."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from huikuan.kernel.errors import Refusal
from huikuan.kernel.money import to_text
from huikuan.mechanisms.files.exports import Cell
from huikuan.mechanisms.files.queries import open_original
from huikuan.mechanisms.identity.domain.roles import Permission
from huikuan.mechanisms.pages.access import needs, scope_of
from huikuan.mechanisms.pages.downloads import download
from huikuan.mechanisms.pages.reading import reading_of
from huikuan.mechanisms.pages.tables import send_table
from huikuan.record.customers.queries import CustomerRow, customer_with_id
from huikuan.record.customers.web.forms import may_manage
from huikuan.record.financials.domain.lines import SHEETS
from huikuan.record.financials.domain.ratios import RATIOS, rounded
from huikuan.record.financials.domain.reference import TIERS
from huikuan.record.financials.messages import COLUMNS, GROUPS, RULES, SOURCES
from huikuan.record.financials.messages import FORMATS as FORMAT_NAMES
from huikuan.record.financials.queries.references import references_for
from huikuan.record.financials.queries.statements import StatementRow, checked, statements_of, versions_of
from huikuan.record.financials.templatetags.financials import line_name, ratio_name
from huikuan.record.financials.web import words
from huikuan.record.financials.web.table import RatioLine, ratio_groups, sheet_rows

#: Periods side by side.
MOST_PERIODS = 6


@needs(Permission.VIEW_CUSTOMERS)
@require_GET
def show_statements(request: HttpRequest, customer_id: int) -> HttpResponse:
    """The statements that stand on the page's day; `sheet` says which of them, or ratios, checks, versions."""
    customer = seen_customer(request, customer_id)
    every = _every(request, customer_id)
    rows = every[:MOST_PERIODS]
    sheet = request.GET.get("sheet", "")
    sheet = sheet if sheet in words.TABS else words.RATIOS
    faults = [(row, finding) for row in every for finding in checked(row, every)]
    page: dict[str, Any] = {
        "customer": customer,
        "rows": rows,
        "left": len(every) - len(rows),
        "sheet": sheet,
        "tabs": [
            (name, _(title), len(faults) if name == words.CHECKS else None) for name, title in words.TABS.items()
        ],
        "manages": may_manage(request, customer_id) and not reading_of(request).is_past,
        "formats": [(name, _(title)) for name, title in FORMAT_NAMES.items()],
        "currencies": sorted({row.statement.currency for row in rows}),
        "errors": sum(finding.level == "error" for _, finding in faults),
    }
    if sheet in SHEETS and rows:
        page |= {"lines": sheet_rows(rows, sheet), "opening": sheet == SHEETS[0] and bool(rows[-1].statement.opening)}
    elif sheet == words.RATIOS and rows:
        page["groups"] = [(_(GROUPS[group.name]), group) for group in _ratios(request, customer, rows, every)]
    elif sheet == words.CHECKS:
        page["faults"] = [_told(row, finding) for row, finding in faults]
    elif sheet == words.VERSIONS:
        told = versions_of(customer_id, scope=scope_of(request), known=reading_of(request).horizon)
        page["versions"] = [
            (row, _(SOURCES[row.statement.source]), _(FORMAT_NAMES[row.statement.format])) for row in told
        ]
        page["standing"] = {row.id for row in every}
    return render(request, "financials/statements.html", page)


@needs(Permission.VIEW_CUSTOMERS)
@require_GET
def show_ratio(request: HttpRequest, customer_id: int, code: str) -> HttpResponse:
    """One ratio: formula, each period's figures that went in, each opening its line; where it stands."""
    if code not in RATIOS:
        raise Http404
    customer = seen_customer(request, customer_id)
    every = _every(request, customer_id)
    rows = every[:MOST_PERIODS]
    found = next(
        (line for group in (_ratios(request, customer, rows, every) if rows else ()) for line in group.lines
         if line.ratio.code == code),
        None,
    )  # fmt: skip
    page = {
        "customer": customer,
        "code": code,
        "line": found,
        "periods": _inputs(found, rows) if found else [],
        "tiers": list(zip(_tier_names(), found.standing.reference.values, strict=True))
        if found and found.standing
        else [],
    }
    return render(request, "financials/ratio.html", page)


@needs(Permission.VIEW_CUSTOMERS)
@require_GET
def export_sheet(request: HttpRequest, customer_id: int, sheet: str) -> HttpResponseBase:
    """Exactly the rows of the page, as csv or workbook: every period that stands, amounts in the currency's unit."""
    customer = seen_customer(request, customer_id)
    rows = _every(request, customer_id)
    if sheet not in (words.RATIOS, *SHEETS):
        raise Http404
    periods = [f"{words.period_name(row.period)} {row.statement.currency}" for row in rows]
    if sheet == words.RATIOS:
        headers = [_("Ratio"), *(words.period_name(row.period) for row in rows), _("Points of 100")]
        cells: Iterator[Sequence[Cell]] = _ratio_cells(request, customer, rows)
    else:
        headers, cells = [_("Line code"), _("Statement line"), *periods], _sheet_cells(rows, sheet)
    title = _(words.TABS[sheet])
    name = f"{customer.code}-{title}-{reading_of(request).as_of:%Y-%m-%d}"
    return send_table(request.GET.get("format", ""), name, headers, cells, title=title)


@needs(Permission.VIEW_CUSTOMERS)
@require_GET
def send_original(request: HttpRequest, customer_id: int, sha256: str) -> HttpResponseBase:
    """The file any version came from."""
    seen_customer(request, customer_id)
    known = versions_of(customer_id, scope=scope_of(request))
    found = next((row for row in known if row.sha256 == sha256), None) if sha256 else None
    if found is None:
        raise Http404
    return download(open_original(sha256), found.file_name)


def seen_customer(request: HttpRequest, customer_id: int) -> CustomerRow:
    """The customer of the address; one out of the reader's reach is not there."""
    try:
        return customer_with_id(customer_id, scope=scope_of(request, Permission.VIEW_CUSTOMERS))
    except Refusal as refusal:
        raise Http404 from refusal


def _every(request: HttpRequest, customer_id: int) -> list[StatementRow]:
    reading = reading_of(request)
    return statements_of(customer_id, scope=scope_of(request), as_of=reading.as_of, known=reading.horizon)


def _ratios(
    request: HttpRequest, customer: CustomerRow, rows: Sequence[StatementRow], every: Sequence[StatementRow]
) -> list[Any]:
    reading = reading_of(request)
    size = request.GET.get("size", "")[:40]
    references = references_for(customer.industry, size=size, as_of=reading.as_of, known=reading.horizon)
    return ratio_groups(rows, every, references)


def _told(row: StatementRow, finding: Any) -> dict[str, Any]:
    form = row.statement.form
    return {
        "row": row,
        "finding": finding,
        "line": form.by_code[finding.line],
        "rule": _(RULES[finding.rule]),
        "column": _(COLUMNS[finding.column]),
        "missing": _(", ").join(line_name(form.by_code[code]) for code in finding.missing),
    }


def _inputs(found: RatioLine, rows: Sequence[StatementRow]) -> list[dict[str, Any]]:
    """Of each period the ratio's value and the figures that went in, or those that are missing."""
    told = []
    for row, (_period, value) in zip(rows, found.values, strict=True):
        lines = row.statement.form.by_code
        used = [(lines[code], _(COLUMNS[column]), amount) for (code, column), amount in value.used.items()]
        lacking = [(lines[code], _(COLUMNS[column])) for code, column in value.blamed if code in lines]
        told.append({"row": row, "value": value, "used": used, "lacking": lacking})
    return told


def _tier_names() -> list[str]:
    names = (_("Excellent"), _("Good"), _("Average"), _("Low"), _("Poor"))
    return list(names[: len(TIERS)])


def _ratio_cells(
    request: HttpRequest, customer: CustomerRow, rows: Sequence[StatementRow]
) -> Iterator[Sequence[Cell]]:
    for group in _ratios(request, customer, rows, rows) if rows else ():
        for line in group.lines:
            stands = None if line.standing is None else rounded(line.standing.points, 2)
            yield ratio_name(line.ratio.code), *(value.value for _period, value in line.values), stands


def _sheet_cells(rows: Sequence[StatementRow], sheet: str) -> Iterator[Sequence[Cell]]:
    for one in sheet_rows(rows, sheet) if rows else ():
        amounts = (None if cell.amount is None else Decimal(to_text(cell.amount, cell.currency)) for cell in one.cells)
        yield one.line.code, line_name(one.line), *amounts
