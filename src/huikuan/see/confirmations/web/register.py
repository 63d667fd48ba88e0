"""The register of invitations: who was asked, how it stands, what share is confirmed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from huikuan.kernel.money import to_text
from huikuan.mechanisms.files.exports import Cell
from huikuan.mechanisms.identity.domain.roles import Permission
from huikuan.mechanisms.pages.access import may, needs, scope_of
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
from huikuan.mechanisms.pages.reading import reading_of
from huikuan.mechanisms.pages.tables import send_table
from huikuan.record.customers.queries import customer
from huikuan.see.confirmations.queries.invitations import (
    STATES as EVERY_STATE,
)
from huikuan.see.confirmations.queries.invitations import (
    Asked,
    InvitationRow,
    count_invitations,
    every_invitation,
    invitations,
)
from huikuan.see.confirmations.queries.statistics import shares
from huikuan.see.confirmations.web.words import STATES, TONES

ROWS = 50
_LONGEST_NUMBER = 18
LISTING = register(
    Listing(
        name="confirmations.invitations",
        place="confirmations:invitations",
        columns=(
            Column("company", gettext_noop("Company")),
            Column("person", gettext_noop("Person")),
            Column("when", gettext_noop("When")),
            Column("by", gettext_noop("By")),
        ),
        conditions=("q", "customer", "state"),
        presets=(
            Preset(gettext_noop("All"), {}),
            *(Preset(STATES[state], {"state": state}) for state in EVERY_STATE),
        ),
    )
)


@needs(Permission.VIEW_LEDGER)
def show_invitations(request: HttpRequest) -> HttpResponse:
    """Who was asked, the newest first, 50 at a time; above, how much of it is confirmed."""
    reading, scope, now = reading_of(request), scope_of(request), timezone.now()

    def count(query: Mapping[str, str]) -> int:
        return count_invitations(_asked(request, query), scope=scope, at=now)

    page: dict[str, Any] = {"list": listed(request, LISTING, reading, path=request.path, count=count)}
    if request.headers.get("HX-Target") == TABS:
        return render(request, "shell/parts/list/tabs.html", page)
    asked, after = _asked(request, request.GET), request.GET.get("after", "")
    number = int(after) if after.isascii() and after.isdigit() and len(after) <= _LONGEST_NUMBER else None
    found = invitations(asked, scope=scope, at=now, after=number, limit=ROWS + 1)
    page |= {
        "rows": [(row, _(STATES[row.state]), TONES[row.state]) for row in found[:ROWS]],
        "next": found[ROWS - 1].id if len(found) > ROWS else "",
        "count": count_invitations(asked, scope=scope, at=now),
        "shares": shares(replace(asked, state=""), scope=scope, at=now),
        "text": asked.text,
        "chips": _chips(request, asked),
        "several_companies": reading.company is None and len({row.company_code for row in found}) > 1,
        "may_ask": may(request, Permission.ISSUE_STATEMENTS) and not reading.is_past,
    }
    more = request.headers.get("HX-Target") == MORE
    name = "confirmations/parts/rows.html" if more else "confirmations/invitations.html"
    return render(request, name, page)


@needs(Permission.VIEW_LEDGER)
def export_invitations(request: HttpRequest) -> HttpResponseBase:
    """The register as a table, or the rows picked of it."""
    headers = [
        _("Statement"), _("Company"), _("Customer code"), _("Customer"), _("Currency"), _("First day"), _("Last day"),
        _("Closing balance"), _("State"), _("Agreed"), _("It differs"), _("Person"), _("Invited at"), _("Opened at"),
        _("Answered at"), _("Link until"), _("Reminders"), _("By"),
    ]  # fmt: skip
    keys = picked(request)
    asked = replace(_asked(request, request.GET), ids=None if keys is None else numbers_in(keys))
    rows = _cells(every_invitation(asked, scope=scope_of(request), at=timezone.now()))
    return send_table(request.GET.get("format", ""), _("confirmations"), headers, rows, title=_("Confirmations"))


def _asked(request: HttpRequest, query: Mapping[str, str]) -> Asked:
    company, code = reading_of(request).company, query.get("customer", "")
    state = query.get("state", "")
    return Asked(
        company_ids=[company.pk] if company else None,
        state=state if state in STATES else "",
        customer_id=customer(code, scope=scope_of(request)).id if code else None,
        text=query.get("q", "").strip(),
    )


def _chips(request: HttpRequest, asked: Asked) -> list[Chip]:
    chips = [Chip(_(STATES[asked.state]), ("state",))] if asked.state else []
    if asked.customer_id is not None:
        chips.append(Chip(f"{_('Customer')} {request.GET.get('customer', '')}", ("customer",)))
    return [*chips, *([Chip(asked.text, ("q",))] if asked.text else [])]


def _cells(found: Iterable[InvitationRow]) -> Iterator[list[Cell]]:
    for row in found:

        def amount(minor: int | None, currency: str = row.currency) -> Decimal | None:
            return None if minor is None else Decimal(to_text(minor, currency))

        yield [
            row.number, row.company_code, row.customer_code, row.customer_name, row.currency, row.since, row.until,
            amount(row.closing), _(STATES[row.state]), amount(row.accepted), amount(row.disputed), row.person,
            row.invited_at, row.opened_at, row.answered_at, row.expires_at, row.reminders, row.actor,
        ]  # fmt: skip
