"""Which customers are one, now and as it was known, and how that came to be.

Of a reader (`theirs`) only customers they see are one: known now whoever sees one sees the other, but of two that were
made two again they may see either alone, also where they ask what was known in between.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import OuterRef, Q, QuerySet, Subquery

from huikuan.mechanisms.columns.queries import in_view, once_in_view
from huikuan.record.customers.domain.seen import EVERYTHING_SEEN, Seen
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


def merged(known_before: int | None = None, theirs: Seen = EVERYTHING_SEEN) -> dict[int, int]:
    """Customer id → the id it is shown under, of those merged; by the facts with tx below `known_before`."""
    pairs = _pairs(known_before).items()
    return {one: into for one, into in pairs if theirs.has_customer(one) and theirs.has_customer(into)}


def shown_as(customer_id: int, known_before: int | None = None, theirs: Seen = EVERYTHING_SEEN) -> int:
    """The customer under which this one is shown."""
    if in_view():
        into = _pairs(known_before).get(customer_id)
    else:
        into = _standing(known_before).filter(from_id=customer_id).values_list("into_id", flat=True).first()
    return into if into and theirs.has_customer(into) else customer_id


def one_with(customer_id: int, known_before: int | None = None, theirs: Seen = EVERYTHING_SEEN) -> frozenset[int]:
    """All customers shown as one with this one, itself among them."""
    shown = shown_as(customer_id, known_before, theirs)
    others: Iterable[int]
    if in_view():
        others = [one for one, into in _pairs(known_before).items() if into == shown]
    else:
        others = _standing(known_before).filter(into_id=shown).values_list("from_id", flat=True)
    return frozenset({customer_id, shown, *(one for one in others if theirs.has_customer(one))})


def with_merged(customer_ids: Collection[int], shown: Mapping[int, int]) -> set[int]:
    """These customers with all that `shown`, as `merged` answers it, shows under them."""
    return {*customer_ids, *(one for one, into in shown.items() if into in customer_ids)}


def under(customer_ids: Iterable[int] | None = None) -> dict[int, int]:
    """Who is merged into these customers (None: into any) → into which, as known now. Whoever was merged first comes
    last, and so is heard where the shown one says nothing itself."""
    facts = _standing(None).order_by("-id")
    if customer_ids is not None:
        facts = facts.filter(into_id__in=list(customer_ids))
    return dict(facts.values_list("from_id", "into_id"))


def ever_one_with(customer_id: int) -> frozenset[int]:
    """All customers that were ever shown as one with this one, itself among them: what was done then stands."""
    shown = {customer_id, *Merge.objects.filter(from_id=customer_id).values_list("into_id", flat=True)}
    return frozenset({*shown, *Merge.objects.filter(into_id__in=shown).values_list("from_id", flat=True)})


def _pairs(known_before: int | None) -> dict[int, int]:
    """All of them: a page asks of many customers, and reads them once."""

    def ask() -> dict[int, int]:
        return dict(_standing(known_before).values_list("from_id", "into_id"))

    return once_in_view(("merged", known_before), ask)


def _standing(known_before: int | None) -> QuerySet[Merge]:
    """The merges nobody has undone, by the facts with tx below `known_before` (None: all)."""
    facts = Merge.objects.all() if known_before is None else Merge.objects.filter(tx__lt=known_before)
    undone = facts.filter(reversal_of__isnull=False).values("reversal_of")
    return facts.filter(reversal_of=None).exclude(pk__in=undone)


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
