"""Approvals: what was asked for, the page it is decided on, deciding it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.http import require_GET, require_POST

from huikuan.kernel.errors import Refusal
from huikuan.kernel.money import to_text
from huikuan.mechanisms.approvals import operations, queries
from huikuan.mechanisms.approvals.domain.deciding import Mandate
from huikuan.mechanisms.approvals.domain.lifecycle import APPROVED, PENDING, STATES
from huikuan.mechanisms.approvals.kinds import Weighed, kind_named
from huikuan.mechanisms.approvals.messages import STATE_TITLES, STEP_TITLES
from huikuan.mechanisms.approvals.queries import Chosen, Reader, RequestRow
from huikuan.mechanisms.files.exports import Cell
from huikuan.mechanisms.files.queries import open_original
from huikuan.mechanisms.identity.actors import person
from huikuan.mechanisms.identity.domain.roles import Permission
from huikuan.mechanisms.identity.messages import ROLE_TITLES
from huikuan.mechanisms.identity.models import Company
from huikuan.mechanisms.identity.queries import shown_names
from huikuan.mechanisms.pages.access import may, needs, scope_of
from huikuan.mechanisms.pages.bars import Part, gauge
from huikuan.mechanisms.pages.downloads import download
from huikuan.mechanisms.pages.figures import change, used_of
from huikuan.mechanisms.pages.forms import Form, typed_in
from huikuan.mechanisms.pages.lists import MORE, TABS, Column, Listing, Preset, listed, numbers_in, picked, register
from huikuan.mechanisms.pages.reading import Reading, reading_of
from huikuan.mechanisms.pages.tables import send_table
from huikuan.mechanisms.pages.telling import said
from huikuan.record.customers.queries import customers_by_id
from huikuan.shell.web.acting import act
from huikuan.shell.web.proving import sensitive

ROWS = 50
_LONGEST_NUMBER = 18

LISTING = register(
    Listing(
        name="shell.approvals",
        place="shell:approvals",
        columns=(
            Column("maker", gettext_noop("Asked by")),
            Column("role", gettext_noop("Put to")),
            Column("deadline", gettext_noop("Until")),
        ),
        conditions=("show", "state", "kind"),
        presets=(
            Preset(gettext_noop("All"), {}),
            Preset(gettext_noop("Waiting for me"), {"show": "waiting"}),
            Preset(gettext_noop("Asked by me"), {"show": "own"}),
            Preset(gettext_noop("Not decided yet"), {"state": PENDING}),
        ),
    )
)


@needs(Permission.VIEW_REQUESTS)
def show_requests(request: HttpRequest) -> HttpResponse:
    """The requests the reader sees, 50 at a time, the newest first."""
    reading, reader = reading_of(request), _reader(request)

    def count(query: Mapping[str, str]) -> int:
        return queries.requests_page(_chosen(request, query), reader, limit=1).count

    page: dict[str, Any] = {"list": listed(request, LISTING, reading, path=request.path, count=count)}
    if request.headers.get("HX-Target") == TABS:
        return render(request, "shell/parts/list/tabs.html", page)
    after = request.GET.get("after", "")
    found = queries.requests_page(
        _chosen(request), reader, after=int(after) if _is_number(after) else None, limit=ROWS
    )
    page |= {"found": found, "rows": _told(found.rows), "delegates": may(request, Permission.APPROVE_REQUESTS)}
    more = request.headers.get("HX-Target") == MORE
    return render(request, "shell/parts/request_rows.html" if more else "shell/approvals.html", page)


@needs(Permission.VIEW_REQUESTS)
def export_requests(request: HttpRequest) -> HttpResponseBase:
    """Exactly the rows of the list."""
    headers = [
        *(_("Number"), _("Kind"), _("Customer"), _("Currency"), _("Amount"), _("State"), _("Put to"), _("Until")),
        *(_("Asked by"), _("Asked at"), _("Comment")),
    ]
    rows = (
        _cells(one, reading_of(request))
        for one in _told(list(queries.every_request(_chosen(request), _reader(request))))
    )
    day = f"{reading_of(request).today:%Y-%m-%d}"
    return send_table(request.GET.get("format", ""), f"{_('approvals')}-{day}", headers, rows, title=day)


@needs(Permission.VIEW_REQUESTS)
def show_request(request: HttpRequest, request_id: int) -> HttpResponse:
    """What is asked, how much, why, what became of it, and what the reader may do."""
    row = _found(request, request_id)
    at, me = timezone.now(), request.user.get_username()
    record, kind = queries.request_record(row.id), kind_named(row.kind)
    steps = queries.steps_of([row.id])[row.id]
    view = (
        queries.desk_of(me, at=at).view(record, steps, queries.stand_now(record, steps), at=at) if row.role else None
    )
    waits = [one.id for one in queries.waiting_for(me, at=at)]
    page = {
        **_told([row])[0],
        "facts": kind.describe(row.shown),
        "papers": kind.papers(row.shown) if kind.papers else [],
        "beside": kind.beside(queries.asked(record), scope=_reader(request).scope, at=at) if kind.beside else [],
        **_weighed(
            kind.weigh(queries.asked(record), scope=_reader(request).scope, at=at) if kind.weigh else None,
            decided=row.state != PENDING,
        ),
        "why": kind.explain(row.reasons) if kind.explain and row.reasons else [],
        "history": _history(row.id),
        "route": [[_role(role) for role in stop] for stop in row.route],
        "refused": said(view) if isinstance(view, Refusal) else "",
        **_mandate(view, me),
        "mine": person(row.maker) == me and row.state == PENDING,
        **_again(row, kind.address(queries.asked(record)) if kind.address else "", me),
        "place": waits.index(row.id) + 1 if row.id in waits else 0,
        "waiting": len(waits),
        "next": next((one for one in waits if one != row.id), None),
    }
    return render(request, "shell/approval.html", page)


@needs(Permission.VIEW_REQUESTS)
@require_GET
def send_paper(request: HttpRequest, request_id: int, sha256: str) -> HttpResponseBase:
    """A file that was handed in with the request, as it was."""
    row = _found(request, request_id)
    kind = kind_named(row.kind)
    for paper in kind.papers(row.shown) if kind.papers else ():
        if paper.sha256 == sha256:
            return download(open_original(sha256), paper.name)
    raise Http404


@needs(Permission.VIEW_REQUESTS)
@require_POST
@sensitive
def decide(request: HttpRequest, request_id: int) -> HttpResponse:
    """Approve what was shown, return it to its maker, or take one's own back."""
    row, form = _found(request, request_id), Form(typed_in(request))
    about: dict[str, Any] = {
        "request_id": row.id,
        "comment": form.text("comment"),
        "actor": request.user.get_username(),
        "at": timezone.now(),
    }
    deeds: dict[str, tuple[Callable[[], object], str]] = {
        "approve": (
            lambda: operations.approve_request(digest=form.text("digest"), **about),
            _("It is approved."),
        ),
        "return": (lambda: operations.return_request(**about), _("It was returned to its maker.")),
        "withdraw": (lambda: operations.withdraw_request(**about), _("Your request was withdrawn.")),
    }
    if form.text("deed") not in deeds:
        raise Http404
    work, done = deeds[form.text("deed")]
    return act(request, work, done=done, then=reverse("shell:approval", args=[row.id]))


