"""Everything known of customers by a day, from every source in the same form."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from huikuan.judge.rating.domain.factors import OWN_LEDGER, FactorValue, Reliability, read_value
from huikuan.judge.rating.models import Information
from huikuan.judge.rating.queries.behaviour import Sheet, sheet
from huikuan.judge.rating.queries.disputing import Disputes, disputes_by
from huikuan.judge.rating.queries.promising import Promises, promises_by
from huikuan.judge.rating.queries.ratios import stated_values
from huikuan.mechanisms.audit.models import Head
from huikuan.mechanisms.identity.domain.scope import Scope
from huikuan.record.customers.queries import seen
from huikuan.record.customers.queries.merging import merged, one_with

#: Factor → what the sources say of it.
Known = dict[str, list[FactorValue]]


@dataclass(frozen=True, slots=True)
class InformationRow:
    """One thing a source said; `value` '' takes back what it had said."""

    id: int
    factor: str
    value: str
    source: str
    on: date
    reliability: int
    note: str
    actor: str
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of customers by a day: the own ledger's behaviour, what they dispute, how they keep
    promises, what their statements say, and what other sources said last."""

    ledger: Sheet
    disputes: Disputes
    promises: Promises
    stated: Mapping[int, Sequence[FactorValue]]
    said: Mapping[int, Sequence[FactorValue]]

    def of(self, customer_id: int) -> Known:
        """Factor → what each source says of it."""
        found: Known = {}
        behaviour = self.ledger.of(customer_id)
        for factor, value in behaviour.values.items() if behaviour else ():
            if value is not None:
                own = FactorValue(factor, value, OWN_LEDGER, self.ledger.as_of, Reliability.PROVEN)
                found[factor] = [own]
        disputed = self.disputes.of(customer_id, self.ledger)
        promised = self.promises.of(customer_id)
        for one in (*disputed, *promised, *self.stated.get(customer_id, ()), *self.said.get(customer_id, ())):
            found.setdefault(one.factor, []).append(one)
        return found


def known_facts(
    *,
    as_of: date,
    customer_ids: Collection[int] | None = None,
    known: Head | None = None,
    factors: Collection[str] | None = None,
) -> Facts:
    """Of these customers, not too many for one question (None: of every one). `known`: the head it is known by (None:
    everything known now). `factors`: of statements only these are computed (None: all)."""
    said: dict[int, list[FactorValue]] = defaultdict(list)
    for customer_id, value in _said(as_of, customer_ids, known):
        said[customer_id].append(value)
    ledger = sheet(as_of=as_of, known=known, customer_ids=customer_ids)
    stated = stated_values(as_of=as_of, customer_ids=customer_ids, known=known, factors=factors)
    return Facts(
        ledger, disputes_by(as_of, customer_ids, known), promises_by(as_of, customer_ids, known), stated, said
    )


def information_of(
    customer_id: int, *, scope: Scope, day: date | None = None, known: Head | None = None
) -> list[InformationRow]:
    """What was said of the customer, or of one merged into it, by the day (None: ever), as known by the head, newest
    first."""
    theirs = seen(scope)
    if not theirs.has_customer(customer_id):
        return []
    ones = one_with(customer_id, known.horizon if known else None, theirs)
    rows = Information.objects.filter(customer_id__in=ones).order_by("-on_date", "-tx", "-id")
    if day is not None:
        rows = rows.filter(on_date__lte=day)
    if known is not None:
        rows = rows.filter(tx__lt=known.horizon)
    return [
        InformationRow(
            row.pk, row.factor, row.value, row.source, row.on_date, row.reliability, row.note, row.actor,
            row.recorded_at,
        )
        for row in rows
    ]  # fmt: skip


def _said(as_of: date, customer_ids: Collection[int] | None, known: Head | None) -> list[tuple[int, FactorValue]]:
    """Of each customer, factor and source, what was said last by the day; of those that are one, of any of them."""
    ones = merged(known.horizon if known else None)
    rows = Information.objects.filter(on_date__lte=as_of).order_by("on_date", "tx", "id")
    if customer_ids is not None:
        wanted = set(customer_ids)
        rows = rows.filter(customer_id__in=wanted | {one for one, into in ones.items() if into in wanted})
    if known is not None:
        rows = rows.filter(tx__lt=known.horizon)
    latest = {(ones.get(row.customer_id, row.customer_id), row.factor, row.source): row for row in rows}
    return [
        (customer_id, FactorValue(factor, read_value(factor, row.value), source, row.on_date,
                                  Reliability(row.reliability)))
        for (customer_id, factor, source), row in latest.items()
        if row.value
    ]  # fmt: skip
