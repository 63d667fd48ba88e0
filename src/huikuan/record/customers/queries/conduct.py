"""Who is held to pay late on purpose on a day, and how that came to be."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import F, QuerySet, Window
from django.db.models.functions import Coalesce, FirstValue, RowNumber

from huikuan.mechanisms.identity.domain.scope import Scope
from huikuan.record.customers.models import Conduct, Customer
from huikuan.record.customers.queries.customers import seen
from huikuan.record.customers.queries.families import one_of


@dataclass(frozen=True, slots=True)
class ConductRow:
    """What was decided of a customer's conduct, and by whom. `request_id`: the approval it was decided in."""

    customer_id: int
    flagged: bool
    effective_on: date
    reason: str
    sha256: str
    file_name: str
    request_id: int
    asked_by: str
    actor: str
    recorded_at: datetime


def flagged_on(customer_ids: Collection[int], day: date) -> frozenset[int]:
    """Those of the customers that are flagged on `day`, by what is known now. Customers that are one are flagged
    together: who is merged under another name does not escape by it."""
    shown = Coalesce("merged_into_id", "pk")
    standing = Customer.objects.filter(pk__in=_standing(day).values("customer_id")).values_list(shown, flat=True)
    asked = Customer.objects.filter(pk__in=list(customer_ids)).annotate(shown=shown)
    return frozenset(asked.filter(shown__in=standing).values_list("pk", flat=True))


def members_flagged(customer_id: int, day: date) -> list[int]:
    """Those customers one with this that a flag on `day` was put on itself, by id."""
    theirs = _standing(day).filter(customer_id__in=one_of(customer_id).members)
    return sorted(theirs.values_list("customer_id", flat=True))


def conduct_of(customer_id: int, *, day: date, scope: Scope) -> ConductRow | None:
    """The flag that stands on the customer, or one that is one with it, on `day`; None: none does, or it is not
    seen."""
    if not seen(scope).has_customer(customer_id):
        return None
    flags = _standing(day).filter(customer_id__in=one_of(customer_id).members)
    found = flags.order_by("-effective_on", "-tx", "-id").first()
    return _row(found) if found else None


def conduct_history(customer_id: int, *, scope: Scope) -> list[ConductRow]:
    """Everything ever decided of the customer's conduct and of those that are one with it, the newest first."""
    if not seen(scope).has_customer(customer_id):
        return []
    theirs = Conduct.objects.filter(customer_id__in=one_of(customer_id).members)
    return [_row(fact) for fact in theirs.order_by("-effective_on", "-tx", "-id")]


def _standing(day: date) -> QuerySet[Conduct]:
    """The flags that stand on a day: the last word about each customer by then, where it is a flag."""
    order = [F("effective_on").desc(), F("tx").desc(), F("id").desc()]
    window: Any = {"partition_by": [F("customer_id")], "order_by": order}
    said = Conduct.objects.filter(effective_on__lte=day)
    # A condition on a plain column would come before the ranking, and leave flags that were lifted.
    ranked = said.annotate(place=Window(RowNumber(), **window), stands=Window(FirstValue("flagged"), **window))
    return ranked.filter(place=1, stands=True)


def _row(fact: Conduct) -> ConductRow:
    return ConductRow(**{name: getattr(fact, name) for name in ConductRow.__dataclass_fields__})
