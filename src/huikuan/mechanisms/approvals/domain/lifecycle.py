"""pending → approved by everyone on the route (and done), or returned, withdrawn, expired, void.

A request never changes; what became of it are steps, numbered from 1. Along its route each stop is decided by one
person. Whoever waits too long is passed over (escalated); when nobody is left to pass it to, it expires. A returned
request is asked anew, as another one that names it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from huikuan.kernel.errors import Refusal

PENDING, APPROVED, RETURNED, WITHDRAWN, EXPIRED, VOID = (
    "pending", "approved", "returned", "withdrawn", "expired", "void",
)  # fmt: skip
#: Steps on the way: agreed at a stop before the last, put to the next role above.
AGREED, ESCALATED = "agreed", "escalated"
#: What a request can be; a step of the same name brings it there, and ends it.
STATES = (PENDING, APPROVED, RETURNED, WITHDRAWN, EXPIRED, VOID)
ENDING = STATES[1:]

#: The stops of a route: for each the roles that may decide there, the one it is put to first, then those above it.
Route = tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Step:
    """Something that became of a request. `for_whom`: whose right was used, where it was not the actor's own."""

    number: int
    step: str
    at: datetime
    actor: str
    for_whom: str = ""


@dataclass(frozen=True, slots=True)
class Stand:
    """Where a request stands: its state and, while pending, the stop it waits at and to which role it was put."""

    state: str
    stop: int
    role: str
    since: datetime


def stand_of(route: Route, submitted_at: datetime, steps: Sequence[Step]) -> Stand:
    """Where the steps, in their order, have brought a request."""
    stop = passed = 0
    since = submitted_at
    for step in steps:
        if step.step in ENDING:
            return Stand(step.step, stop, "", step.at)
        since = step.at
        stop, passed = (stop + 1, 0) if step.step == AGREED else (stop, passed + 1)
    return Stand(PENDING, stop, route[stop][min(passed, len(route[stop]) - 1)], since)


def approval_at(route: Route, stand: Stand) -> str:
    """What an approval at this stop is: the last one ends the request."""
    return APPROVED if stand.stop == len(route) - 1 else AGREED


def require_pending(stand: Stand, *, request: int) -> None:
    """Refuse to decide what is decided."""
    if stand.state != PENDING:
        raise Refusal("request_decided", request=request, state=stand.state)


def deadline_of(stand: Stand, days: int) -> datetime | None:
    """Until when whoever it waits for decides; None when it waits for nobody."""
    return stand.since + timedelta(days=days) if stand.state == PENDING else None


def lapse(route: Route, stand: Stand, days: int, *, now: datetime) -> str | None:
    """What comes of a request that waited past its deadline: escalated, or expired where nobody stands above.

    None: it does not wait, or has time left.
    """
    deadline = deadline_of(stand, days)
    if deadline is None or now < deadline:
        return None
    return EXPIRED if stand.role == route[stand.stop][-1] else ESCALATED


def hands_of(steps: Sequence[Step]) -> frozenset[str]:
    """Everybody who decided along the route, by their own right or another's, and whose right it was."""
    taken = [step for step in steps if step.step in (AGREED, APPROVED)]
    return frozenset(name for step in taken for name in (step.actor, step.for_whom) if name)


def shown_digest(shown: Mapping[str, Any]) -> str:
    """The digest of what a decider is shown: the canonical form of the whole request."""
    text = json.dumps(shown, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
