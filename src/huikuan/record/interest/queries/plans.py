"""What instalment plans say of late interest: told by the context that keeps them, which stands beside this one."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from datetime import date

from huikuan.record.interest.domain.plans import Agreed

#: Items and a day → what the plan of each says as of that day.
Asking = Callable[[Collection[int], date], Mapping[int, Agreed]]


_asking: list[Asking] = [lambda _item_ids, _day: {}]


def follow_plans(asking: Asking) -> None:
    """Have interest follow what `asking` answers; until somebody says so, no claim is in a plan."""
    _asking[:] = [asking]


def agreed_of(item_ids: Collection[int], day: date) -> Mapping[int, Agreed]:
    """Item → what its plan says as of a day; items of no plan are left out."""
    return _asking[0](item_ids, day)
