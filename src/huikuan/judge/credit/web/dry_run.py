"""Dry runs of the order checks: asking for one, its figures and the orders behind them, and on to enforcing them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from huikuan.judge.credit.domain.deciding import OBSERVE
from huikuan.judge.credit.domain.usual import BY_POLICY, METHODS
from huikuan.judge.credit.messages import BASES, DECISIONS, OUTCOMES
from huikuan.judge.credit.messages import RULES as RULE_TITLES
from huikuan.judge.credit.operations.dry_runs import (
    RUN,
    Question,
    propose_enforcing,
    rules_to_try,
    start_dry_run,
    terms_to_try,
)
from huikuan.judge.credit.policies import CREDIT_POLICY, CREDIT_RULES
from huikuan.judge.credit.queries.dry_runs import (
    FIGURES,
    DryRunRow,
    dry_run_with_id,
    dry_runs,
    named,
    orders_of,
    report_of,
)
from huikuan.judge.credit.queries.terms_then import Basis
from huikuan.judge.credit.telling.dry_runs import average_days, headline, reasons_of
from huikuan.kernel.dates import parse_date
from huikuan.kernel.errors import Refusal
from huikuan.kernel.money import to_text
from huikuan.mechanisms.files.exports import Cell
from huikuan.mechanisms.identity.domain.roles import Permission
from huikuan.mechanisms.identity.models import Company
from huikuan.mechanisms.jobs.queries import JobRow, latest
from huikuan.mechanisms.pages.access import companies_offered, may, may_for, needs, scope_of
from huikuan.mechanisms.pages.forms import Form, typed_in
from huikuan.mechanisms.pages.reading import address, reading_of
from huikuan.mechanisms.pages.tables import send_table
from huikuan.mechanisms.policies.queries import in_force, versions

ROWS = 50
_LONGEST_NUMBER = 9
#: Rules a form changes for a try: field → where the document says it.
TRIED = {"warn_over": ("warn_over",), "block_over": ("block_over",), "overdue_days": ("order", "overdue_days")}


@needs(Permission.VIEW_LEDGER, to_write=Permission.DRAFT_POLICY)
def show_runs(request: HttpRequest) -> HttpResponse:
    """Dry runs made so far, the newest first; posting asks for another."""
    reading = reading_of(request)
    form = Form(typed_in(request) if request.method == "POST" else _preset(reading.today))
    if request.method == "POST" and _ask(request, form):
        messages.success(
            request, _("The dry run was asked for; a worker does it, and it is listed here when it is done.")
        )
        return HttpResponseRedirect(address(reverse("credit:dry-runs"), reading))
    offered = _askable(request)
    page = {
        "runs": [(run, _(BASES[run.method])) for run in _runs(request)],
        "jobs": [job for job in map(_under_way, offered) if job],
        # Nothing is asked for the first of several because nobody chose.
        "askable": [*([("", "")] if len(offered) > 1 else []), *((one.code, one.name) for one in offered)],
        "methods": [(method, _(BASES[method])) for method in METHODS],
        "policies": _choices(CREDIT_RULES.name),
        "terms": _choices(CREDIT_POLICY.name),
        "form": form,
    }
    return render(request, "credit/dry_runs.html", page, status=400 if form.problems else 200)


@needs(Permission.VIEW_LEDGER)
@require_GET
def show_run(request: HttpRequest, run_id: int) -> HttpResponse:
    """One dry run: its figures, and the orders behind the one that is chosen, 50 at a time."""
    run = _run(request, run_id)
    frame = orders_of(run, scope=scope_of(request))
    report = report_of(run, frame)
    figure, place = _figure(request), _place(request)
    chosen = frame.filter(FIGURES[figure])
    page = {
        "run": run,
        "report": report,
        "headlines": [headline(run, one) for one in (report.together, *report.apart)],
        "average": average_days(report.together),
        "method": _(BASES[run.method]),
        "reasons": [(_(RULE_TITLES.get(rule, rule)), count) for rule, count in report.reasons],
        "figures": [(name, _(title), name == figure) for name, title in OUTCOMES.items()],
        "title": _(OUTCOMES[figure]),
        "rows": [_told(row, run) for row in named(chosen.slice(place, ROWS)).iter_rows(named=True)],
        "count": chosen.height,
        "next": place + ROWS if chosen.height > place + ROWS else "",
        "observes": observes(run.company) and may_for(request, Permission.DRAFT_POLICY, run.company.pk),
    }
    return render(request, "credit/dry_run.html", page)


@needs(Permission.VIEW_LEDGER)
@require_GET
def export_run(request: HttpRequest, run_id: int) -> HttpResponseBase:
    """The orders behind the figure chosen, as a table."""
    run = _run(request, run_id)
    frame = orders_of(run, scope=scope_of(request)).filter(FIGURES[_figure(request)])
    headers = [
        *(_("Order or invoice"), _("Date"), _("Customer code"), _("Customer"), _("Currency"), _("Amount")),
        *(_("Decision"), _("Grade"), _("Limit currency"), _("Limit"), _("Exposure with the order")),
        *(_("Written off"), _("Paid late"), _("Paid in time"), _("Withdrawn"), _("Not known yet"), _("Reason")),
    ]
    name = f"{_('dry-run')}-{run.id}-{_figure(request)}"
    rows = (_cells(row, run) for row in named(frame).iter_rows(named=True))
    return send_table(request.GET.get("format", ""), name, headers, rows, title=_("Dry run"), count=frame.height)


@needs(Permission.DRAFT_POLICY)
@require_POST
def enforce(request: HttpRequest, run_id: int) -> HttpResponse:
    """Put before whoever approves policies: the rules of this run, enforced from now on."""
    run = _run(request, run_id)
    try:
        propose_enforcing(
            company=run.company, run_id=run.id, document=run.document, actor=request.user.get_username(),
            at=timezone.now(),
        )  # fmt: skip
    except Refusal as refusal:
        if refusal.code == "not_permitted":
            raise Http404 from refusal
        raise
    messages.success(request, _("Enforcing the order checks waits for whoever approves policies."))
    return HttpResponseRedirect(address(reverse("credit:dry-run", args=[run_id]), reading_of(request)))


@dataclass(frozen=True, slots=True)
class Observing:
    """The companies of the page whose order checks only observe, and the newest dry run of one of them: its id (None:
    there is none yet), and what it came to."""

    companies: tuple[Company, ...]
    run_id: int | None = None
    line: str = ""

    @property
    def names(self) -> str:
        return "、".join(one.name for one in self.companies)


def observing(request: HttpRequest) -> Observing | None:
    """None: every company of the page enforces its order checks."""
    company = reading_of(request).company
    offered = [company] if company else companies_offered(request)
    found = tuple(one for one in offered if observes(one))
    if not found or not may(request, Permission.VIEW_LEDGER):
        return Observing(found) if found else None
    scope = scope_of(request, Permission.VIEW_LEDGER)
    runs = [run for one in found for run in dry_runs(scope=scope, company_id=one.pk, limit=1)]
    if not runs:
        return Observing(found)
    newest = max(runs, key=lambda run: run.id)
    return Observing(found, newest.id, headline(newest, report_of(newest, orders_of(newest, scope=scope)).together))


def _runs(request: HttpRequest, limit: int = ROWS) -> list[DryRunRow]:
    scope = scope_of(request, Permission.VIEW_LEDGER)
    return dry_runs(scope=scope, company_id=reading_of(request).company_id, limit=limit)


def _preset(today: date) -> dict[str, str]:
    since = today - timedelta(days=364)
    return {"since": since.isoformat(), "until": today.isoformat(), "late": "30", "method": BY_POLICY}


def _ask(request: HttpRequest, form: Form) -> bool:
    """Whether the run was asked for; what stands against it is in the form."""
    offered = _askable(request)
    company = next((one for one in offered if one.code == form.text("company")), None)
    if not offered:
        raise Http404
    at = timezone.now()
    since, until = form.read("since", parse_date), form.read("until", parse_date)
    late, rules = form.read("late", _whole), {name: form.read(name, _whole) for name in TRIED}
    for name, value in (("company", company), ("since", form.text("since")), ("until", form.text("until"))):
        if not value:
            form.blame(name, Refusal("limit_field_missing"))
    if form.problems or company is None or since is None or until is None:
        return False
    try:
        policy = rules_to_try(company, at=at, version_id=_version(form.text("policy")))
        changes = {name: value for name, value in rules.items() if value is not None}
        if changes:
            policy = rules_to_try(company, at=at, document=_changed(dict(policy.document), changes))
        terms = terms_to_try(company, at=at, version_id=_version(form.text("terms")))
        method = Basis(form.text("method") or BY_POLICY)
        question = Question(since, until, policy, terms, method, 30 if late is None else late)
        start_dry_run(company=company, question=question, actor=request.user.get_username(), at=at)
    except Refusal as refusal:
        form.blame({"dry_run_period_bad": "since", "dry_run_days_bad": "late"}.get(refusal.code, ""), refusal)
        return False
    return True


def _changed(document: dict[str, Any], rules: dict[str, int]) -> dict[str, Any]:
    for name, value in rules.items():
        *path, last = TRIED[name]
        inside = document
        for step in path:
            inside[step] = dict(inside[step])
            inside = inside[step]
        inside[last] = value
    return document


def _choices(kind: str) -> list[tuple[str, str]]:
    """What is in force, and every version by its number."""
    found = [(str(one.id), _("Version %(number)s") % {"number": one.number}) for one in versions(kind)]
    return [("", _("in force now")), ("0", _("as shipped")), *found]


def _version(text: str) -> int | None:
    return None if not text else _whole(text)


def _whole(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= _LONGEST_NUMBER):
        raise Refusal("limit_days_unreadable", value=text)
    return int(text)


def _askable(request: HttpRequest) -> list[Company]:
    """Companies for which the reader may draft policies, on a page of today."""
    reading = reading_of(request)
    if reading.is_past:
        return []
    every = [reading.company] if reading.company else list(Company.objects.order_by("code"))
    return [one for one in every if may_for(request, Permission.DRAFT_POLICY, one.pk)]


def _under_way(company: Company) -> JobRow | None:
    found = latest(RUN, str(company.pk))
    return found[0] if found and found[0].state in ("queued", "running") else None


def observes(company: Company) -> bool:
    """Whether the company's order checks only observe."""
    found = in_force(CREDIT_RULES.name, company_id=company.pk, at=timezone.now())
    return bool(found.document["mode"] == OBSERVE)


