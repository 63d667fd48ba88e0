"""open → finished with a result, or cancelled because what had made it vanished.

An item never changes; what became of it are steps, numbered from 1, each saying for whom it is then. When its
deadline has passed it is put to the role above, once, and stays with whoever had it.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date

from huikuan.kernel.errors import Refusal

OPEN, FINISHED, CANCELLED = "open", "finished", "cancelled"
TAKEN, HANDED, ESCALATED = "taken", "handed", "escalated"
#: What an item can be; a step of the same name brings it there, and ends it.
STATES = (OPEN, FINISHED, CANCELLED)
ENDING = STATES[1:]


@dataclass(frozen=True, slots=True)
class Stand:
    """Where an item stands: its state, and for whom it is: a person, or whoever holds a role; besides them, `above`,
    the role it was put to when it was late."""

    state: str
    owner: str
    role: str
    above: str = ""


def stand_of(opened: Stand, steps: Sequence[tuple[str, Stand]]) -> Stand:
    """Where (step, for whom then), in their order, have brought an item."""
    if not steps:
        return opened
    step, after = steps[-1]
    return replace(after, state=step if step in ENDING else OPEN)


def waits_for(stand: Stand, me: str, roles: Collection[str]) -> bool:
    """Whether the item is for somebody who goes by `me` and holds `roles`: theirs by name; by role where nobody took
    it; late, of the role above as well."""
    return stand.owner == me or (not stand.owner and stand.role in roles) or stand.above in roles


def require_open(stand: Stand, *, item: int) -> None:
    """Refuse to do something with what is over."""
    if stand.state != OPEN:
        raise Refusal("work_item_over", item=item, state=stand.state)


def lapses(stand: Stand, due_on: date, escalates_to: str, today: date) -> bool:
    """Whether the item is put to the role above now: its day has passed, there is such a role, and it was not yet."""
    return stand.state == OPEN and today > due_on and escalates_to not in ("", stand.above)
