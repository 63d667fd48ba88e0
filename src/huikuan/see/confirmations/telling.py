"""What a customer's timeline tells of what the customer was asked to confirm, and answered."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, time

from huikuan.act.collection.queries.story import PEOPLE, Asked, Entry
from huikuan.kernel.dates import business_date
from huikuan.see.confirmations.queries import invitations as known

_MOST = 60


def story(asked: Asked) -> Iterator[Entry]:
    """Each invitation under the day it was answered, or sent where nobody has."""
    at = datetime.combine(asked.day, time.max, UTC)
    rows = known.invitations(known.Asked(customer_id=asked.customer_id), scope=asked.scope, at=at, limit=_MOST)
    for row in rows:
        when = row.answered_at or row.invited_at
        shown = {"until": row.until, "person": row.person, "accepted": row.accepted, "disputed": row.disputed}
        what = "answered" if row.answered_at else "asked"
        yield Entry(
            "portal", what, business_date(when), when, row.actor, PEOPLE, "", row.closing, row.currency, shown,
            ("confirmations:invitation", row.id),
        )  # fmt: skip
