"""The inbox: what waits for the reader, whatever put it there; finishing it, one by one or together."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext
from django.views.decorators.http import require_POST

from huikuan.judge.credit.queries.releasing import releasable
from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.approvals.queries import waiting_for
from huikuan.mechanisms.files.exports import Cell
from huikuan.mechanisms.identity.domain.roles import Permission
from huikuan.mechanisms.identity.messages import ROLE_TITLES
from huikuan.mechanisms.identity.models import Company
from huikuan.mechanisms.identity.queries import shown_names
from huikuan.mechanisms.pages.access import may, needs, rights_of, scope_of
from huikuan.mechanisms.pages.forms import Form, typed_in
from huikuan.mechanisms.pages.lists import (
    MORE,
    TABS,
    Chip,
    Column,
    Listing,
    Preset,
    listed,
    numbers_in,
    picked,
    register,
)
from huikuan.mechanisms.pages.reading import Reading, address, reading_of
from huikuan.mechanisms.pages.tables import send_table
from huikuan.mechanisms.work import operations, queries
from huikuan.mechanisms.work.domain.lifecycle import OPEN, waits_for
from huikuan.mechanisms.work.kinds import DONE, kind_named, kinds
from huikuan.mechanisms.work.messages import STATE_TITLES
from huikuan.mechanisms.work.queries import Chosen, ItemRow, Reader
from huikuan.mechanisms.work.queries.listing import ALL, CLOSED, LATE, MINE, SHOWS
from huikuan.record.customers.queries import customers_by_id
from huikuan.shell.today.rows import urgency
from huikuan.shell.web.acting import act

ROWS = 50
#: More orders than these are not counted.
_MOST_ORDERS = 200

LISTING = register(
    Listing(
        name="shell.work",
        place="shell:work",
        columns=(Column("whose", gettext_noop("Waits for")), Column("opened", gettext_noop("Waits since"))),
        conditions=("show", "kind"),
        presets=(
            Preset(gettext_noop("My work"), {}),
            Preset(gettext_noop("All open work"), {"show": ALL}),
            Preset(gettext_noop("Late"), {"show": LATE}),
            Preset(gettext_noop("Closed"), {"show": CLOSED}),
        ),
    )
)


@needs(Permission.VIEW_WORK)
def show_work(request: HttpRequest) -> HttpResponse:
    """The items the reader sees, 50 at a time, those due first."""
    reading, reader = reading_of(request), reader_of(request)

    def count(query: Mapping[str, str]) -> int:
        return queries.items_page(_chosen(request, query), reader, limit=1).count

    page: dict[str, Any] = {"list": listed(request, LISTING, reading, path=request.path, count=count)}
    if request.headers.get("HX-Target") == TABS:
        return render(request, "shell/parts/list/tabs.html", page)
    found = queries.items_page(_chosen(request), reader, after=request.GET.get("after", ""), limit=ROWS)
    page |= {"found": found, "rows": told(found.rows, reader)}
    if request.headers.get("HX-Target") == MORE:
        return render(request, "shell/parts/work_rows.html", page)
    page |= {
        "chips": _chips(request),
        "kinds": [(one.name, _(one.title)) for one in kinds()],
        "beside": _beside(request),
    }
    return render(request, "shell/work.html", page)


@needs(Permission.VIEW_WORK)
def export_work(request: HttpRequest) -> HttpResponseBase:
    """Exactly the rows of the list."""
    headers = [
        *(
            _("Number"),
            _("Kind"),
            _("Customer code"),
            _("Customer"),
            _("What it is about"),
            _("Waits for"),
            _("Until"),
        ),
        *(_("State"), _("Result"), _("Comment"), _("Waits since"), _("Closed by"), _("Closed at")),
    ]
    reader = reader_of(request)
    rows = (
        _cells(one, reading_of(request)) for one in told(list(queries.every_item(_chosen(request), reader)), reader)
    )
    day = f"{reading_of(request).today:%Y-%m-%d}"
    return send_table(request.GET.get("format", ""), f"{_('work')}-{day}", headers, rows, title=day)


@needs(Permission.VIEW_WORK)
@require_POST
def finish_picked(request: HttpRequest) -> HttpResponse:
    """Close the picked items as done, with one note; all of them or none."""
    form, reader = Form(typed_in(request)), reader_of(request)
    items = numbers_in(picked(request) or ())

    def work() -> None:
        if not items:
            raise Refusal("work_none_picked")
        operations.finish_items(
            item_ids=items, result=DONE, note=form.text("note"), actor=reader.name, at=timezone.now()
        )

    done = ngettext("%(count)s work item finished.", "%(count)s work items finished.", len(items))
    return act(
        request, work, done=done % {"count": len(items)}, then=address(reverse("shell:work"), reading_of(request))
    )


def reader_of(request: HttpRequest) -> Reader:
    """Who reads the page: their name, what they hold, the rows they reach, the day."""
    scope = scope_of(request, Permission.VIEW_WORK)
    return Reader(request.user.get_username(), rights_of(request), scope, reading_of(request).today)


def told(rows: list[ItemRow], reader: Reader) -> list[dict[str, Any]]:
    """Each row in words, with how it may be finished where it waits for the reader."""
    customers = customers_by_id({row.customer_id for row in rows if row.customer_id is not None})
    companies = dict(Company.objects.values_list("pk", "code"))
    names = shown_names({name for row in rows for name in (row.owner, row.closed_by) if name})
    return [
        {
            "row": row,
            "title": _(kind_named(row.kind).title_of(row.about)),
            "detail": kind_named(row.kind).describe(row.about),
            "customer": customers[row.customer_id] if row.customer_id is not None else None,
            "company": companies.get(row.company_id or 0, ""),
            "whose": names[row.owner] if row.owner else _role(row.role),
            "above": _role(row.above),
            "state": _(STATE_TITLES[row.state]),
            "urgency": urgency((row.due_on - reader.today).days) if row.state == OPEN else "",
            "result": _(kind_named(row.kind).result_titles()[row.result]) if row.result else "",
            "closed_by": names.get(row.closed_by, ""),
            "mine": row.state == OPEN and waits_for(row.stand, reader.name, roles_for(row, reader)),
        }
        for row in rows
    ]


def roles_for(row: ItemRow, reader: Reader) -> frozenset[str]:
    """The reader's roles that count for the item."""
    held = reader.rights
    return held.roles(row.company_id) if row.company_id else frozenset(one.role for one in held.held)


