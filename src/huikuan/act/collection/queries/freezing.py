"""What the story tells of freezes: when supply or account was frozen, and when it was released."""

from __future__ import annotations

from collections.abc import Iterator

from huikuan.act.collection.queries.story import Asked, Entry
from huikuan.record.customers.queries import among, narrowed, seen
from huikuan.record.customers.queries.merging import one_with
from huikuan.record.promises.models import Freeze, Release

#: So many freezes at most, with their releases.
_MOST = 60


def freezes_told(asked: Asked) -> Iterator[Entry]:
    """Each freeze, and its end apart: neither is there before its day."""
    whose = narrowed(Freeze.objects.filter(customer_id__in=one_with(asked.customer_id)), seen(asked.scope))
    begun = {one.pk: one for one in whose.filter(frozen_on__lte=asked.day).order_by("-pk")[:_MOST]}
    if not begun:
        return
    for freeze in begun.values():
        yield Entry("freeze", "frozen", freeze.frozen_on, freeze.recorded_at, freeze.approved_by, words=freeze.reason,
                    shown={"kind": freeze.kind})  # fmt: skip
    for end in Release.objects.filter(freeze_id__in=among(begun), released_on__lte=asked.day):
        yield Entry("freeze", "released", end.released_on, end.recorded_at, end.approved_by, words=end.reason,
                    shown={"kind": begun[end.freeze_id].kind})  # fmt: skip
