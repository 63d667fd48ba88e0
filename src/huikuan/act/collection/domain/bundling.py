"""One message to a customer a day: what is due of one customer goes together, at the level of the most serious."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from huikuan.act.collection.domain.deciding import Due
from huikuan.act.collection.domain.strategy import FORMAL, MESSAGES, Step

#: A customer, and '' for its message of the day or the kind of a task.
Once = tuple[int, str]


def kind_of(channel: str) -> str:
    """'' of every message, of which there is one a day; a task is of its own kind."""
    return "" if channel in MESSAGES else channel


@dataclass(frozen=True, slots=True)
class Approach:
    """What is done towards one customer on one day (催收动作): a message, or a task for a person, about all these."""

    customer_id: int
    head: Step
    channel: str
    dues: tuple[Due, ...]

    @property
    def message(self) -> bool:
        return self.channel in MESSAGES

    @property
    def once(self) -> Once:
        """What a customer gets once a day: this customer's message, or its task of this kind."""
        return self.customer_id, kind_of(self.channel)

    @property
    def amounts(self) -> Mapping[str, int]:
        """Currency → what it is about, minor units."""
        sums: dict[str, int] = defaultdict(int)
        for due in self.dues:
            sums[due.line.currency] += due.line.open_amount
        return dict(sorted(sums.items()))


def bundled(dues: Iterable[Due]) -> list[Approach]:
    """One message for each customer, by the step of the latest day among its lines; tasks of one kind together. In
    order of customer; lines the longest late first. Where the message is a demand, what is not overdue is left for
    another day."""
    groups: dict[Once, list[Due]] = defaultdict(list)
    for due in dues:
        groups[due.line.customer_id, kind_of(due.step.channel)].append(due)
    return [_approach(customer_id, groups[customer_id, kind]) for customer_id, kind in sorted(groups)]


def _approach(customer_id: int, dues: list[Due]) -> Approach:
    ordered = sorted(dues, key=lambda due: (-due.late, due.line.item_id, due.line.line))
    head = max((due.step for due in ordered), key=lambda step: (step.day, step.code))
    if head.channel in MESSAGES and head.purpose in FORMAL and head.day > 0:
        ordered = [due for due in ordered if due.late > 0]
    return Approach(customer_id, head, head.channel, tuple(ordered))
