"""Letters: what each says, seen live with a real customer, and edited into a draft that somebody else approves."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from huikuan.kernel.errors import Place, Refusal
from huikuan.mechanisms.identity.domain.roles import Permission
from huikuan.mechanisms.notices.domain.template_check import faults
from huikuan.mechanisms.notices.domain.template_codes import CODES, KEYS, SECTIONS
from huikuan.mechanisms.notices.letters import examples
from huikuan.mechanisms.notices.letters.examples import Asked, Example
from huikuan.mechanisms.notices.letters.messages import SECTIONS as SECTION_TITLES
from huikuan.mechanisms.notices.letters.messages import STATES, TITLES
from huikuan.mechanisms.notices.letters.policies import kind_of, places
from huikuan.mechanisms.notices.letters.shipped import shipped
from huikuan.mechanisms.notices.letters.writing import PDF, WORD, Draft, Writer, letter_pages
from huikuan.mechanisms.pages.access import companies_offered, may, needs, scope_of
from huikuan.mechanisms.pages.downloads import download
from huikuan.mechanisms.pages.forms import Form, typed_in
from huikuan.mechanisms.pages.reading import address, reading_of
from huikuan.mechanisms.pages.telling import said
from huikuan.mechanisms.policies.operations import draft, submit
from huikuan.mechanisms.policies.queries import VersionRow, in_force, version, versions

#: A partial update of this target shows the letter as typed, and keeps nothing.
SEEN = "letter"
_PPI = 80
_MEDIA = {PDF: "application/pdf", WORD: "application/vnd.openxmlformats-officedocument.wordprocessingml.document"}
_NUMBER = 15


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter in the list. `number` 0: as shipped. `waiting`: versions that are no more and no longer in force."""

    code: str
    title: str
    number: int
    channels: tuple[str, ...]
    waiting: int


@dataclass(frozen=True, slots=True)
class Version:
    """A version in the list of a letter's page."""

    row: VersionRow
    state: str


@dataclass(frozen=True, slots=True)
class Look:
    """What is looked at: a letter's text, in one language, with one customer. `version_id` 0: as shipped; `company_id`
    0: the reader has none."""

    code: str
    version_id: int
    document: Mapping[str, Any]
    language: str
    company_id: int
    chosen: Example | None
    offered: tuple[Example, ...]
    who: str
    governs: bool


@needs(Permission.VIEW_LEDGER)
@require_GET
def show_letters(request: HttpRequest) -> HttpResponse:
    """Every letter, the version in force and what waits."""
    now, company_id = timezone.now(), reading_of(request).company_id
    rows = [_letter(code, company_id, now) for code in CODES]
    doors = {"posts": may(request, Permission.VIEW_PERSONAL), "calls": may(request, Permission.SEND_NOTICES)}
    return render(request, "notices/letters.html", {"letters": rows, **doors})


@needs(Permission.VIEW_LEDGER, to_write=Permission.DRAFT_POLICY)
def show_letter(request: HttpRequest, code: str) -> HttpResponse:
    """The letter with its texts; a POST keeps what was typed as a draft, or shows it."""
    if code not in CODES:
        raise Http404
    if request.method != "POST":
        look = _look(request, code, request.GET.dict())
        return _page(request, look, Form(_fields(look.document)))
    form = Form(typed_in(request))
    look = _look(request, code, form.typed)
    typed = _typed(form)
    if request.headers.get("HX-Target") == SEEN:
        shown = {"look": look, **_seen(request, look, typed, is_draft=True)}
        return render(request, "notices/parts/letter.html", shown)
    try:
        number = _keep(request, code, typed, form)
    except Refusal as refusal:
        _blame(form, refusal)
        return _page(request, look, form, typed)
    there = reverse("notices:letter", args=[code])
    return HttpResponseRedirect(
        address(there, reading_of(request), version=number, language=look.language, who=look.who)
    )


@needs(Permission.VIEW_LEDGER)
@require_GET
def letter_file(request: HttpRequest, code: str, form: str) -> FileResponse:
    """The letter to the customer asked for, as PDF or Word."""
    if code not in CODES or form not in _MEDIA:
        raise Http404
    look = _look(request, code, request.GET.dict())
    if look.chosen is None:
        raise Http404
    values, tables = examples.tell(_asked(request, look, look.chosen))
    written = _writer(look, look.document, is_draft=not look.governs).letter(
        language=look.language, values=values, tables=tables, forms=[form]
    )
    content = written.pdf if form == PDF else written.docx
    return download(content, f"{_(TITLES[code])}-{look.chosen.code}.{form}", _MEDIA[form])


def _letter(code: str, company_id: int | None, now: Any) -> Letter:
    policy = in_force(kind_of(code), company_id=company_id, at=now)
    texts = policy.document[KEYS["zh-hans"]]
    waiting = [row for row in versions(kind_of(code)) if row.state in ("draft", "submitted", "approved")]
    short = tuple(_(SECTION_TITLES[name]) for name in ("sms", "im") if texts.get(name))
    return Letter(code, _(TITLES[code]), policy.number, short, len(waiting))


def _look(request: HttpRequest, code: str, given: Mapping[str, str]) -> Look:
    """What the address or the form asks for; without a version, the one in force."""
    reading = reading_of(request)
    offered = companies_offered(request)
    company = reading.company or (offered[0] if offered else None)
    company_id = company.pk if company else 0
    policy = in_force(kind_of(code), company_id=company_id, at=timezone.now())
    version_id, document = policy.version_id or 0, policy.document
    asked = _number(given.get("version", ""))
    if asked is not None and asked != version_id:
        version_id, document = asked, _document(code, asked)
    language = given.get("language", "")
    language = language if language in KEYS else (get_language() or "")
    who = given.get("who", "")
    fitting = examples.find(who, company_id, scope_of(request, Permission.VIEW_LEDGER))
    return Look(
        code=code,
        version_id=version_id,
        document=document,
        language=language if language in KEYS else "zh-hans",
        company_id=company_id,
        chosen=fitting[0] if len(fitting) == 1 else None,
        offered=tuple(fitting) if len(fitting) > 1 else (),
        who=who,
        governs=version_id == (policy.version_id or 0),
    )


