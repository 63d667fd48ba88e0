"""What plans, settlements in kind and freezes have in common: asked for, decided by another, listed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, Protocol, TypeVar

from django.utils.translation import gettext_noop

from huikuan.connect.api.domain.fields import Choice, Day, Part, answered
from huikuan.connect.api.web.calls import Call, Reply, found
from huikuan.connect.api.web.shapes import ID
from huikuan.mechanisms.identity.domain.roles import Permission
from huikuan.record.receivables.queries.ledger import ItemRow
from huikuan.record.receivables.queries.listing import listed_item

READS, WRITES = Permission.VIEW_LEDGER, Permission.COLLECT
MANY = 1_000_000

#: What somebody else decides: the request's id among the approvals.
REQUESTED = answered(request=ID, state=Choice(("waiting",)))
WHEN = {"as_of": Part(Day(), gettext_noop("the day asked about; today if left out"))}


class Numbered(Protocol):
    """A row with its id."""

    @property
    def id(self) -> int: ...


Row = TypeVar("Row", bound=Numbered)


def asked_for(request: int) -> Reply:
    """It holds once another person has approved it."""
    return Reply({"request": request, "state": "waiting"})


def items_named(call: Call, ids: Sequence[int]) -> list[ItemRow]:
    """The items a request names, all in the caller's reach to write; else nothing is there."""
    scope = call.caller.scope(WRITES)
    return [found(partial(listed_item, number, scope=scope)).item for number in ids]


def newest_first(call: Call, rows: Sequence[Row], told: Callable[[Row], Any]) -> Reply:
    """The next rows of a list that is short enough to be read whole and goes down by id."""
    below = int(call.after) if call.after else None
    rest = [row for row in rows if below is None or row.id < below]
    page = rest[: call.limit]
    return Reply({"data": [told(row) for row in page]}, next=[page[-1].id] if len(rest) > len(page) else None)
