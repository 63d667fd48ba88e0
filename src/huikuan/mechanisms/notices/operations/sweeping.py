"""Letters wait for a person to print them: those that nobody should be sent any more are taken out before."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from huikuan.kernel.dates import aware
from huikuan.mechanisms.notices.domain.lifecycle import CANCELLED, QUEUED
from huikuan.mechanisms.notices.domain.wanted import LETTER
from huikuan.mechanisms.notices.models import Notice, NoticeStand
from huikuan.mechanisms.notices.operations.claiming import against
from huikuan.mechanisms.notices.operations.steps import stand_held, take_step
from huikuan.mechanisms.notices.queries.rows import Words, row_of, words
from huikuan.mechanisms.store.transactions import retrying


def cancel_unwanted_letters(*, company_id: int, actor: str, at: datetime) -> int:
    """Cancel the letters of the company that wait and are not wanted any more: paid, disputed, promised since.
    Answers how many; each in a transaction of its own. What was queued at this very moment is not asked about: it was
    weighed just now, and is again when it is posted."""
    of_company = NoticeStand.objects.filter(company_id=company_id, channel=LETTER, state=QUEUED)
    waiting = of_company.filter(changed_at__lt=at).order_by("pk").values_list("pk", flat=True)
    return sum(_cancelled(number, actor, aware(at)) for number in waiting)


def _cancelled(notice_id: int, actor: str, at: datetime) -> bool:
    def work() -> bool:
        with transaction.atomic():
            stand = stand_held(notice_id)
            notice = row_of(Notice.objects.select_related("stand").get(pk=notice_id))
            reason = against(notice, words([notice_id]).get(notice_id, Words()), at) if stand.state == QUEUED else ""
            if reason:
                take_step(stand, CANCELLED, reason=reason, actor=actor, at=at)
            return bool(reason)

    return retrying(work)
