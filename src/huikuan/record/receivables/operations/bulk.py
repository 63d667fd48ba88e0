"""Writing a draft: all of it or nothing, set-based, in one short transaction.

What the draft rests on (open amounts, the period lock, origin keys) is checked again under the
locks; if it moved meanwhile nothing is written and the caller drafts anew (`Moved`). A draft that
rests on more than it changes (a snapshot compares every open item) says since when (`Mark`).
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

import polars as pl
from django.db import IntegrityError, connection, models

from huikuan.mechanisms.audit.bulk import leaves_for_frame
from huikuan.mechanisms.audit.models import Leaf
from huikuan.mechanisms.store.ids import columns_of
from huikuan.mechanisms.store.models import Fact
from huikuan.mechanisms.store.staging import Staged, stage
from huikuan.mechanisms.store.transactions import horizon, is_postgres, retrying, transaction_number
from huikuan.record.customers.operations import become_customers
from huikuan.record.receivables.domain.periods import refuse_locked
from huikuan.record.receivables.models import Item, OpenItem, Schedule, Settlement
from huikuan.record.receivables.operations.drafts import STATE, Draft
from huikuan.record.receivables.operations.open_items import hold_period, take_period
from huikuan.record.receivables.queries.bulk import GOVERNING_DUE
from huikuan.record.receivables.queries.periods import locked_through

logger = logging.getLogger(__name__)

#: In id order, as every operation locks them.
_LOCK = (
    "SELECT o.item_id FROM receivables_openitem o JOIN {table} c ON c.item_id = o.item_id"
    " ORDER BY o.item_id FOR UPDATE OF o"
)

#: How many are as they were drafted on: as much open, due on the same day (an event may have made them due).
_UNMOVED = (
    "SELECT count(*) FROM (SELECT c.before, c.due_before, coalesce(o.open_amount, 0) AS open_amount,"
    f" {GOVERNING_DUE} AS due_date"
    " FROM {table} c JOIN receivables_item i ON i.id = c.item_id"
    " LEFT JOIN receivables_openitem o ON o.item_id = c.item_id) AS now"
    " WHERE open_amount = before AND (due_date = due_before OR due_date IS NULL AND due_before IS NULL)"
)


class Moved(Exception):
    """What the draft was made on has changed meanwhile; draft again."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A moment in the order of knowledge; `seen` is PostgreSQL's own list of what was committed then."""

    horizon: int
    seen: str


def mark() -> Mark:
    """Now. Whatever is read after it sees at least what the mark has seen."""
    lowest = horizon()
    if not is_postgres():
        return Mark(lowest, "")
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_current_snapshot()::text")
        return Mark(lowest, str(cursor.fetchone()[0]))


def moved_since(moment: Mark, company_id: int) -> bool:
    """Whether facts of the company were committed that `moment` had not seen (those of this transaction apart)."""
    params: list[int | str] = [company_id, moment.horizon]
    unseen = ""
    if is_postgres():
        unseen = (
            " AND tx <> pg_current_xact_id()::text::bigint + (SELECT tx_offset FROM store_epoch WHERE id = 1)"
            " AND NOT pg_visible_in_snapshot("
            "(tx - (SELECT tx_offset FROM store_epoch WHERE id = 1))::text::xid8, %s::pg_snapshot)"
        )
        params.append(moment.seen)
    with connection.cursor() as cursor:
        for model in (Item, Settlement, Schedule):
            table = model._meta.db_table
            cursor.execute(f"SELECT 1 FROM {table} WHERE company_id = %s AND tx >= %s{unseen} LIMIT 1", params)
            if cursor.fetchone():
                return True
    return False


