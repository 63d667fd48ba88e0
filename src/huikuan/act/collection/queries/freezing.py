"""What the story tells of freezes: when supply or account was frozen, and when it was released."""

from __future__ import annotations

from collections.abc import Iterator

from huikuan.act.collection.queries.story import Asked, Entry
from huikuan.record.customers.queries import seen
from huikuan.record.promises.queries.freezes import frozen_ever


def freezes_told(asked: Asked) -> Iterator[Entry]:
    """Each freeze, and its end apart: neither is there before its day."""
    reach = seen(asked.scope)
    for freeze, end in frozen_ever(asked.customer_id):
        if not reach.has(freeze.company_id, freeze.customer_id):
            continue
        shown = {"kind": freeze.kind}
        yield Entry("freeze", "frozen", freeze.frozen_on, freeze.recorded_at, freeze.approved_by, words=freeze.reason,
                    shown=shown)  # fmt: skip
        if end is not None:
            yield Entry("freeze", "released", end.released_on, end.recorded_at, end.approved_by, words=end.reason,
                        shown=shown)  # fmt: skip
