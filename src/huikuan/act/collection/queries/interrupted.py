"""Messages that were not sent for what stood against them only for a while, and that nothing was written in the stead
of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef

from huikuan.act.collection.domain.cases import CASE, Case, case_said
from huikuan.act.collection.reasons import (
    MEANWHILE_DISPUTED,
    MEANWHILE_HELD,
    MEANWHILE_OVERCLAIMED,
    MEANWHILE_PLANNED,
    MEANWHILE_PROMISED,
    MONEY_CAME,
    PAID,
)
from huikuan.mechanisms.notices.domain.lifecycle import CANCELLED
from huikuan.mechanisms.notices.models import Notice, NoticeStep
from huikuan.record.customers.queries import among
from huikuan.record.receivables.models import OpenItem

#: What may be gone another day. Where one claim was paid and another held back, the reason says but the first.
_FOR_A_WHILE = (
    MONEY_CAME, MEANWHILE_HELD, MEANWHILE_DISPUTED, MEANWHILE_PROMISED, MEANWHILE_PLANNED, MEANWHILE_OVERCLAIMED, PAID,
)  # fmt: skip
#: After so long nothing is made up for any more.
_LONGEST = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class Interrupted:
    """A notice that was cancelled, with what it goes by."""

    notice_id: int
    case: Case
    channel: str


def interrupted(company_id: int, *, at: datetime) -> list[Interrupted]:
    """Those of the company of whose claims any is open still, the newest first. One question, where there is none."""
    last = {"notice_id": OuterRef("pk"), "number": OuterRef("stand__steps")}
    why = NoticeStep.objects.filter(**last, step=CANCELLED, reason__in=_FOR_A_WHILE)
    lately = {"stand__state": CANCELLED, "stand__changed_at__gte": at - _LONGEST}
    found = Notice.objects.filter(Exists(why), company_id=company_id, case__startswith=f"{CASE}:", **lately)
    rows = list(found.order_by("-pk").values_list("pk", "case", "channel", "items"))
    if not rows:
        return []
    still = _still_open({item for *_, items in rows for item in items})
    known = [(number, case_said(case), channel) for number, case, channel, items in rows if still & set(items)]
    cancelled = [Interrupted(number, case, channel) for number, case, channel in known if case is not None]
    replaced = _replaced(company_id, cancelled)
    return [one for one in cancelled if one.notice_id not in replaced]


def _still_open(items: set[int]) -> set[int]:
    return set(OpenItem.objects.filter(item_id__in=among(items)).values_list("item_id", flat=True))


def _replaced(company_id: int, cancelled: Sequence[Interrupted]) -> set[int | None]:
    """The notices something was written in the stead of."""
    customers = among(one.case.customer_id for one in cancelled)
    of = Notice.objects.filter(company_id=company_id, customer_id__in=customers, case__startswith=f"{CASE}:")
    return {case.instead_of for text in of.values_list("case", flat=True) if (case := case_said(text)) is not None}