def write(draft: Draft, *, first: Callable[[], None], last: Callable[[], None], since: Mark | None = None) -> float:
    """Write `draft` with its leaves and the cache; returns the seconds the transaction was open.

    `first` and `last` run in the same transaction, before and after. With `since` nothing of the
    company may have been posted after that moment. Raises Moved; refuses a day that is locked.
    """
    _refuse_locked(draft)
    facts: list[tuple[type[Fact], pl.DataFrame]] = [
        (Item, draft.items),
        (Settlement, draft.settlements),
        (Schedule, draft.schedules),
    ]
    leaves = [leaves_for_frame(model, frame, draft.at) for model, frame in facts if frame.height]
    opened, changed = _cache_rows(draft.state)
    loads: dict[type[models.Model], pl.DataFrame] = {
        **dict(facts),
        OpenItem: opened,
        Leaf: pl.concat(leaves) if leaves else pl.DataFrame(),
    }
    with stage(loads, {"changed": changed}) as staged:

        def work() -> float:
            began = time.monotonic()
            first()
            _become_customers(draft)
            _check_unmoved(draft, staged, changed.height, since)
            staged.load(tx=transaction_number())
            _apply(staged, changed)
            last()
            return began

        try:
            began = retrying(work)
        except IntegrityError as error:
            raise Moved from error
    held = time.monotonic() - began
    logger.info(
        "wrote %d items, %d settlements in a transaction of %.2f s", draft.items.height, draft.settlements.height, held
    )
    return held


def _become_customers(draft: Draft) -> None:
    if draft.items.height:
        ids = draft.items["customer_id"].unique().to_list()
        become_customers(ids, batch_id=draft.batch_id, actor=draft.actor, at=draft.at)


def _cache_rows(state: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """(cache rows of new items, existing items whose cache row changes)."""
    names = columns_of(OpenItem)
    opened = state.filter(pl.col("before").is_null() & (pl.col("open_amount") > 0)).select(names)
    moved = (pl.col("before") != pl.col("open_amount")) | pl.col("due_before").ne_missing(pl.col("due_date"))
    return opened, state.filter(pl.col("before").is_not_null() & moved).select(*STATE)


def _refuse_locked(draft: Draft) -> None:
    """No set-based door leads into a locked period, whoever drafted. That the lock is still the one the
    draft knows is checked under it."""
    for frame, day in (
        (draft.items, "posting_date"),
        (draft.settlements, "effective_on"),
        (draft.schedules, "effective_on"),
    ):
        earliest = frame[day].min() if frame.height else None
        if isinstance(earliest, date):
            refuse_locked(earliest, draft.locked_through)


def _check_unmoved(draft: Draft, staged: Staged, expected: int, since: Mark | None) -> None:
    """Lock what the draft changes, in id order, and compare with what it was drafted on."""
    company_id = draft.company.pk
    if since is None:
        hold_period(company_id)
    else:
        take_period(company_id)
        if moved_since(since, company_id):
            raise Moved
    if locked_through(company_id) != draft.locked_through:
        raise Moved
    if not expected:
        return
    table = staged.table("changed")
    with connection.cursor() as cursor:
        if is_postgres():
            cursor.execute(_LOCK.format(table=table))
        cursor.execute(_UNMOVED.format(table=table))
        if cursor.fetchone()[0] != expected:
            raise Moved


def _apply(staged: Staged, changed: pl.DataFrame) -> None:
    """Bring the cache rows of existing items to what the draft leaves open."""
    if changed.is_empty():
        return
    table = staged.table("changed")
    names = ", ".join(columns_of(OpenItem))
    with connection.cursor() as cursor:
        cursor.execute(
            f"DELETE FROM receivables_openitem WHERE item_id IN (SELECT item_id FROM {table} WHERE open_amount = 0)"
        )
        cursor.execute(
            "UPDATE receivables_openitem SET open_amount = c.open_amount, open_book_amount = c.open_book_amount,"
            f" due_date = c.due_date FROM {table} c WHERE c.item_id = receivables_openitem.item_id"
            " AND c.before > 0 AND c.open_amount > 0"
        )
        cursor.execute(
            f"INSERT INTO receivables_openitem ({names}) SELECT {names} FROM {table}"
            " WHERE before = 0 AND open_amount > 0"
        )