def _history(request_id: int) -> list[dict[str, Any]]:
    """What became of it, with names and roles in words."""
    steps = queries.history(request_id)
    names = shown_names({name for step in steps for name in (step.actor, step.for_whom)})
    return [
        {
            "step": step,
            "words": _(STEP_TITLES[step.step]),
            "role": _role(step.role),
            "actor": names[step.actor],
            "holder": names[step.for_whom],
        }
        for step in steps
    ]


def _weighed(weighed: Weighed | None, *, decided: bool) -> dict[str, Any]:
    """The change of a limit with its bar, and how much of it is used before and after. What is used now says nothing
    of what was decided earlier."""
    if weighed is None:
        return {"weighed": None}
    used, after = None if decided else weighed.used, weighed.after
    shown = {
        "weighed": weighed,
        "moved": change(weighed.difference or 0, weighed.before or 0),
        "used_before": used_of(used, weighed.before),
        "used_after": used_of(used, after),
    }
    if used is None or not after:
        return shown
    marks = [(after * weighed.warn_over // 100, f"{weighed.warn_over} %"), (after, _("Limit"))]
    tone = "bad" if used > after else "warned" if used * 100 > after * weighed.warn_over else ""
    return {**shown, "gauge": gauge([Part(used, "share", _("Exposure"))], after, marks), "tone": tone}


def _mandate(view: Mandate | Refusal | None, me: str) -> dict[str, Any]:
    """By which right the reader decides, and whose, where it is not their own."""
    if view is None or isinstance(view, Refusal):
        return {"mandate": None}
    holder = "" if view.holder == me else shown_names({view.holder})[view.holder]
    return {"mandate": view, "mandate_role": _role(view.role), "holder": holder}


def _again(row: RequestRow, subject: str, me: str) -> dict[str, str]:
    """The page of the subject; the same as a form of what came to nothing, for its maker."""
    mine = person(row.maker) == me and row.state not in (PENDING, APPROVED)
    again = f"{subject}{'&' if '?' in subject else '?'}again={row.id}" if subject and mine else ""
    return {"subject_url": subject, "again_url": again}


def _found(request: HttpRequest, request_id: int) -> RequestRow:
    """Out of reach is as not there."""
    try:
        return queries.request_for(request_id, _reader(request))
    except Refusal as refusal:
        raise Http404 from refusal


def _reader(request: HttpRequest) -> Reader:
    return Reader(request.user.get_username(), scope_of(request, Permission.VIEW_REQUESTS), timezone.now())


def _chosen(request: HttpRequest, query: Mapping[str, str] | None = None) -> Chosen:
    asked, keys = request.GET if query is None else query, picked(request)
    state = asked.get("state", "")
    return Chosen(
        show=asked.get("show", ""),
        state=state if state in STATES else "",
        kind=asked.get("kind", ""),
        company_id=reading_of(request).company_id,
        ids=None if keys is None else numbers_in(keys),
    )


def _told(rows: list[RequestRow]) -> list[dict[str, Any]]:
    """Each row with its names in words."""
    customers = customers_by_id({row.customer_id for row in rows if row.customer_id is not None})
    companies = dict(Company.objects.values_list("pk", "code"))
    names = shown_names({row.maker for row in rows})
    return [
        {
            "row": row,
            "title": _(kind_named(row.kind).title),
            "customer": customers[row.customer_id] if row.customer_id is not None else None,
            "company": companies.get(row.company_id or 0, ""),
            "state": _(STATE_TITLES[row.state]),
            "role": _role(row.role),
            "maker": names[row.maker],
        }
        for row in rows
    ]


def _cells(told: Mapping[str, Any], reading: Reading) -> list[Cell]:
    row: RequestRow = told["row"]
    amount = None if row.amount is None else Decimal(to_text(row.amount, row.currency))
    return [
        *(row.id, told["title"], told["customer"].name if told["customer"] else "", row.currency, amount),
        *(told["state"], told["role"], reading.clock(row.deadline)),
        *(told["maker"], reading.clock(row.submitted_at), row.note),
    ]


def _role(name: str) -> str:
    return _(ROLE_TITLES[name]) if name else ""


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= _LONGEST_NUMBER
