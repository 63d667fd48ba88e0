"""The wizard: a file is uploaded, its columns are named, its cells checked and mended, and it is committed.

Every step is an ordinary page; with a script, parts of it change in place.
"""

from __future__ import annotations

import io
from datetime import date
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from huikuan.connect.connectors import drafts_folder
from huikuan.connect.connectors.bad_cells import write_rejected_rows
from huikuan.connect.connectors.domain.choosing import Choice
from huikuan.connect.connectors.domain.overlay import Edit
from huikuan.connect.connectors.models import ImportDraft
from huikuan.connect.connectors.operations import drafts
from huikuan.connect.connectors.operations.previews import sheet_of
from huikuan.connect.connectors.web import checked, columns
from huikuan.connect.connectors.web.people import sees_cells
from huikuan.connect.connectors.web.telling import tell
from huikuan.kernel.dates import parse_date
from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.identity.domain.roles import Permission
from huikuan.mechanisms.identity.models import Company
from huikuan.mechanisms.pages.access import company_preset, may_for, needs, permitted_companies
from huikuan.mechanisms.pages.deeds import posted_from
from huikuan.mechanisms.pages.downloads import download
from huikuan.mechanisms.pages.partial import is_partial, render_either
from huikuan.mechanisms.pages.reading import address, reading_of
from huikuan.mechanisms.pages.tables import XLSX


@needs(Permission.IMPORT)
def start(request: HttpRequest) -> HttpResponse:
    """The first step: which file, of what kind, whose, and for a snapshot of which day."""
    if request.method != "POST":
        return _start_page(request)
    try:
        draft = _open(request)
    except Refusal as refusal:
        return _start_page(request, refusal)
    return _to("columns", draft, request)


@needs(Permission.IMPORT)
@require_safe
def show(request: HttpRequest, draft_id: int) -> HttpResponse:
    """The draft at the step it has come to."""
    draft = draft_of(request, draft_id)
    if draft.state == ImportDraft.State.COMMITTED:
        return render(request, "connectors/done.html", checked.done_page(request, draft))
    if draft.state == ImportDraft.State.QUEUED:
        return _to("progress", draft, request)
    return _to("check" if draft.sample.get("described") else "columns", draft, request)


@needs(Permission.IMPORT)
def show_columns(request: HttpRequest, draft_id: int) -> HttpResponse:
    """The second step: which column is which, over the first lines of the file."""
    draft = draft_of(request, draft_id)
    if draft.state != ImportDraft.State.OPEN:
        return _to("draft", draft, request)
    if request.method != "POST":
        return render(request, "connectors/columns.html", columns.page_of(draft, clear=sees_cells(request, draft)))
    choice = columns.choice_in(request)
    try:
        _change_columns(request, draft, choice)
    except Refusal as refusal:
        page = columns.page_of(draft_of(request, draft_id), choice, tell(refusal), clear=sees_cells(request, draft))
        return render(request, "connectors/columns.html", page, status=400)
    onward = "check" if "check" in request.POST else "columns"
    return _to(onward, draft, request)


@needs(Permission.IMPORT)
@require_safe
def show_check(request: HttpRequest, draft_id: int) -> HttpResponse:
    """The third step: what the file would do, and every cell that cannot be taken."""
    draft = draft_of(request, draft_id)
    if draft.state != ImportDraft.State.OPEN:
        return _to("draft", draft, request)
    page = checked.page_of(request, draft)
    return render_either(request, "connectors/check.html", "connectors/parts/checked.html", page)


@needs(Permission.IMPORT)
@posted_from("connectors:check", "draft_id")
def recheck(request: HttpRequest, draft_id: int) -> HttpResponse:
    """Work it out again: the ledger may have moved."""
    draft = draft_of(request, draft_id)
    checked.work_out(draft, actor=actor_of(request), at=timezone.now())
    return _to("check", draft, request)


@needs(Permission.IMPORT)
@posted_from("connectors:check", "draft_id")
def mend(request: HttpRequest, draft_id: int) -> HttpResponse:
    """One bad cell is to say something else, or again what the file says."""
    draft = draft_of(request, draft_id)
    row, column = _row(request.POST.get("row", "")), request.POST.get("column", "")
    problem = None
    try:
        if "withdraw" in request.POST:
            drafts.withdraw_edit(draft, row, column, actor=actor_of(request), at=timezone.now())
        else:
            edit = Edit(row, column, request.POST.get("value", ""))
            drafts.mend_cell(draft, edit, actor=actor_of(request), at=timezone.now())
    except Refusal as refusal:
        problem = tell(refusal)
    if not is_partial(request) and problem is None:
        return _to("check", draft, request, cell=row)
    draft = draft_of(request, draft_id)
    page = checked.page_of(request, draft, after=(row, column)) | {"problem": problem}
    return render_either(request, "connectors/check.html", "connectors/parts/checked.html", page)


@needs(Permission.IMPORT)
@require_safe
def send_rejected(request: HttpRequest, draft_id: int) -> HttpResponseBase:
    """The rows with bad cells as a spreadsheet, to be mended there and imported again."""
    draft = draft_of(request, draft_id)
    if draft.state != ImportDraft.State.OPEN or not sees_cells(request, draft):
        raise Http404
    out = io.BytesIO()
    write_rejected_rows(out, sheet_of(draft), drafts_folder.bad_cells(draft.stored))
    name = _("%(name)s rejected rows.xlsx") % {"name": draft.file_name.rpartition(".")[0]}
    return download(out.getvalue(), name, XLSX)


