"""The list statements are chosen from: every account of the period, some or all of them issued at once."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, pgettext

from huikuan.kernel.money import to_text
from huikuan.mechanisms.files.exports import Cell
from huikuan.mechanisms.identity.domain.roles import Permission
from huikuan.mechanisms.pages.access import needs
from huikuan.mechanisms.pages.lists import MORE, TABS, Chip, Column, Listing, Preset, listed, picked, register
from huikuan.mechanisms.pages.tables import send_table
from huikuan.see.statements.domain.account import CATEGORIES, Figures
from huikuan.see.statements.operations.issuing import fresh_head, start_run
from huikuan.see.statements.operations.papers import LANGUAGES
from huikuan.see.statements.queries.accounts import AccountFilter, AccountRow, accounts, accounts_page
from huikuan.see.statements.queries.issued import accounts_issued, last_run, runs
from huikuan.see.statements.web.asked import Asked, asked, may_issue, usual_periods

ROWS = 50
_COLUMNS = {
    "opening": gettext_noop("Opening balance"),
    "moved": gettext_noop("Movements"),
}
#: STATES of an account as the reader is told.
TOLD = {
    "owing": gettext_noop("With a balance owed to us"),
    "held": gettext_noop("With money held for the customer"),
    "moved": gettext_noop("Moved in the period"),
}
LISTING = register(
    Listing(
        name="statements.accounts",
        place="statements:accounts",
        columns=tuple(Column(name, title) for name, title in _COLUMNS.items()),
        conditions=("q", "state"),
        presets=(
            Preset(gettext_noop("All"), {}),
            *(Preset(title, {"state": state}) for state, title in TOLD.items()),
        ),
    )
)


@dataclass(frozen=True, slots=True)
class Line:
    """One account with the addresses its figures open."""

    row: AccountRow
    url: str
    opening_url: str
    closing_url: str
    moved: tuple[tuple[int, str], ...]
    issued: bool


@needs(Permission.VIEW_LEDGER, to_write=Permission.ISSUE_STATEMENTS)
def show_accounts(request: HttpRequest) -> HttpResponse:
    """The accounts of the period, 50 at a time; a POST starts a run over the chosen ones, or over all."""
    wanted, chosen = asked(request), _chosen(request.GET)
    if request.method == "POST":
        return _start(request, wanted)

    def count(query: Mapping[str, str]) -> int:
        return accounts_page(**wanted.account, chosen=_chosen(query), limit=0).count

    page: dict[str, Any] = {"list": listed(request, LISTING, wanted.reading, path=request.path, count=count)}
    if request.headers.get("HX-Target") == TABS:
        return render(request, "shell/parts/list/tabs.html", page)
    found = accounts_page(**wanted.account, chosen=chosen, after=request.GET.get("after", ""), limit=ROWS)
    period = {"since": wanted.period.since, "until": wanted.period.until}
    have = accounts_issued(company_id=wanted.company.pk, **period)
    page |= {
        "asked": wanted,
        "chips": _chips(chosen),
        "text": chosen.text,
        "found": found,
        "lines": [_line(row, wanted, have) for row in found.rows],
        "may_issue": may_issue(request, wanted.company.pk) and wanted.reading.known_at is None,
    }
    if request.headers.get("HX-Target") == MORE:
        return render(request, "statements/parts/account_rows.html", page)
    page |= {
        "already": _already(wanted, chosen, have),
        "seen_run": last_run(wanted.company.pk),
        "periods": usual_periods(wanted.reading.today),
        "languages": LANGUAGES,
        "runs": runs(scope=wanted.scope, company_ids=[wanted.company.pk], limit=5),
    }
    return render(request, "statements/accounts.html", page)


@needs(Permission.VIEW_LEDGER)
def export_accounts(request: HttpRequest) -> HttpResponseBase:
    """Exactly the rows of the list, or those picked of it."""
    wanted = asked(request)
    headers = [
        _("Customer code"), _("Customer"), _("Currency"), _("Opening balance"), pgettext("over a period", "Invoiced"),
        _("Returned and credited"), _("Paid"), _("Other"), _("Closing balance"),
    ]  # fmt: skip
    name = f"{_('accounts')}-{wanted.period.since.isoformat()}-{wanted.period.until.isoformat()}"
    form = request.GET.get("format", "")
    rows = accounts(**wanted.account, chosen=replace(_chosen(request.GET), keys=picked(request)))
    return send_table(form, name, headers, _cells(rows), title=wanted.period.until.isoformat())


def _chosen(query: Mapping[str, str]) -> AccountFilter:
    state = query.get("state", "")
    return AccountFilter(text=query.get("q", "").strip(), state=state if state in TOLD else "")


def _chips(chosen: AccountFilter) -> list[Chip]:
    """The conditions as removable chips."""
    state = [Chip(_(TOLD[chosen.state]), ("state",))] if chosen.state else []
    return [*state, *([Chip(chosen.text, ("q",))] if chosen.text else [])]


def _already(wanted: Asked, chosen: AccountFilter, have: Collection[tuple[int, str]]) -> int:
    """How many of the accounts have a statement over the period."""
    keys = frozenset(f"{customer_id}:{currency}" for customer_id, currency in have)
    return accounts_page(**wanted.account, chosen=replace(chosen, keys=keys), limit=0).count if keys else 0


def _start(request: HttpRequest, wanted: Asked) -> HttpResponse:
    head = fresh_head(timezone.now)
    every = request.POST.get("which") == "all"
    chosen = replace(_chosen(request.GET), keys=None if every else frozenset(request.POST.getlist("account")))
    language = request.POST.get("language", "")
    seen_run = request.POST.get("seen_run", "")
    run_id = start_run(
        company_id=wanted.company.pk,
        accounts=[
            (row.customer_id, row.currency) for row in accounts(**{**wanted.account, "known": head}, chosen=chosen)
        ],
        period=wanted.period,
        language=language if language in LANGUAGES else wanted.language,
        known=head,
        actor=request.user.get_username(),
        at=timezone.now(),
        again="again" in request.POST,
        seen_run=int(seen_run) if seen_run.isascii() and seen_run.isdigit() else None,
    )
    return HttpResponseRedirect(wanted.link("statements:run", run_id))


def _line(row: AccountRow, wanted: Asked, have: Collection[tuple[int, str]]) -> Line:
    def url(**more: object) -> str:
        return wanted.link("statements:statement", row.customer_id, only=row.currency, **more)

    return Line(
        row=row,
        url=url(),
        opening_url=wanted.items(row.code, row.currency, wanted.period.eve),
        closing_url=wanted.items(row.code, row.currency, wanted.period.until),
        moved=tuple((getattr(row.figures, name), f"{url(part=name)}#movements") for name in CATEGORIES),
        issued=(row.customer_id, row.currency) in have,
    )


def _cells(found: list[AccountRow]) -> Iterator[list[Cell]]:
    for row in found:
        amounts = [getattr(row.figures, name) for name in Figures.__dataclass_fields__]
        yield [
            row.code, row.name, row.currency, *(Decimal(to_text(amount, row.currency)) for amount in amounts)
        ]  # fmt: skip
