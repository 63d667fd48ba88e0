"""Milestones (付款节点): which event makes how much of a contract fall due, and how many days after it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from itertools import count

from huikuan.kernel.dates import LATEST, parse_date
from huikuan.kernel.errors import Refusal
from huikuan.kernel.money import share
from huikuan.kernel.text import plain

OTHER = "other"

#: Kind of event → what contracts and files call it; the first of each is its own code.
EVENTS: dict[str, tuple[str, ...]] = {
    "signing": ("signing", "签订", "签约", "合同签订", "预付", "预付款", "signature"),
    "delivery": ("delivery", "发货", "交货", "提货", "shipment"),
    "arrival": ("arrival", "到货", "到货验收", "货到"),
    "installation": ("installation", "安装", "安装完成", "调试", "安装调试", "commissioning"),
    "acceptance": ("acceptance", "验收", "验收合格", "终验", "final_acceptance"),
    "invoice": ("invoice", "开票", "收到发票", "票到"),
    "end_of_warranty": ("end_of_warranty", "质保期满", "质保期届满", "质保到期", "质保", "warranty_end", "warranty"),
    OTHER: ("other", "其他"),
}
#: Shares are written in percent to two decimals, kept as hundredths of a percent.
WHOLE = 10_000
LONGEST_DAYS = 3650

_PART = re.compile(
    r"(?P<name>.+?)(?<![\d.])\s*(?P<share>\d+(?:\.\d{1,2})?)\s*%"
    r"(?:\s*\+?\s*(?P<days>\d+)\s*(?:天|日|d|days?)?(?:内|后)?)?"
    r"(?:\s*@\s*(?P<planned>\d{4}-\d{2}-\d{2}))?",
    re.IGNORECASE,
)
_SHARE = re.compile(r"(?P<share>\d{1,3}(?:\.\d{1,2})?)\s*%?", re.ASCII)
_BETWEEN = re.compile(r"\s*[;；\n]\s*")


@dataclass(frozen=True, slots=True)
class Milestone:
    """`weight`: its part of the whole, in proportion to the others'. Items name it by its `code` in `awaits`;
    what waits falls due `days` after the event."""

    code: str
    event: str
    weight: int
    days: int = 0
    planned_on: date | None = None
    title: str = ""


@dataclass(frozen=True, slots=True)
class Happened:
    """A milestone's event that stands."""

    event_id: int
    milestone: str
    happened_on: date
    due_date: date


def read_milestones(text: str) -> tuple[Milestone, ...]:
    """'签订 30% 10天；验收 50% 30天；质保期满 20% @2028-06-30' as milestones; '' has none.

    Refuses a part it cannot read, and shares that do not make 100 %.
    """
    parts = [part for part in _BETWEEN.split(text.strip()) if part]
    if not parts:
        return ()
    read = [_read(part) for part in parts]
    check_whole(read)
    return coded(read)


def check_whole(milestones: Sequence[Milestone]) -> None:
    """Refuse shares, in hundredths of a percent, that do not make 100 %."""
    if milestones and sum(one.weight for one in milestones) != WHOLE:
        total = Decimal(sum(one.weight for one in milestones)) / 100
        raise Refusal("milestones_not_whole", total=f"{total.normalize():f}")


def read_share(text: str) -> int:
    """'30' or '30 %' → 3000; refuses what is no percentage of at most two decimals above zero."""
    found = _SHARE.fullmatch(plain(text))
    weight = int(Decimal(found["share"]) * 100) if found else 0
    if not 0 < weight <= WHOLE:
        raise Refusal("milestone_share_bad", value=text)
    return weight


def read_days(text: str) -> int:
    """'30' → 30; refuses what is no number of days a milestone may have."""
    days = plain(text)
    if not (days.isascii() and days.isdigit() and len(days) <= 4 and int(days) <= LONGEST_DAYS):
        raise Refusal("milestone_days_unreadable", value=text, longest=LONGEST_DAYS)
    return int(days)


def written(milestones: Sequence[Milestone]) -> str:
    """The milestones in the form `read_milestones` reads again."""
    return "；".join(_written(milestone, share_of(milestone, milestones)) for milestone in milestones)


def share_of(milestone: Milestone, milestones: Sequence[Milestone]) -> Decimal:
    """Its share in percent, to two decimals."""
    whole = sum(one.weight for one in milestones)
    return (Decimal(milestone.weight) * 100 / whole).quantize(Decimal("0.01")).normalize()


