"""What stands against writing to customers on a day: one question each for the whole company."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from typing import Any

import polars as pl
from django.db.models import Q, QuerySet

from huikuan.act.collection.domain.control import in_control
from huikuan.act.collection.domain.deciding import Line, Standing
from huikuan.act.collection.domain.strategy import Strategy
from huikuan.act.collection.models import Hold, HoldEnd
from huikuan.mechanisms.columns.engine import Engine
from huikuan.mechanisms.columns.queries import asking
from huikuan.record.banking.models import OpenLine
from huikuan.record.cash.domain.book import Verdict
from huikuan.record.cash.models import Suggestion
from huikuan.record.cover.domain.pieces import INSURANCE
from huikuan.record.cover.queries.pieces import cover_of
from huikuan.record.customers.queries.families import customers_in
from huikuan.record.customers.queries.merging import merged
from huikuan.record.disputes.domain.amounts import DisputeStanding
from huikuan.record.disputes.queries.standing import standing as disputes
from huikuan.record.interest.queries.anew import over_claimed_items
from huikuan.record.promises.queries.standing import PromiseStanding
from huikuan.record.promises.queries.standing import standing as promises
from huikuan.record.receivables.models import OpenItem
from huikuan.record.receivables.queries.open_lines import Moment, open_lines

_SUGGESTED = (Verdict.SUGGESTED.value, Verdict.APPLIED.value)


@dataclass(frozen=True, slots=True)
class Share:
    """So much of one line is left alone for the dispute, and for the promise or plan, about its item."""

    disputed: int
    promised: int


NOTHING_LEFT_ALONE = Share(0, 0)


@dataclass(frozen=True, slots=True)
class Against:
    """All of it: by item and line, by item, by customer, by customer and currency. `control`: who is in the control
    group; `overclaimed`: by item of claimed interest, what is too much of it."""

    shares: Mapping[tuple[int, int], Share] = field(default_factory=dict)
    promised: Mapping[int, PromiseStanding] = field(default_factory=dict)
    held_items: Mapping[int, str] = field(default_factory=dict)
    held_customers: Mapping[int, str] = field(default_factory=dict)
    insured: Collection[int] = frozenset()
    cash: Mapping[tuple[int, str], int] = field(default_factory=dict)
    control: Collection[int] = frozenset()
    overclaimed: Mapping[int, int] = field(default_factory=dict)

    def touches(self) -> pl.Expr:
        """Whether anything at all may stand against a step on a line; of most lines nothing does."""
        items = {item for item, _ in self.shares} | self.held_items.keys() | self.overclaimed.keys()
        customers = {*self.held_customers, *self.insured, *self.control, *(customer for customer, _ in self.cash)}
        return pl.col("item_id").is_in(list(items)) | pl.col("customer_id").is_in(list(customers))

    def standing(self, line: Line) -> Standing:
        """What stands against a step on the line."""
        promise = self.promised.get(line.item_id)
        share = self.shares.get((line.item_id, line.line), NOTHING_LEFT_ALONE)
        return Standing(
            disputed=share.disputed,
            promised=share.promised,
            promised_by=promise.by if promise else None,
            planned=promise is not None and promise.plan_id is not None,
            insured=line.customer_id in self.insured,
            unapplied=self.cash.get((line.customer_id, line.currency), 0),
            held=self.held_items.get(line.item_id, "") or self.held_customers.get(line.customer_id, ""),
            control=line.customer_id in self.control,
            overclaimed=self.overclaimed.get(line.item_id, 0),
        )


def against(company_id: int, on: date, strategy: Strategy, lines: pl.DataFrame, *, past: bool) -> Against:
    """What stands on the day against the open `lines`. `past`: only what the ledger says of that day, for a look back;
    what matching suggests for money at the bank, and what interest bears anew, is known of today alone."""
    items, customers = holds_on(company_id, on)
    disputed, promised = disputes(company_id, on), promises(company_id, on)
    customer_ids = lines["customer_id"].unique().to_list()
    percent, seed = strategy.control_percent, strategy.control_seed
    return Against(
        shares=shares(lines, disputed, promised),
        promised=promised,
        held_items=items,
        held_customers=customers,
        insured=insured_on(company_id, on, customer_ids) if strategy.insured_after is not None else frozenset(),
        cash=unapplied_cash(company_id, on, banked=not past),
        control=frozenset(one for one in customer_ids if percent and in_control(one, percent, seed)),
        overclaimed={} if past else _overclaimed(company_id, on, customer_ids),
    )


def shares(
    lines: pl.DataFrame, disputed: Mapping[int, DisputeStanding], promised: Mapping[int, PromiseStanding]
) -> dict[tuple[int, int], Share]:
    """(Item, line) → what of it is left alone. What is disputed or promised of a claim is used up over its lines, the
    oldest first; a plan is about the whole claim."""
    about = lines.filter(pl.col("item_id").is_in([*{*disputed, *promised}]))
    left: dict[int, tuple[int, int]] = {}
    shares: dict[tuple[int, int], Share] = {}
    ordered = about.sort("item_id", "due_date", "line").select("item_id", "line", "open_amount")
    for item_id, line, amount in ordered.iter_rows():
        dispute, promise = disputed.get(item_id), promised.get(item_id)
        known = (dispute.paused if dispute else 0, promise.amount if promise else 0)
        in_dispute, to_come = left.get(item_id, known)
        share = min(in_dispute, amount)
        word = amount if promise and promise.plan_id is not None else min(to_come, amount - share)
        shares[item_id, line] = Share(share, word)
        left[item_id] = (in_dispute - share, max(to_come - word, 0))
    return shares


def holds_on(company_id: int, on: date) -> tuple[dict[int, str], dict[int, str]]:
    """Item → why, and customer → why, of what is held back on the day; merged customers as shown."""
    shown = merged()
    items: dict[int, str] = {}
    customers: dict[int, str] = {}
    for hold in standing_holds(company_id, on):
        if hold.item_id is None:
            customers[shown.get(hold.customer_id, hold.customer_id)] = hold.reason
        else:
            items[hold.item_id] = hold.reason
    return items, customers


def standing_holds(company_id: int, on: date, customer_ids: Collection[int] | None = None) -> list[Hold]:
    """The holds that stand on the day (of these customers, None: of all), oldest first."""
    ended = HoldEnd.objects.filter(on_date__lte=on).values("hold_id")
    found = Hold.objects.filter(Q(until=None) | Q(until__gte=on), company_id=company_id, from_on__lte=on)
    if customer_ids is not None:
        found = found.filter(customer_id__in=customer_ids)
    return list(found.exclude(pk__in=ended).order_by("pk"))


def unapplied_cash(company_id: int, on: date, *, banked: bool) -> dict[tuple[int, str], int]:
    """(Customer, currency) → money it paid that has no place yet: receipts on account as of the day and, with
    `banked`, bank lines that matching takes for the customer's."""
    with asking("columns") as engine:
        moment = Moment(on, company_id=company_id)
        opened = f"({open_lines(engine, moment, 'due')}) AS opened"
        return cash_among(engine, opened, moment.parameters(), at_bank(company_id) if banked else ())


