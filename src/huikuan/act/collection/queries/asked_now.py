"""What of an approach may be asked for at this moment: by the ledger itself, with what was said since the run."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time

import polars as pl
from django.db.models import Max

from huikuan.act.collection.domain.deciding import Due, Standing, pursued
from huikuan.act.collection.domain.strategy import DISPUTED, INSURED, UNAPPLIED, Strategy
from huikuan.act.collection.models import Approach, Run, Taken
from huikuan.act.collection.queries.newer import asked_anew
from huikuan.act.collection.queries.standings import (
    NOTHING_LEFT_ALONE,
    insured_on,
    placeless,
    shares,
    standing_holds,
)
from huikuan.act.collection.queries.still_open import Lines, still_open
from huikuan.act.collection.queries.waiting import dues_of, strategy_of_run
from huikuan.act.collection.reasons import (
    CHANGED,
    MEANWHILE_DISPUTED,
    MEANWHILE_HELD,
    MEANWHILE_INSURED,
    MEANWHILE_OVERCLAIMED,
    MEANWHILE_PLANNED,
    MEANWHILE_PROMISED,
    MONEY_CAME,
    PAID,
    SUPERSEDED,
)
from huikuan.record.customers.queries.merging import one_with
from huikuan.record.disputes.queries.standing import standing as disputes
from huikuan.record.interest.queries.anew import over_claimed_items
from huikuan.record.promises.models import Barter, Plan, PromisePart
from huikuan.record.promises.queries.standing import standing as promises
from huikuan.record.receivables.models import OpenItem

#: A claim's line.
_Key = tuple[int, int]
#: Line → what of it may be asked for, minor units, and what made it less, where it is.
_Left = dict[_Key, tuple[int, str]]


@dataclass(frozen=True, slots=True)
class Asked:
    """The lines that may be asked for, with their amounts; `reasons`: why it is less than the run took up, each once,
    where it is."""

    dues: tuple[Due, ...]
    reasons: tuple[str, ...]

    @property
    def less(self) -> str:
        """The first of the reasons; '' where it is all that the run took up."""
        return next(iter(self.reasons), "")

    @property
    def digest(self) -> str:
        """Names what is asked for of each item: two messages with the same one ask for the same."""
        text = ",".join(f"{item}={amount}" for item, amount in sorted(_by_item(self.dues).items()))
        return hashlib.sha256(text.encode()).hexdigest()[:16]


def asked_now(made: Approach, run: Run, day: date, *, anew: date | None = None) -> Asked:
    """Of what the approach took up, what may still be asked for on the day, with the days late of that day, by the
    same rule as the run. A step for before the due date is not made up for after it. `anew`: the day a message was
    written anew for: it leaves out lines on which a later step was taken by then."""
    strategy = strategy_of_run(run)
    dues = dues_of(made, strategy)
    taken = _taken(made)
    left = _left(made, dues, strategy, day)
    left |= dict.fromkeys(_gone_on(made, anew) & left.keys() if anew else (), (0, SUPERSEDED))
    less = [PAID for key in taken if key not in left]
    asked: list[Due] = []
    for due in dues:
        amount, why = left[_key(due)]
        if amount < taken[_key(due)]:
            less.append(why)
        late = (day - due.line.due_date).days
        if amount > 0 and not due.step.day < 0 < late:
            line = replace(due.line, open_amount=min(amount, taken[_key(due)]))
            asked.append(replace(due, line=line, late=late))
    return Asked(tuple(asked), tuple(dict.fromkeys(less)))


def _key(due: Due) -> _Key:
    return due.line.item_id, due.line.line


def _taken(made: Approach) -> dict[_Key, int]:
    rows = Taken.objects.filter(approach_id=made.pk).order_by("pk").values_list("item_id", "line", "amount")
    return {(item_id, line): amount for item_id, line, amount in rows}


def _gone_on(made: Approach, by: date) -> set[_Key]:
    """The lines of the approach on which a later one took a step, up to and with the day."""
    items = Taken.objects.filter(approach_id=made.pk).values("item_id")
    later = Taken.objects.filter(item_id__in=items, approach_id__gt=made.pk, on_date__lte=by)
    return set(later.values_list("item_id", "line"))


def _left(made: Approach, dues: Sequence[Due], strategy: Strategy, day: date) -> _Left:
    """What was paid is not open; what was agreed and what stands against the whole makes it less; what a newer message
    asks for is asked for by that one."""
    found = _pursued(made, dues, day)
    one = one_with(made.customer_id)
    cash = {found.currency: found.total for found in placeless(made.company_id, one)}
    holds = standing_holds(made.company_id, day, one)
    anew, insured = asked_anew(made, one), _insured_from(made, strategy, day, one)
    too_much = _overclaimed(dues, day)
    for due in dues:
        if cash.get(due.line.currency, 0) > strategy.small_cash and UNAPPLIED in due.step.stops:
            found[_key(due)] = 0, MONEY_CAME
        if any(hold.item_id in (None, due.line.item_id) for hold in holds):
            found[_key(due)] = 0, MEANWHILE_HELD
        if insured is not None and (day - due.line.due_date).days >= insured and INSURED in due.step.stops:
            found[_key(due)] = 0, MEANWHILE_INSURED
        if due.line.item_id in too_much:
            found[_key(due)] = 0, MEANWHILE_OVERCLAIMED
        if _key(due) in anew:
            found[_key(due)] = 0, SUPERSEDED
    return found


def _insured_from(made: Approach, strategy: Strategy, day: date, one: Collection[int]) -> int | None:
    """From so many days late on the insurer has it; None: nobody insures the customer, or it does not matter."""
    after = strategy.insured_after
    return after if after is not None and insured_on(made.company_id, day, one) else None


def _overclaimed(dues: Sequence[Due], day: date) -> Collection[int]:
    """The items of claimed interest whose days do not bear all of it."""
    items = OpenItem.objects.filter(item_id__in={due.line.item_id for due in dues}, kind="interest")
    borne = list(items.values_list("item_id", flat=True))
    return over_claimed_items(borne, at=datetime.combine(day, time.max, UTC)) if borne else ()


def _pursued(made: Approach, dues: Sequence[Due], day: date) -> _Left:
    """What is open of each line, without what is left alone for a dispute, a promise, goods or a plan: that is used up
    over all lines of the claim, the oldest first."""
    lines = still_open({due.line.item_id for due in dues}, day)
    today = _last_said(made.company_id, made.customer_id, day)
    disputed = disputes(made.company_id, today, item_ids=lines)
    promised = promises(made.company_id, today, item_ids=lines)
    alone = shares(_frame(lines), disputed, promised)
    found: _Left = {}
    for due in dues:
        item_id = due.line.item_id
        generation, opened = lines.get(item_id, (0, {}))
        if generation != due.line.generation:
            found[_key(due)] = 0, CHANGED
            continue
        share, promise = alone.get((item_id, due.line.line), NOTHING_LEFT_ALONE), promised.get(item_id)
        standing = Standing(
            disputed=share.disputed,
            promised=share.promised,
            promised_by=promise.by if promise else None,
            planned=promise is not None and promise.plan_id is not None,
        )
        now = replace(due, line=replace(due.line, open_amount=opened.get(due.line.line, (due.line.due_date, 0))[1]))
        found[_key(due)] = pursued(now, standing).line.open_amount, _why(due, now, standing)
    return found


def _why(due: Due, now: Due, standing: Standing) -> str:
    """What makes it less than was taken up, where it is."""
    if now.line.open_amount < due.line.open_amount or not (standing.disputed or standing.promised):
        return PAID
    if standing.disputed and DISPUTED in due.step.stops:
        return MEANWHILE_DISPUTED
    return MEANWHILE_PLANNED if standing.planned else MEANWHILE_PROMISED


def _frame(lines: Lines) -> pl.DataFrame:
    rows = [
        (item_id, line, due_date, amount)
        for item_id, (_, still) in lines.items()
        for line, (due_date, amount) in still.items()
        if amount > 0
    ]
    schema = {"item_id": pl.Int64, "line": pl.Int64, "due_date": pl.Date, "open_amount": pl.Int64}
    return pl.DataFrame(rows, schema=schema, orient="row")


def _last_said(company_id: int, customer_id: int, day: date) -> date:
    """The day, or a later one on which the customer promised or agreed something."""
    of = {"company_id": company_id, "customer_id": customer_id}
    promised = PromisePart.objects.filter(**of).aggregate(last=Max("said_on"))["last"]
    agreed = Plan.objects.filter(**of).aggregate(last=Max("agreed_on"))["last"]
    goods = Barter.objects.filter(**of).aggregate(last=Max("agreed_on"))["last"]
    return max(one for one in (day, promised, agreed, goods) if one is not None)


def _by_item(dues: Sequence[Due]) -> dict[int, int]:
    sums: dict[int, int] = defaultdict(int)
    for due in dues:
        sums[due.line.item_id] += due.line.open_amount
    return sums
