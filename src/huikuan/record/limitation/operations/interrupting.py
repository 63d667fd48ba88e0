"""Writing down what interrupted limitation, with its evidence; and taking it back."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from huikuan.kernel.dates import business_date
from huikuan.kernel.errors import Place, Refusal
from huikuan.kernel.text import tidy
from huikuan.mechanisms.audit.operations import record
from huikuan.mechanisms.events.operations import announce
from huikuan.mechanisms.files.operations import keep_bytes, store_kept
from huikuan.mechanisms.identity.actors import SYSTEM
from huikuan.mechanisms.identity.models import Company
from huikuan.mechanisms.store.transactions import retrying
from huikuan.record.customers.queries import among, customers_by_id
from huikuan.record.limitation.domain.kinds import KINDS, STRENGTHS, STRONG, at_least
from huikuan.record.limitation.models import Interruption
from huikuan.record.limitation.queries.debts import began_on
from huikuan.record.receivables.models import Item

LONGEST = 200


@dataclass(frozen=True, slots=True)
class Paper:
    """A proof as it was handed in."""

    content: Path | bytes
    name: str


@dataclass(frozen=True, slots=True)
class Cause:
    """What happened. `source`: the event that told of it, '' where a person says so; `strength`: no better than its
    kind can have, and strong by hand only with its paper."""

    kind: str
    on: date
    strength: str
    note: str = ""
    source: str = ""


def record_interruption(
    *,
    item_ids: Collection[int],
    kind: str,
    on: date,
    strength: str,
    file: Paper | None = None,
    note: str = "",
    source: str = "",
    actor: str,
    at: datetime,
) -> list[int]:
    """The limitation of these items' debts began anew; answers a fact for each. Told of a `source` again it writes
    nothing while what it told of stands; taken back (bounced) and told anew (sent again) it counts again.

    Refuses an unknown item or kind, a day ahead, evidence stronger than its kind can be; by hand, strong evidence
    without its paper and a day before the claim existed.
    """
    cause = Cause(kind, on, strength, tidy(note)[:LONGEST], source)
    kept = keep_bytes(file.content) if file else None

    def work() -> list[int]:
        items = list(Item.objects.filter(id__in=among(item_ids), side="debit").order_by("id"))
        if missing := sorted(set(item_ids) - {item.pk for item in items}):
            raise Refusal("limitation_no_clock", item=missing[0])
        if not items:
            raise Refusal("limitation_items_missing")
        for company in {item.company_id for item in items}:
            _check(cause, company, file, at)
        _require_claimed(cause, items)
        ids = {item.pk for item in items}
        known, times = _known(source, ids), _times_told(source, ids)
        filed = store_kept(kept, file.name, actor=actor, at=at) if kept and file else None
        rows = [
            {
                **_row(cause, filed, actor),
                "company_id": item.company_id,
                "customer_id": item.customer_id,
                "item_id": item.pk,
                "source": f"{source}.{times[item.pk] + 1}" if times[item.pk] else source or None,
            }
            for item in items
            if item.pk not in known
        ]
        return _write(rows, at)

    return retrying(work)


def interrupt_customer(
    *,
    company: Company,
    customer_id: int,
    cause: Cause,
    file: Paper | None = None,
    actor: str,
    at: datetime,
) -> int:
    """The same of everything the customer owed the company on that day; answers the fact."""
    kept = keep_bytes(file.content) if file else None

    def work() -> int:
        if customer_id not in customers_by_id({customer_id}):
            raise Refusal("customer_unknown", customer=customer_id)
        _check(cause, company.pk, file, at)
        filed = store_kept(kept, file.name, actor=actor, at=at) if kept and file else None
        row = {**_row(cause, filed, actor), "company_id": company.pk, "customer_id": customer_id, "item_id": None}
        return _write([row], at)[0]

    return retrying(work)


def withdraw_interruption(*, interruption_id: int, note: str, actor: str, at: datetime) -> None:
    """It did not happen, or its cause was taken back: the clock is as it was without. Refuses a silent no, and one
    that is taken back already."""
    said = tidy(note)[:LONGEST]
    if not said:
        raise Refusal("limitation_reason_missing")
    retrying(lambda: _withdraw([interruption_id], said, actor, at))


def withdraw_source(*, source: str, item_ids: Collection[int] | None = None, note: str, at: datetime) -> int:
    """What an event told of was taken back (`item_ids`: of these alone); answers how many interruptions went."""

    def work() -> int:
        rows = _standing(_told(source))
        if item_ids is not None:
            rows = rows.filter(item_id__in=among(item_ids))
        standing = list(rows.order_by("id").values_list("pk", flat=True))
        _withdraw(standing, tidy(note)[:LONGEST], SYSTEM, at)
        return len(standing)

    return retrying(work)


def _check(cause: Cause, company_id: int, file: Paper | None, at: datetime) -> None:
    kind = KINDS.get(cause.kind)
    if kind is None:
        known = ", ".join(KINDS)
        where = [Place(column="kind", value=cause.kind, fix=known)]
        raise Refusal("limitation_kind_unknown", value=cause.kind, known=known, where=where)
    if cause.strength not in STRENGTHS or not at_least(kind.best, cause.strength):
        where = [Place(column="strength", value=cause.strength, fix=kind.best)]
        raise Refusal("limitation_strength_bad", value=cause.strength, best=kind.best, where=where)
    if cause.strength == STRONG and not cause.source and file is None:
        raise Refusal("limitation_proof_missing", where=[Place(column="file")])
    require_past(cause.on, company_id, at)


def _require_claimed(cause: Cause, items: Sequence[Item]) -> None:
    """Refuse a day, said by hand, on which one of the items' debts did not exist yet. What an event tells of was
    judged by who tells of it."""
    if cause.source:
        return
    began = began_on(items)
    for item in items:
        if cause.on < began[item.pk]:
            number = item.document_number or str(item.pk)
            raise Refusal("limitation_before_claim", number=number, since=began[item.pk], day=cause.on)


def require_past(day: date, company_id: int, at: datetime) -> None:
    """Refuse a day that lies ahead of the company's."""
    today = business_date(at, Company.objects.get(pk=company_id).time_zone)
    if day > today:
        raise Refusal("limitation_ahead", day=day, today=today)


