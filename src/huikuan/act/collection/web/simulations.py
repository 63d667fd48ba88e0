"""Strategies over the past: asked for, how far it is, what would have gone to whom, two of them side by side."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
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
from django.views.decorators.http import require_GET

from huikuan.act.collection.operations.simulating import (
    PRESET,
    SIMULATE,
    UNDER_WAY,
    VERSION,
    Question,
    start_simulation,
    strategy_named,
)
from huikuan.act.collection.policies import STRATEGY
from huikuan.act.collection.presets import PRESETS
from huikuan.act.collection.queries.simulated import Contact, Simulated, StepSum, apart
from huikuan.act.collection.telling import CHANNELS, PRESET_TITLES, step_text
from huikuan.act.collection.web.asked import company_of
from huikuan.act.collection.web.rows import SHOWN
from huikuan.kernel.dates import parse_date
from huikuan.kernel.errors import Refusal
from huikuan.kernel.money import to_text
from huikuan.mechanisms.files.exports import Cell
from huikuan.mechanisms.files.queries import open_original
from huikuan.mechanisms.identity.domain.roles import Permission
from huikuan.mechanisms.identity.models import Company
from huikuan.mechanisms.jobs.queries import JobRow, job, recent
from huikuan.mechanisms.pages.access import may_for, needs
from huikuan.mechanisms.pages.forms import Form, typed_in
from huikuan.mechanisms.pages.reading import address, reading_of
from huikuan.mechanisms.pages.tables import send_table
from huikuan.mechanisms.policies.queries import versions
from huikuan.record.customers.queries import customers_by_id

_QUARTER = timedelta(days=90)
_LISTED = 20
#: No other strategy beside it.
_ALONE = "-"
_BESIDE = {
    "collection_period_bad": "since",
    "collection_day_ahead": "until",
    "collection_strategy_unknown": "strategy",
}


@dataclass(frozen=True, slots=True)
class Row:
    """A figure of each strategy and, of two, by how much the other's differs (None: it cannot be said)."""

    title: str
    values: Sequence[Any]
    step: str = ""
    channel: str = ""

    @property
    def difference(self) -> Any:
        if len(self.values) != len(("one", "other")) or None in self.values:
            return None
        return self.values[1] - self.values[0]

    @property
    def written(self) -> list[str]:
        return ["–" if one is None else f"{one:,}".replace("-", "−") for one in self.values]

    @property
    def signed(self) -> str:
        """The difference as it is written."""
        if self.difference is None:
            return "–"
        return f"{self.difference:+,}".replace("-", "−") if self.difference else "0"


@needs(Permission.DRAFT_POLICY)
def show_simulations(request: HttpRequest) -> HttpResponse:
    """What was tried lately, and the form; posting asks for another."""
    company = _company(request)
    form = Form(typed_in(request) if request.method == "POST" else _preset(request))
    if request.method == "POST" and _ask(request, company, form):
        return HttpResponseRedirect(address(reverse("collection:simulations"), reading_of(request)))
    found = recent(SIMULATE, str(company.pk), limit=_LISTED)
    offered = _offered(company)
    page = {
        "company": company,
        "form": form,
        "strategies": offered,
        "others": [(_ALONE, _("no other")), *offered],
        "live": [one for one, _result in found if one.state in UNDER_WAY],
        "failed": [one for one, _result in found[:1] if one.state == "failed"],
        "done": [(one, _told(company, result)) for one, result in found if one.state == "done"],
    }
    return render(request, "collection/simulations.html", page, status=400 if form.problems else 200)


@needs(Permission.DRAFT_POLICY)
@require_GET
def show_simulation(request: HttpRequest, job_id: int) -> HttpResponse:
    """One that is done: its figures, by step and by month, and the messages behind them."""
    company, result, sides = _found(request, job_id)
    side, step = _side(request, sides), request.GET.get("step", "")
    names = [_name(company, one) for one in result["sides"]]
    contacts = sides[side].some_contacts(step=step, limit=SHOWN)
    count = sides[side].count(step)
    page = {
        "job_id": job_id,
        "company": company,
        "since": sides[0].since,
        "until": sides[0].until,
        "names": names,
        "figures": list(_figures(sides)),
        "amounts": list(_amounts(sides)),
        "steps": list(_by_step(sides)),
        "months": list(_by_month(sides)),
        "views": list(enumerate(names)),
        "side": side,
        "step": step,
        "contacts": list(_named(contacts)),
        "count": count,
        "more": max(count - SHOWN, 0),
    }
    return render(request, "collection/simulation.html", page)


@needs(Permission.DRAFT_POLICY)
@require_GET
def export_simulation(request: HttpRequest, job_id: int) -> HttpResponseBase:
    """The messages and tasks of one of its strategies as a file."""
    _company_of_it, _result, sides = _found(request, job_id)
    side, step = _side(request, sides), request.GET.get("step", "")
    headers = [
        _("Day"),
        _("Customer code"),
        _("Customer"),
        _("Step"),
        _("Channel"),
        _("Claims in it"),
        _("Currency"),
        _("Amount"),
    ]
    name = f"{_('simulation')}-{sides[0].since}-{sides[0].until}"
    cells = _cells(sides[side].some_contacts(step=step))
    return send_table(request.GET.get("format", ""), name, headers, cells, title=_("Simulation"))


def _company(request: HttpRequest) -> Company:
    """The page's company, if the reader drafts its policies: the whole ledger is gone through."""
    company = company_of(request)
    if not may_for(request, Permission.DRAFT_POLICY, company.pk):
        raise Http404
    return company