@needs(Permission.IMPORT)
@posted_from("connectors:check", "draft_id")
def commit(request: HttpRequest, draft_id: int) -> HttpResponse:
    """The fourth step: the worker is asked; asking twice is asking once."""
    draft = draft_of(request, draft_id)
    choices = drafts.Choices(
        skip_rejected=request.POST.get("rejected") == "skip",
        on_conflict=conflict if (conflict := request.POST.get("conflicts", "")) in ("keep", "replace") else "list",
        force="force" in request.POST,
        again="again" in request.POST,
    )
    try:
        drafts.ask_commit(
            draft,
            choices,
            version=_row(request.POST.get("version", "")),
            language=get_language() or "",
            actor=actor_of(request),
            at=timezone.now(),
        )
    except Refusal as refusal:
        page = checked.page_of(request, draft_of(request, draft_id)) | {"problem": tell(refusal)}
        return render(request, "connectors/check.html", page, status=409)
    return _to("progress", draft, request)


@needs(Permission.IMPORT)
@require_safe
def show_progress(request: HttpRequest, draft_id: int) -> HttpResponse:
    """How far the commit is; a partial update moves on by itself when it is over."""
    draft = draft_of(request, draft_id)
    if draft.state != ImportDraft.State.QUEUED:
        onward = _to("draft", draft, request)
        return HttpResponse(headers={"HX-Redirect": onward.url}) if is_partial(request) else onward
    page = checked.progress_page(draft, drafts.COMMIT)
    return render_either(request, "connectors/progress.html", "connectors/parts/progress.html", page)


@needs(Permission.IMPORT)
@require_POST
def take_back(request: HttpRequest, draft_id: int) -> HttpResponse:
    """A commit that failed for good is given up: the draft is open again."""
    draft = draft_of(request, draft_id)
    drafts.give_up(draft, actor=actor_of(request), at=timezone.now())
    return _to("draft", draft, request)


@needs(Permission.IMPORT)
@require_POST
def discard(request: HttpRequest, draft_id: int) -> HttpResponse:
    """The draft is no longer wanted."""
    drafts.discard(draft_of(request, draft_id), actor=actor_of(request), at=timezone.now())
    return HttpResponseRedirect(address(reverse("connectors:imports"), reading_of(request)))


def draft_of(request: HttpRequest, draft_id: int) -> ImportDraft:
    """The draft; one of a company the reader may not import for is not there."""
    draft = ImportDraft.objects.filter(pk=draft_id).first()
    if draft is None or not may_for(request, Permission.IMPORT, draft.company_id):
        raise Http404
    return draft


def actor_of(request: HttpRequest) -> str:
    """Who asks, as facts name them."""
    return str(request.user.get_username())


def companies_to_import(request: HttpRequest) -> list[Company]:
    """The companies the reader may import for, by code."""
    allowed = permitted_companies(request, Permission.IMPORT)
    companies = Company.objects.order_by("code")
    return list(companies if allowed is None else companies.filter(pk__in=allowed))


def _open(request: HttpRequest) -> ImportDraft:
    sent = request.FILES.get("file")
    if sent is None or sent.name is None:
        raise Refusal("file_not_chosen")
    if not request.POST.get("company"):
        raise Refusal("company_not_chosen")
    company = next((one for one in companies_to_import(request) if one.code == request.POST.get("company")), None)
    if company is None:
        raise Refusal("company_unknown", company=request.POST.get("company", ""))
    kind = request.POST.get("kind", "")
    return drafts.open_draft(
        sent.chunks(),
        name=sent.name,
        kind=kind,
        company=company,
        as_of=_day(request) if kind == "open-items" else None,
        actor=actor_of(request),
        at=timezone.now(),
    )


def _start_page(request: HttpRequest, refusal: Refusal | None = None) -> HttpResponse:
    reading = reading_of(request)
    companies = companies_to_import(request)
    offered = company_preset(reading.company, companies)
    given = {
        "kind": request.POST.get("kind") or request.GET.get("kind") or "items",
        "day": request.POST.get("day", ""),
    }
    page = {
        **given,
        "own_companies": companies,
        "chosen_company": request.POST.get("company") or (offered.code if offered else ""),
        "problem": tell(refusal) if refusal else None,
    }
    return render(request, "connectors/start.html", page, status=400 if refusal else 200)


def _change_columns(request: HttpRequest, draft: ImportDraft, choice: Choice) -> None:
    """What the columns page's buttons do: another sheet or header row, a preset, or the columns as chosen."""
    by: dict[str, Any] = {"actor": actor_of(request), "at": timezone.now()}
    posted = request.POST
    if "look" in posted:
        header_row = _row(posted.get("header_row", "")) or None
        drafts.read_again(draft, sheet=posted.get("sheet", ""), header_row=header_row, **by)
    elif "preset" in posted:
        drafts.use_preset(draft, posted.get("name", ""), **by)
    else:
        drafts.describe(draft, choice, as_of=_day(request) if draft.kind == "open-items" else None, **by)
        draft = draft_of(request, draft.pk)
        if name := posted.get("keep_as", "").strip():
            drafts.keep_as_preset(draft, name, **by)
            draft = draft_of(request, draft.pk)
        checked.work_out(draft, **by)


def _day(request: HttpRequest) -> date | None:
    text = request.POST.get("day", "")
    return parse_date(text) if text else None


def _row(text: str) -> int:
    """A row or version of a form; 0 for what is none."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 9 else 0


def _to(step: str, draft: ImportDraft, request: HttpRequest, **changes: object) -> HttpResponseRedirect:
    return HttpResponseRedirect(
        address(reverse(f"connectors:{step}", args=[draft.pk]), reading_of(request), **changes)
    )
