"""Reading statements in: several files at once, what each brought, and what a file leaves open is asked."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, ngettext
from django.views.decorators.http import require_POST

from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.identity.domain.roles import Permission
from huikuan.mechanisms.identity.models import Company
from huikuan.mechanisms.jobs.queries import worker_seen
from huikuan.mechanisms.pages.access import company_preset, may, may_for, needs, permitted_companies, scope_of
from huikuan.mechanisms.pages.partial import render_either
from huikuan.mechanisms.pages.reading import address, reading_of
from huikuan.mechanisms.pages.telling import said, told
from huikuan.record.banking.models import BankAccount, BankStatement, Upload
from huikuan.record.banking.operations.accounts import WRITES
from huikuan.record.banking.operations.uploads import (
    COLUMNS_ASKED,
    PARTIAL_ASKED,
    answer_upload,
    discard_upload,
    start_reading,
    take_upload,
)
from huikuan.record.banking.queries.accounts import accounts

#: Shown of the files handed in, the latest first; taken at once.
SHOWN, MOST_FILES = 40, 30


@needs(WRITES)
def show_uploads(request: HttpRequest) -> HttpResponse:
    """The files handed in lately; a form hands in more."""
    if request.method != "POST":
        page = _page(request)
        return render_either(request, "banking/import.html", "banking/parts/uploads.html", page)
    company = company_in(request, request.POST.get("company", ""))
    files = [file for file in request.FILES.getlist("file") if file.name]
    if company is None or not files or len(files) > MOST_FILES:
        code = "company_not_chosen" if company is None else "bank_files_missing"
        page = _page(request) | {"problem": told(code, {"most": MOST_FILES})}
        return render(request, "banking/import.html", page, status=400)
    refused = [problem for file in files if (problem := _take(request, company, str(file.name), file.read()))]
    if refused:
        return render(request, "banking/import.html", _page(request) | {"problem": " ".join(refused)}, status=400)
    count = len(files)
    messages.success(request, ngettext("%(count)s file taken.", "%(count)s files taken.", count) % {"count": count})
    return _back(request)


@needs(WRITES)
@require_POST
def answer(request: HttpRequest, upload_id: int) -> HttpResponse:
    """The sender says which account it is, that it be opened, or that the file is a part on purpose."""
    upload = upload_of(request, upload_id)
    posted = request.POST
    try:
        answer_upload(
            upload,
            account=posted.get("account", ""),
            opens="opens" in posted,
            partial="partial" in posted,
            actor=str(request.user.get_username()),
            at=timezone.now(),
        )
    except Refusal as refusal:
        messages.error(request, said(refusal))
    return _back(request)


@needs(WRITES)
@require_POST
def discard(request: HttpRequest, upload_id: int) -> HttpResponse:
    """The file goes from the list."""
    discard_upload(upload_of(request, upload_id), actor=str(request.user.get_username()), at=timezone.now())
    return _back(request)


def upload_of(request: HttpRequest, upload_id: int) -> Upload:
    """The file; one of a company the reader may not read in for is not there."""
    upload = Upload.objects.filter(pk=upload_id).first()
    if upload is None or not may_for(request, WRITES, upload.company_id):
        raise Http404
    return upload


def companies_to_read_for(request: HttpRequest) -> list[Company]:
    """The companies the reader may read statements in for, by code."""
    allowed = permitted_companies(request, WRITES)
    found = Company.objects.order_by("code")
    return list(found if allowed is None else found.filter(pk__in=allowed))


def company_offered(request: HttpRequest) -> str:
    """The code of the company a form is about before anybody chose; '' where there are several."""
    found = company_preset(reading_of(request).company, companies_to_read_for(request))
    return found.code if found else ""


def company_before(request: HttpRequest, companies: list[Company]) -> str:
    """The code of the company this person read in for last, if still theirs; else of the only one with accounts."""
    ids = {one.pk: one.code for one in companies}
    actor = request.user.get_username()
    mine = Upload.objects.filter(actor=actor, company_id__in=ids).order_by("-changed_at", "-pk")
    read = BankStatement.objects.filter(actor=actor, company_id__in=ids).order_by("-pk")
    for found in (mine, read):
        if (last := found.values_list("company_id", flat=True).first()) is not None:
            return ids[last]
    kept = set(BankAccount.objects.filter(company_id__in=ids).values_list("company_id", flat=True))
    return ids[kept.pop()] if len(kept) == 1 else ""


def company_in(request: HttpRequest, code: str) -> Company | None:
    """The company a form names, if the reader may read in for it."""
    return next((one for one in companies_to_read_for(request) if one.code == code), None)


def _take(request: HttpRequest, company: Company, name: str, content: bytes) -> str:
    """Why the file was not even kept, '' where it was."""
    try:
        upload = take_upload(
            company=company,
            name=name,
            content=content,
            language=get_language() or "",
            actor=str(request.user.get_username()),
            at=timezone.now(),
        )
    except Refusal as refusal:
        return f"{name}: {said(refusal)}"
    start_reading(upload, at=timezone.now())
    return ""


def _page(request: HttpRequest) -> dict[str, Any]:
    companies = companies_to_read_for(request)
    uploads = list(Upload.objects.filter(company_id__in=[one.pk for one in companies]).order_by("-pk")[:SHOWN])
    waiting = any(one.state == Upload.State.WAITING for one in uploads)
    return {
        "uploads": [_row(request, one) for one in uploads],
        "waiting": waiting,
        "no_worker": waiting and not worker_seen(at=timezone.now()),
        "own_companies": companies,
        "chosen_company": company_offered(request) or company_before(request, companies),
        "applies": may(request, Permission.VIEW_BANK),
        "accounts": accounts(scope_of(request, WRITES)),
    }


def _row(request: HttpRequest, upload: Upload) -> dict[str, Any]:
    code = upload.refusal.get("code", "")
    return {
        "upload": upload,
        "why": told(code, upload.refusal["params"]) if code else "",
        "where": upload.refusal.get("where", ()),
        "new_accounts": upload.refusal.get("also", {}).get("accounts", ()),
        "asks_columns": upload.state == Upload.State.ASKING and code in COLUMNS_ASKED,
        "asks_account": code in ("bank_account_unsaid", "bank_account_unclear"),
        "may_be_partial": upload.state == Upload.State.REFUSED and code in PARTIAL_ASKED,
        "statements": upload.result.get("statements", ()),
    }


def _back(request: HttpRequest) -> HttpResponse:
    return HttpResponseRedirect(address(reverse("banking:import"), reading_of(request)))
