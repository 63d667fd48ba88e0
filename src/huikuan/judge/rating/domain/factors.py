"""What a scorecard may ask about, and how an answer comes: a value with its source, day and reliability.

The ledger, statements, a bank, the registry or an analyst all answer in the same form (`FactorValue`), so that a card
does not know where a value comes from, and a new source needs no change of it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from enum import IntEnum

from huikuan.kernel.errors import Refusal
from huikuan.record.financials.domain.ratios import RATIOS

OWN_LEDGER = "own_ledger"
STATEMENTS = "statements"
#: Where values come from, the own ledger first.
SOURCES = (OWN_LEDGER, "master_data", STATEMENTS, "bank", "third_party", "registry", "peers", "analyst")

#: Kinds of factors: what the own ledger tells, the ratios of statements, how a ratio stands in its industry, the rest.
BEHAVIOUR, RATIO, STANDING, OTHERS = GROUPS = ("behaviour", "ratio", "standing", "others")

#: Days of a month, where the age of a value is counted in months.
_MONTH_DAYS = 30
_LONGEST_VALUE = 40


class Reliability(IntEnum):
    """How far a value can be relied on: said by the customer or by hearsay, reported by a third party, proven by
    own books, a register or an audited report."""

    SAID = 1
    REPORTED = 2
    PROVEN = 3


@dataclass(frozen=True, slots=True)
class Factor:
    """`unit`: share (0.95 is 95 %), days, months, years, times, number, or choice among `choices`.
    `computed`: nobody says it by hand. `group`: whose kind of knowledge it is, as GROUPS orders them."""

    name: str
    unit: str
    choices: tuple[str, ...] = ()
    computed: bool = False
    group: str = OTHERS


@dataclass(frozen=True, slots=True)
class FactorValue:
    """What a source says of a factor; `value` a decimal, or one of the factor's choices."""

    factor: str
    value: Decimal | str
    source: str
    on: date
    reliability: Reliability


def _ledger(name: str, unit: str) -> Factor:
    return Factor(name, unit, computed=True, group=BEHAVIOUR)


def _choice(name: str, *choices: str) -> Factor:
    return Factor(name, "choice", choices)


def standing_name(ratio: str) -> str:
    """The factor that says how a ratio stands in the industry: 0 to 100 points, the better the more."""
    return f"{ratio}_standing"


#: Standing factor → its ratio.
STANDINGS: dict[str, str] = {standing_name(ratio): ratio for ratio in RATIOS}

FACTORS: dict[str, Factor] = {
    factor.name: factor
    for factor in (
        _ledger("paid_on_time_amount", "share"),
        _ledger("paid_on_time_count", "share"),
        _ledger("average_days_late", "days"),
        _ledger("worst_days_late", "days"),
        _ledger("very_late_share", "share"),
        _ledger("days_late_change", "days"),
        _ledger("payment_cycle_change", "days"),
        _ledger("return_rate", "share"),
        _ledger("overdue_share", "share"),
        _ledger("longest_overdue", "days"),
        _ledger("months_known", "months"),
        _ledger("invoices_a_month", "number"),
        _ledger("invoices_change", "share"),
        _ledger("disputes", "number"),
        _ledger("dispute_share", "share"),
        _ledger("promises_kept", "share"),
        *(Factor(ratio.code, ratio.unit, group=RATIO) for ratio in RATIOS.values()),
        *(Factor(name, "number", computed=True, group=STANDING) for name in STANDINGS),
        Factor("years_established", "years"),
        Factor("open_lawsuits", "number"),
        _choice("registry_status", "active", "moved_out", "revoked", "cancelled"),
        _choice("dishonest_debtor", "no", "yes"),
        _choice("third_party_rating", "excellent", "good", "fair", "poor"),
        _choice("bank_reference", "good", "fair", "poor"),
        _choice("peer_reference", "prompt", "slow", "bad"),
        _choice("management_view", "strong", "sound", "weak"),
        _choice("conduct", "ordinary", "bad_faith"),
    )
}


def read_value(factor: str, text: str) -> Decimal | str:
    """A value as it is written: one of the choices, or a decimal; refuses anything else."""
    asked = FACTORS.get(factor)
    if asked is None:
        raise Refusal("factor_unknown", factor=factor, known=", ".join(FACTORS))
    if asked.choices:
        if text not in asked.choices:
            raise Refusal("factor_choice_unknown", factor=factor, value=text, known=", ".join(asked.choices))
        return text
    try:
        number = Decimal(text)
    except InvalidOperation:
        raise Refusal("factor_value_unreadable", factor=factor, value=text) from None
    if not number.is_finite() or len(text) > _LONGEST_VALUE or abs(number) >= Decimal("1e15"):
        raise Refusal("factor_value_unreadable", factor=factor, value=text)
    return number


def best(values: Iterable[FactorValue], *, as_of: date, months: int | None = None) -> FactorValue | None:
    """Of one factor's values by the day, and not older than `months`: the most reliable; of those the newest; of
    those the first in the order of SOURCES."""
    return max(_counted(values, as_of, months), key=_rank, default=None)


def unrefuted(values: Iterable[FactorValue], *, as_of: date, months: int | None = None) -> list[FactorValue]:
    """The same values without those that another, newer and at least as reliable, or of the same day and more
    reliable, has taken the place of; the best first."""
    counted = _counted(values, as_of, months)
    standing = [one for one in counted if not any(_refutes(other, one) for other in counted)]
    return sorted(standing, key=_rank, reverse=True)


def _refutes(other: FactorValue, one: FactorValue) -> bool:
    if other.on == one.on:
        return other.reliability > one.reliability
    return other.on > one.on and other.reliability >= one.reliability


def _counted(values: Iterable[FactorValue], as_of: date, months: int | None) -> list[FactorValue]:
    oldest = date.min if months is None else as_of - timedelta(days=months * _MONTH_DAYS)
    return [one for one in values if oldest <= one.on <= as_of]


def _rank(one: FactorValue) -> tuple[Reliability, date, int]:
    return one.reliability, one.on, -SOURCES.index(one.source)
