"""A demand for a claim whose limitation runs out: the letter with an explicit demand, as PDF or Word, and its door."""

from __future__ import annotations

from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from huikuan.act.collection.queries.letter_facts import letter_facts
from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.identity.domain.roles import Permission
from huikuan.mechanisms.notices.letters.writing import write_letter
from huikuan.mechanisms.pages.access import needs, scope_of
from huikuan.mechanisms.pages.downloads import download
from huikuan.mechanisms.pages.reading import reading_of
from huikuan.record.customers.queries import narrowed, seen
from huikuan.record.receivables.models import Item, OpenItem

_TYPES = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}


@needs(Permission.COLLECT)
@require_GET
def send_demand(request: HttpRequest, item_id: int) -> HttpResponseBase:
    """The demand for one open claim, counted to the page's day; sent and acknowledged, it begins limitation anew."""
    scope = scope_of(request, Permission.COLLECT)
    item = narrowed(Item.objects.filter(pk=item_id), seen(scope)).first()
    if item is None:
        raise Http404
    form = "docx" if request.GET.get("format") == "docx" else "pdf"
    asked = request.GET.get("language") or get_language() or "zh-hans"
    language, at = ("en" if asked.startswith("en") else "zh-hans"), timezone.now()
    try:
        facts = letter_facts(
            customer_id=item.customer_id,
            company_id=item.company_id,
            scope=scope,
            as_of=reading_of(request).as_of,
            language=language,
            at=at,
            item_ids=[item_id],
        )
    except Refusal as refusal:
        raise Http404 from refusal
    written = write_letter(
        code="demand", language=language, values=facts.values, tables=facts.tables, company_id=item.company_id, at=at
    )
    name = f"{_('demand')}-{item.document_number or item_id}.{form}"
    return download(getattr(written, form), name, _TYPES[form])


def demand_panel(request: HttpRequest, item_id: int) -> SafeString:
    """On the page of a claim's limitation: the letter to have acknowledged; nothing once it is paid, or to others."""
    theirs = seen(scope_of(request, Permission.COLLECT))
    opened = OpenItem.objects.filter(item_id=item_id, side="debit").first()
    if opened is None or not theirs.has(opened.company_id, opened.customer_id):
        return SafeString("")
    return render_to_string("collection/parts/demand.html", {"item_id": item_id}, request=request)