def _preset(request: HttpRequest) -> dict[str, str]:
    today = reading_of(request).today
    return {"since": f"{today - _QUARTER}", "until": f"{today}", "strategy": "", "other": _ALONE}


def _ask(request: HttpRequest, company: Company, form: Form) -> bool:
    """Whether it was asked for; what stands against it is in the form."""
    since, until, at = form.read("since", parse_date), form.read("until", parse_date), timezone.now()
    for name, value in (("since", since), ("until", until)):
        if value is None and name not in form.problems:
            form.blame(name, Refusal("date_missing"))
    if form.problems or since is None or until is None:
        return False
    other = form.text("other")
    question = Question(since, until, form.text("strategy"), None if other == _ALONE else other)
    try:
        start_simulation(company=company, question=question, actor=request.user.get_username(), at=at)
    except Refusal as refusal:
        form.blame(_BESIDE.get(refusal.code, ""), refusal)
        return False
    messages.success(request, _("Asked for; a worker does it, and it is listed here when it is done."))
    return True


def _offered(company: Company) -> list[tuple[str, str]]:
    """The strategy in force, every version of the company's, and those that are shipped."""
    found = [one for one in versions(STRATEGY.name) if one.company_id in (None, company.pk)]
    return [
        ("", _("in force now")),
        *((f"{VERSION}{one.id}", _("Version %(number)s") % {"number": one.number}) for one in found),
        *((f"{PRESET}{name}", _preset_title(name)) for name in PRESETS),
    ]


def _preset_title(name: str) -> str:
    return _("shipped: %(name)s") % {"name": _(PRESET_TITLES[name])}


def _name(company: Company, name: str) -> str:
    """A strategy as it was chosen, in words."""
    if name.startswith(PRESET):
        return _preset_title(name.removeprefix(PRESET))
    return _("Version %(number)s") % {"number": strategy_named(company, name).number}


def _told(company: Company, result: Mapping[str, Any]) -> dict[str, Any]:
    names = [_name(company, one) for one in result["sides"]]
    days = {name: date.fromisoformat(result[name]) for name in ("since", "until")}
    return {**days, "names": names, "actor": result["actor"]}


def _found(request: HttpRequest, job_id: int) -> tuple[Company, dict[str, Any], list[Simulated]]:
    """A simulation that is done, of a company whose policies the reader drafts."""
    row, result = _job(job_id)
    if row.kind != SIMULATE or row.state != "done" or not result:
        raise Http404
    if not may_for(request, Permission.DRAFT_POLICY, result["company"]):
        raise Http404
    since, until = date.fromisoformat(result["since"]), date.fromisoformat(result["until"])
    sides = apart(open_original(result["rows"]), since, until, len(result["sides"]))
    return Company.objects.get(pk=result["company"]), result, sides


def _job(job_id: int) -> tuple[JobRow, dict[str, Any]]:
    try:
        return job(job_id)
    except Refusal as refusal:
        raise Http404 from refusal


def _side(request: HttpRequest, sides: Sequence[Simulated]) -> int:
    """Whose messages are listed."""
    return 1 if request.GET.get("side") == "1" and len(sides) > 1 else 0


def _figures(sides: Sequence[Simulated]) -> Iterator[Row]:
    yield Row(_("Messages and tasks"), [one.count() for one in sides])
    yield Row(_("Customers"), [one.steps["customer_id"].n_unique() for one in sides])
    yield Row(_("Steps taken on lines"), [one.lines for one in sides])
    yield Row(_("Days from due to the first word, on average"), [_tenths(one.first_contact) for one in sides])
    yield Row(_("Paid before any reminder after the due date, %"), [_tenths(one.paid_before, 100) for one in sides])


def _tenths(value: float | None, times: int = 1) -> Decimal | None:
    return None if value is None else round(Decimal(value) * times, 1)


def _amounts(sides: Sequence[Simulated]) -> Iterator[tuple[str, Row]]:
    """Currency → what was asked for, each line once."""
    for currency in sorted({name for one in sides for name in one.amounts}):
        yield currency, Row(_("Asked for, each claim once"), [one.amounts.get(currency, 0) for one in sides])


def _by_step(sides: Sequence[Simulated]) -> Iterator[Row]:
    found = [one.by_step for one in sides]
    late = {key: sums.late for one in found for key, sums in one.items()}
    for step, channel in sorted(late, key=lambda key: (late[key], key)):
        counts = [one.get((step, channel), StepSum()).contacts for one in found]
        yield Row(f"{step_text(step)} · {_(CHANNELS[channel])}", counts, step, channel)


def _by_month(sides: Sequence[Simulated]) -> Iterator[Row]:
    found = [one.by_month for one in sides]
    for month in sorted({month for one in found for month in one}):
        yield Row(f"{month:%Y-%m}", [one.get(month, 0) for one in found])


def _named(contacts: Sequence[Contact]) -> Iterator[dict[str, Any]]:
    names = customers_by_id({one.customer_id for one in contacts})
    for one in contacts:
        how = _(CHANNELS[one.channel])
        yield {"contact": one, "customer": names[one.customer_id], "how": how, "amounts": sorted(one.amounts.items())}


def _cells(contacts: Sequence[Contact]) -> Iterator[list[Cell]]:
    """A line for each currency of each."""
    for row in _named(contacts):
        one, customer = row["contact"], row["customer"]
        for currency, amount in row["amounts"]:
            said = Decimal(to_text(amount, currency))
            yield [one.on, customer.code, customer.name, step_text(one.step), row["how"], one.lines, currency, said]