def _row(cause: Cause, filed: Any, actor: str) -> dict[str, Any]:
    return {
        "on": cause.on,
        "kind": cause.kind,
        "strength": cause.strength,
        "source": cause.source or None,
        "note": cause.note,
        "sha256": filed.sha256 if filed else "",
        "file_name": filed.name if filed else "",
        "reversal_of": None,
        "actor": actor,
    }


def _known(source: str, item_ids: Collection[int]) -> set[int]:
    """Items of which what the source told of stands."""
    if not source:
        return set()
    rows = _standing(_told(source)).filter(item_id__in=among(item_ids))
    return {item_id for item_id in rows.values_list("item_id", flat=True) if item_id is not None}


def _told(source: str) -> QuerySet[Interruption]:
    """What a source told of, each time it did: taken back and told of anew it is written again, as `source.2`."""
    of_it = Q(source=source) | Q(source__startswith=f"{source}.")
    return Interruption.objects.filter(of_it, reversal_of__isnull=True)


def _standing(rows: QuerySet[Interruption]) -> QuerySet[Interruption]:
    return rows.exclude(Exists(Interruption.objects.filter(reversal_of=OuterRef("pk"))))


def _times_told(source: str, item_ids: Collection[int]) -> Counter[int | None]:
    """Item → how often the source told of it, taken back or not."""
    if not source:
        return Counter()
    return Counter(_told(source).filter(item_id__in=among(item_ids)).values_list("item_id", flat=True))


def _write(rows: Sequence[dict[str, Any]], at: datetime) -> list[int]:
    if not rows:
        return []
    ids = record(Interruption, list(rows), at=at)
    for (company, customer), numbers in _by_customer(rows, ids).items():
        _tell("limitation.interrupted", company, customer, numbers, at)
    return ids


def _withdraw(numbers: Sequence[int], note: str, actor: str, at: datetime) -> None:
    found = Interruption.objects.in_bulk(list(numbers))
    if missing := sorted(set(numbers) - found.keys()):
        raise Refusal("limitation_interruption_unknown", interruption=missing[0])
    gone = Interruption.objects.filter(reversal_of__in=list(numbers)).values_list("reversal_of", flat=True)
    if taken := sorted(number for number in gone if number is not None):
        raise Refusal("limitation_withdrawn_already", interruption=taken[0])
    same = ("company_id", "customer_id", "item_id", "on", "kind", "strength", "sha256", "file_name")
    rows = [
        {
            **{name: getattr(found[number], name) for name in same},
            "source": None,
            "note": note,
            "reversal_of": number,
            "actor": actor,
        }
        for number in numbers
    ]
    if rows:
        ids = record(Interruption, rows, at=at)
        for (company, customer), reversals in _by_customer(rows, ids).items():
            _tell("limitation.withdrawn", company, customer, reversals, at)


def _by_customer(rows: Sequence[dict[str, Any]], ids: Sequence[int]) -> dict[tuple[int, int], list[int]]:
    found: dict[tuple[int, int], list[int]] = {}
    for row, number in zip(rows, ids, strict=True):
        found.setdefault((row["company_id"], row["customer_id"]), []).append(number)
    return found


def _tell(kind: str, company_id: int, customer_id: int, numbers: Sequence[int], at: datetime) -> None:
    announce(kind, at=at, company_id=company_id, customer_id=customer_id, payload={"interruptions": list(numbers)})
