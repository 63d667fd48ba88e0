"""The account: read, answered line by line, taken along as a file, sent."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from huikuan.kernel.errors import Refusal
from huikuan.kernel.text import plain
from huikuan.mechanisms.files.names import clean_name
from huikuan.mechanisms.files.queries import open_original
from huikuan.mechanisms.identity import masking
from huikuan.mechanisms.pages.downloads import download
from huikuan.see.confirmations.domain.answers import (
    MOST_FILES,
    REASONS,
    Line,
    Sums,
    problems,
    sums,
)
from huikuan.see.confirmations.domain.links import CODE_AGAIN, CODE_LIVES
from huikuan.see.confirmations.operations.answering import Person, answer
from huikuan.see.confirmations.operations.guests import actor_of, change_draft, code_channel, code_stands, send_code
from huikuan.see.confirmations.operations.receipts import REASON_NAMES
from huikuan.see.confirmations.operations.uploads import LARGEST, keep_upload
from huikuan.see.confirmations.queries.guests import Guest
from huikuan.see.confirmations.queries.people import contact_asked
from huikuan.see.confirmations.queries.shown import lines_of, open_now, promise_days, shown_to
from huikuan.see.statements.domain.statement import Statement, number_text
from huikuan.see.statements.models import IssuedStatement
from huikuan.see.statements.operations.files import PDF, XLSX, file_name, pdf_of, workbook_of
from huikuan.see.statements.operations.issuing import fresh_head
from huikuan.shell.messages import sentence
from huikuan.shell.portal.drafts import (
    ROWS,
    Draft,
    add_file,
    confirm_silent,
    draft_of,
    drop_file,
    said_of,
    take_typed,
)
from huikuan.shell.portal.guests import count_heavy, for_guests, kept_by_nobody, spoken
from huikuan.shell.web.throttling import whole_address

log = logging.getLogger(__name__)

_LONGEST_NUMBER = 6


@dataclass(frozen=True, slots=True)
class Row:
    """A line with its place in the form, what was typed of it, and what is wrong with that; `closed`: nothing of it
    is open any more, so no day is asked for."""

    place: int
    line: Line
    typed: Mapping[str, Any]
    problem: str
    closed: bool

    @property
    def files(self) -> list[tuple[int, str]]:
        return [(number, name) for number, (_sha256, name) in enumerate(self.typed.get("files", []))]


@dataclass(slots=True)
class Desk:
    """One request's view of the account: the statement, its lines, the draft."""

    guest: Guest
    said: Statement
    lines: tuple[Line, ...]
    draft: Draft
    first: int

    @property
    def sums(self) -> Sums:
        return sums(self.lines, said_of(self.draft, self.lines, self.said.currency)[0])

    def change(self, change: Callable[[Draft], None]) -> None:
        """Change the draft as it stands now, and go on with that."""

        def changed(kept: dict[str, Any]) -> dict[str, Any]:
            self.draft = draft_of(kept)
            change(self.draft)
            return self.draft.as_json()

        change_draft(session_id=self.guest.session.pk, change=changed)


@for_guests
def show_account(request: HttpRequest, guest: Guest) -> HttpResponse:
    """The account and the form; a POST does one of the form's deeds. Once it is answered, the receipt."""
    if guest.reply_id is not None:
        return HttpResponseRedirect(reverse("portal:receipt"))
    desk = _desk(request, guest)
    if request.method == "POST":
        return _work(request, desk)
    return _page(request, desk)


@for_guests
def send_statement(request: HttpRequest, guest: Guest) -> HttpResponseBase:
    """The account as PDF (as it was issued, where it was) or workbook."""
    count_heavy(guest)
    said, language = shown_to(guest.invitation), spoken()
    issued = IssuedStatement.objects.filter(pk=guest.invitation.statement_id or 0).first()
    number = number_text(issued.year, issued.number) if issued else ""
    if request.GET.get("format") == "xlsx":
        name = file_name(said, number or "account", "xlsx")
        return download(workbook_of(said, language=language, number=number), name, XLSX)
    name = file_name(said, number or "account", "pdf")
    if issued is not None and issued.language == language:
        return download(open_original(issued.file_sha256), name, PDF)
    return download(pdf_of(said, language=language, number=number), name, PDF)


