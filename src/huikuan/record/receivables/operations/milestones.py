"""Items that await a milestone follow it: they fall due when its event happened, and wait again when it is
taken back. Told by the contracts inside the transaction that records the event, so both stand or neither.
Items that come later catch up after their own commit, and so do those of customers that became one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext

from huikuan.kernel.errors import Place, Refusal
from huikuan.mechanisms.events.subscribers import Announced, Announcing
from huikuan.mechanisms.identity.actors import SYSTEM
from huikuan.record.contracts.domain.milestones import fold, names_of
from huikuan.record.contracts.models import Contract
from huikuan.record.contracts.operations.milestones import REACHED, WITHDRAWN
from huikuan.record.contracts.queries.terms import standing_of_many, terms_of_many
from huikuan.record.customers.domain.merging import shown_under
from huikuan.record.customers.queries.merging import ever_one_with, merged, one_with
from huikuan.record.receivables.domain.schedules import Version, made_due, taken_back
from huikuan.record.receivables.domain.settling import REVERSAL
from huikuan.record.receivables.models import Item, OpenItem, Schedule, Settlement
from huikuan.record.receivables.operations import open_items
from huikuan.record.receivables.operations.schedules import Change, record_schedules
from huikuan.record.receivables.queries.periods import locked_through as period_locked_through
from huikuan.record.receivables.queries.schedules import versions_of

KINDS = frozenset({REACHED, WITHDRAWN})
MERGED = "customers.merged"
#: After which a claim may await what has happened already.
CATCHING_UP = frozenset(
    {
        "receivables.posted",
        "receivables.reversed",
        "receivables.rescheduled",
        "connectors.imported",
        "connectors.undone",
        MERGED,
    }
)
REASON, TAKEN_BACK = "milestone", "milestone_withdrawn"
#: Items asked for in one statement; a database takes only so many parameters.
_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Milestone:
    """A milestone event as the ledger needs it. `awaits`: the folded names by which items wait for it."""

    event_id: int
    company_id: int
    customer_id: int
    contract_number: str
    awaits: frozenset[str]
    happened_on: date
    due_date: date
    file_sha256: str
    actor: str

    @property
    def note(self) -> str:
        """How a schedule names the event that made it."""
        return f"milestone {self.event_id}"

    def means(self, awaits: str) -> bool:
        """Whether an item that says it awaits so waits for this."""
        return fold(awaits) in self.awaits


def follow_milestone(event: Announcing) -> None:
    """Bring the items of the contract to what the event says. Refuses a withdrawal while payments or later
    schedules rest on the due dates, listing them."""
    milestone = _milestone(event)
    if event.kind == REACHED:
        make_due({item_id: [milestone] for item_id in _open_items(milestone)}, at=event.recorded_at)
    else:
        _put_back(milestone, at=event.recorded_at)


def make_due(waiting: Mapping[int, Sequence[Milestone]], *, at: datetime) -> int:
    """Whatever of the open items (each with the milestones it may wait for) awaits one falls due on its due
    date; answers how many versions that made. For how many items ever, as many statements."""
    changes: list[Change] = []
    for item_ids in _some(sorted(waiting)):
        held = open_items.lock(item_ids)
        for item_id, history in versions_of(held.sides).items():
            locked_through = held.locked_through[held.sides[item_id].company_id]
            for milestone in waiting[item_id]:
                versions = made_due(
                    history,
                    milestone.means,
                    happened_on=milestone.happened_on,
                    due_date=milestone.due_date,
                    locked_through=locked_through,
                )
                history.extend(versions)
                changes += [_change(item_id, version, REASON, milestone) for version in versions]
    record_schedules(changes, at=at)
    return len(changes)


def catch_up(event: Announced) -> None:
    """Items that came, were opened again or were given a new schedule after the event they name, and those of
    customers that were merged: they fall due as if they had waited for it. For subscribers to CATCHING_UP, after
    commit; told again it finds nothing to do."""
    for company_id, late in _maybe_late(event).items():
        for item_ids in _some(late):
            found = Item.objects.filter(id__in=item_ids).values_list("id", "customer_id", "contract_number")
            under = merged()
            agreed = {item_id: (shown_under(under, whose), number) for item_id, whose, number in found}
            reached = _reached(company_id, set(agreed.values()), under)
            waiting = {item_id: reached[key] for item_id, key in agreed.items() if key in reached}
            make_due(waiting, at=event.recorded_at)


def _maybe_late(event: Announced) -> dict[int, list[int]]:
    """Company → open items of a contract that the event posted, opened again, rescheduled or merged with others, and
    that await something by their own or by a later schedule."""
    waits = ~Q(awaits="") | Q(id__in=Schedule.objects.exclude(awaits="").values("item_id"))
    late = Item.objects.filter(_touched(event) & waits).exclude(contract_number="")
    if event.company_id is not None:
        late = late.filter(company_id=event.company_id)
    elif event.kind != MERGED:
        return {}  # customers belong to no company
    found: dict[int, list[int]] = {}
    still_open = late.filter(id__in=OpenItem.objects.values("item_id")).order_by("id")
    for item_id, company_id in still_open.values_list("id", "company_id"):
        found.setdefault(company_id, []).append(item_id)
    return found


def _touched(event: Announced) -> Q:
    """The items of which the event speaks; what a milestone itself rescheduled is not looked at again."""
    said = event.payload
    if event.kind == MERGED:
        return Q(customer_id__in=one_with(event.customer_id or 0))
    freed = Settlement.objects.filter(reversal_of__isnull=False)
    planned = Schedule.objects.exclude(awaits="").exclude(reason__in=(REASON, TAKEN_BACK))
    if event.kind == "receivables.posted":
        return Q(id__in=said["items"])
    if event.kind == "receivables.rescheduled":
        return Q(id__in=planned.filter(item_id=said["item"], version=said["version"]).values("item_id"))
    if event.kind == "receivables.reversed":
        return _either(freed.filter(id__in=said.get("settlements", [])))
    batch_id = said["batch_id"]
    planned = planned.filter(note=f"batch {batch_id}")
    return Q(batch_id=batch_id) | Q(id__in=planned.values("item_id")) | _either(freed.filter(batch_id=batch_id))


def _either(settlements: QuerySet[Settlement]) -> Q:
    return Q(id__in=settlements.values("credit_id")) | Q(id__in=settlements.values("debit_id"))


def _reached(
    company_id: int, wanted: set[tuple[int, str]], under: Mapping[int, int]
) -> dict[tuple[int, str], list[Milestone]]:
    """(customer, contract number) → the milestones whose events stand; the contracts are held so that none is
    taken back meanwhile. `under`: who is merged into whom; the customers are those shown."""
    shown, numbers = {customer for customer, _ in wanted}, {number for _, number in wanted}
    customers = shown | {one for one, into in under.items() if into in shown}
    rows = Contract.objects.select_for_update().filter(
        company_id=company_id, customer_id__in=customers, number__in=numbers
    )
    held = {row.pk: (shown_under(under, row.customer_id), row.number) for row in rows.order_by("pk")}
    happened = standing_of_many(pk for pk, key in held.items() if key in wanted)
    terms = terms_of_many(happened)
    found: dict[tuple[int, str], list[Milestone]] = {}
    for pk, stands in happened.items():
        found.setdefault(held[pk], []).extend(
            Milestone(
                event_id=stands[one.code].event_id,
                company_id=company_id,
                customer_id=held[pk][0],
                contract_number=held[pk][1],
                awaits=names_of(one, terms[pk].milestones),
                happened_on=stands[one.code].happened_on,
                due_date=stands[one.code].due_date,
                file_sha256="",
                actor=SYSTEM,
            )
            for one in terms[pk].milestones
            if one.code in stands
        )
    return found


def _put_back(milestone: Milestone, *, at: datetime) -> None:
    # For ourselves: what is paid has no row to hold, and may be opened again meanwhile.
    open_items.take_period(milestone.company_id)
    made = _made_due(milestone)
    histories = versions_of(made)
    open_items.lock(made)
    _refuse_dependants(milestone, made, histories)
    locked_through = period_locked_through(milestone.company_id)
    changes = [
        _change(item_id, version, TAKEN_BACK, milestone)
        for item_id, given in made.items()
        for version in taken_back(histories[item_id], given.numbers, locked_through)
    ]
    record_schedules(changes, at=at, closed=True)


def _change(item_id: int, version: Version, reason: str, milestone: Milestone) -> Change:
    return Change(
        item_id, version.lines, version.effective_on, reason, milestone.actor, milestone.note, milestone.file_sha256
    )


def _some(item_ids: Sequence[int]) -> Iterator[Sequence[int]]:
    """The items in portions that one statement takes."""
    return (item_ids[start : start + _AT_ONCE] for start in range(0, len(item_ids), _AT_ONCE))


@dataclass(frozen=True, slots=True)
class _Given:
    """The schedule versions that the event gave an item, and the first day on which one of them governed."""

    numbers: frozenset[int]
    since: date


def _made_due(milestone: Milestone) -> dict[int, _Given]:
    """Item → what the event gave it, also while its customer was one with another; items reversed since are left as
    they are."""
    whose = Item.objects.filter(customer_id__in=ever_one_with(milestone.customer_id))
    own = whose.filter(
        company_id=milestone.company_id,
        contract_number=milestone.contract_number,
        reversal_of=None,
    ).exclude(id__in=whose.filter(reversal_of__isnull=False).values("reversal_of"))
    rows = Schedule.objects.filter(item_id__in=own.values("id"), reason=REASON, note=milestone.note)
    found = rows.order_by("item_id", "version").values_list("item_id", "version", "effective_on").distinct()
    given: dict[int, _Given] = {}
    for item_id, version, day in found:
        before = given.get(item_id, _Given(frozenset(), day))
        given[item_id] = _Given(before.numbers | {version}, min(before.since, day))
    return given


def _refuse_dependants(milestone: Milestone, made: dict[int, _Given], histories: dict[int, list[Version]]) -> None:
    where = [
        Place(
            column="schedule",
            value=str(item_id),
            reason=gettext("This item's schedule was changed since."),
            fix=gettext("Give it a new schedule by itself."),
        )
        for item_id in _replanned(made, histories)
    ]
    where += [
        Place(
            column="settlement",
            value=str(settlement_id),
            reason=gettext("This settlement cleared an item after the milestone made it due."),
            fix=gettext("Reverse the settlement first."),
        )
        for settlement_id in _settled_since(made)
    ]
    if where:
        raise Refusal("milestone_has_dependants", where=where, event=milestone.event_id, count=len(where))


def _replanned(made: dict[int, _Given], histories: dict[int, list[Version]]) -> list[int]:
    """The items that got a schedule which no milestone gave after all that the event gave them."""
    by_events: set[tuple[int, int]] = set()
    for item_ids in _some(list(made)):
        moved = Schedule.objects.filter(item_id__in=item_ids, reason__in=(REASON, TAKEN_BACK))
        by_events.update(moved.values_list("item_id", "version"))
    return [
        item_id
        for item_id, given in made.items()
        if any(
            version.number > max(given.numbers) and (item_id, version.number) not in by_events
            for version in histories[item_id]
        )
    ]


def _settled_since(made: dict[int, _Given]) -> list[int]:
    """Settlements that stand on the items and took effect on the first day of what the event gave, or later."""
    undone = Settlement.objects.filter(reversal_of__isnull=False).values("reversal_of")
    standing = Settlement.objects.filter(reversal_of__isnull=True).exclude(reason=REVERSAL).exclude(id__in=undone)
    since: set[int] = set()
    for item_ids in _some(list(made)):
        either = standing.filter(Q(credit_id__in=item_ids) | Q(debit_id__in=item_ids))
        for settlement_id, day, *sides in either.values_list("id", "effective_on", "credit_id", "debit_id"):
            if any(side in made and day >= made[side].since for side in sides):
                since.add(settlement_id)
    return sorted(since)


def _open_items(milestone: Milestone) -> list[int]:
    """Open items of the contract; which of them wait, their schedules say."""
    one = one_with(milestone.customer_id)
    still_open = OpenItem.objects.filter(customer_id__in=one, company_id=milestone.company_id)
    found = Item.objects.filter(
        id__in=still_open.values("item_id"), contract_number=milestone.contract_number, reversal_of=None
    )
    return list(found.order_by("id").values_list("id", flat=True))


def _milestone(event: Announcing | Announced) -> Milestone:
    said: dict[str, Any] = dict(event.payload)
    return Milestone(
        event_id=said["event_id"],
        company_id=event.company_id or 0,
        customer_id=event.customer_id or 0,
        contract_number=said["contract_number"],
        awaits=frozenset(said.get("awaits", ())),
        happened_on=date.fromisoformat(said["happened_on"]),
        due_date=date.fromisoformat(said["due_date"]),
        file_sha256=said["file_sha256"],
        actor=said["actor"],
    )
