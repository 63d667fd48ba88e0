"""Who is told of events. The lists are written down in huikuan.shell.wiring and handed in here."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class Announced:
    """An event as subscribers see it."""

    id: int
    tx: int
    kind: str
    company_id: int | None
    customer_id: int | None
    payload: Mapping[str, Any]
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class Announcing:
    """An event as counters see it: its transaction is open, and nobody waits for its number."""

    kind: str
    company_id: int | None
    customer_id: int | None
    payload: Mapping[str, Any]
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class Counter:
    """`handle` is told of events of `kinds` inside the transaction that announces them.

    Counters change sums in the database and do no other I/O; one that fails undoes the operation, so that no sum ever
    differs from its facts.
    """

    name: str
    handle: Callable[[Announcing], None]
    kinds: frozenset[str]


@dataclass(frozen=True, slots=True)
class Subscriber:
    """`handle` is told of events of `kinds` (empty: of all).

    It may be told of the same event again, and is idempotent by `Announced.id`; whatever it writes
    to the database commits together with the note that the event was handled.
    """

    name: str
    handle: Callable[[Announced], None]
    kinds: frozenset[str] = frozenset()

    def wants(self, kind: str) -> bool:
        return not self.kinds or kind in self.kinds


_counters: list[Counter] = []


def set_counters(counters: Sequence[Counter]) -> None:
    """Have `counters` told of their events, in this order. Called once at start-up."""
    _counters[:] = counters


def tell_counters(event: Announcing) -> None:
    for counter in _counters:
        if event.kind in counter.kinds:
            counter.handle(event)
