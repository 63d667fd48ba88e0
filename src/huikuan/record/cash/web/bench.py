"""The cash workbench (核销工作台): what waits, the payment at hand, and what speaks for whom."""

from __future__ import annotations

from datetime import datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from huikuan.mechanisms.identity.domain.roles import Permission
from huikuan.mechanisms.pages.access import may, may_for, needs
from huikuan.mechanisms.pages.bars import Mark, Part, flat
from huikuan.mechanisms.pages.deeds import query_sent
from huikuan.mechanisms.pages.reading import Reading, reading_of
from huikuan.record.banking.models import BankAccount, BankLine
from huikuan.record.banking.queries.lines import LineRow, rows_of
from huikuan.record.cash.queries.queue import Companies, Progress, last_day, progress, queue, sure_of
from huikuan.record.cash.queries.recent import by_hand_since, earlier_of
from huikuan.record.cash.queries.rules import rules_in_force
from huikuan.record.cash.web.asked import chips_of, companies_of, number, order_of, wanted_of
from huikuan.record.cash.web.choosing import found_customers
from huikuan.record.cash.web.desk import desk_of
from huikuan.record.cash.web.matching import job_told
from huikuan.record.cash.web.permissions import READS, WRITES
from huikuan.record.cash.web.returns import waiting_for
from huikuan.record.cash.web.steps import last_step
from huikuan.record.cash.web.words import AGES, SHORTS, VERDICTS, WHYS

#: From here on a suggestion without a difference may be accepted together with others, × 10^6.
SURE_E6 = 950_000


@needs(READS)
@require_GET
def show_bench(request: HttpRequest) -> HttpResponse:
    """What waits, and the line the address names, else the first one."""
    return bench_page(request)


def bench_page(
    request: HttpRequest, *, line_id: int | None = None, typed: QueryDict | None = None, refused: str = ""
) -> HttpResponse:
    """The page; after a refusal with what was typed and why."""
    reading = reading_of(request)
    query = query_sent(request) if typed is not None else request.GET
    companies = companies_of(request, reading)
    wanted = wanted_of(query, companies)
    waiting = queue(wanted, today=reading.today, order=order_of(query))
    named = line_id or number(query.get("line", ""))
    line = _line(named, companies) or (waiting.rows[0].line if waiting.rows else None)
    page: dict[str, Any] = {
        "rail": True,
        "queue": waiting,
        "wanted": wanted,
        "order": order_of(query),
        "narrowed_by": chips_of(wanted),
        "chosen": named is not None,
        "refused": refused,
        "returns": waiting_for(request),
        **_frame(request, reading, companies),
    }
    if line is not None:
        desk = desk_of(request, line, query, reading, typed)
        page |= {
            "desk": desk,
            "next_line": waiting.after(line.id),
            "before_line": waiting.before(line.id),
            "writes": page["writes"] and line.left > 0 and may_for(request, WRITES, line.company_id),
            "recent": earlier_of(line.id),
            "found": found_customers(request, query),
            "automatic": f"{rules_in_force(line.company_id, at=timezone.now()).rules.automatic * 100:g}",
            "shorts": [(name, _(title)) for name, title in SHORTS.items()],
            "whys": [(name, _(title) if title else "") for name, title in WHYS.items()],
        }
    return render(request, "cash/bench.html", page, status=400 if refused else 200)


def _line(line_id: int | None, companies: Companies) -> LineRow | None:
    """Money that came in, of these companies; None for what is no such line."""
    if line_id is None:
        return None
    found = BankLine.objects.defer("raw").filter(id=line_id, amount__gt=0).first()
    if found is None or (companies is not None and found.company_id not in companies):
        return None
    return rows_of([found])[0]


def _frame(request: HttpRequest, reading: Reading, companies: Companies) -> dict[str, Any]:
    """What stands above and around the queue."""
    day = last_day(companies)
    currency = reading.company.currency if reading.company else "CNY"
    told = progress(companies, day, currency) if day else None
    accounts = BankAccount.objects.order_by("bank", "number")
    writes = not reading.is_past and may(request, WRITES)
    return {
        "progress": told,
        "marks": _marks(told) if told else [],
        "bar_said": _("Receipts of the day by who applied them"),
        "accounts": accounts if companies is None else accounts.filter(company_id__in=companies),
        "verdicts": [(name, _(title)) for name, title in VERDICTS.items()],
        "ages": [(name, _(title)) for name, title in AGES.items()],
        "imports": may(request, Permission.IMPORT_BANK) and not reading.is_past,
        "writes": writes,
        "sure": sure_of(companies, least_e6=SURE_E6) if writes else [],
        "undoable": last_step(request) if writes else None,
        "job": job_told(request),
        "by_hand": by_hand_since(request.user.get_username(), _midnight(reading)),
    }


def _marks(told: Progress) -> list[Mark]:
    return flat(
        [
            Part(told.automatic, "done", _("automatic")),
            Part(told.people, "hand", _("by people")),
            Part(told.suggested, "idea", _("with a suggestion")),
            Part(told.left, "judge", _("for you to judge")),
        ]
    )


def _midnight(reading: Reading) -> datetime:
    return datetime.combine(reading.today, time.min, ZoneInfo(reading.zone))
