"""Saying which column of a list is which: what the form shows, and what it said."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.utils.translation import gettext as _

from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.pages.partial import is_partial
from huikuan.see.confirmations.domain.lists import Chosen, Head
from huikuan.see.confirmations.operations.lists import head_in
from huikuan.see.confirmations.web.words import COLUMNS

#: Refusals that are mended by saying which column is which.
ASKED = ("list_columns_missing", "list_columns_unsaid", "list_column_twice", "list_cells_bad", "list_empty")
COLUMNS_PART = "confirmations/parts/columns.html"
_MOST = 60


@dataclass(frozen=True, slots=True)
class ColumnField:
    """One column as it is asked about: `field` is what it is taken for, '' for nothing."""

    name: str
    title: str
    examples: tuple[str, ...]
    field: str


def onward(request: HttpRequest, address: str) -> HttpResponse:
    """To the page, whether all of this one or a piece of it asked."""
    return HttpResponse(headers={"HX-Redirect": address}) if is_partial(request) else HttpResponseRedirect(address)


def chosen_in(posted: QueryDict) -> Chosen | None:
    """What was said of the columns; None: nothing was asked. Refuses two columns that are said to be the same."""
    digest = posted.get("head", "")
    if not digest:
        return None
    columns: dict[str, int] = {}
    for place in range(_MOST):
        field = posted.get(f"column-{place}", "")
        if field not in COLUMNS:
            continue
        if field in columns:
            raise Refusal("list_column_twice", field=_(COLUMNS[field]))
        columns[field] = place
    return Chosen(digest[:64], columns, is_data="headless" in posted)


def asked_of(refusal: Refusal, content: bytes, name: str, posted: QueryDict) -> dict[str, object]:
    """The part of the form that asks which column is which; empty where that does not help."""
    head = head_in(content, name) if refusal.code in ASKED else None
    if head is None:
        return {}
    return {
        "head": head,
        "headless": "headless" in posted,
        "columns": [_column(head, place, posted) for place in range(min(len(head.cells), _MOST))],
        "fields": [(code, _(title)) for code, title in COLUMNS.items()],
    }


def _column(head: Head, place: int, posted: QueryDict) -> ColumnField:
    name = f"column-{place}"
    known = next((field for field, at in head.columns.items() if at == place), "")
    said = posted.get(name, known) if posted.get("head") == head.digest else known
    title = head.cells[place] or _("Column %(number)s") % {"number": place + 1}
    return ColumnField(name, title, head.examples[place], said)
