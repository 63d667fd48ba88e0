"""What stands against asking for a claim, beside a form that would: a promise, a plan, a dispute, a hold."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from huikuan.act.collection.queries.set_aside import DISPUTED, PLANNED, PROMISED, Aside, aside_of
from huikuan.act.collection.web.desk_words import aside_said
from huikuan.mechanisms.pages.access import scope_of
from huikuan.mechanisms.pages.reading import reading_of
from huikuan.record.customers.queries import narrowed, seen
from huikuan.record.receivables.models import Item

_RECORDS = {PROMISED: "promises:promise", PLANNED: "promises:plan", DISPUTED: "disputes:dispute"}


def against_panel(request: HttpRequest, item_id: int) -> SafeString:
    """Before one claim is asked for; '' where nothing stands against it, or the reader does not see it."""
    return _said(request, [item_id], "collection/parts/against.html").get(item_id, SafeString(""))


def against_marks(request: HttpRequest, item_ids: Sequence[int]) -> dict[int, SafeString]:
    """The same in each row of many."""
    return _said(request, item_ids, "collection/parts/marks.html")


def _said(request: HttpRequest, item_ids: Sequence[int], template: str) -> dict[int, SafeString]:
    items = narrowed(Item.objects.filter(pk__in=item_ids), seen(scope_of(request))).in_bulk()
    found: dict[int, tuple[Aside, ...]] = {}
    for company_id in {one.company_id for one in items.values()}:
        theirs = [number for number, one in items.items() if one.company_id == company_id]
        found |= aside_of(company_id, theirs, reading_of(request).as_of)
    return {
        number: render_to_string(template, _context(items[number], those), request=request)
        for number, those in found.items()
    }


def _context(item: Item, against: Sequence[Aside]) -> dict[str, Any]:
    said = [(aside_said(one), one.amount, _record(one), one.record_id) for one in against]
    return {"item": item, "against": said}


def _record(one: Aside) -> str:
    """The page of what stands against it; goods agreed instead of money name no promise."""
    return _RECORDS.get(one.kind, "") if one.record_id else ""