def _desk(request: HttpRequest, guest: Guest) -> Desk:
    said = shown_to(guest.invitation)
    lines = lines_of(said)
    page = request.POST.get("page") or request.GET.get("page", "")
    last = max(0, (len(lines) - 1) // ROWS)
    first = min(_number_in(page) or 0, last) * ROWS
    return Desk(guest, said, lines, draft_of(guest.session.draft), first)


def _work(request: HttpRequest, desk: Desk) -> HttpResponse:
    """One deed: everything typed is kept first, so that nothing of it is lost whatever the deed comes to."""
    act, _, about = request.POST.get("act", "save").partition(":")
    typed = {name: str(value) for name, value in request.POST.items()}
    sent, told = _take_files(request, desk)

    def fill_in(draft: Draft) -> None:
        take_typed(draft, typed, desk.lines, desk.first)
        for place, file in sent:
            add_file(draft, desk.lines[place], *file)

    desk.change(fill_in)
    if act == "keep":
        return kept_by_nobody(render(request, "portal/parts/sums.html", {"sums": desk.sums, "said": desk.said}))
    try:
        if told is not None:
            raise told
        return _DEEDS.get(act, _save)(request, desk, about)
    except Refusal as refusal:
        return _page(request, desk, refusal, tried=act == "submit")


def _save(request: HttpRequest, desk: Desk, about: str) -> HttpResponse:
    return _back(desk.first // ROWS)


def _turn(request: HttpRequest, desk: Desk, about: str) -> HttpResponse:
    return _back(_number_in(about) or 0)


def _confirm_rest(request: HttpRequest, desk: Desk, about: str) -> HttpResponse:
    desk.change(lambda draft: confirm_silent(draft, desk.lines))
    return _back(desk.first // ROWS)


def _drop_file(request: HttpRequest, desk: Desk, about: str) -> HttpResponse:
    place, number = (_number_in(part) for part in about.split(".", 1)) if "." in about else (None, None)
    if place is not None and number is not None and place < len(desk.lines):
        line = desk.lines[place]
        desk.change(lambda draft: drop_file(draft, line, number))
    return _back(desk.first // ROWS)


def _send_code(request: HttpRequest, desk: Desk, about: str) -> HttpResponse:
    send_code(guest=desk.guest, at=timezone.now())
    return _back(desk.first // ROWS, "#prove")


def _submit(request: HttpRequest, desk: Desk, about: str) -> HttpResponse:
    """The reply: taken in whole, then sealed, so that the receipt can be proved at once. Once it is recorded the
    receipt says so, sealed or not."""
    said, unread = said_of(desk.draft, desk.lines, desk.said.currency)
    if unread:
        raise Refusal("confirmation_incomplete", count=len(unread))
    answer(
        guest=desk.guest,
        said=said,
        person=Person(desk.draft.name, desk.draft.position, whole_address(request)),
        code=plain(request.POST.get("code", "")[:20]),
        at=timezone.now(),
    )
    _seal()
    return HttpResponseRedirect(reverse("portal:receipt"))


def _seal() -> None:
    """A head over the reply; where that fails, the next seal there is covers it."""
    try:
        fresh_head(timezone.now)
    except Exception:  # nothing that fails here takes back what was recorded
        log.exception("sealing a reply")


_DEEDS = {
    "save": _save,
    "page": _turn,
    "rest": _confirm_rest,
    "drop": _drop_file,
    "code": _send_code,
    "submit": _submit,
}


def _take_files(request: HttpRequest, desk: Desk) -> tuple[list[tuple[int, tuple[str, str]]], Refusal | None]:
    """Keep what was sent along: its line's place, its hash, its name as it was sent. The first that is not taken is
    told, the others are; more than a line has room for is not kept at all."""
    kept: list[tuple[int, tuple[str, str]]] = []
    told: Refusal | None = None
    for place in range(desk.first, min(desk.first + ROWS, len(desk.lines))):
        room = MOST_FILES - len(desk.draft.lines.get(desk.lines[place].key, {}).get("files", ()))
        for number, sent in enumerate(request.FILES.getlist(f"files-{place}")):
            try:
                if number >= room:
                    raise Refusal("confirmation_files_many")
                content, name = sent.read(LARGEST + 1), sent.name or ""
                file = keep_upload(content=content, name=name, actor=actor_of(desk.guest), at=timezone.now())
                kept.append((place, (file.sha256, clean_name(name))))
            except Refusal as refusal:
                told = told or refusal
    return kept, told


def _number_in(text: str) -> int | None:
    """A place as a form of ours writes it; None for anything else."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < _LONGEST_NUMBER else None


def _back(page: int, part: str = "") -> HttpResponse:
    query = f"?page={page}" if page else ""
    return HttpResponseRedirect(f"{reverse('portal:account')}{query}{part}")


def _page(request: HttpRequest, desk: Desk, refusal: Refusal | None = None, *, tried: bool = False) -> HttpResponse:
    said, session, now = desk.said, desk.guest.session, timezone.now()
    days = promise_days(said, at=now)
    page = {
        "said": said,
        "to": pgettext("a letter's address", "To"),
        "number": _number(desk.guest),
        "figures": _figures(said),
        "rows": _rows(desk, tried),
        "sums": desk.sums,
        "draft": desk.draft,
        "reasons": [(code, _(REASON_NAMES[code])) for code in REASONS],
        "first_day": days.first.isoformat(),
        "last_day": days.last.isoformat(),
        "problem": sentence(refusal.code, refusal.params) if refusal else "",
        "masked": _masked(desk.guest),
        "code": code_stands(session) if session.code_sent_at and now - session.code_sent_at < CODE_LIVES else "",
        "code_wait": _seconds(session.code_sent_at + CODE_AGAIN - now) if session.code_sent_at else 0,
        "page": desk.first // ROWS,
        "pages": _pages(len(desk.lines)),
    }
    return render(request, "portal/account.html", page, status=400 if refusal else 200)


def _number(guest: Guest) -> str:
    issued = IssuedStatement.objects.filter(pk=guest.invitation.statement_id or 0).first()
    return number_text(issued.year, issued.number) if issued else ""


def _masked(guest: Guest) -> str:
    """Where codes go, as somebody recognises it who knows it; '' where none can go any more."""
    try:
        contact = contact_asked(guest.invitation).then
    except Refusal:
        return ""
    name = "phone" if code_channel(guest.invitation, contact) == "sms" else "email"
    return masking.shown(name, getattr(contact, name), ())


def _seconds(left: timedelta) -> int:
    return max(0, int(left.total_seconds()))


def _pages(count: int) -> list[tuple[int, int, int]]:
    """(number, first line, last line) of each page, where there are several."""
    starts = range(0, count, ROWS)
    return [(start // ROWS, start + 1, min(start + ROWS, count)) for start in starts] if count > ROWS else []


def _rows(desk: Desk, tried: bool) -> Sequence[Row]:
    """The page's lines. What is wrong is told once sending was tried; what cannot be read, at once."""
    said, unread = said_of(desk.draft, desk.lines, desk.said.currency)
    days = promise_days(desk.said, at=timezone.now())
    between = {"first": days.first, "last": days.last}
    wrong = {key: sentence(code, between) for key, code in problems(desk.lines, said, days).items()} if tried else {}
    wrong |= {key: sentence(refusal.code, refusal.params) for key, refusal in unread.items()}
    shown = desk.lines[desk.first : desk.first + ROWS]
    still = open_now({line.item_id for line in shown})
    return [
        Row(place, line, desk.draft.lines.get(line.key, {}), wrong.get(line.key, ""), line.item_id not in still)
        for place, line in enumerate(shown, start=desk.first)
    ]


def _figures(said: Statement) -> list[tuple[str, int, bool]]:
    figures, period = said.account.figures, said.account.period
    named = [
        (_("Opening %(day)s") % {"day": period.eve.isoformat()}, figures.opening, False),
        (pgettext("over a period", "Invoiced"), figures.invoiced, False),
        (_("You paid"), figures.paid, False),
        (_("Returned and credited"), figures.returned, False),
    ]
    if figures.other:
        named.append((_("Other"), figures.other, False))
    return [*named, (_("Closing %(day)s") % {"day": period.until.isoformat()}, figures.closing, True)]
