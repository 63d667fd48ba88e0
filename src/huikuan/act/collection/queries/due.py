"""Who should get what on a day, and who should but does not, with the reasons: what a preview shows and a run does."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from huikuan.act.collection.domain.bundling import Approach, Once, bundled
from huikuan.act.collection.domain.deciding import Due, Stop
from huikuan.act.collection.domain.strategy import NO_ADDRESS, OPTED_OUT, WAITS, Strategy
from huikuan.act.collection.queries.addresses import Address, Addresses, addresses_of
from huikuan.act.collection.queries.judging import Judged, judged
from huikuan.act.collection.queries.lines import levels, lines_as_of, window
from huikuan.mechanisms.notices.queries.consents import HEEDLESS
from huikuan.record.customers.queries import named_by_id


@dataclass(frozen=True, slots=True)
class Excluded:
    """A line whose step is due and not taken today, and why."""

    due: Due
    stop: Stop


@dataclass(frozen=True, slots=True)
class Planned:
    """What is done towards a customer, and where it goes (None: a task)."""

    approach: Approach
    address: Address | None


@dataclass(frozen=True, slots=True)
class Found:
    """Of a day, or of some customers on it: in order of customer."""

    planned: tuple[Planned, ...]
    excluded: tuple[Excluded, ...]

    @property
    def lines(self) -> int:
        return sum(len(one.approach.dues) for one in self.planned) + len(self.excluded)

    @property
    def customers(self) -> frozenset[int]:
        return frozenset(
            [one.approach.customer_id for one in self.planned] + [one.due.line.customer_id for one in self.excluded]
        )


@dataclass(frozen=True, slots=True)
class Day:
    """What a day asks for. `made`: what its run made already, before it was cut short."""

    judged: Judged
    made: frozenset[Once] = frozenset()

    def parts(self, customers: int, lines: int) -> Iterator[Found]:
        """So many customers at a time, fewer where they have more than so many lines: what can be done, and what
        cannot for want of an address. Those held back by the rule are not among them."""
        for part in self.judged.parts(customers, lines):
            yield _addressed(part.dues(), self.made)

    def whole(self) -> Found:
        """All of it at once."""
        found = _addressed(self.judged.dues(), self.made)
        excluded = [*(Excluded(due, stop) for due, stop in self.judged.stopped()), *found.excluded]
        ordered = sorted(excluded, key=lambda one: (one.due.line.customer_id, one.due.line.item_id, one.due.line.line))
        return Found(found.planned, tuple(ordered))


def due_on(company_id: int, on: date, strategy: Strategy, *, made: Iterable[Once] = ()) -> Day:
    """All of a company on the day. `made`: what its run made already; what is due beside that waits for another."""
    lines = lines_as_of(company_id, on, until=window(on, strategy.earliest))
    return Day(judged(company_id, on, strategy, lines, levels(company_id), past=False), frozenset(made))


def _addressed(dues: Iterable[Due], made: frozenset[Once]) -> Found:
    """The dues as approaches that can be made, and those that cannot."""
    every = list(dues)
    approaches = bundled(every)
    messages = [one for one in approaches if one.message]
    customers = {one.customer_id for one in messages}
    heedless = {one.customer_id for one in messages if one.head.purpose in HEEDLESS}
    names = {one: row.name for one, row in named_by_id(customers).items()}
    known = addresses_of(customers, names, heedless=heedless)
    planned: list[Planned] = []
    excluded: list[Excluded] = []
    for one in approaches:
        found = _doable(one, known, made)
        if isinstance(found, Planned):
            planned.append(found)
        else:
            excluded += [Excluded(due, found) for due in one.dues]
    return Found(tuple(planned), (*excluded, *_left_for_later(every, approaches)))


def _doable(approach: Approach, known: Mapping[int, Addresses], made: frozenset[Once]) -> Planned | Stop:
    """What is done of it, or why nothing is."""
    if approach.once in made:
        return Stop(WAITS)
    if not approach.message:
        return Planned(approach, None)
    theirs = known[approach.customer_id]
    return _reachable(approach, theirs) or _unreachable(approach, theirs)


def _left_for_later(dues: Sequence[Due], approaches: Sequence[Approach]) -> list[Excluded]:
    """What is due and no approach takes up: the customer's message of the day is a demand for what is overdue."""
    taken = {(due.line.item_id, due.line.line) for one in approaches for due in one.dues}
    return [Excluded(due, Stop(WAITS)) for due in dues if (due.line.item_id, due.line.line) not in taken]


def _reachable(approach: Approach, known: Addresses) -> Planned | None:
    """By the step's channel, else the one it names for those without an address there; None: by neither."""
    head = approach.head
    address = known.by_channel.get(head.channel)
    if address is not None:
        return Planned(approach, address)
    if head.otherwise in known.by_channel:
        return Planned(replace(approach, channel=head.otherwise), known.by_channel[head.otherwise])
    return None


def _unreachable(approach: Approach, known: Addresses) -> Stop:
    if approach.head.channel in known.refused:
        return Stop(OPTED_OUT, {"channel": approach.head.channel})
    return Stop(NO_ADDRESS, {"channel": approach.head.channel})
