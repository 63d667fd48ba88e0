"""What the audit does with single facts: record them with their leaves, erase what is personal.

Facts enter by this door and by its set-based twin (audit.bulk), and no other. Every operation of
the product imports this module, so it loads neither frames nor engines; sealing is in audit.sealing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from huikuan.kernel.dates import aware
from huikuan.mechanisms.audit import writing
from huikuan.mechanisms.audit.erasing import erase_personal, reapply_erasures
from huikuan.mechanisms.store.models import Fact

__all__ = ["append", "erase_personal", "reapply_erasures", "record"]


def record(model: type[Fact], rows: Sequence[Mapping[str, Any]], *, at: datetime) -> list[int]:
    """Write `rows` (database column → value) as facts of `model`, a leaf each; returns their ids.

    Call inside the operation's transaction. Columns left out take the field's default; `id`, `tx`
    and `recorded_at` are set here (an `id` given was reserved by the caller). Values are exact:
    integers are int, documents hold no floats; anything else, or an unknown column, is a TypeError.
    One fact is one round trip; from some thousand rows on, `bulk.record_frame` is faster.
    """
    if not rows:
        return []
    at = aware(at)
    return writing.write(model, [writing.prepare(model, row, at) for row in rows], at)


def append(model: type[Fact], rows: Sequence[Mapping[str, Any]], *, at: datetime) -> None:
    """`record` for a caller who needs no ids: inside `store.pipeline.together` nothing is waited for."""
    at = aware(at)
    if rows:
        writing.append(model, [writing.prepare(model, row, at) for row in rows], at)