def _run(request: HttpRequest, run_id: int) -> DryRunRow:
    try:
        return dry_run_with_id(run_id, scope=scope_of(request, Permission.VIEW_LEDGER))
    except Refusal as refusal:
        raise Http404 from refusal


def _figure(request: HttpRequest) -> str:
    name = request.GET.get("figure", "held")
    return name if name in FIGURES else "held"


def _place(request: HttpRequest) -> int:
    text = request.GET.get("after", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) <= _LONGEST_NUMBER else 0


def _told(row: dict[str, Any], run: DryRunRow) -> dict[str, Any]:
    """An order as the page shows it: where it is, why it was held, and what became of it."""
    became = (
        ("lost", _("written off")), ("late", _("paid late")), ("in_time", _("paid in time")),
        ("withdrawn", _("withdrawn")), ("unknown", _("not known yet")),
    )  # fmt: skip
    place = "contracts:order" if row["document"] == "order" else "receivables:item"
    return {
        **row,
        "url": reverse(place, args=[row["document_id"]]),
        "title": _decided(row),
        "reasons": reasons_of(row, run.company.currency),
        "became": [(title, row[name]) for name, title in became if row[name]],
    }


def _decided(row: dict[str, Any]) -> str:
    decision = row["decision"]
    return _(DECISIONS[decision]) if decision else _("Not judged")


def _cells(row: dict[str, Any], run: DryRunRow) -> list[Cell]:
    def money(name: str, currency: str) -> Decimal | None:
        return None if row[name] is None else Decimal(to_text(row[name], currency))

    own, currency = row["limit_currency"] or run.company.currency, row["currency"]
    return [
        *(row["number"], row["day"], row["customer_code"], row["customer_name"], currency, money("amount", currency)),
        *(_decided(row), row["grade"], own),
        *(money("limit", own), money("after", own)),
        *(money(name, currency) for name in ("lost", "late", "in_time", "withdrawn", "unknown")),
        " ".join(reasons_of(row, run.company.currency)),
    ]
