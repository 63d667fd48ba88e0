"""Recording facts: the one door through which a fact enters the database, with its leaf."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from huikuan.kernel.dates import aware
from huikuan.mechanisms.audit.domain.canonical import commitment, digest
from huikuan.mechanisms.audit.models import Leaf, Salt
from huikuan.mechanisms.store.bulk import columns_of, insert_rows, reserve_ids
from huikuan.mechanisms.store.models import Fact
from huikuan.mechanisms.store.transactions import transaction_number


def record(model: type[Fact], rows: Sequence[Mapping[str, Any]], *, at: datetime) -> list[int]:
    """Write `rows` (database column → value) as facts of `model`, a leaf each; returns their ids.

    Call inside the operation's transaction. Columns left out take the field's default; `id`, `tx`
    and `recorded_at` are set here (an `id` given was reserved by the caller).
    """
    if not rows:
        return []
    at = aware(at)
    tx = transaction_number()
    fresh = iter(reserve_ids(model, sum(1 for row in rows if "id" not in row)))
    defaults: dict[str, Any] = {str(field.column): field.get_default() for field in model._meta.concrete_fields}
    complete = []
    for row in rows:
        whole: dict[str, Any] = {**defaults, **row, "tx": tx, "recorded_at": at}
        whole["id"] = row["id"] if "id" in row else next(fresh)
        complete.append({name: whole[name] for name in columns_of(model)})
    insert_rows(model, complete)
    _leave(model, complete, tx, at)
    return [row["id"] for row in complete]


def _leave(model: type[Fact], rows: Sequence[Mapping[str, Any]], tx: int, at: datetime) -> None:
    leaves: list[dict[str, Any]] = []
    salts: list[dict[str, Any]] = []
    for leaf_id, row in zip(reserve_ids(Leaf, len(rows)), rows, strict=True):
        public = {name: value for name, value in row.items() if name not in model.personal}
        committed = None
        if model.personal:
            salt = secrets.token_bytes(32)
            committed = commitment(salt, {name: row[name] for name in model.personal})
            salts.append({"leaf_id": leaf_id, "salt": salt})
        leaves.append(
            {
                "id": leaf_id,
                "tx": tx,
                "recorded_at": at,
                "kind": model._meta.db_table,
                "subject_id": row["id"],
                "digest": digest(public),
                "commitment": committed,
            }
        )
    insert_rows(Leaf, leaves)
    insert_rows(Salt, salts)