def _document(code: str, version_id: int) -> Mapping[str, Any]:
    """The document of a version of this letter, 0 the shipped one; none of another kind."""
    if version_id == 0:
        return shipped(code)
    try:
        row = version(version_id)
    except Refusal as refusal:
        raise Http404 from refusal
    if row.kind != kind_of(code):
        raise Http404
    return row.document


def _keep(request: HttpRequest, code: str, typed: Mapping[str, Any], form: Form) -> int:
    """A draft with what was typed; handed in at once where that was asked for."""
    actor, now = request.user.get_username(), timezone.now()
    number = draft(kind=kind_of(code), company_id=None, document=typed, note=form.text("note"), actor=actor, at=now)
    if form.text("do") == "hand-in":
        submit(version_id=number, actor=actor, at=now)
        messages.success(request, _("It was handed in; somebody else approves it under Policies."))
    else:
        messages.success(request, _("It was kept as a draft; nothing is sent by it before somebody else approved it."))
    return number


def _page(request: HttpRequest, look: Look, form: Form, typed: Mapping[str, Any] | None = None) -> HttpResponse:
    found = versions(kind_of(look.code))
    page = {
        "look": look,
        "title": _(TITLES[look.code]),
        "form": form,
        "editions": [(key, _texts(form, key)) for key in KEYS.values()],
        "versions": [Version(row, _(STATES[row.state])) for row in found],
        "chosen_version": next((row for row in found if row.id == look.version_id), None),
        "edits": may(request, Permission.DRAFT_POLICY),
        "decides": may(request, Permission.APPROVE_POLICY),
        "placeholders": sorted(CODES[look.code].names),
        "blocks": sorted(CODES[look.code].blocks),
        **_seen(request, look, typed or look.document, is_draft=typed is not None or not look.governs),
    }
    return render(request, "notices/letter.html", page, status=400 if form.problems else 200)


def _texts(form: Form, key: str) -> list[dict[str, Any]]:
    """The fields of one language: name, title, text, height, what is wrong with it."""
    heights = {"subject": 2, "mail": 12, "letter": 30, "sms": 4, "im": 5}
    return [
        {
            "name": f"{key}.{section}",
            "title": _(SECTION_TITLES[section]),
            "text": form.text(f"{key}.{section}"),
            "rows": heights[section],
            "problem": form.problems.get(f"{key}.{section}", ""),
        }
        for section in SECTIONS
    ]


def _seen(request: HttpRequest, look: Look, document: Mapping[str, Any], *, is_draft: bool) -> dict[str, Any]:
    """The letter's pages and its other texts; or what has to be mended, or who is to be chosen, first."""
    wrong = places(faults(CODES[look.code], document))
    if wrong:
        return {"mend": [(place.column, _told(place)) for place in wrong]}
    if look.chosen is None:
        return {}
    try:
        values, tables = examples.tell(_asked(request, look, look.chosen))
        writer = _writer(look, document, is_draft=is_draft)
        written = writer.letter(language=look.language, values=values, tables=tables, forms=())
        pages = letter_pages(writer.said(language=look.language, values=values, tables=tables), ppi=_PPI)
        texts = document[KEYS[look.language]]
        shorts = [
            (_(SECTION_TITLES[name]), writer.short(channel=name, language=look.language, values=values))
            for name in ("sms", "im")
            if texts.get(name, "").strip()
        ]
    except Refusal as refusal:
        return {"refused": said(refusal)}
    return {
        "written": written,
        "pages": ["data:image/png;base64," + base64.b64encode(page).decode() for page in pages],
        "shorts": shorts,
    }


def _asked(request: HttpRequest, look: Look, chosen: Example) -> Asked:
    scope = scope_of(request, Permission.VIEW_LEDGER)
    now = timezone.now()
    return Asked(look.code, chosen.customer_id, look.company_id, scope, reading_of(request).as_of, look.language, now)


def _writer(look: Look, document: Mapping[str, Any], *, is_draft: bool) -> Writer:
    mark = Draft(document) if is_draft else None
    return Writer(code=look.code, company_id=look.company_id, at=timezone.now(), draft=mark)


def _fields(document: Mapping[str, Any]) -> dict[str, str]:
    return {f"{key}.{section}": document[key].get(section, "") for key in KEYS.values() for section in SECTIONS}


def _typed(form: Form) -> dict[str, Any]:
    return {key: {section: form.text(f"{key}.{section}") for section in SECTIONS} for key in KEYS.values()}


def _blame(form: Form, refusal: Refusal) -> None:
    """What is wrong beside the part it is wrong with."""
    if not refusal.where:
        form.blame("", refusal)
    for place in refusal.where:
        form.problems[place.column] = " ".join(filter(None, (form.problems.get(place.column), _told(place))))


def _told(place: Place) -> str:
    """'Line 12: This letter has no such placeholder. {{total}}'."""
    where = _("Line %(row)s:") % {"row": place.row} if place.row else ""
    what = "{{" + place.value + "}}" if place.row and place.value else ""
    fix = place.fix if not place.row else ""
    return " ".join(filter(None, (where, _(place.reason), what, f"→ {fix}" if fix else "")))


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= _NUMBER else None
