"""Where somebody had a message sent again: to an address they named."""

from __future__ import annotations

from huikuan.act.collection.domain.cases import case_said
from huikuan.act.collection.queries.addresses import Address
from huikuan.mechanisms.notices.models import Notice
from huikuan.mechanisms.notices.queries.rows import Words, words


def named_by_hand(notice_id: int) -> Address | None:
    """The address somebody named for the notice, or for one it takes the place of; None: nobody named any, or it was
    erased."""
    found = Notice.objects.select_related("stand").get(pk=notice_id)
    if found.address_digest != found.stand.address_digest:
        to = words([notice_id]).get(notice_id, Words()).to
        return Address(to, found.language, found.person_id) if to else None
    case = case_said(found.case)
    return named_by_hand(case.instead_of) if case is not None and case.instead_of is not None else None
