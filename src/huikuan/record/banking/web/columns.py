"""What the columns of an unknown table are: said once by a person, kept as a preset of the company."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.pages.access import needs
from huikuan.mechanisms.pages.reading import address, reading_of
from huikuan.mechanisms.pages.telling import said, told
from huikuan.record.banking.operations.accounts import WRITES
from huikuan.record.banking.operations.uploads import describe_upload, sample_of_upload
from huikuan.record.banking.web.uploads import upload_of

#: What a column may be, as people call it. Only memo takes several.
FIELDS = {
    "booked_on": gettext_noop("Booked on"),
    "amount": gettext_noop("Amount, in and out in one column"),
    "credit": gettext_noop("Money in"),
    "debit": gettext_noop("Money out"),
    "direction": gettext_noop("Direction (in or out)"),
    "balance": gettext_noop("Balance after"),
    "value_on": gettext_noop("Value date"),
    "counterparty_name": gettext_noop("Counterparty"),
    "counterparty_account": gettext_noop("Its account"),
    "counterparty_bank": gettext_noop("Its bank"),
    "memo": gettext_noop("Memo"),
    "bank_reference": gettext_noop("Bank's reference"),
    "end_to_end": gettext_noop("Payer's reference"),
    "account": gettext_noop("Account"),
    "currency": gettext_noop("Currency"),
}
SETTINGS: dict[str, dict[str, str]] = {
    "date_order": {
        "": gettext_noop("as the file shows"),
        "ymd": gettext_noop("year, month, day"),
        "dmy": gettext_noop("day, month, year"),
        "mdy": gettext_noop("month, day, year"),
    },
    "signs": {
        "": gettext_noop("as the balances prove"),
        "in": gettext_noop("a positive amount is money in"),
        "out": gettext_noop("a positive amount is money out"),
    },
    "decimal": {"": gettext_noop("as the file shows"), ".": "1,234.56", ",": "1.234,56"},
}
_SETTING_TITLES = {
    "date_order": gettext_noop("Dates"),
    "signs": gettext_noop("Signs"),
    "decimal": gettext_noop("Amounts are written"),
}
_COLUMN = "column-"


@needs(WRITES)
def show_columns(request: HttpRequest, upload_id: int) -> HttpResponse:
    """The head of the file with a choice for each column, over its first rows; the answer reads the file."""
    upload = upload_of(request, upload_id)
    if request.method != "POST":
        return render(request, "banking/columns.html", _page(request, upload_id, {}))
    mapping = mapping_in(request)
    by: dict[str, Any] = {"actor": str(request.user.get_username()), "at": timezone.now()}
    try:
        describe_upload(upload, mapping=mapping, keep_as=request.POST.get("keep_as", "").strip(), **by)
    except Refusal as refusal:
        page = _page(request, upload_id, mapping) | {"problem": said(refusal)}
        return render(request, "banking/columns.html", page, status=400)
    if upload.refusal:
        page = _page(request, upload_id, mapping)
        return render(request, "banking/columns.html", page, status=400)
    return HttpResponseRedirect(address(reverse("banking:import"), reading_of(request)))


def mapping_in(request: HttpRequest) -> dict[str, Any]:
    """The mapping document the form says."""
    posted = request.POST
    chosen: dict[str, Any] = {}
    for place, header in enumerate(posted.getlist("header")):
        field = posted.get(f"{_COLUMN}{place}", "")
        if field == "memo":
            chosen.setdefault("memo", []).append(header)
        elif field in FIELDS:
            chosen.setdefault(field, header)
    settings = {name: posted.get(name, "") for name, choices in SETTINGS.items() if posted.get(name, "") in choices}
    return chosen | {name: value for name, value in settings.items() if value}


def _page(request: HttpRequest, upload_id: int, mapping: Mapping[str, Any]) -> dict[str, Any]:
    upload = upload_of(request, upload_id)
    given = mapping or upload.choices.get("mapping") or {}
    try:
        sample = sample_of_upload(upload)
    except Refusal as refusal:
        return {"upload": upload, "problem": said(refusal), "columns": ()}
    taken = {
        header: field
        for field, named in given.items()
        if field in FIELDS
        for header in (named if isinstance(named, list) else [named])
    }
    return {
        "upload": upload,
        "sample": sample,
        "columns": [(place, header, taken.get(header, "")) for place, header in enumerate(sample.headers)],
        "fields": [(name, _(title)) for name, title in FIELDS.items()],
        "settings": [
            (name, _(title), given.get(name, ""), [(value, _(shown)) for value, shown in SETTINGS[name].items()])
            for name, title in _SETTING_TITLES.items()
        ],
        "problem": "",
        "why": told(upload.refusal["code"], upload.refusal["params"]) if upload.refusal else "",
    }
