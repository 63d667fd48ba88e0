"""Whose a customer, or one item of it, is from a day on (归属)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import polars as pl

from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.audit.bulk import record_frame
from huikuan.mechanisms.events.operations import announce
from huikuan.mechanisms.store.transactions import retrying
from huikuan.record.customers.domain.affiliations import SINCE_EVER
from huikuan.record.customers.models import Affiliation, Customer, CustomerGroup
from huikuan.record.customers.queries import among, governing_rows

_LONGEST = 100


@dataclass(frozen=True, slots=True)
class Statement:
    """From `effective_on` on, `dimension` of the customer (or of its item) is `value`.

    `effective_on` None: from the day of recording; since ever where nothing was known before.
    """

    customer_id: int
    dimension: str
    value: str
    effective_on: date | None = None
    item_id: int | None = None


@dataclass(frozen=True, slots=True)
class Move:
    """A customer (or one item of it) that belonged to `former` belongs to `value` from `effective_on` on."""

    customer_id: int
    dimension: str
    former: str
    value: str
    effective_on: date
    item_id: int | None = None


@dataclass(frozen=True, slots=True)
class Affiliated:
    """What was recorded: how many statements said something new, and which of them moved someone."""

    written: int
    moves: tuple[Move, ...]


def affiliate(
    *,
    customer_id: int,
    dimension: str,
    value: str,
    effective_on: date,
    actor: str,
    at: datetime,
    item_id: int | None = None,
) -> int:
    """Record one affiliation; 0 when just this is the record of that day. '' ends an affiliation.

    Refuses an unknown customer, dimension or group, and a merged customer: it is whose the other is. An owner's or
    region's name is free.
    """
    statement = Statement(customer_id, dimension, value, effective_on, item_id)

    def work() -> int:
        _hold([customer_id])
        _check(statement)
        if item_id is None:
            _refuse_merged(customer_id)
        written = affiliate_many([statement], today=effective_on, batch_id=None, actor=actor, at=at).written
        if written:
            announce("customers.affiliated", at=at, customer_id=customer_id, payload={"dimension": dimension})
        return written

    return retrying(work)


def affiliate_many(
    statements: Iterable[Statement], *, today: date, batch_id: int | None, actor: str, at: datetime
) -> Affiliated:
    """Record those statements that say something new. The customers' rows are held, as a hand-over holds them, so that
    none changes hands in between; refuses an unknown one.

    Call inside a transaction. `today` is the day of recording in the company's zone.
    """
    stated = list(statements)
    _hold({statement.customer_id for statement in stated})
    news = _news(stated, today)
    common = {"actor": actor, "batch_id": batch_id}
    if news:
        kinds = {"item_id": pl.Int64, "batch_id": pl.Int64}
        facts = [{**_fact(move), **common} for move in news]
        record_frame(Affiliation, pl.DataFrame(facts, schema_overrides=kinds, infer_schema_length=None), at=at)
    return Affiliated(len(news), _moves(news))


def foreseen_moves(statements: Iterable[Statement], *, today: date) -> tuple[Move, ...]:
    """The moves that recording the statements now would bring; nothing is written."""
    return _moves(_news(statements, today))


def withdraw_affiliations(*, batch_id: int, actor: str, at: datetime) -> int:
    """Take back what a batch said: from the same day on the former value holds again ('' : none was known).

    What someone stated later for the same day stays. Call inside the transaction of the undo; answers how many.
    """
    stated = list(
        Affiliation.objects.order_by("effective_on", "tx", "id")
        .values_list("customer_id", "item_id", "dimension", "effective_on", "value", "batch_id")
        .filter(customer_id__in=Affiliation.objects.filter(batch_id=batch_id).values("customer_id"))
    )
    former: dict[tuple[int, int | None, str], str] = {}
    restored: dict[tuple[int, int | None, str, date], str] = {}
    for customer_id, item_id, dimension, day, value, made_by in stated:
        about = (customer_id, item_id, dimension)
        if made_by == batch_id:
            restored[(*about, day)] = former.get(about, "")
        else:
            former[about] = value
            restored.pop((*about, day), None)
    facts = [
        {
            "customer_id": customer_id,
            "item_id": item_id,
            "dimension": dimension,
            "value": value,
            "effective_on": day,
            "actor": actor,
            "batch_id": batch_id,
        }
        for (customer_id, item_id, dimension, day), value in restored.items()
    ]
    if facts:
        kinds = {"item_id": pl.Int64, "batch_id": pl.Int64}
        record_frame(Affiliation, pl.DataFrame(facts, schema_overrides=kinds, infer_schema_length=None), at=at)
    return len(facts)


def ensure_groups(names: Mapping[str, str]) -> int:
    """Make the groups (code → name) that do not exist; answers how many."""
    there = set(CustomerGroup.objects.filter(code__in=names).values_list("code", flat=True))
    missing = [CustomerGroup(code=code, name=names[code] or code) for code in sorted(names) if code not in there]
    CustomerGroup.objects.bulk_create(missing, ignore_conflicts=True)
    return len(missing)


def _news(statements: Iterable[Statement], today: date) -> list[Move]:
    """What is new of the statements, with what held before ('' : nothing)."""
    stated = list(statements)
    known = governing_rows({statement.customer_id for statement in stated})
    return [new for statement in stated if (new := _new(statement, known, today))]


def _moves(news: Iterable[Move]) -> tuple[Move, ...]:
    """Without first statements, and days that are stated for what held already."""
    return tuple(move for move in news if move.former not in ("", move.value))


def _new(
    statement: Statement, known: Mapping[tuple[int, int | None, str], Sequence[tuple[date, str]]], today: date
) -> Move | None:
    """What the statement brings, or None where it would change nothing. `known` is in governing order."""
    rows = known.get((statement.customer_id, statement.item_id, statement.dimension), [])
    # Of one day the last row counts: what was taken back again was never known.
    known_once = any(dict(rows).values())
    effective_on = statement.effective_on or (today if known_once else SINCE_EVER)
    # A day that was stated is recorded even where the same value governs from earlier: it must
    # still hold when someone records an earlier change later. Only repeating it is nothing new.
    rows = [(since, value) for since, value in rows if since <= effective_on]
    said = bool(rows) and rows[-1][1] == statement.value
    if said and (statement.effective_on is None or rows[-1][0] == effective_on):
        return None
    former = rows[-1][1] if rows else ""
    return Move(statement.customer_id, statement.dimension, former, statement.value, effective_on, statement.item_id)


def _fact(move: Move) -> dict[str, Any]:
    return {
        "customer_id": move.customer_id,
        "item_id": move.item_id,
        "dimension": move.dimension,
        "value": move.value,
        "effective_on": move.effective_on,
    }


def _hold(customer_ids: Collection[int]) -> None:
    """Hold the customers' rows, in the order of their ids as everywhere."""
    rows = Customer.objects.select_for_update().filter(pk__in=among(customer_ids)).order_by("pk")
    missing = set(customer_ids) - set(rows.values_list("pk", flat=True))
    if missing:
        raise Refusal("customer_unknown", customer=min(missing))


def _refuse_merged(customer_id: int) -> None:
    row = Customer.objects.select_related("merged_into").get(pk=customer_id)
    if row.merged_into:
        raise Refusal("customer_merged", customer=row.code, into=row.merged_into.code)


def _check(statement: Statement) -> None:
    if statement.dimension not in Affiliation.Dimension.values:
        raise Refusal("dimension_unknown", value=statement.dimension, known=", ".join(Affiliation.Dimension.values))
    if len(statement.value) > _LONGEST:
        raise Refusal("affiliation_too_long", longest=_LONGEST)
    named_group = statement.dimension == Affiliation.Dimension.GROUP and statement.value
    if named_group and not CustomerGroup.objects.filter(code=statement.value).exists():
        raise Refusal("group_unknown", group=statement.value)
