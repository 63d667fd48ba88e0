"""What is disputed of which item on a day: what dunning leaves alone, and what it still pursues."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from datetime import date
from typing import Any

from django.db import connection
from django.db.models import OuterRef, QuerySet, Subquery

from huikuan.mechanisms.columns.tables import ALWAYS_KNOWN
from huikuan.mechanisms.store.wire import among, listed
from huikuan.record.disputes.domain.amounts import Disputed, DisputeStanding, standing_of
from huikuan.record.disputes.domain.life import RESOLVED
from huikuan.record.disputes.models import Dispute, DisputeStep

#: Disputes that are not resolved on the day, with what is open of their items: one statement, however many there are.
_STANDING = f"""
SELECT d.item_id, d.id, s.amount, d.reason, s.pauses, i.amount
    - COALESCE((SELECT SUM(c.debit_amount) FROM receivables_settlement c
        WHERE c.debit_id = d.item_id AND c.effective_on <= %(day)s AND c.tx < %(known)s), 0)
FROM disputes_dispute d
JOIN disputes_disputestep s ON s.dispute_id = d.id AND s.number = (
    SELECT MAX(p.number) FROM disputes_disputestep p
    WHERE p.dispute_id = d.id AND p.effective_on <= %(day)s AND p.tx < %(known)s)
JOIN receivables_item i ON i.id = d.item_id
WHERE d.company_id = %(company)s AND d.opened_on <= %(day)s AND d.tx < %(known)s
    AND s.state <> '{RESOLVED}' AND i.posting_date <= %(day)s{{narrowed}}
ORDER BY d.item_id, d.id
"""


def standing(
    company_id: int, as_of: date, *, known: int | None = None, item_ids: Collection[int] | None = None
) -> dict[int, DisputeStanding]:
    """Item (of these; None: of all) → what is disputed of it on the day. Items nothing is disputed of, or nothing is
    open of, are left out."""
    values: dict[str, int | date | str] = {
        "company": company_id,
        "day": as_of,
        "known": ALWAYS_KNOWN if known is None else known,
    }
    narrowed = ""
    if item_ids is not None:
        narrowed, values["items"] = f" AND d.item_id {among('%(items)s')}", listed(item_ids)
    with connection.cursor() as cursor:
        cursor.execute(_STANDING.format(narrowed=narrowed), values)
        rows = cursor.fetchall()
    disputes: dict[int, list[Disputed]] = defaultdict(list)
    open_of: dict[int, int] = {}
    for item_id, dispute_id, amount, reason, pauses, still_open in rows:
        disputes[item_id].append(Disputed(dispute_id, amount, reason, bool(pauses)))
        open_of[item_id] = int(still_open)
    found = {item_id: standing_of(those, open_of[item_id]) for item_id, those in disputes.items()}
    return {item_id: one for item_id, one in found.items() if one is not None}


def unresolved_of(item_id: int) -> list[tuple[Dispute, DisputeStep]]:
    """The disputes of an item that stand now, oldest first, each with its last step."""
    found = []
    for dispute in Dispute.objects.filter(item_id=item_id).order_by("pk"):
        last = DisputeStep.objects.filter(dispute_id=dispute.pk).order_by("number").last()
        if last is not None and last.state != RESOLVED:
            found.append((dispute, last))
    return found


def with_state(
    disputes: QuerySet[Dispute], day: date | None = None, known: int | None = None, names: Collection[str] = ()
) -> QuerySet[Any]:
    """The disputes recorded by the day, each with `state`, `number` and the further columns `names` of its last step
    by then, prefixed `now_`."""
    horizon = ALWAYS_KNOWN if known is None else known
    steps = DisputeStep.objects.filter(dispute_id=OuterRef("pk"), tx__lt=horizon)
    if day is not None:
        steps = steps.filter(effective_on__lte=day)
    last = steps.order_by("-number")
    columns = {f"now_{name}": Subquery(last.values(name)[:1]) for name in ("state", "number", *names)}
    annotated: QuerySet[Any] = disputes.filter(tx__lt=horizon).annotate(**columns)
    return annotated.filter(now_state__isnull=False)
