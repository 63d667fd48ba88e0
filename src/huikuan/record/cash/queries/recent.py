"""What a payer's earlier money was applied to, and what people did by hand."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q

from huikuan.record.banking.models import BankLine
from huikuan.record.cash.models import Application, Undoing
from huikuan.record.customers.queries import customers_by_id

_BY_HAND = (Application.Kind.ACCEPTED, Application.Kind.MANUAL)


@dataclass(frozen=True, slots=True)
class Earlier:
    """One application of money of this payer. `items`: how many claims it paid; `undone`: it was taken back since."""

    application_id: int
    line_id: int
    day: date
    amount: int
    currency: str
    customer_id: int
    customer: str
    items: int
    kind: str
    actor: str
    undone: bool


def earlier_of(line_id: int, *, limit: int = 4) -> list[Earlier]:
    """What the payer of a line (its name or its account) paid before, the latest first."""
    line = BankLine.objects.only("company_id", "counterparty_name", "counterparty_account").get(id=line_id)
    who = Q()
    if line.counterparty_name:
        who |= Q(counterparty_name=line.counterparty_name)
    if line.counterparty_account:
        who |= Q(counterparty_account=line.counterparty_account)
    if not who:
        return []
    lines = BankLine.objects.filter(who, company_id=line.company_id, amount__gt=0).exclude(id=line_id)
    days = dict(lines.values_list("id", "booked_on"))
    found = list(Application.objects.filter(line_id__in=list(days)).order_by("-id")[:limit])
    undone = undone_of([one.id for one in found])
    names = customers_by_id({one.customer_id for one in found})
    return [
        Earlier(
            application_id=one.id,
            line_id=one.line_id,
            day=days[one.line_id],
            amount=one.amount,
            currency=one.currency,
            customer_id=one.customer_id,
            customer=names[one.customer_id].name,
            items=len(one.parts),
            kind=one.kind,
            actor=one.actor,
            undone=one.id in undone,
        )
        for one in found
        if one.line_id is not None
    ]


def undone_of(application_ids: Collection[int]) -> set[int]:
    """Those of the applications that were taken back."""
    found = Undoing.objects.filter(application_id__in=application_ids)
    return set(found.values_list("application_id", flat=True))


def by_hand_since(actor: str, since: datetime) -> int:
    """How many lines somebody applied by hand or accepted since an instant."""
    found = Application.objects.filter(actor=actor, recorded_at__gte=since, kind__in=_BY_HAND)
    return found.values("line_id").distinct().count()
