"""Other ways in which a customer was reached: contexts above say on which instants, and the caps count them too."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

#: (customer, company, since) → the instants at which they were reached.
Reached = Callable[[int, int, datetime], Sequence[datetime]]

_counted: dict[str, list[Reached]] = {}


def also_count(channel: str, reached: Reached) -> None:
    """Have these counted with the notices of the channel: calls people made with those a voice made. At start-up."""
    asked = _counted.setdefault(channel, [])
    if reached not in asked:
        asked.append(reached)


def counted(channel: str, *, customer_id: int, company_id: int, since: datetime) -> list[datetime]:
    """The instants told."""
    return [at for ask in _counted.get(channel, []) for at in ask(customer_id, company_id, since)]
