"""Letters to print and to post, and what became of those that were posted."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from huikuan.kernel.dates import business_date, parse_date
from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.identity.domain.roles import Permission
from huikuan.mechanisms.identity.queries import company_zone
from huikuan.mechanisms.notices import queries
from huikuan.mechanisms.notices.domain.lifecycle import CANCELLED, QUEUED, SENT
from huikuan.mechanisms.notices.domain.wanted import LETTER
from huikuan.mechanisms.notices.letters.setting import PDF_TYPE, Sheet
from huikuan.mechanisms.notices.operations.posting import deliver_letter, post_letter, printed_letters
from huikuan.mechanisms.notices.queries import Chosen, NoticeRow
from huikuan.mechanisms.notices.web.showing import told
from huikuan.mechanisms.pages.access import may_for, needs, scope_of
from huikuan.mechanisms.pages.deeds import posted_from
from huikuan.mechanisms.pages.downloads import download
from huikuan.mechanisms.pages.forms import Form, file_sent, request_named, typed_in
from huikuan.mechanisms.pages.reading import address, reading_of
from huikuan.mechanisms.pages.telling import said

#: Shown of each; the outbox has them all, and exports them.
_ROWS = 50
#: So long a letter that was taken out is offered to be written down as posted before that.
_LATELY = timedelta(days=14)
#: What was taken out sooner nobody can have printed and posted.
_PRINTING = timedelta(minutes=10)
#: Refusals that are about the day.
_OF_THE_DAY = frozenset({"letter_posting_bad", "letter_posted_early", "letter_arrived_early", "letter_arrival_ahead"})


@needs(Permission.VIEW_PERSONAL, to_write=Permission.SEND_NOTICES)
@require_GET
def show_posting(request: HttpRequest) -> HttpResponse:
    """What waits to be printed and posted, and what was posted and is not known to have arrived; the letter the
    address names among them, however many there are."""
    named = request_named(request.GET.get("letter", ""))
    return _desk(request, named=named)


@dataclass(frozen=True, slots=True)
class _Tried:
    """What was typed of a letter and not taken. `problem`: why; `field`: at which field, '' at none of them."""

    number: int
    typed: Mapping[str, str]
    problem: str
    field: str


def _desk(request: HttpRequest, tried: _Tried | None = None, *, named: int | None = None) -> HttpResponse:
    page: dict[str, Any] = {"today": reading_of(request).today}
    for name, state in (("waiting", QUEUED), ("posted", SENT)):
        chosen = Chosen(state=state, channel=LETTER, company_id=reading_of(request).company_id)
        found = queries.notices_page(chosen, scope_of(request), limit=_ROWS)
        rows = _with_named(request, found.rows, named, chosen)
        page |= {name: told(rows, request), f"{name}_count": found.count}
    page["taken_out"] = _taken_out(request, named)
    shown = [one["company"] for name in ("waiting", "taken_out", "posted") for one in page[name]]
    page |= {"several": len(set(shown)) > 1, "tried": tried}
    return render(request, "notices/posting.html", page, status=400 if tried else 200)


@needs(Permission.VIEW_PERSONAL)
@require_GET
def print_letter(request: HttpRequest, notice_id: int) -> HttpResponse | FileResponse:
    """The letter to print; of several all, in one archive."""
    row = _found(request, notice_id)
    try:
        found = printed_letters(notice_id=row.id, at=timezone.now())
        if len(found) == 1:
            return download(found[0].content, f"{row.key}.pdf", PDF_TYPE)
        return download(_together(found), f"{row.key}.zip", "application/zip")
    except Refusal as refusal:
        messages.error(request, said(refusal))
        return _back(request)


@needs(Permission.VIEW_PERSONAL, to_write=Permission.SEND_NOTICES)
@posted_from("notices:posting")
def say_posted(request: HttpRequest, notice_id: int) -> HttpResponse:
    """Posted on, by whom, under which number; or arrived, or come back. What is not taken stays as it was typed."""
    row = _found(request, notice_id)
    if not may_for(request, Permission.SEND_NOTICES, row.company_id):
        raise Http404
    form = Form(typed_in(request))
    by: dict[str, Any] = {"notice_id": row.id, "actor": request.user.get_username(), "at": timezone.now()}
    try:
        on = _day_said(form)
        if form.text("deed") == "post":
            post_letter(posted_on=on, carrier=form.text("carrier"), tracking=form.text("tracking"), **by)
        else:
            name, proof = file_sent(request) if request.FILES else ("", b"")
            arrived = form.text("deed") == "arrived"
            deliver_letter(on=on, arrived=arrived, note=form.text("note"), proof=proof, proof_name=name, **by)
        messages.success(request, _("It is written down."))
    except Refusal as refusal:
        (one,) = told([row], request)
        name = one["customer"].name if one["customer"] else row.key
        messages.error(request, f"{name} · {one['purpose']} {row.id}: {said(refusal)}")
        return _desk(request, _Tried(row.id, form.typed, said(refusal), _field_of(refusal, form)), named=row.id)
    return _back(request)


def _day_said(form: Form) -> date:
    """The day of the deed; refuses none and one that is no day."""
    if not form.text("on"):
        raise Refusal("letter_posting_day_missing" if form.text("deed") == "post" else "letter_arrival_day_missing")
    return parse_date(form.text("on"))


def _field_of(refusal: Refusal, form: Form) -> str:
    """Which field the refusal is about: the day, unless it is a number that is missing; '' none."""
    if refusal.code == "letter_posting_bad" and form.text("deed") == "post" and not form.text("tracking").strip():
        return "tracking"
    return "on" if refusal.code in _OF_THE_DAY or not _is_day(form.text("on")) else ""


def _is_day(text: str) -> bool:
    """Whether it is a day."""
    try:
        parse_date(text)
    except Refusal:
        return False
    return True


def _with_named(
    request: HttpRequest, rows: Sequence[NoticeRow], named: int | None, chosen: Chosen
) -> Sequence[NoticeRow]:
    """The rows, before them the letter that was named, if it is one of those chosen."""
    if named is None or any(row.id == named for row in rows):
        return rows
    alone = replace(chosen, ids=frozenset({named}))
    return [*queries.notices_page(alone, scope_of(request), limit=1).rows, *rows]


def _taken_out(request: HttpRequest, named: int | None) -> list[dict[str, Any]]:
    """Letters cancelled lately, each with the `last` day on which it may have been posted before that."""
    company = reading_of(request).company_id
    lately = timezone.now() - _LATELY
    latest = queries.taken_out(scope_of(request), since=lately, waited=_PRINTING, company_id=company, limit=_ROWS)
    there = _with_named(request, latest, named, Chosen(state=CANCELLED, channel=LETTER, company_id=company))
    return [{**one, "last": _day(row)} for one, row in zip(told(there, request), there, strict=True)]


def _day(row: NoticeRow) -> date:
    return business_date(row.changed_at, company_zone(row.company_id))


def _found(request: HttpRequest, notice_id: int) -> NoticeRow:
    try:
        row = queries.notice(notice_id, scope=scope_of(request, Permission.VIEW_PERSONAL))
    except Refusal as refusal:
        raise Http404 from refusal
    if row.channel != LETTER:
        raise Http404
    return row


def _together(sheets: Sequence[Sheet]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for sheet in sheets:
            archive.writestr(sheet.name, sheet.content)
    return buffer.getvalue()


def _back(request: HttpRequest) -> HttpResponse:
    return HttpResponseRedirect(address(reverse("notices:posting"), reading_of(request)))
