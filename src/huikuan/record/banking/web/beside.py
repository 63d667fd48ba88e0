"""What banking says on the pages of others: on an item's, the bank lines it came from."""

from __future__ import annotations

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from huikuan.mechanisms.identity.domain.roles import Permission
from huikuan.mechanisms.pages.access import scope_of
from huikuan.record.banking.models import BankLine
from huikuan.record.banking.queries.lines import rows_of, uses_for
from huikuan.record.banking.queries.listing import reached


def item_panel(request: HttpRequest, item_id: int) -> SafeString:
    """The lines the item was made from, to readers of the company's bank lines."""
    uses = uses_for([item_id])
    lines = BankLine.objects.defer("raw").filter(id__in=[use.line_id for use in uses])
    seen = {row.id: row for row in rows_of(list(reached(lines, scope_of(request, Permission.VIEW_BANK))))}
    told = [(use, seen[use.line_id]) for use in uses if use.line_id in seen]
    return render_to_string("banking/parts/item.html", {"told": told}, request=request) if told else SafeString("")
