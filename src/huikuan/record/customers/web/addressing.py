"""Where the postal address is entered that a letter lacks."""

from __future__ import annotations

from collections.abc import Sequence

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from huikuan.mechanisms.identity.domain.roles import Permission
from huikuan.mechanisms.pages.access import scope_of
from huikuan.mechanisms.pages.reading import reading_of
from huikuan.record.customers.queries import seen


def address_marks(request: HttpRequest, customer_ids: Sequence[int]) -> dict[int, SafeString]:
    """Customer → the way to where its address is entered; for who may not edit it, whom to ask."""
    managed, past = seen(scope_of(request, Permission.MANAGE_CUSTOMERS)), reading_of(request).is_past
    return {
        one: render_to_string(
            "customers/parts/no_address.html",
            {"customer_id": one, "edits": managed.has_customer(one) and not past},
            request=request,
        )
        for one in customer_ids
    }
