"""The collection workbench (催收工作台): whom to contact, the call at hand, its story, what to do next and why."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from huikuan.act.collection.queries.worklist import PAGE, Worklist, worklist
from huikuan.act.collection.web.asked import company_of
from huikuan.act.collection.web.desk_customer import Desk, desk_of
from huikuan.act.collection.web.desk_words import RESULTS, note_of
from huikuan.act.collection.web.permissions import WORKS
from huikuan.act.visits.domain.calls import MOST_A_DAY
from huikuan.mechanisms.columns.queries import one_view
from huikuan.mechanisms.identity.domain.roles import Permission
from huikuan.mechanisms.identity.models import Company, User
from huikuan.mechanisms.pages.access import may, needs, scope_of
from huikuan.mechanisms.pages.forms import Form, request_named
from huikuan.mechanisms.pages.reading import reading_of
from huikuan.record.customers.queries import CustomerRow, customer, named_like, register_seen, seen
from huikuan.record.disputes.messages import REASONS

#: How the timeline may be narrowed.
ABOUT = ("", "people", "money")
#: Of the list at most so many are shown at once; beyond them it is searched.
MOST_ROWS = 10 * PAGE
#: Customers that a search narrows the list to at most.
_MOST_FOUND = 500


@needs(WORKS)
@require_GET
def show_desk(request: HttpRequest) -> HttpResponse:
    """The list, and the customer the address names, else the first one."""
    return desk_page(request)


def desk_page(
    request: HttpRequest,
    *,
    customer_id: int | None = None,
    form: Form | None = None,
    query: QueryDict | None = None,
    ticked: Collection[int] | None = None,
) -> HttpResponse:
    """The page; after a refusal with what was typed, which items were `ticked` (None: the oldest) and why."""
    with one_view():
        return _rendered(request, request.GET if query is None else query, customer_id, form, ticked)


def _rendered(
    request: HttpRequest,
    asked: QueryDict,
    customer_id: int | None,
    form: Form | None,
    ticked: Collection[int] | None,
) -> HttpResponse:
    reading = reading_of(request)
    company = company_of(request)
    text = asked.get("q", "").strip()
    rows = _rows_asked(asked)
    found = worklist(company, scope=scope_of(request), as_of=reading.as_of, only=_named(request, text), limit=rows)
    chosen = _chosen(request, asked, customer_id)
    named = chosen.id if chosen else found.rows[0].customer_id if found.rows else None
    about = asked.get("about", "")
    desk = desk_of(request, company, named, reading, about if about in ABOUT else "", form) if named else None
    page: dict[str, Any] = {
        "rail": True,
        "list": found,
        "queue": [(row, note_of(row, found.currency)) for row in found.rows],
        "resting": [(row, note_of(row, found.currency)) for row in found.resting],
        "more_rows": rows + PAGE if len(found.rows) == rows < min(found.count, MOST_ROWS) else 0,
        "chosen": chosen is not None,
        "text": text,
        "company": company,
        "desk": desk,
        "about": about,
        "writes": desk is not None and not reading.is_past and _writes(request, company, desk),
        "results": RESULTS,
        "reasons": [(name, _(title)) for name, title in REASONS.items()],
        "most_calls": MOST_A_DAY,
        "sees_bank": may(request, Permission.VIEW_BANK),
        "colleagues": colleagues(request),
        "form": form or Form({}),
        "ticked": ticked,
        **_steps(found, named),
    }
    return render(request, "collection/desk.html", page, status=400 if form and form.problems else 200)


def colleagues(request: HttpRequest) -> list[tuple[str, str]]:
    """Everybody else with an account, by the name people know them by."""
    people = User.objects.filter(is_active=True).exclude(username=request.user.get_username())
    named = people.order_by("display_name", "username")
    return [(one.username, one.display_name or one.username) for one in named]


def _chosen(request: HttpRequest, asked: QueryDict, customer_id: int | None) -> CustomerRow | None:
    """The customer the address names by id or code, if it is the reader's; a wrong one chooses nobody."""
    theirs, name = seen(scope_of(request)), asked.get("customer", "")
    number = customer_id or request_named(name)
    rows = register_seen(theirs)
    found = rows.filter(pk=number).first() if number else None
    found = found or (rows.filter(code=name).first() if name else None)
    return customer(found.code, scope=scope_of(request)) if found else None


def _rows_asked(asked: QueryDict) -> int:
    """How many of the list are shown: whole pages of it."""
    pages = request_named(asked.get("rows", "")) or 0
    return min(max(pages // PAGE, 1), MOST_ROWS // PAGE) * PAGE


def _named(request: HttpRequest, text: str) -> list[int] | None:
    """The reader's customers whose name or code the text finds; None: nothing was asked."""
    if not text:
        return None
    return list(named_like(register_seen(seen(scope_of(request))), text).values_list("pk", flat=True)[:_MOST_FOUND])


def _steps(found: Worklist, named: int | None) -> dict[str, int | None]:
    return {
        "next_customer": found.after(named) if named else None,
        "before_customer": found.before(named) if named else None,
    }


def _writes(request: HttpRequest, company: Company, desk: Desk) -> bool:
    return seen(scope_of(request, WORKS)).has(company.pk, desk.customer.id)
