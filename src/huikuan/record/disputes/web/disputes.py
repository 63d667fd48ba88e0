"""One dispute: how it stands on the page's day, its life, its papers, and the forms of whoever may act."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from huikuan.kernel.errors import Refusal
from huikuan.kernel.money import to_text
from huikuan.mechanisms.files.queries import open_original
from huikuan.mechanisms.identity.actors import invitation_answered
from huikuan.mechanisms.identity.domain.roles import ROLES, Permission
from huikuan.mechanisms.identity.messages import ROLE_TITLES
from huikuan.mechanisms.pages.access import needs, scope_of
from huikuan.mechanisms.pages.downloads import download
from huikuan.mechanisms.pages.forms import Form
from huikuan.mechanisms.pages.reading import reading_of
from huikuan.record.customers.queries import seen
from huikuan.record.disputes.domain.amounts import Disputed, standing_of
from huikuan.record.disputes.domain.life import (
    AGREED_OTHER,
    ANSWERED,
    CREDIT_NOTE,
    DISCOUNT,
    REJECTED,
    RESOLVED,
    WAITING,
)
from huikuan.record.disputes.messages import OUTCOMES
from huikuan.record.disputes.queries.asked import waiting_grant
from huikuan.record.disputes.queries.disputes import DisputeRow, dispute, of_item, steps_of
from huikuan.record.receivables.domain.posting import DEBIT
from huikuan.record.receivables.queries.ledger import item, open_of

#: Deed → the permission it takes, in the order the page offers them.
DEEDS = {
    "answer": Permission.RESOLVE_DISPUTES,
    "resolve": Permission.RESOLVE_DISPUTES,
    "hand": Permission.RESOLVE_DISPUTES,
    "evidence": Permission.COLLECT,
    "withdraw": Permission.COLLECT,
    "reopen": Permission.COLLECT,
}
_IN = {
    WAITING: ("answer", "resolve", "hand", "evidence", "withdraw"),
    ANSWERED: ("resolve", "hand", "evidence", "withdraw"),
    RESOLVED: ("reopen",),
}
#: Roles a dispute may be handed to: whoever holds one sees it.
_ANSWERING = tuple(
    name for name, role in ROLES.items() if {Permission.VIEW_LEDGER, Permission.VIEW_WORK} <= role.permissions
)


@needs(Permission.VIEW_LEDGER)
@require_GET
def show_dispute(request: HttpRequest, number: int) -> HttpResponse:
    """The dispute as of the page's day."""
    return dispute_page(request, found_dispute(request, number), Form({}))


@needs(Permission.VIEW_LEDGER)
@require_GET
def send_file(request: HttpRequest, number: int, sha256: str) -> HttpResponseBase:
    """One of its papers, of the dispute itself or of a step."""
    row, reading = found_dispute(request, number), reading_of(request)
    steps = steps_of(number, day=reading.as_of, known=reading.horizon)
    asked = waiting_grant(row)
    papers = [*row.files, *(paper for step in steps for paper in step.files), *(asked.files if asked else ())]
    found = next((paper for paper in papers if paper.sha256 == sha256), None)
    if found is None:
        raise Http404
    return download(open_original(sha256), found.name)


def dispute_page(request: HttpRequest, row: DisputeRow, form: Form, opened: str = "") -> HttpResponse:
    """The page of a dispute; a form that was refused keeps what was typed and stands open."""
    reading = reading_of(request)
    deeds = [] if reading.is_past else deeds_of(request, row)
    still_open = open_of(row.item_id, as_of=reading.as_of, known=reading.horizon).amount
    standing = None if row.over else standing_of([Disputed(row.id, row.standing, row.reason, row.pauses)], still_open)
    page: dict[str, Any] = {
        "row": row,
        "steps": steps_of(row.id, day=reading.as_of, known=reading.horizon),
        "open_amount": still_open,
        "standing": standing,
        "pursued": still_open - (standing.paused if standing else 0),
        "late": row.state == WAITING and row.due_on < reading.as_of,
        "waits": None if reading.is_past else waiting_grant(row),
        "deeds": deeds,
        "opened": opened,
        "invitation": invitation_answered(row.actor),
        "outcomes": _outcomes(request, row),
        "roles": [("", ""), *((name, _(ROLE_TITLES[name])) for name in _ANSWERING)],
        "form": form if form.typed or form.problems else Form(_prefilled(row)),
    }
    return render(request, "disputes/dispute.html", page, status=400 if form.problems else 200)


def deeds_of(request: HttpRequest, row: DisputeRow) -> list[str]:
    """What the reader may do with the dispute as it stands, the likeliest first."""
    return [name for name in _IN[row.state] if may_do(request, row, DEEDS[name])]


def may_do(request: HttpRequest, row: DisputeRow, permission: Permission) -> bool:
    """Whether the dispute's customer is in the reach in which the reader holds the permission."""
    return seen(scope_of(request, permission)).has(row.company_id, row.customer_id)


def found_dispute(request: HttpRequest, number: int) -> DisputeRow:
    """The dispute as of the page's day; one that is unknown or out of reach is not there."""
    reading = reading_of(request)
    scope = scope_of(request, Permission.VIEW_LEDGER)
    try:
        return dispute(number, scope=scope, day=reading.as_of, known=reading.horizon)
    except Refusal as refusal:
        raise Http404 from refusal


def item_panel(request: HttpRequest, item_id: int) -> SafeString:
    """The disputes of an item beside it, and the way to raise one."""
    reading, scope = reading_of(request), scope_of(request, Permission.VIEW_LEDGER)
    rows = of_item(item_id, scope, day=reading.as_of, known=reading.horizon)
    subject = item(item_id)
    raises = (
        not reading.is_past
        and subject.side == DEBIT
        and seen(scope_of(request, Permission.COLLECT)).has(subject.company_id, subject.customer_id)
        and open_of(item_id).amount > 0
    )
    if not rows and not raises:
        return SafeString("")
    page = {"rows": rows, "raises": raises, "item_id": item_id}
    return render_to_string("disputes/parts/panel.html", page, request)


def _outcomes(request: HttpRequest, row: DisputeRow) -> list[tuple[str, str]]:
    """How the reader may end it: who does not keep the books posts nothing."""
    posting = (CREDIT_NOTE, DISCOUNT) if may_do(request, row, Permission.POST_ITEMS) else ()
    return [(name, _(OUTCOMES[name])) for name in (*posting, REJECTED, AGREED_OTHER)]


def _prefilled(row: DisputeRow) -> dict[str, str]:
    found = row.accepted if row.state == ANSWERED else None
    text = to_text(row.standing if found is None else found, row.currency)
    return {
        "resolve-amount": text, "hand-department": row.department, "hand-role": row.role, "hand-person": row.owner,
        "seen": str(row.step),
    }  # fmt: skip
