"""The list statements are chosen from: every account of the period, some or all of them issued at once."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from decimal import Decimal

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from huikuan.kernel.money import to_text
from huikuan.mechanisms.files.exports import Cell
from huikuan.mechanisms.identity.domain.roles import Permission
from huikuan.mechanisms.pages.access import needs
from huikuan.mechanisms.pages.tables import send_table
from huikuan.see.statements.domain.account import CATEGORIES, Figures
from huikuan.see.statements.operations.issuing import fresh_head, start_run
from huikuan.see.statements.operations.papers import LANGUAGES
from huikuan.see.statements.queries.accounts import AccountRow, accounts
from huikuan.see.statements.queries.issued import accounts_issued, last_run, runs
from huikuan.see.statements.web.asked import Asked, asked, may_issue, usual_periods

ROWS = 100


@dataclass(frozen=True, slots=True)
class Line:
    """One account with the addresses its figures open."""

    row: AccountRow
    url: str
    opening_url: str
    closing_url: str
    moved: tuple[tuple[int, str], ...]
    issued: bool

    @property
    def key(self) -> str:
        return f"{self.row.customer_id}:{self.row.currency}"


@needs(Permission.VIEW_LEDGER, to_write=Permission.ISSUE_STATEMENTS)
def show_accounts(request: HttpRequest) -> HttpResponse:
    """The accounts of the period, 100 at a time; a POST starts a run over the chosen ones, or over all."""
    wanted = asked(request)
    if request.method == "POST":
        return _start(request, wanted)
    found = _found(wanted)
    after = request.GET.get("after", "")
    behind = [row for row in found if f"{row.code}:{row.currency}" > after]
    period = {"since": wanted.period.since, "until": wanted.period.until}
    have = accounts_issued(company_id=wanted.company.pk, **period)
    page = {
        "asked": wanted,
        "lines": [_line(row, wanted, have) for row in behind[:ROWS]],
        "already": sum((row.customer_id, row.currency) in have for row in found),
        "seen_run": last_run(wanted.company.pk),
        "count": len(found),
        "next": f"{behind[ROWS - 1].code}:{behind[ROWS - 1].currency}" if len(behind) > ROWS else "",
        "sums": _sums(found),
        "periods": usual_periods(wanted.reading.today),
        "languages": LANGUAGES,
        "may_issue": may_issue(request, wanted.company.pk) and wanted.reading.known_at is None,
        "runs": runs(scope=wanted.scope, company_ids=[wanted.company.pk], limit=5),
    }
    return render(request, "statements/accounts.html", page)


@needs(Permission.VIEW_LEDGER)
def export_accounts(request: HttpRequest) -> HttpResponseBase:
    """Exactly the rows of the list."""
    wanted = asked(request)
    headers = [
        _("Customer code"), _("Customer"), _("Currency"), _("Opening balance"), pgettext("over a period", "Invoiced"),
        _("Returned and credited"), _("Paid"), _("Other"), _("Closing balance"),
    ]  # fmt: skip
    name = f"{_('accounts')}-{wanted.period.since.isoformat()}-{wanted.period.until.isoformat()}"
    form = request.GET.get("format", "")
    return send_table(form, name, headers, _cells(_found(wanted)), title=wanted.period.until.isoformat())


def _found(wanted: Asked) -> list[AccountRow]:
    return accounts(
        company_id=wanted.company.pk,
        period=wanted.period,
        scope=wanted.scope,
        known=wanted.reading.known,
        text=wanted.text,
    )


def _start(request: HttpRequest, wanted: Asked) -> HttpResponse:
    head = fresh_head(timezone.now)
    rows = accounts(
        company_id=wanted.company.pk, period=wanted.period, scope=wanted.scope, known=head, text=wanted.text
    )
    if request.POST.get("which") != "all":
        chosen = set(request.POST.getlist("account"))
        rows = [row for row in rows if f"{row.customer_id}:{row.currency}" in chosen]
    language = request.POST.get("language", "")
    seen_run = request.POST.get("seen_run", "")
    run_id = start_run(
        company_id=wanted.company.pk,
        accounts=[(row.customer_id, row.currency) for row in rows],
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


def _sums(found: list[AccountRow]) -> list[tuple[str, int, list[int]]]:
    """Per currency: how many accounts, and the sum of each figure."""
    names = list(Figures.__dataclass_fields__)
    currencies = sorted({row.currency for row in found})
    return [
        (
            currency,
            sum(row.currency == currency for row in found),
            [sum(getattr(row.figures, name) for row in found if row.currency == currency) for name in names],
        )
        for currency in currencies
    ]


def _cells(found: list[AccountRow]) -> Iterator[list[Cell]]:
    for row in found:
        amounts = [getattr(row.figures, name) for name in Figures.__dataclass_fields__]
        yield [
            row.code, row.name, row.currency, *(Decimal(to_text(amount, row.currency)) for amount in amounts)
        ]  # fmt: skip