def _beside(request: HttpRequest) -> list[dict[str, Any]]:
    """What waits for the reader elsewhere: to approve, and orders to release. Nothing of nothing."""
    found = []
    if may(request, Permission.APPROVE_REQUESTS):
        waits = len(waiting_for(request.user.get_username(), at=timezone.now()))
        words = ngettext(
            "%(count)s request waits for your approval", "%(count)s requests wait for your approval", waits
        )
        found.append((waits, words, f"{reverse('shell:approvals')}?show=waiting"))
    if may(request, Permission.RELEASE_ORDER):
        scope, me = scope_of(request, Permission.RELEASE_ORDER), request.user.get_username()
        orders = len(releasable(me, scope=scope, at=timezone.now(), limit=_MOST_ORDERS))
        words = ngettext("%(count)s order waits for your release", "%(count)s orders wait for your release", orders)
        found.append((orders, words, reverse("credit:waiting")))
    return [{"words": words % {"count": count}, "url": url} for count, words, url in found if count]


def _chips(request: HttpRequest) -> list[Chip]:
    kind = request.GET.get("kind", "")
    return [Chip(_(one.title), ("kind",)) for one in kinds() if one.name == kind]


def _chosen(request: HttpRequest, query: Mapping[str, str] | None = None) -> Chosen:
    asked, keys = request.GET if query is None else query, picked(request)
    show = asked.get("show", "")
    return Chosen(
        show=show if show in SHOWS else MINE,
        kind=asked.get("kind", ""),
        company_id=reading_of(request).company_id,
        ids=None if keys is None else numbers_in(keys),
    )


def _cells(one: Mapping[str, Any], reading: Reading) -> list[Cell]:
    row: ItemRow = one["row"]
    customer = one["customer"]
    return [
        *(row.id, one["title"], customer.code if customer else "", customer.name if customer else "", one["detail"]),
        *(one["whose"], row.due_on.isoformat(), one["state"], one["result"], row.note),
        *(reading.clock(row.opened_at), one["closed_by"], reading.clock(row.closed_at)),
    ]


def _role(name: str) -> str:
    return _(ROLE_TITLES[name]) if name else ""
