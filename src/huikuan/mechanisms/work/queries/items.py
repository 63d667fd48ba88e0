"""Items with where they stand."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import CharField, Exists, F, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from huikuan.kernel.dates import business_date
from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.identity.domain.scope import Part, Scope, scope_of
from huikuan.mechanisms.identity.reaching import reached
from huikuan.mechanisms.work.domain.lifecycle import ENDING, OPEN, Stand, stand_of
from huikuan.mechanisms.work.kinds import About
from huikuan.mechanisms.work.models import WorkItem, WorkStep


@dataclass(frozen=True, slots=True)
class ItemRow:
    """An item with where it stands; `closed_by`, `closed_at`, `result` and `note` of one that is over."""

    id: int
    kind: str
    key: str
    company_id: int | None
    customer_id: int | None
    shown: Mapping[str, Any]
    due_on: date
    opened_at: datetime
    opened_by: str
    state: str
    owner: str
    role: str
    above: str
    escalates_to: str
    result: str
    note: str
    closed_by: str
    closed_at: datetime | None

    @property
    def about(self) -> About:
        """The item as its kind is told of it."""
        return About(self.kind, self.key, self.company_id, self.customer_id, self.shown)

    @property
    def stand(self) -> Stand:
        return Stand(self.state, self.owner, self.role, self.above)


@dataclass(frozen=True, slots=True)
class StepRow:
    """One step of an item's history, with for whom it was then."""

    step: str
    at: datetime
    actor: str
    owner: str
    role: str
    above: str
    result: str
    note: str


def item_record(item_id: int) -> WorkItem:
    """The item's record, for operations; refuses an unknown id."""
    found = WorkItem.objects.filter(pk=item_id).first()
    if found is None:
        raise Refusal("work_item_unknown", item=item_id)
    return found


def item(item_id: int, *, scope: Scope) -> ItemRow:
    """One item; refuses an unknown one and one out of reach alike."""
    found = reached_by(WorkItem.objects.filter(pk=item_id), scope).first()
    if found is None:
        raise Refusal("work_item_unknown", item=item_id)
    return rows_of([found])[0]


def reached_by(rows: QuerySet[WorkItem], scope: Scope) -> QuerySet[WorkItem]:
    """Those of the items a reader reaches: of customers they reach, in a company they reach them in where it is about
    one; of no customer, in companies they see whole."""
    if scope.everything:
        return rows
    whole = scope.whole_companies
    common = Q(customer_id=None) if whole is None else Q(customer_id=None, company_id__in=whole)
    anywhere = scope_of((Part(None, part.owners) for part in scope.parts), on=scope.on)
    shared = reached(WorkItem.objects.filter(company_id=None, customer_id__isnull=False), anywhere)
    theirs = reached(WorkItem.objects.all(), scope)
    return rows.filter(Q(pk__in=theirs.values("pk")) | Q(pk__in=shared.values("pk")) | common)


def standing(rows: QuerySet[WorkItem]) -> QuerySet[Any]:
    """The items with the columns `now_step`, `now_owner`, `now_role`, `now_above`: as their last steps left them."""
    last = WorkStep.objects.filter(item_id=OuterRef("pk")).order_by("-number")
    nothing = Value("", output_field=CharField())
    return rows.annotate(
        now_step=Coalesce(Subquery(last.values("step")[:1]), nothing),
        now_owner=Coalesce(Subquery(last.values("owner")[:1]), F("owner")),
        now_role=Coalesce(Subquery(last.values("role")[:1]), F("role")),
        now_above=Coalesce(Subquery(last.values("above")[:1]), nothing),
    )


def ended() -> QuerySet[WorkStep]:
    """The steps that ended an item."""
    return WorkStep.objects.filter(step__in=ENDING)


def open_keys(kind: str, keys: Collection[str] | None = None) -> dict[str, int]:
    """Key → id of the items of a kind that are open; `keys`: among these."""
    over = Exists(ended().filter(item_id=OuterRef("pk")))
    rows = WorkItem.objects.filter(~over, kind=kind)
    if keys is not None:
        rows = rows.filter(key__in=keys)
    return dict(rows.values_list("key", "pk"))


def late_and_not_above(at: datetime) -> list[WorkItem]:
    """Open items whose day has passed somewhere by `at` and that were not put to the role above; oldest first."""
    latest = business_date(at) + timedelta(days=1)
    rows = standing(WorkItem.objects.filter(due_on__lt=latest).exclude(escalates_to=""))
    return list(rows.exclude(now_step__in=ENDING).exclude(now_above=F("escalates_to")).order_by("due_on", "pk"))


def rows_of(records: Iterable[WorkItem]) -> list[ItemRow]:
    """The records with where each stands, in their order."""
    found = list(records)
    steps = steps_of([one.pk for one in found])
    return [_row(one, steps[one.pk]) for one in found]


def history(item_id: int) -> list[StepRow]:
    """What became of an item, oldest first."""
    found = steps_of([item_id])[item_id]
    return [
        StepRow(one.step, one.recorded_at, one.actor, one.owner, one.role, one.above, one.result, one.note)
        for one in found
    ]


def steps_of(item_ids: Collection[int]) -> dict[int, list[WorkStep]]:
    """The steps of each item, oldest first."""
    found: dict[int, list[WorkStep]] = {one: [] for one in item_ids}
    for step in WorkStep.objects.filter(item_id__in=item_ids).order_by("number"):
        found[step.item_id].append(step)
    return found


def stand_now(record: WorkItem, steps: Sequence[WorkStep]) -> Stand:
    """Where the item stands after these steps."""
    told = [(one.step, Stand(OPEN, one.owner, one.role, one.above)) for one in steps]
    return stand_of(Stand(OPEN, record.owner, record.role), told)


def _row(record: WorkItem, steps: Sequence[WorkStep]) -> ItemRow:
    stand = stand_now(record, steps)
    last = steps[-1] if stand.state in ENDING else None
    same = ("kind", "key", "company_id", "customer_id", "shown", "due_on", "escalates_to")
    return ItemRow(
        **{name: getattr(record, name) for name in same},
        id=record.pk,
        opened_at=record.recorded_at,
        opened_by=record.actor,
        state=stand.state,
        owner=stand.owner,
        role=stand.role,
        above=stand.above,
        result=last.result if last else "",
        note=last.note if last else "",
        closed_by=last.actor if last else "",
        closed_at=last.recorded_at if last else None,
    )
