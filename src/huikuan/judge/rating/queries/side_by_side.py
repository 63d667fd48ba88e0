"""Everything known of one customer by a day: each factor with what every source says of it, side by side."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from huikuan.judge.rating.domain.factors import FACTORS, OWN_LEDGER, SOURCES, STATEMENTS, FactorValue, best
from huikuan.judge.rating.queries.facts import InformationRow, information_of, known_facts
from huikuan.mechanisms.audit.models import Head
from huikuan.mechanisms.identity.domain.scope import Scope
from huikuan.record.customers.queries import seen
from huikuan.record.financials.domain.period import YEAR
from huikuan.record.financials.queries.statements import statements_of


@dataclass(frozen=True, slots=True)
class Told:
    """What one source says of a factor. `who` and `when` recorded it; '' and None: computed from the ledger. `counts`:
    this is what a scorecard reads, unless it takes no value so old."""

    value: str
    source: str
    on: date
    reliability: int
    note: str
    who: str
    when: datetime | None
    counts: bool


@dataclass(frozen=True, slots=True)
class FactRow:
    """A factor with what the sources say of it, by source."""

    factor: str
    group: str
    told: Mapping[str, Told]


@dataclass(frozen=True, slots=True)
class SideBySide:
    """`sources`: those that say anything, in the order of SOURCES."""

    sources: tuple[str, ...]
    rows: tuple[FactRow, ...]


def side_by_side(customer_id: int, *, scope: Scope, day: date, known: Head | None = None) -> SideBySide:
    """What is known by the day, as known by the head; nothing of a customer out of scope. Of one source the value that
    is best, so a newer one stands for an older."""
    if not seen(scope).has_customer(customer_id):
        return SideBySide((), ())
    values = known_facts(as_of=day, customer_ids=[customer_id], known=known).of(customer_id)
    horizon = known.horizon if known else None
    stated = statements_of(customer_id, scope=scope, as_of=day, known=horizon)
    entered = {row.period.ends_on: (row.actor, row.recorded_at) for row in stated if row.period.months == YEAR}
    said = information_of(customer_id, scope=scope, day=day, known=known)
    rows = []
    for factor in FACTORS:
        chosen = best(values.get(factor, ()), as_of=day)
        told: dict[str, Told] = {}
        for source in SOURCES:
            one = best((value for value in values.get(factor, ()) if value.source == source), as_of=day)
            if one is not None:
                told[source] = _told(one, _origin(one, said), entered, counts=one == chosen)
        if told:
            rows.append(FactRow(factor, FACTORS[factor].group, told))
    sources = tuple(source for source in SOURCES if any(source in row.told for row in rows))
    return SideBySide(sources, tuple(rows))


def _told(
    one: FactorValue, origin: InformationRow | None, entered: Mapping[date, tuple[str, datetime]], *, counts: bool
) -> Told:
    value = one.value if isinstance(one.value, str) else f"{one.value:f}"
    who, when = (origin.actor, origin.recorded_at) if origin else ("", None)
    if origin is None and one.source == STATEMENTS:
        who, when = entered.get(one.on, ("", None))
    return Told(value, one.source, one.on, int(one.reliability), origin.note if origin else "", who, when, counts)


def _origin(one: FactorValue, said: list[InformationRow]) -> InformationRow | None:
    """The recorded saying the value comes from, of several the one recorded last; None: it was computed."""
    if one.source == OWN_LEDGER:
        return None
    return next(
        (
            row
            for row in said
            if (row.factor, row.source, row.on, row.reliability) == (one.factor, one.source, one.on, one.reliability)
            and row.value
        ),
        None,
    )
