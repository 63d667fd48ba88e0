"""What stands against asking for a claim, beside a form that would: a promise, a plan, a dispute, a hold."""

from __future__ import annotations

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from huikuan.act.collection.queries.set_aside import DISPUTED, PLANNED, PROMISED, Aside, set_aside
from huikuan.act.collection.web.desk_words import aside_said
from huikuan.mechanisms.pages.access import scope_of
from huikuan.mechanisms.pages.reading import reading_of
from huikuan.record.customers.queries import narrowed, seen
from huikuan.record.receivables.models import Item

_RECORDS = {PROMISED: "promises:promise", PLANNED: "promises:plan", DISPUTED: "disputes:dispute"}


def against_panel(request: HttpRequest, item_id: int) -> SafeString:
    """Before one claim is asked for; '' where nothing stands against it, or the reader does not see it."""
    return _said(request, item_id, "collection/parts/against.html")


def against_marks(request: HttpRequest, item_id: int) -> SafeString:
    """The same in a row of many."""
    return _said(request, item_id, "collection/parts/marks.html")


def _said(request: HttpRequest, item_id: int, template: str) -> SafeString:
    item = narrowed(Item.objects.filter(pk=item_id), seen(scope_of(request))).first()
    found = set_aside(item.company_id, reading_of(request).as_of).items.get(item_id, ()) if item else ()
    if not item or not found:
        return SafeString("")
    said = {"item": item, "against": [(aside_said(one), one.amount, _record(one), one.record_id) for one in found]}
    return render_to_string(template, said, request=request)


def _record(one: Aside) -> str:
    """The page of what stands against it; goods agreed instead of money name no promise."""
    return _RECORDS.get(one.kind, "") if one.record_id else ""
