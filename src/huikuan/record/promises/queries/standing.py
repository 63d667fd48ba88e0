"""What promises and plans keep from being pursued, and how customers keep their word: whole companies at once."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import groupby

from django.db.models import QuerySet

from huikuan.kernel.money import divide_half_up
from huikuan.mechanisms.columns.tables import ALWAYS_KNOWN
from huikuan.record.customers.queries import among
from huikuan.record.customers.queries.merging import merged, with_merged
from huikuan.record.promises.domain.promising import BROKEN, KEPT, OPEN, PARTLY, part_state, promise_state
from huikuan.record.promises.models import BarterPart
from huikuan.record.promises.queries.barters import barters_open
from huikuan.record.promises.queries.plans import plans_by, running
from huikuan.record.promises.queries.sums import PartRow, Which, parts_by

#: How customers keep their word is told by the promises whose time ended within so many days.
YEAR = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class PromiseStanding:
    """Why a claim is not pursued: `amount`, minor units, is to come, the first of it by `by`, as promised or agreed on
    `since`. Of a plan, which names no promise (0), they are its next instalment's; of goods, which name neither, the
    day of delivery."""

    promise_id: int
    amount: int
    by: date
    plan_id: int | None
    since: date


@dataclass(frozen=True, slots=True)
class Kept:
    """How many of a customer's promises were kept, kept in part, and broken."""

    kept: int = 0
    partly: int = 0
    broken: int = 0

    @property
    def judged(self) -> int:
        return self.kept + self.partly + self.broken

    @property
    def share_e4(self) -> int | None:
        """The kept of all, in ten-thousandths; None where none was judged."""
        return divide_half_up(self.kept * 10_000, self.judged) if self.judged else None


def open_parts(company_id: int, as_of: date, item_ids: Collection[int] | None = None) -> list[PartRow]:
    """What is promised and still to come in time, of these items (None: of the whole company)."""
    rows = parts_by(Which(company_id, item_ids=item_ids, still=True), as_of)
    return [row for row in rows if part_state(row.standing, as_of) == OPEN]


def standing(
    company_id: int,
    as_of: date,
    words: Sequence[PartRow] | None = None,
    item_ids: Collection[int] | None = None,
) -> dict[int, PromiseStanding]:
    """Item (of these; None: of all) → the promises and goods that stand on it, neither kept nor broken by then, as
    one: what all of them bring, by the day of the first to come. A plan takes the place of what was said before it.
    `words`: `open_parts`, where they were asked already."""
    said: dict[int, list[PromiseStanding]] = defaultdict(list)
    for row in open_parts(company_id, as_of, item_ids) if words is None else words:
        word = PromiseStanding(row.promise_id, row.standing.awaited, row.pay_by, None, row.said_on)
        said[row.item_id].append(word)
    goods = {one.pk: one for one in barters_open(company_id, as_of) if one.deliver_by >= as_of}
    for part in _parts(goods, item_ids):
        agreed = goods[part.barter_id]
        said[part.item_id].append(PromiseStanding(0, part.amount, agreed.deliver_by, None, agreed.agreed_on))
    found = {item_id: _together(those) for item_id, those in said.items()}
    for one in plans_by(running(company_id, as_of, item_ids), as_of):
        following = one.standing.next
        if following is not None and one.standing.missed is None:
            to_come = following.amount - following.paid
            stands = PromiseStanding(0, to_come, following.due_on, one.plan.pk, one.plan.agreed_on)
            found |= {item.item_id: stands for item in one.items if item_ids is None or item.item_id in item_ids}
    return found


def _parts(barter_ids: Collection[int], item_ids: Collection[int] | None) -> QuerySet[BarterPart]:
    found = BarterPart.objects.filter(barter_id__in=list(barter_ids))
    return found if item_ids is None else found.filter(item_id__in=among(item_ids))


def _together(those: Sequence[PromiseStanding]) -> PromiseStanding:
    first = min(those, key=lambda one: one.by)
    return replace(first, amount=sum(one.amount for one in those))


def kept_rates(
    company_id: int | None, as_of: date, *, customer_ids: Collection[int] | None = None, known: int | None = None
) -> dict[int, Kept]:
    """Customer, as shown → how it kept the promises whose time ended within the year up to `as_of` (or are kept
    already); whoever promised nothing is not named. `company_id` None: over all companies; `customer_ids` None:
    everybody; `known`: by the facts with tx below it."""
    counts: defaultdict[int, Counter[str]] = defaultdict(Counter)
    shown = merged(known)
    wanted = customer_ids
    if wanted is not None:
        wanted = with_merged(wanted, shown)
    horizon = ALWAYS_KNOWN if known is None else known
    rows = parts_by(Which(company_id, wanted, since=as_of - YEAR, known=horizon), as_of)
    for _, group in groupby(rows, lambda row: row.promise_id):
        parts = list(group)
        state = promise_state([part.standing for part in parts], as_of)
        whose = parts[0].customer_id
        counts[shown.get(whose, whose)][state] += 1
    found = {one: Kept(of[KEPT], of[PARTLY], of[BROKEN]) for one, of in counts.items()}
    return {one: kept for one, kept in found.items() if kept.judged}
