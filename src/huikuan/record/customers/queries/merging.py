"""Which customers are one, now and as it was known, and how that came to be."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import OuterRef, Q, QuerySet, Subquery

from huikuan.record.customers.domain.merging import shown_under
from huikuan.record.customers.models import Customer, Merge


@dataclass(frozen=True, slots=True)
class MergeRow:
    """A merge, or its undoing (`undoes`: the merge's id). `standing`: nobody has undone it."""

    id: int
    from_id: int
    from_code: str
    from_name: str
    into_id: int
    into_code: str
    into_name: str
    names: tuple[str, ...]
    reason: str
    actor: str
    recorded_at: datetime
    undoes: int | None
    standing: bool


def merged(known_before: int | None = None) -> dict[int, int]:
    """Customer id → the id it is shown under, of those merged; by the facts with tx below `known_before`."""
    facts = Merge.objects.all() if known_before is None else Merge.objects.filter(tx__lt=known_before)
    undone = facts.filter(reversal_of__isnull=False).values("reversal_of")
    return dict(facts.filter(reversal_of=None).exclude(pk__in=undone).values_list("from_id", "into_id"))


def shown_as(customer_id: int, known_before: int | None = None) -> int:
    """The customer under which this one is shown."""
    return shown_under(merged(known_before), customer_id)


def one_with(customer_id: int, known_before: int | None = None) -> frozenset[int]:
    """All customers shown as one with this one, itself among them."""
    known = merged(known_before)
    shown = shown_under(known, customer_id)
    return frozenset({shown, *(one for one, into in known.items() if into == shown)})


def merges_of(customer_id: int) -> list[MergeRow]:
    """Every merge into or of the customer and their undoings, in the order they were recorded."""
    facts = list(_named(Merge.objects.filter(Q(from_id=customer_id) | Q(into_id=customer_id))).order_by("tx", "id"))
    undone = {fact.reversal_of for fact in facts}
    return [_row(fact, undone) for fact in facts]


def merge(merge_id: int) -> MergeRow | None:
    """The merge with this id, unless there is none."""
    fact = _named(Merge.objects.filter(pk=merge_id, reversal_of=None)).first()
    undone = set(Merge.objects.filter(reversal_of=merge_id).values_list("reversal_of", flat=True))
    return _row(fact, undone) if fact else None


def _named(facts: QuerySet[Merge]) -> QuerySet[Merge]:
    said = {
        f"{side}_{name}": Subquery(Customer.objects.filter(pk=OuterRef(f"{side}_id")).values(name)[:1])
        for side in ("from", "into")
        for name in ("code", "name")
    }
    return facts.annotate(**said)


def _row(fact: Merge, undone: set[int | None]) -> MergeRow:
    names = [f"{side}_{name}" for side in ("from", "into") for name in ("code", "name")]
    return MergeRow(
        id=fact.pk,
        from_id=fact.from_id,
        into_id=fact.into_id,
        **{name: getattr(fact, name) for name in names},
        names=tuple(fact.names),
        reason=fact.reason,
        actor=fact.actor,
        recorded_at=fact.recorded_at,
        undoes=fact.reversal_of,
        standing=fact.reversal_of is None and fact.pk not in undone,
    )
