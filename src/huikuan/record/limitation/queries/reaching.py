"""Whose claims and interruptions a reader reaches; out of reach is as not there."""

from __future__ import annotations

from collections.abc import Collection

from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.identity.domain.scope import Scope
from huikuan.record.customers.queries import among, narrowed, seen
from huikuan.record.limitation.models import Interruption, Suspension
from huikuan.record.receivables.models import Item


def claims_seen(item_ids: Collection[int], scope: Scope) -> list[Item]:
    """The debits of these ids; refuses one that is none, unknown or out of reach."""
    found = list(narrowed(Item.objects.filter(id__in=among(item_ids), side="debit"), seen(scope)).order_by("id"))
    if missing := sorted(set(item_ids) - {item.pk for item in found}):
        raise Refusal("limitation_no_clock", item=missing[0])
    return found


def interruption_seen(number: int, scope: Scope) -> Interruption:
    """The interruption; refuses an unknown one, and one out of reach likewise."""
    found = narrowed(Interruption.objects.filter(pk=number), seen(scope)).first()
    if found is None:
        raise Refusal("limitation_interruption_unknown", interruption=number)
    return found


def suspension_seen(number: int, scope: Scope) -> Suspension:
    """The same of a suspension."""
    found = narrowed(Suspension.objects.filter(pk=number), seen(scope)).first()
    if found is None:
        raise Refusal("limitation_suspension_unknown", suspension=number)
    return found
