"""The computation sheet of a claim as a letter, which asks for what is still open of principal and interest."""

from __future__ import annotations

import json
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from huikuan.kernel.errors import Refusal
from huikuan.kernel.money import to_text
from huikuan.mechanisms.notices.domain.templates import Table
from huikuan.mechanisms.notices.letters.writing import Written, write_letter
from huikuan.mechanisms.pages.access import needs, scope_of
from huikuan.mechanisms.pages.downloads import download
from huikuan.mechanisms.pages.figures import grouped
from huikuan.record.customers.queries import CustomerRow, customers_by_id
from huikuan.record.interest.domain.rules import read_rule
from huikuan.record.interest.domain.sheets import dues_in, reasons_from
from huikuan.record.interest.queries.anew import principal_open
from huikuan.record.interest.queries.claims import ClaimRow, claim
from huikuan.record.interest.telling import percent_of, rule_words, sentences
from huikuan.record.interest.web.listing import READS

_TYPES = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}
#: Where nothing fell due after all: the document was reversed.
_NOTHING = "–"


@needs(READS)
@require_GET
def send_sheet(request: HttpRequest, number: int) -> HttpResponseBase:
    """The sheet of a claim, as PDF or Word, in the reader's language or the one the address names."""
    try:
        row = claim(number, scope=scope_of(request, READS), at=timezone.now())
    except Refusal as refusal:
        raise Http404 from refusal
    form = "docx" if request.GET.get("format") == "docx" else "pdf"
    asked = request.GET.get("language") or get_language() or "zh-hans"
    language = "en" if asked.startswith("en") else "zh-hans"
    written = letter_of(row, language=language, at=timezone.now())
    return download(
        getattr(written, form), f"{_('interest sheet')}-{row.document_number or row.id}.{form}", _TYPES[form]
    )


def letter_of(row: ClaimRow, *, language: str, at: datetime) -> Written:
    """The last computation of a claim, written to the customer it is about, with what is open of it now."""
    sheet = json.loads(row.sheet)
    whose = customers_by_id({sheet["customer"]})[sheet["customer"]]
    with override(language):
        values, tables = _values(row, sheet, whose), {"segments": _segments(sheet)}
    return write_letter(
        code="interest_sheet", language=language, values=values, tables=tables, company_id=sheet["company"], at=at
    )


def _values(row: ClaimRow, sheet: dict[str, Any], whose: CustomerRow) -> dict[str, str]:
    principal = principal_open(row.item_id, sheet)
    # What was claimed too much is not asked for, put right or not.
    interest = max(0, row.open_amount - row.over_claimed)
    return {
        "customer_name": whose.name,
        "customer_code": whose.code,
        "customer_uscc": whose.uscc,
        "currency": sheet["currency"],
        "document_no": sheet["document_number"],
        "contract_numbers": sheet["contract_number"],
        "principal": _text(principal, row.currency),
        "principal_due": _text(sum(amount for _due, amount in dues_in(sheet)), row.currency),
        "due_date": _("; ").join(one["due"] for one in sheet["owed"]) or _NOTHING,
        "until": sheet["to"],
        "interest_until": sheet["to"],
        "interest": f"{Decimal(sheet['amount']):,}",
        "interest_open": _text(interest, row.currency),
        "interest_rule": rule_words(read_rule(sheet["rule"])),
        "interest_basis": " ".join(sentences(reasons_from(sheet["reasons"]))),
        "day_count": _("%(base)s days a year") % {"base": sheet["base"]},
        "total_with_interest": _text(principal + interest, row.currency),
    }


def _text(minor: int, currency: str) -> str:
    return grouped(to_text(minor, currency))


def _segments(sheet: dict[str, Any]) -> Table:
    heads = (
        _("First day"),
        _("Last day"),
        _("Days"),
        _("Principal that bears it"),
        _("Rate of interest"),
        _("Interest"),
    )
    rows = tuple(
        (
            one["from"], one["to"], str(one["days"]), f"{Decimal(one['principal']):,}", percent_of(one["rate"]),
            f"{Decimal(one['amount']):,}",
        )
        for one in sheet["segments"]
    )  # fmt: skip
    days = sum(one["days"] for one in sheet["segments"])
    total = (_("Sum"), "", str(days), "", "", f"{Decimal(sheet['amount']):,}")
    return Table(heads, rows, total, (2, 3, 4, 5))
