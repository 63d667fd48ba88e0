"""What the clocks of items go by: the dues of each debt, what interrupted it, what suspended it. A few
questions for any number of items."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef, Q

from huikuan.record.customers.domain.merging import shown_under
from huikuan.record.customers.queries import among
from huikuan.record.customers.queries.merging import merged
from huikuan.record.limitation.domain.clock import Interruption, Suspension
from huikuan.record.limitation.domain.dues import Due, History, dues_of
from huikuan.record.limitation.domain.kinds import OTHER, PAYMENT, STRONG, WEAK
from huikuan.record.limitation.models import Interruption as InterruptionFact
from huikuan.record.limitation.models import Suspension as SuspensionFact
from huikuan.record.receivables.domain.schedules import Line, Version
from huikuan.record.receivables.models import Item, Schedule
from huikuan.record.receivables.queries.applied import applied_to
from huikuan.record.receivables.queries.schedules import versions_of

#: What falls under its own law: a bill (two years from maturity, Negotiable Instruments Law 17).
NOT_HERE = ("bill",)
#: Credits by which the debtor itself agrees that it owes (Interpretation 14), or we claim (set-off, 11).
_AGREEING = ("receipt", "bill", "barter", "offset")
#: What of a debt counts for itself: interest and costs are no instalments of the price.
_APART = ("interest", "fee", "refund")
#: So many names are told to the database at once.
_AT_ONCE = 500
#: Versions of a schedule that an event made, or its being taken back.
_OF_EVENTS = ("milestone", "milestone_withdrawn")


@dataclass(frozen=True, slots=True)
class Debt:
    """A debt and all its items. `dues`: when the last of it falls due, as was said from day to day."""

    item_ids: frozenset[int]
    dues: tuple[Due, ...]
    interruptions: tuple[Interruption, ...]
    suspensions: tuple[Suspension, ...]


def debts_of(item_ids: Collection[int], as_of: date) -> dict[int, Debt]:
    """Item → its debt with everything up to `as_of`; items unknown, reversed or on the credit side are left out."""
    asked = list(_claims().filter(id__in=among(item_ids)))
    groups = _grouped(asked)
    every = [item for members in groups.values() for item in members]
    ids = {item.pk for item in every}
    under = merged()
    histories, paid = _histories(every), _payments(ids, as_of)
    told, stopped = _told(every, under, as_of), _stopped(every, under, as_of)
    found: dict[int, Debt] = {}
    for item in asked:
        members = groups[_debt_of(item)]
        found[item.pk] = Debt(
            frozenset(one.pk for one in members),
            dues_of([histories[one.pk] for one in members], as_of),
            tuple(
                sorted(_distinct(members, paid, told, under), key=lambda one: (one.on, one.id or 0)),
            ),
            tuple(dict.fromkeys(one for member in members for one in _of(member, stopped, under))),
        )
    return found


def began_on(items: Collection[Item]) -> dict[int, date]:
    """Item → the first day on which anything can have been asked for of its debt: of its oldest document, or the day
    it was due first where that is earlier. When it came into the ledger does not matter: it may have been imported."""
    groups = _grouped(items)
    return {item.pk: min(map(_began, groups[_debt_of(item)])) for item in items}


def _began(item: Item) -> date:
    return min(item.document_date, item.due_date or item.document_date)


def _claims() -> Any:
    mirrored = Item.objects.filter(reversal_of=OuterRef("pk"))
    rows = Item.objects.filter(side="debit", reversal_of__isnull=True).exclude(kind__in=NOT_HERE)
    return rows.exclude(Exists(mirrored))


def _debt_of(item: Item) -> tuple[Any, ...]:
    """What the instalments of one debt share; an item that shares nothing is one by itself."""
    if not item.obligation or item.kind in _APART:
        return (item.pk,)
    return item.company_id, item.customer_id, item.currency, item.obligation


def _grouped(items: Iterable[Item]) -> dict[tuple[Any, ...], list[Item]]:
    groups: dict[tuple[Any, ...], dict[int, Item]] = defaultdict(dict)
    shared: dict[int, set[str]] = defaultdict(set)
    for item in items:
        groups[_debt_of(item)][item.pk] = item
        if len(_debt_of(item)) > 1:
            shared[item.customer_id].add(item.obligation)
    names = sorted({name for of in shared.values() for name in of})
    for start in range(0, len(names), _AT_ONCE):
        some = _claims().filter(customer_id__in=among(shared), obligation__in=names[start : start + _AT_ONCE])
        for item in some.exclude(kind__in=_APART):
            if (key := _debt_of(item)) in groups:
                groups[key][item.pk] = item
    return {key: [of[pk] for pk in sorted(of)] for key, of in groups.items()}


def _histories(items: Collection[Item]) -> dict[int, History]:
    """Item → its schedules, and which of them there is a paper for. An event's paper proves the event, and no day that
    its version of the schedule took over from the one before."""
    ids = {item.pk for item in items}
    rows = Schedule.objects.filter(item_id__in=among(ids))
    changed = rows.values_list("item_id", "version", "reason", "file_sha256").distinct()
    on_paper: dict[int, set[int]] = defaultdict(set)
    for item_id, version, reason, paper in changed:
        on_paper[item_id].update([version] if paper and reason not in _OF_EVENTS else ())
    versions = versions_of(on_paper) if on_paper else {}
    own = {
        item.pk: [Version(0, item.posting_date, (Line(item.due_date, item.awaits, item.amount),))]
        for item in items
        if item.pk not in versions
    }
    return {item_id: History(of, on_paper.get(item_id, ())) for item_id, of in (own | versions).items()}


def _payments(ids: Collection[int], as_of: date) -> dict[int, list[Interruption]]:
    """What was paid of each item and not taken back: on the day the money came, not the day it was applied."""
    settled = [one for one in applied_to(ids) if one.on <= as_of]
    paying = {one.credit_id for one in settled}
    credits_ = Item.objects.filter(id__in=among(paying), kind__in=_AGREEING) if paying else Item.objects.none()
    came = dict(credits_.values_list("id", "posting_date"))
    found: dict[int, list[Interruption]] = defaultdict(list)
    for one in settled:
        if one.credit_id in came:
            day = min(one.on, came[one.credit_id])
            found[one.debit_id].append(Interruption(day, PAYMENT, STRONG, settlement_id=one.id))
    return found


#: Rows by the item they name, and those that name none by company and customer.
_By = Mapping[Any, list[Any]]


def _told(items: Collection[Item], under: Mapping[int, int], as_of: date) -> _By:
    undone = InterruptionFact.objects.filter(reversal_of=OuterRef("pk"))
    rows = InterruptionFact.objects.filter(reversal_of__isnull=True, on__lte=as_of).exclude(Exists(undone))
    found: dict[Any, list[Any]] = defaultdict(list)
    for row in rows.filter(_concerning(items, under)).order_by("id"):
        one = Interruption(
            row.on,
            row.kind,
            row.strength,
            row.pk,
            None,
            row.note,
            row.source or "",
            row.sha256,
            row.file_name,
            row.actor,
        )
        found[_place(row, under)].append(one)
    return found


def _stopped(items: Collection[Item], under: Mapping[int, int], as_of: date) -> _By:
    newer = SuspensionFact.objects.filter(replaces=OuterRef("pk"))
    rows = SuspensionFact.objects.filter(lifted=False, from_on__lte=as_of).exclude(Exists(newer))
    found: dict[Any, list[Any]] = defaultdict(list)
    for row in rows.filter(_concerning(items, under)).order_by("id"):
        strength = STRONG if row.sha256 else WEAK
        one = Suspension(
            row.from_on, row.until_on, strength, row.pk, row.cause or OTHER, row.note, row.sha256 or "",
            row.file_name or "", row.actor,
        )  # fmt: skip
        found[_place(row, under)].append(one)
    return found


def _concerning(items: Collection[Item], under: Mapping[int, int]) -> Q:
    shown = {shown_under(under, item.customer_id) for item in items}
    members = shown | {one for one, into in under.items() if into in shown}
    ids = {item.pk for item in items}
    return Q(item_id__in=among(ids)) | Q(item_id__isnull=True, customer_id__in=among(members))


def _place(row: Any, under: Mapping[int, int]) -> Any:
    return row.item_id or (row.company_id, shown_under(under, row.customer_id))


def _of(item: Item, rows: _By, under: Mapping[int, int]) -> list[Any]:
    return [*rows.get(item.pk, ()), *rows.get((item.company_id, shown_under(under, item.customer_id)), ())]


def _distinct(
    members: Iterable[Item], paid: Mapping[int, list[Interruption]], told: _By, under: Mapping[int, int]
) -> Iterable[Interruption]:
    """Of a debt's items, each once. What was said of everything owed concerns what was posted by then."""
    seen: dict[Interruption, None] = {}
    for member in members:
        for one in (*paid.get(member.pk, ()), *told.get(member.pk, ())):
            seen[one] = None
        for one in told.get((member.company_id, shown_under(under, member.customer_id)), ()):
            if one.on >= member.posting_date:
                seen[one] = None
    return seen
