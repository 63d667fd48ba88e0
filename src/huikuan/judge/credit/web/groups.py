"""A group's limit: what governs beside what its members use, what the policy gives, and asking for one."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from huikuan.judge.credit.domain.limits import STANDING, TEMPORARY
from huikuan.judge.credit.messages import LIMIT_KINDS, STEPS
from huikuan.judge.credit.queries.grounds import rules_in_force
from huikuan.judge.credit.queries.limits import group_history
from huikuan.judge.credit.queries.pictures import group_picture
from huikuan.judge.credit.web.asking import ask, began, filled_in
from huikuan.judge.credit.web.customer import companies_of
from huikuan.judge.credit.web.limits import headers, lines
from huikuan.judge.credit.web.nodes import Block, block_of
from huikuan.judge.credit.web.proposals import chosen, group_proposals
from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.identity.domain.roles import Permission
from huikuan.mechanisms.identity.models import Company
from huikuan.mechanisms.pages.access import needs, scope_of
from huikuan.mechanisms.pages.forms import Form, typed_in
from huikuan.mechanisms.pages.reading import Reading, address, reading_of
from huikuan.mechanisms.pages.tables import send_table
from huikuan.record.customers.queries import GroupRow, groups, seen
from huikuan.record.customers.queries.families import customers_in


@needs(Permission.VIEW_LEDGER, to_write=Permission.PROPOSE_LIMIT)
def show_group(request: HttpRequest) -> HttpResponse:
    """The group named in the address, company by company; posting asks for a limit. Of a group whose customers the
    reader does not all see there is no page."""
    row, companies = _group(request)
    reading, scope = reading_of(request), scope_of(request, Permission.VIEW_LEDGER)
    here = address(reverse("credit:group"), reading, group=row.code)
    form = Form(typed_in(request) if request.method == "POST" else began(request))
    if request.method == "POST" and ask(request, form, companies, group=row.code):
        return HttpResponseRedirect(here)
    offered = [] if reading.is_past else group_proposals(request, row.code, companies)
    by_policy = chosen(request, offered)
    if by_policy and request.method != "POST":
        form = Form(filled_in(by_policy.proposal, by_policy.company))
    live = not reading.is_past
    page: dict[str, Any] = {
        "group": row,
        "exposures": [(one, [_block(one, row, reading)]) for one in companies],
        "history": [
            (one, _(LIMIT_KINDS[one.wish.kind]), _(STEPS[one.step]))
            for company in companies
            for one in group_history(company.pk, row.code, scope=scope)
        ],
        "ask_for": [(one.code, one.name) for one in companies if may_ask(request, one, row.code)] if live else [],
        "kinds": [(kind, _(LIMIT_KINDS[kind])) for kind in (STANDING, TEMPORARY)],
        "form": form,
        "asking": bool(form.problems or form.text("company")),
        "here": here,
        "offers": any(one.ask_url for one in offered),
        "proposals": offered,
    }
    return render(request, "credit/group.html", page, status=400 if form.problems else 200)


@needs(Permission.VIEW_LEDGER)
def export_group(request: HttpRequest) -> HttpResponseBase:
    """Every limit ever asked for, as a table."""
    row, companies = _group(request)
    scope = scope_of(request, Permission.VIEW_LEDGER)
    rows = [one for company in companies for one in group_history(company.pk, row.code, scope=scope)]
    name = f"{_('limits')}-{row.code}"
    return send_table(
        request.GET.get("format", ""), name, headers(), lines(rows, reading_of(request)), title=_("Limits")
    )


def _group(request: HttpRequest) -> tuple[GroupRow, list[Company]]:
    """The group and the companies in which the reader sees everybody who stands in it."""
    row = next((one for one in groups() if one.code == request.GET.get("group", "")), None)
    if row is None:
        raise Http404
    theirs = seen(scope_of(request, Permission.VIEW_LEDGER))
    members = customers_in(row.code, reading_of(request).as_of)
    found = [one for one in companies_of(request) if all(theirs.has(one.pk, member) for member in members)]
    if not found:
        raise Http404
    return row, found


def _block(company: Company, group: GroupRow, reading: Reading) -> Block:
    live = not reading.is_past
    picture = group_picture(company, group.code, reading.as_of, live=live, known=reading.horizon)
    return block_of(picture, group.name, rules_in_force(company, timezone.now())[1].warn_over)


def may_ask(request: HttpRequest, company: Company, group: str) -> bool:
    """Whether the reader may ask for a limit of the group: of everybody who stands in it today."""
    try:
        members = customers_in(group, reading_of(request).today)
    except Refusal:
        return False
    theirs = seen(scope_of(request, Permission.PROPOSE_LIMIT))
    return bool(theirs.pieces) and all(theirs.has(company.pk, member) for member in members)
