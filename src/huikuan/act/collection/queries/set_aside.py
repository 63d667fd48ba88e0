"""What of a company's overdue money is left alone on a day, and why.

Promised, agreed in instalments, disputed, held back, put off by a call, called today: one question per source for the
whole company.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.db.models import Q

from huikuan.act.collection.domain.priority import DAYS_AHEAD, Habits
from huikuan.act.collection.models import Hold
from huikuan.act.collection.queries.standings import standing_holds
from huikuan.act.visits.domain.visits import COLLECT
from huikuan.act.visits.queries.calls import called_on, put_off, unreached_since
from huikuan.act.visits.queries.visits import planned_by
from huikuan.mechanisms.columns.queries import once_in_view
from huikuan.record.customers.queries import among
from huikuan.record.customers.queries.merging import merged, with_merged
from huikuan.record.disputes.domain.amounts import DisputeStanding
from huikuan.record.disputes.queries.standing import standing as disputed
from huikuan.record.promises.queries import Kept, kept_rates
from huikuan.record.promises.queries import standing as promised
from huikuan.record.promises.queries.standing import open_parts
from huikuan.record.promises.queries.sums import PartRow
from huikuan.record.receivables.models import Item, OpenItem

PROMISED, PLANNED, DISPUTED, HELD = "promised", "planned", "disputed", "held"
#: Calls that reached nobody are counted so far back.
_LATELY = timedelta(days=30)
#: A visit that asks for payment does what a call would, where it comes within the days the list looks ahead.
_SOON = timedelta(days=DAYS_AHEAD)


@dataclass(frozen=True, slots=True)
class Aside:
    """So much of an item, minor units of its currency, is not asked for: `until` a day (None: until it is resolved);
    `record_id`: the promise, plan, dispute or hold."""

    kind: str
    amount: int
    until: date | None
    record_id: int


@dataclass(frozen=True, slots=True)
class SetAside:
    """By item, and what is disputed of it, left alone or not; and by customer, as shown: what its open promises still
    bring by currency, the day a call put it off to, whether somebody spoke with it today, how it keeps its word, how
    many calls in a row reached nobody, and when somebody goes there soon to ask for payment. A promise whose claim is
    in a plan by now is a promise still, though it is the plan that leaves the claim alone."""

    items: Mapping[int, tuple[Aside, ...]] = field(default_factory=dict)
    disputed: Mapping[int, DisputeStanding] = field(default_factory=dict)
    promised: Mapping[int, Mapping[str, int]] = field(default_factory=dict)
    put_off: Mapping[int, date] = field(default_factory=dict)
    done: frozenset[int] = frozenset()
    kept: Mapping[int, Kept] = field(default_factory=dict)
    unreached: Mapping[int, int] = field(default_factory=dict)
    visits: Mapping[int, date] = field(default_factory=dict)

    @property
    def customers(self) -> frozenset[int]:
        """Those the rule cannot be asked about without looking at them one by one."""
        return frozenset({*self.put_off, *self.done, *self.kept, *self.unreached, *self.visits})

    def habits(self, customer_id: int, due: int, in_time: int) -> Habits:
        """How the customer pays, with the money of the year."""
        kept = self.kept.get(customer_id, Kept())
        return Habits(due, in_time, kept.kept, kept.partly, kept.broken, self.unreached.get(customer_id, 0))


def set_aside(company_id: int, day: date) -> SetAside:
    """Everything of the company as of the day."""
    return once_in_view(("set aside", company_id, day), lambda: _asked(company_id, day))


def aside_of(company_id: int, item_ids: Collection[int], day: date) -> Mapping[int, tuple[Aside, ...]]:
    """What is left alone of these items of the company as of the day, as `set_aside` says it of all: the same few
    questions however many there are, about nothing but them."""
    words, disputes = open_parts(company_id, day, item_ids), disputed(company_id, day, item_ids=item_ids)
    return _items(company_id, day, words, disputes, item_ids)


def _asked(company_id: int, day: date) -> SetAside:
    words = open_parts(company_id, day)
    shown = merged()
    going = planned_by(company_id, day, until=day + _SOON, purpose=COLLECT)
    disputes = disputed(company_id, day)
    return SetAside(
        _items(company_id, day, words, disputes),
        disputes,
        _promised(words, shown),
        put_off(company_id, day),
        frozenset(shown.get(one, one) for one in called_on(company_id, day)),
        kept_rates(company_id, day),
        unreached_since(company_id, day - _LATELY, day),
        _first(going, shown),
    )


def _items(
    company_id: int,
    day: date,
    words: Sequence[PartRow],
    disputes: Mapping[int, DisputeStanding],
    item_ids: Collection[int] | None = None,
) -> dict[int, tuple[Aside, ...]]:
    """Of these items (None: of all); `words`, `disputes`: what is promised and disputed of them."""
    items: dict[int, list[Aside]] = defaultdict(list)
    for item_id, one in promised(company_id, day, words, item_ids).items():
        kind = PROMISED if one.plan_id is None else PLANNED
        items[item_id].append(Aside(kind, one.amount, one.by, one.plan_id or one.promise_id))
    for item_id, other in disputes.items():
        if other.paused:
            items[item_id].append(Aside(DISPUTED, other.paused, None, other.dispute_id))
    for item_id, back in _held(company_id, day, item_ids):
        items[item_id].append(back)
    return {item_id: tuple(found) for item_id, found in items.items()}


def _promised(words: Sequence[PartRow], shown: Mapping[int, int]) -> dict[int, dict[str, int]]:
    found: defaultdict[int, dict[str, int]] = defaultdict(dict)
    for one in words:
        sums = found[shown.get(one.customer_id, one.customer_id)]
        sums[one.currency] = sums.get(one.currency, 0) + one.standing.awaited
    return found


def _first(days: Mapping[int, date], shown: Mapping[int, int]) -> dict[int, date]:
    """Customer, as shown → the first of the days of those that are one with it."""
    found: dict[int, date] = {}
    for customer_id, on in days.items():
        one = shown.get(customer_id, customer_id)
        found[one] = min(on, found.get(one, on))
    return found


def _held(company_id: int, day: date, item_ids: Collection[int] | None) -> list[tuple[int, Aside]]:
    """What is held back whole, as the daily run leaves it: an item, or all that is open of a customer and those that
    are one with it."""
    holds = standing_holds(company_id, day)
    if not holds:
        return []
    shown = merged()
    whole = {shown.get(one.customer_id, one.customer_id): one for one in holds if one.item_id is None}
    single = {one.item_id: one for one in holds if one.item_id is not None}
    opened = OpenItem.objects.filter(company_id=company_id, side="debit")
    if item_ids is not None:
        opened = opened.filter(item_id__in=among(item_ids))
    rows = opened.filter(Q(item_id__in=single) | Q(customer_id__in=with_merged(whole, shown)))
    ids = dict(rows.values_list("item_id", "customer_id"))
    amounts = dict(Item.objects.filter(pk__in=ids).values_list("pk", "amount"))
    found: list[tuple[int, Aside]] = []
    for item_id, customer_id in ids.items():
        hold: Hold = single.get(item_id) or whole[shown.get(customer_id, customer_id)]
        found.append((item_id, Aside(HELD, amounts[item_id], hold.until, hold.pk)))
    return found