def amounts(total: int, milestones: Sequence[Milestone]) -> list[int]:
    """`total` minor units split over the milestones; not a cent is lost (kernel.money.share)."""
    return share(total, [milestone.weight for milestone in milestones]) if milestones else []


def awaited_on(milestones: Sequence[Milestone], happened: Collection[str]) -> date | None:
    """The earliest planned day of those whose event does not stand (`happened`: the codes of those whose does)."""
    return min((one.planned_on for one in milestones if one.planned_on and one.code not in happened), default=None)


def names_of(milestone: Milestone, milestones: Sequence[Milestone]) -> frozenset[str]:
    """What an item may say that it awaits to mean this milestone, folded: its code, its title and, while it is
    the only one of its event, the event's usual names."""
    names = {milestone.code, milestone.title}
    if milestone.event != OTHER and sum(one.event == milestone.event for one in milestones) == 1:
        names.update(EVENTS[milestone.event])
    return frozenset(fold(name) for name in names if name)


def fold(name: str) -> str:
    """Names of events as compared: half-width, without case and spaces."""
    return plain(name).casefold().replace(" ", "")


def event_named(name: str) -> str:
    """The kind of event a name means; 'other' when none is known by it."""
    return _BY_NAME.get(fold(name), OTHER)


def check_milestones(milestones: Sequence[Milestone]) -> None:
    """Refuse milestones that cannot be told apart, weigh nothing, or fall due beyond ten years."""
    repeated = [code for code, times in Counter(one.code for one in milestones).items() if times > 1]
    if repeated:
        raise Refusal("milestone_twice", milestone=repeated[0])
    for one in milestones:
        if not one.code or len(one.code) > 30 or len(one.title) > 100:
            raise Refusal("milestone_unnamed", milestone=one.code or one.title)
        if one.event not in EVENTS:
            raise Refusal("event_unknown", event=one.event)
        if one.weight <= 0:
            raise Refusal("milestone_weightless", milestone=one.code)
        if not 0 <= one.days <= LONGEST_DAYS:
            raise Refusal("milestone_days_bad", milestone=one.code, days=one.days, longest=LONGEST_DAYS)


def reach(
    milestones: Sequence[Milestone],
    code: str,
    standing: Mapping[str, Happened],
    *,
    happened_on: date,
    signed_on: date | None,
    today: date,
) -> date:
    """The due date that the event of a milestone gives. Refuses an unknown milestone, one whose event stands
    already, a day before the signature and a day that has not come."""
    milestone = next((one for one in milestones if one.code == code), None)
    if milestone is None:
        known = ", ".join(one.code for one in milestones)
        raise Refusal("milestone_unknown", milestone=code, known=known)
    if code in standing:
        raise Refusal("milestone_reached_already", milestone=code, day=standing[code].happened_on)
    if signed_on is not None and happened_on < signed_on:
        raise Refusal("event_before_signature", day=happened_on, signed_on=signed_on)
    if happened_on > today:
        raise Refusal("event_in_future", day=happened_on)
    return min(happened_on + timedelta(days=milestone.days), LATEST)


def _read(part: str) -> Milestone:
    found = _PART.fullmatch(part.strip())
    if found is None:
        raise Refusal("milestone_unreadable", value=part.strip())
    name = found["name"].strip(" :：，,")
    event = event_named(name)
    return Milestone(
        code="",
        event=event,
        weight=int(Decimal(found["share"]) * 100),
        days=int(found["days"] or 0),
        planned_on=parse_date(found["planned"]) if found["planned"] else None,
        title="" if fold(name) == event else name,
    )


def coded(milestones: Sequence[Milestone]) -> tuple[Milestone, ...]:
    """A code for each that has none: its event's kind; numbered where the kind comes more than once, says nothing
    or is taken."""
    several = {event for event, times in Counter(one.event for one in milestones).items() if times > 1} | {OTHER}
    taken = {one.code for one in milestones}
    found = []
    for one in milestones:
        code = one.code or next(code for code in _codes(one.event, one.event in several) if code not in taken)
        taken.add(code)
        found.append(replace(one, code=code))
    return tuple(found)


def _codes(event: str, numbered: bool) -> Iterator[str]:
    if not numbered:
        yield event
    yield from (f"{event}-{number}" for number in count(1))


def _written(milestone: Milestone, percent: Decimal) -> str:
    name = milestone.title or milestone.event
    planned = f" @{milestone.planned_on.isoformat()}" if milestone.planned_on else ""
    days = f" +{milestone.days}" if milestone.days else ""
    return f"{name} {percent:f}%{days}{planned}"


_BY_NAME = {fold(name): event for event, names in EVENTS.items() for name in names}
