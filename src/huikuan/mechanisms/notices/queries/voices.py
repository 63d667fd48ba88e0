"""Calls a voice bot made, for whoever counts how often a debtor was called."""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, date, datetime, time, timedelta

from huikuan.kernel.dates import business_date
from huikuan.mechanisms.identity.queries import company_zone
from huikuan.mechanisms.notices.domain.lifecycle import DELIVERED, REPLIED, SENT
from huikuan.mechanisms.notices.domain.wanted import CODE, INTERNAL, VOICE
from huikuan.mechanisms.notices.models import NoticeStand

_DAY = timedelta(days=1)
#: It reached somebody, or no result says yet that it did not.
_MAY_HAVE_REACHED = (SENT, DELIVERED, REPLIED)


def voices_on(customer_ids: Collection[int], day: date) -> int:
    """How many calls of a voice reached these customers on the day, for whatever company of ours. One counts on the
    day it was handed out, by its company's calendar, until its result says that nobody was reached."""
    midnight = datetime.combine(day, time(0), UTC)
    handed = NoticeStand.objects.filter(
        channel=VOICE, customer_id__in=list(customer_ids), state__in=_MAY_HAVE_REACHED,
        sent_at__gte=midnight - _DAY, sent_at__lt=midnight + 2 * _DAY,
    ).exclude(purpose__in=(CODE, INTERNAL))  # fmt: skip
    instants = handed.values_list("company_id", "sent_at")
    return sum(at is not None and business_date(at, company_zone(company)) == day for company, at in instants)