def cash_among(
    engine: Engine, lines: str, parameters: Mapping[str, Any], banked: Iterable[tuple[int, str, int]]
) -> dict[tuple[int, str], int]:
    """The same of these open `lines`, as the engine names them, and of what is at the bank."""
    found: dict[tuple[int, str], int] = defaultdict(int)
    receipts = engine.rows(
        f"SELECT customer_id, currency, CAST(SUM(open_amount) AS BIGINT) FROM {lines}"
        " WHERE side = 'credit' AND kind = 'receipt' GROUP BY customer_id, currency",
        parameters,
    )
    for customer_id, currency, amount in receipts:
        # A credit is negative where sides are told by sign.
        found[customer_id, currency] += abs(amount)
    for customer_id, currency, amount in banked:
        found[customer_id, currency] += amount
    return found


@dataclass(frozen=True, slots=True)
class Placeless:
    """A customer's money that has no place yet, minor units: receipts on account, and bank lines that matching takes
    for the customer's."""

    currency: str
    on_account: int
    at_bank: int

    @property
    def total(self) -> int:
        return self.on_account + self.at_bank


def placeless(company_id: int, customer_ids: Collection[int]) -> list[Placeless]:
    """The same of one customer, shown under these ids, as it is now; by currency, nothing where there is none."""
    on_account: dict[str, int] = defaultdict(int)
    at_bank: dict[str, int] = defaultdict(int)
    receipts = OpenItem.objects.filter(
        company_id=company_id, customer_id__in=customer_ids, side="credit", kind="receipt"
    )
    for currency, amount in receipts.values_list("currency", "open_amount"):
        on_account[currency] += amount
    suggested = _suggested(company_id).filter(customer_id__in=customer_ids).values("line_id")
    lines = OpenLine.objects.filter(company_id=company_id, left__gt=0, line_id__in=suggested)
    for currency, left in lines.values_list("currency", "left"):
        at_bank[currency] += left
    return [Placeless(one, on_account[one], at_bank[one]) for one in sorted({*on_account, *at_bank})]


def _overclaimed(company_id: int, on: date, customer_ids: Collection[int]) -> Mapping[int, int]:
    """Of the open interest that was claimed from these customers, what its days do not bear."""
    rows = OpenItem.objects.filter(company_id=company_id, kind="interest", side="debit").values_list(
        "item_id", "customer_id"
    )
    asked, shown = set(customer_ids), merged()
    items = [item_id for item_id, customer_id in rows if shown.get(customer_id, customer_id) in asked]
    return over_claimed_items(items, at=datetime.combine(on, time.max, UTC)) if items else {}


def _suggested(company_id: int) -> QuerySet[Suggestion]:
    return Suggestion.objects.filter(company_id=company_id, verdict__in=_SUGGESTED, customer_id__isnull=False)


def at_bank(company_id: int) -> list[tuple[int, str, int]]:
    """Customer, currency and what is left of each bank line that matching takes for a customer's."""
    shown = merged()
    suggested = _suggested(company_id).values_list("line_id", "customer_id")
    whose = {line: customer for line, customer in suggested if customer}
    lines = OpenLine.objects.filter(company_id=company_id, left__gt=0).values_list("line_id", "currency", "left")
    return [(shown.get(whose[line], whose[line]), currency, left) for line, currency, left in lines if line in whose]


def insured_on(company_id: int, on: date, customer_ids: Collection[int]) -> frozenset[int]:
    """Which of these customers an insurance covers on the day."""
    pieces = [one for one in cover_of(company_id, customer_ids, on) if one.kind == INSURANCE]
    own = {one.whose.customer_id for one in pieces if one.whose.customer_id is not None}
    groups = {one.whose.group for one in pieces if one.whose.group}
    return frozenset(own.union(*(customers_in(code, on) for code in groups)))
