"""Writing a draft: all of it or nothing, set-based, in one short transaction.

What the draft rests on (open amounts, the period lock, origin keys) is checked again under the
locks; if it moved meanwhile nothing is written and the caller drafts anew (`Moved`).
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable

import polars as pl
from django.db import IntegrityError, connection, models

from huikuan.mechanisms.audit.bulk import leaves_for_frame
from huikuan.mechanisms.audit.models import Leaf
from huikuan.mechanisms.store.ids import columns_of
from huikuan.mechanisms.store.models import Fact
from huikuan.mechanisms.store.staging import Staged, stage
from huikuan.mechanisms.store.transactions import is_postgres, retrying, transaction_number
from huikuan.record.receivables.models import Item, OpenItem, Schedule, Settlement
from huikuan.record.receivables.operations.drafts import STATE, Draft
from huikuan.record.receivables.operations.open_items import hold_period
from huikuan.record.receivables.queries.periods import locked_through

logger = logging.getLogger(__name__)


class Moved(Exception):
    """What the draft was made on has changed meanwhile; draft again."""


def write(draft: Draft, *, first: Callable[[], None], last: Callable[[], None]) -> float:
    """Write `draft` with its leaves and the cache; returns the seconds the transaction was open.

    `first` and `last` run in the same transaction, before and after. Raises Moved.
    """
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
            _check_unmoved(draft, staged, changed.height)
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


def _cache_rows(state: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """(cache rows of new items, existing items whose cache row changes)."""
    names = columns_of(OpenItem)
    opened = state.filter(pl.col("before").is_null() & (pl.col("open_amount") > 0)).select(names)
    moved = (pl.col("before") != pl.col("open_amount")) | pl.col("due_before").ne_missing(pl.col("due_date"))
    return opened, state.filter(pl.col("before").is_not_null() & moved).select(*STATE)


def _check_unmoved(draft: Draft, staged: Staged, expected: int) -> None:
    """Lock what the draft changes, in id order, and compare with what it was drafted on."""
    hold_period(draft.company.pk)
    if locked_through(draft.company.pk) != draft.locked_through:
        raise Moved
    if not expected:
        return
    table = staged.table("changed")
    with connection.cursor() as cursor:
        if is_postgres():
            cursor.execute(
                f"SELECT o.item_id FROM receivables_openitem o JOIN {table} c ON c.item_id = o.item_id"
                " ORDER BY o.item_id FOR UPDATE OF o"
            )
        cursor.execute(
            f"SELECT count(*) FROM {table} c LEFT JOIN receivables_openitem o ON o.item_id = c.item_id"
            " WHERE coalesce(o.open_amount, 0) = c.before"
        )
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
