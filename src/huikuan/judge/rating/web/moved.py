"""Customers behind a cell of the migration table: a list and a file."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from huikuan.judge.rating.queries.drafts import DraftRow, MovedRow, moved_page
from huikuan.judge.rating.telling import card_title
from huikuan.judge.rating.web import words
from huikuan.judge.rating.web.drafts import found
from huikuan.kernel.money import to_text
from huikuan.mechanisms.identity.domain.roles import Permission
from huikuan.mechanisms.identity.models import Company
from huikuan.mechanisms.pages.access import needs, scope_of
from huikuan.mechanisms.pages.tables import send_table
from huikuan.mechanisms.store.transactions import snapshot

ROWS = 50
_CHUNK = 1_000


@needs(Permission.DRAFT_POLICY)
@require_GET
def show_moved(request: HttpRequest, draft_id: int) -> HttpResponse:
    """Customers that go from one grade to another, 50 at a time."""
    draft = found(draft_id)
    rows = moved_page(draft_id, beyond=request.GET.get("after_code", ""), limit=ROWS + 1, **_asked(request))
    page = {
        "draft": draft,
        "rows": rows[:ROWS],
        "next": rows[ROWS - 1].code if len(rows) > ROWS else "",
        "before": request.GET.get("before", ""),
        "after": request.GET.get("after", ""),
        "currency": _currency(),
        "sees_amounts": _sees_amounts(request),
    }
    return render(request, "rating/moved.html", page)


@needs(Permission.DRAFT_POLICY)
@require_GET
def export_moved(request: HttpRequest, draft_id: int) -> HttpResponseBase:
    """Exactly the customers of the list as csv or xlsx, read in one snapshot."""
    draft, currency, amounts = found(draft_id), _currency(), _sees_amounts(request)
    headers = [
        *(_("Customer code"), _("Customer"), _("Scorecard"), _("Grade by the scorecards in force")),
        *(_("Grade by the draft"), _("Score by the scorecards in force"), _("Score by the draft")),
        *(_("Open claims"), _("Currency")),
    ]
    with snapshot():
        rows = ([*_cells(row), *_amount(row, currency, amounts)] for row in _every(request, draft))
        name = f"{_('grade migration')}-{draft.measured_on or ''}"
        return send_table(request.GET.get("format", ""), name, headers, rows, title=_("Grade migration"))


def _asked(request: HttpRequest) -> dict[str, Any]:
    grades = {name: request.GET.get(name, "") for name in ("before", "after")}
    wanted = {name: ("" if grade == words.NO_GRADE else grade) if grade else None for name, grade in grades.items()}
    return {**wanted, "scope": scope_of(request, Permission.VIEW_CUSTOMERS)}


def _every(request: HttpRequest, draft: DraftRow) -> Iterator[MovedRow]:
    beyond = ""
    while rows := moved_page(draft.id, beyond=beyond, limit=_CHUNK, **_asked(request)):
        yield from rows
        beyond = rows[-1].code


def _cells(row: MovedRow) -> list[Any]:
    return [row.code, row.name, card_title(row.card), row.before, row.after, row.score_before, row.score_after]


def _amount(row: MovedRow, currency: str, amounts: bool) -> list[Any]:
    if not amounts or row.open_amount is None:
        return [None, ""]
    return [to_text(row.open_amount, currency), currency]


def _currency() -> str:
    return Company.objects.order_by("id").values_list("currency", flat=True).first() or ""


def _sees_amounts(request: HttpRequest) -> bool:
    """Open claims are over all companies: they are shown to whoever sees the books of all."""
    return scope_of(request, Permission.VIEW_LEDGER).everything
