"""What credit says on the pages of others: on an order's, what the order check decided and what helps."""

from __future__ import annotations

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from huikuan.judge.credit.domain.deciding import ORDER
from huikuan.judge.credit.web.waiting import told_of
from huikuan.judge.credit.web.ways import ways
from huikuan.mechanisms.pages.access import scope_of
from huikuan.mechanisms.pages.reading import reading_of
from huikuan.record.contracts.queries.orders import order


def order_panel(request: HttpRequest, order_id: int) -> SafeString:
    """The last decision about the order with reasons and ways out; nothing of a past day, which knows of none."""
    row = order(order_id, scope=scope_of(request))
    now = next((one for one in told_of(request, row) if one.row.document == ORDER), None)
    if now is None or reading_of(request).is_past:
        return SafeString("")
    page = {"order": row, "now": now, "ways": ways(request, row, now.row)}
    return render_to_string("credit/parts/decided.html", page, request=request)
