"""The messages one takes the place of: where somebody had them sent, and whether one of them went out after all."""

from __future__ import annotations

from collections.abc import Iterator

from huikuan.act.collection.domain.cases import case_said
from huikuan.act.collection.queries.addresses import Address
from huikuan.mechanisms.notices.domain.lifecycle import DELIVERED, REPLIED, SENDING, SENT
from huikuan.mechanisms.notices.models import Notice
from huikuan.mechanisms.notices.queries.rows import Words, words

#: The customer has it, or it is on its way; what came back is with nobody.
_OUT = (SENDING, SENT, DELIVERED, REPLIED)


def named_by_hand(notice_id: int) -> Address | None:
    """The address somebody named for the notice, or for one it takes the place of; None: nobody named any, or it was
    erased."""
    for one in _back_from(notice_id):
        if one.address_digest != one.stand.address_digest:
            to = words([one.pk]).get(one.pk, Words()).to
            return Address(to, one.language, one.person_id) if to else None
    return None


def went_out(notice_id: int) -> bool:
    """Whether the notice, or one it takes the place of, went out: a letter may be posted before it is cancelled, and
    people say so only then."""
    return any(one.stand.state in _OUT for one in _back_from(notice_id))


def _back_from(notice_id: int) -> Iterator[Notice]:
    """The notice, the one it takes the place of, and so on to the first."""
    number: int | None = notice_id
    while number is not None:
        found = Notice.objects.select_related("stand").get(pk=number)
        yield found
        case = case_said(found.case)
        number = case.instead_of if case is not None else None
