"""Notices in words, for the list and for one of them. Addresses and texts are for whoever may see personal data."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _

from huikuan.mechanisms.identity.domain.roles import Permission
from huikuan.mechanisms.identity.masking import shown
from huikuan.mechanisms.identity.models import Company
from huikuan.mechanisms.notices.domain.lifecycle import BOUNCED, IN_DOUBT, QUEUED, REFUSED, SENDING
from huikuan.mechanisms.notices.domain.wanted import EMAIL, LETTER, SMS, VOICE
from huikuan.mechanisms.notices.messages import CHANNEL_TITLES, PURPOSE_TITLES, STATE_TITLES, WAIT_TITLES
from huikuan.mechanisms.notices.naming import Called, called
from huikuan.mechanisms.notices.queries import NoticeRow, Words, words
from huikuan.mechanisms.notices.queries.rows import notices
from huikuan.mechanisms.pages.access import scope_of
from huikuan.mechanisms.pages.beside import beside_each

#: How an address of each channel is masked.
_MASKS = {EMAIL: "email", SMS: "phone", VOICE: "phone"}
_TONES = {QUEUED: "info", SENDING: "info", IN_DOUBT: "bad", REFUSED: "warn", BOUNCED: "warn"}


def told(rows: Iterable[NoticeRow], request: HttpRequest) -> list[dict[str, Any]]:
    """Each row in words, as its reader may see it."""
    found = list(rows)
    ids = [row.id for row in found]
    said, clear = words(ids), in_clear(ids, request)
    customers = called({row.customer_id for row in found if row.customer_id is not None})
    companies = dict(Company.objects.values_list("pk", "code"))
    nowhere = {
        row.id: customer
        for row in found
        if (customer := row.customer_id) and _goes_nowhere(row, said.get(row.id, Words()), customers.get(customer))
    }
    mends = beside_each("notices.unaddressed", request, sorted(set(nowhere.values())))
    return [
        {
            "row": row,
            "customer": customers.get(row.customer_id or 0),
            "company": companies.get(row.company_id, ""),
            "to": address_shown(row, said.get(row.id, Words()), seen=row.id in clear),
            "documents": len(row.items),
            "unaddressed": row.id in nowhere,
            "address_mends": mends.get(row.customer_id or 0, ()),
            "subject": said.get(row.id, Words()).subject if row.id in clear else "",
            "channel": _(CHANNEL_TITLES[row.channel]),
            "purpose": _(PURPOSE_TITLES[row.purpose]),
            "state": _(STATE_TITLES[row.state]),
            "tone": _TONES.get(row.state, "good"),
            "waits": _(WAIT_TITLES[row.waits]) if row.waits in WAIT_TITLES else "",
            "queued": row.state == QUEUED,
        }
        for row in found
    ]


def _goes_nowhere(row: NoticeRow, said: Words, customer: Called | None) -> bool:
    """Whether it is a letter to a name alone, the customer's or one it had before: no postal address was known when it
    was written."""
    return row.channel == LETTER and customer is not None and said.to in (customer.name, *customer.former)


def in_clear(ids: Iterable[int], request: HttpRequest) -> frozenset[int]:
    """Those whose address and text the reader may see: they may see personal data of these customers."""
    theirs = notices(scope_of(request, Permission.VIEW_PERSONAL)).filter(pk__in=list(ids))
    return frozenset(theirs.values_list("pk", flat=True))


def address_shown(row: NoticeRow, said: Words, *, seen: bool) -> str:
    """The address, masked for whoever may not see it; '' once erased."""
    if seen or not said.to:
        return said.to
    return shown(_MASKS.get(row.channel, ""), said.to, frozenset())
