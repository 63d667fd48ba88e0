"""How often customers dispute, as values of factors: from the facts of disputes, beside the ledger's behaviour."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from huikuan.judge.rating.domain.behaviour import YEAR_DAYS
from huikuan.judge.rating.domain.factors import OWN_LEDGER, FactorValue, Reliability
from huikuan.judge.rating.queries.behaviour import Sheet
from huikuan.kernel.money import divide_half_up
from huikuan.mechanisms.audit.models import Head
from huikuan.record.customers.queries.merging import merged
from huikuan.record.disputes.queries.statistics import Disputing, disputing

_PLACES = 4


@dataclass(frozen=True, slots=True)
class Disputes:
    """What customers disputed in the year before the day; merged ones count for whom they are shown under."""

    as_of: date
    found: Mapping[int, Disputing]

    def of(self, customer_id: int, ledger: Sheet) -> list[FactorValue]:
        """`disputes`, their number, and `dispute_share`, disputed ÷ sold in the year, at the day's rates; nothing of a
        customer the ledger does not know."""
        sums = ledger.sums.get(customer_id)
        if not sums:
            return []
        told = self.found.get(customer_id, Disputing(0, {}))
        values = {"disputes": Decimal(told.count)}
        weights = dict.fromkeys(sums, 1) if len(sums) == 1 else ledger.worth
        sold = sum(one.sold * weights.get(currency, 0) for currency, one in sums.items())
        over = sum(amount * weights.get(currency, 0) for currency, amount in told.amounts.items())
        if sold > 0:
            values["dispute_share"] = Decimal(divide_half_up(over * 10**_PLACES, sold)).scaleb(-_PLACES)
        return [FactorValue(name, value, OWN_LEDGER, self.as_of, Reliability.PROVEN) for name, value in values.items()]


def disputes_by(as_of: date, customer_ids: Collection[int] | None, known: Head | None) -> Disputes:
    """Of these customers (None: of every one), in one question; `known`: the head it is known by."""
    horizon = known.horizon if known else None
    ones = merged(horizon)
    wanted = None
    if customer_ids is not None:
        wanted = {*customer_ids, *(one for one, into in ones.items() if into in set(customer_ids))}
    rows = disputing(as_of - timedelta(days=YEAR_DAYS - 1), as_of, customer_ids=wanted, known=horizon)
    together: dict[int, list[Disputing]] = defaultdict(list)
    for customer_id, one in rows.items():
        together[ones.get(customer_id, customer_id)].append(one)
    return Disputes(as_of, {customer_id: _sum(ones) for customer_id, ones in together.items()})


def _sum(ones: list[Disputing]) -> Disputing:
    amounts: dict[str, int] = {}
    for one in ones:
        for currency, amount in one.amounts.items():
            amounts[currency] = amounts.get(currency, 0) + amount
    return Disputing(sum(one.count for one in ones), amounts)
