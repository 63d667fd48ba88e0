"""The outbox: every notice the reader reaches, what is in doubt, what did not arrive."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.http import require_GET

from huikuan.mechanisms.files.exports import Cell
from huikuan.mechanisms.identity.domain.roles import Permission
from huikuan.mechanisms.notices import queries
from huikuan.mechanisms.notices.domain.lifecycle import IN_DOUBT, QUEUED, STATES
from huikuan.mechanisms.notices.domain.wanted import CHANNELS, PURPOSES
from huikuan.mechanisms.notices.messages import CHANNEL_TITLES, PURPOSE_TITLES
from huikuan.mechanisms.notices.queries import Chosen
from huikuan.mechanisms.notices.queries.timing import missing_year
from huikuan.mechanisms.notices.telling import stuck_text
from huikuan.mechanisms.notices.web.showing import told
from huikuan.mechanisms.pages.access import needs, scope_of
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
from huikuan.mechanisms.pages.reading import Reading, reading_of
from huikuan.mechanisms.pages.tables import send_table

ROWS = 50
UNDELIVERED = "undelivered"

LISTING = register(
    Listing(
        name="notices.outbox",
        place="notices:notices",
        columns=(Column("to", gettext_noop("Written to")),),
        conditions=("state", "channel", "purpose", "customer"),
        presets=(
            Preset(gettext_noop("All notices"), {}),
            Preset(gettext_noop("In doubt"), {"state": IN_DOUBT}),
            Preset(gettext_noop("Came back or not taken"), {"state": UNDELIVERED}),
            Preset(gettext_noop("Waiting to be sent"), {"state": QUEUED}),
        ),
    )
)


@needs(Permission.VIEW_LEDGER)
@require_GET
def show_notices(request: HttpRequest) -> HttpResponse:
    """The notices the reader reaches, 50 at a time, the newest first."""
    reading, scope = reading_of(request), scope_of(request)

    def count(query: Mapping[str, str]) -> int:
        return queries.notices_page(_chosen(request, query), scope, limit=1).count

    page: dict[str, Any] = {"list": listed(request, LISTING, reading, path=request.path, count=count)}
    if request.headers.get("HX-Target") == TABS:
        return render(request, "shell/parts/list/tabs.html", page)
    found = queries.notices_page(_chosen(request), scope, after=request.GET.get("after", ""), limit=ROWS)
    page |= {"found": found, "rows": told(found.rows, request)}
    if request.headers.get("HX-Target") == MORE:
        return render(request, "notices/parts/notice_rows.html", page)
    page |= {
        "chips": _chips(request),
        "channels": [(name, _(CHANNEL_TITLES[name])) for name in CHANNELS],
        "purposes": [(name, _(PURPOSE_TITLES[name])) for name in PURPOSES],
        "stuck": [stuck_text(one) for one in queries.stuck(scope, at=timezone.now(), company_id=reading.company_id)],
        "missing_year": missing_year(reading.company_id, at=timezone.now()),
    }
    return render(request, "notices/notices.html", page)


@needs(Permission.VIEW_LEDGER)
def export_notices(request: HttpRequest) -> HttpResponseBase:
    """Exactly the rows of the list; addresses as the reader may see them."""
    reading = reading_of(request)
    headers = [
        *(_("Number"), _("Company"), _("Customer code"), _("Customer"), _("Case"), _("Step"), _("Channel")),
        *(_("What for"), _("Written to"), _("State"), _("Queued"), _("To go out at"), _("Sent at"), _("Attempts")),
    ]
    rows = (
        _cells(one, reading)
        for some in queries.notices_in_slices(_chosen(request), scope_of(request))
        for one in told(some, request)
    )
    day = f"{reading.today:%Y-%m-%d}"
    return send_table(request.GET.get("format", ""), f"{_('notices')}-{day}", headers, rows, title=day)


def _cells(one: Mapping[str, Any], reading: Reading) -> list[Cell]:
    row, customer = one["row"], one["customer"]
    return [
        *(row.id, one["company"], customer.code if customer else "", customer.name if customer else ""),
        *(row.case, row.step, one["channel"], one["purpose"], one["to"], one["state"]),
        *(reading.clock(row.queued_at), reading.clock(row.due_at) if one["queued"] else None),
        *(reading.clock(row.sent_at), row.attempts),
    ]


def _chips(request: HttpRequest) -> list[Chip]:
    asked = request.GET
    found = [Chip(_(CHANNEL_TITLES[name]), ("channel",)) for name in CHANNELS if name == asked.get("channel")]
    found += [Chip(_(PURPOSE_TITLES[name]), ("purpose",)) for name in PURPOSES if name == asked.get("purpose")]
    if _number(asked.get("customer", "")) is not None:
        found.append(Chip(_("One customer"), ("customer",)))
    return found


def _chosen(request: HttpRequest, query: Mapping[str, str] | None = None) -> Chosen:
    asked, keys = request.GET if query is None else query, picked(request)

    def known(name: str, values: tuple[str, ...]) -> str:
        return value if (value := asked.get(name, "")) in values else ""

    return Chosen(
        state=known("state", (*STATES, UNDELIVERED)),
        channel=known("channel", CHANNELS),
        purpose=known("purpose", PURPOSES),
        company_id=reading_of(request).company_id,
        customer_id=_number(asked.get("customer", "")),
        ids=None if keys is None else numbers_in(keys),
    )


def _number(text: str) -> int | None:
    found = numbers_in([text])
    return next(iter(found), None)
