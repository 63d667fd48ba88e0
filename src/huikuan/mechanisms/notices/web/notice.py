"""One notice: what it says, what became of it, the proof of it; what a person may do about it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.files.queries import open_original
from huikuan.mechanisms.identity.actors import SYSTEM
from huikuan.mechanisms.identity.domain.roles import Permission
from huikuan.mechanisms.identity.queries import shown_names
from huikuan.mechanisms.notices import operations, queries
from huikuan.mechanisms.notices.domain.lifecycle import AGAIN, CANCELLED, QUEUED, SENT, leads_on
from huikuan.mechanisms.notices.domain.posted import day_posted
from huikuan.mechanisms.notices.domain.wanted import EMAIL, LETTER, SECRET
from huikuan.mechanisms.notices.letters.messages import TITLES
from huikuan.mechanisms.notices.letters.setting import PDF_TYPE
from huikuan.mechanisms.notices.messages import REASON_TITLES, STEP_TITLES
from huikuan.mechanisms.notices.queries import NoticeRow, StepRow, words
from huikuan.mechanisms.notices.queries.evidence import letters_of, mail_sent
from huikuan.mechanisms.notices.web.showing import in_clear, told
from huikuan.mechanisms.pages.access import may_for, needs, scope_of
from huikuan.mechanisms.pages.downloads import download
from huikuan.mechanisms.pages.forms import Form, typed_in
from huikuan.mechanisms.pages.reading import address, reading_of
from huikuan.mechanisms.pages.telling import said


@needs(Permission.VIEW_LEDGER)
@require_GET
def show_notice(request: HttpRequest, notice_id: int) -> HttpResponse:
    """The notice with its life. The words are for whoever may see personal data of this customer."""
    row = _found(request, notice_id)
    clear = row.id in in_clear([row.id], request)
    steps = queries.history(row.id)
    page: dict[str, Any] = {
        **told([row], request)[0],
        "clear": clear,
        "words": words([row.id]).get(row.id) if clear else None,
        "letters": [one.name for one in row.letters if one.name] if clear else [],
        "written_by": [_version(*one) for one in dict.fromkeys((one.code, one.version_id) for one in row.letters)],
        "history": _history(steps, clear=clear),
        "mailed": clear and _has_proof(row, steps),
        "acts": _acts(request, row),
        "at_the_post": clear and _posts(request, row),
        "secret": row.purpose in SECRET,
    }
    return render(request, "notices/notice.html", page)


@needs(Permission.VIEW_LEDGER, to_write=Permission.SEND_NOTICES)
@require_POST
def do(request: HttpRequest, notice_id: int) -> HttpResponse:
    """Say that it went out, have it sent again, or cancel it."""
    row = _found(request, notice_id)
    if not may_for(request, Permission.SEND_NOTICES, row.company_id):
        raise Http404
    form = Form(typed_in(request))
    by: dict[str, Any] = {
        "notice_id": row.id, "note": form.text("note"), "actor": request.user.get_username(), "at": timezone.now(),
    }  # fmt: skip
    deeds: dict[str, tuple[Callable[[], object], str]] = {
        "sent": (lambda: operations.confirm_sent(**by), _("It is taken down as sent.")),
        "again": (lambda: operations.send_again(to=form.text("to"), **by), _("It will be sent again.")),
        "cancel": (lambda: operations.cancel_notice(**by), _("It will not be sent any more.")),
    }
    if form.text("deed") not in deeds:
        raise Http404
    work, done = deeds[form.text("deed")]
    try:
        work()
        messages.success(request, done)
    except Refusal as refusal:
        messages.error(request, said(refusal))
    return HttpResponseRedirect(address(reverse("notices:notice", args=[row.id]), reading_of(request)))


@needs(Permission.VIEW_PERSONAL)
@require_GET
def notice_mail(request: HttpRequest, notice_id: int) -> FileResponse:
    """The mail as it went out, byte for byte."""
    try:
        proof = mail_sent(notice_id, scope=scope_of(request))
    except Refusal as refusal:
        raise Http404 from refusal
    return download(proof.content, f"notice-{notice_id}.eml", "message/rfc822")


@needs(Permission.VIEW_LEDGER)
@require_GET
def notice_file(request: HttpRequest, notice_id: int, place: int) -> FileResponse:
    """A file that goes with it."""
    row = _found(request, notice_id)
    if place >= len(row.attachments):
        raise Http404
    attachment = row.attachments[place]
    try:
        return download(open_original(attachment.sha256), attachment.name)
    except Refusal as refusal:
        raise Http404 from refusal


@needs(Permission.VIEW_PERSONAL)
@require_GET
def notice_letter(request: HttpRequest, notice_id: int, place: int) -> FileResponse:
    """A letter that goes with it: as it went out, or as it would."""
    row = _found(request, notice_id, Permission.VIEW_PERSONAL)
    try:
        found = letters_of(row)
    except Refusal as refusal:
        raise Http404 from refusal
    if place >= len(found):
        raise Http404
    return download(found[place].content, found[place].name, PDF_TYPE)


def _found(request: HttpRequest, notice_id: int, permission: Permission = Permission.VIEW_LEDGER) -> NoticeRow:
    try:
        return queries.notice(notice_id, scope=scope_of(request, permission))
    except Refusal as refusal:
        raise Http404 from refusal


def _version(code: str, version_id: int | None) -> dict[str, str]:
    """Which text of the house it is, and its version."""
    version = _("version %(number)s") % {"number": version_id} if version_id else _("as shipped")
    return {"title": _(TITLES[code]), "version": version}


def _acts(request: HttpRequest, row: NoticeRow) -> dict[str, bool]:
    """What this reader may do about it now."""
    if reading_of(request).is_past or not may_for(request, Permission.SEND_NOTICES, row.company_id):
        return {}
    deeds = {"sent": row.state == "in_doubt", "again": leads_on(row.state, AGAIN)}
    return {name: True for name, may in {**deeds, "cancel": leads_on(row.state, CANCELLED)}.items() if may}


def _posts(request: HttpRequest, row: NoticeRow) -> bool:
    """Whether this reader may write down that the letter was posted, or arrived."""
    open_still = row.channel == LETTER and row.state in (QUEUED, CANCELLED, SENT)
    return open_still and not reading_of(request).is_past and may_for(request, Permission.SEND_NOTICES, row.company_id)


def _has_proof(row: NoticeRow, steps: tuple[StepRow, ...]) -> bool:
    """Whether the mail as it went out can be shown."""
    mailed = row.channel == EMAIL and any(one.step == SENT and one.sha256 for one in steps)
    return mailed and row.purpose not in SECRET


def _history(steps: tuple[StepRow, ...], *, clear: bool) -> list[dict[str, Any]]:
    """Each step in words, the newest first; what the other side said has addresses in it."""
    names = shown_names({step.actor for step in steps})
    return [
        {
            "step": step,
            "words": _(STEP_TITLES[step.step]),
            "reason": _(REASON_TITLES[step.reason]) if step.reason in REASON_TITLES else step.reason,
            "actor": "" if step.actor == SYSTEM else names.get(step.actor, step.actor),
            "note": _note(step),
            "answer": step.answer if clear else "",
        }
        for step in reversed(steps)
    ]


def _note(step: StepRow) -> str:
    """What the product noted of the step, in words; what people or the other side said, as they said it."""
    if step.step == SENT and (day := day_posted(step.note)):
        return _("posted on %(day)s") % {"day": day}
    return f"“{step.note}”" if step.note else ""
