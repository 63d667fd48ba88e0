"""The clocks of open claims: of some, of one customer, and those that run out."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.identity.domain.scope import Scope
from huikuan.mechanisms.identity.models import Company
from huikuan.mechanisms.policies.queries import in_force
from huikuan.record.customers.queries import among, named_by_id
from huikuan.record.limitation.domain.clock import Clock, Rules, clock, later, stage
from huikuan.record.limitation.domain.kinds import at_least
from huikuan.record.limitation.policies import LIMITATION, rules_of
from huikuan.record.limitation.queries.debts import Debt, debts_of
from huikuan.record.limitation.queries.opened import Late, ever_late_ids, late_ids, moved_ids, opened_of
from huikuan.record.receivables.models import Item

_YEAR = 12


@dataclass(frozen=True, slots=True)
class ClockRow:
    """An open claim and its clock. `stage`: the alarm that rings (180, 90, 30); None: none does. `suspended`: the
    suspension, still without an end, that alone the safe day rests on; the longest alarm rings while it does."""

    item_id: int
    company_id: int
    company_code: str
    customer_id: int
    customer_code: str
    customer_name: str
    kind: str
    document_number: str
    currency: str
    open_amount: int
    clock: Clock
    days_left: int | None
    stage: int | None
    over: bool
    suspended: int | None = None


def rules_in_force(company_id: int, *, at: datetime) -> Rules:
    """The periods as the company counts them."""
    return rules_of(in_force(LIMITATION.name, company_id=company_id, at=at).document)


def clocks(item_ids: Collection[int], *, as_of: date, at: datetime) -> dict[int, Clock]:
    """Item → its clock as of a day; credits, bills and what was reversed are left out."""
    return {item_id: of for item_id, (_, of) in _read(item_ids, as_of, at).items()}


def clock_of(item_id: int, *, as_of: date, at: datetime) -> tuple[Debt, Clock]:
    """One item's debt, with all that interrupted it, and its clock; refuses one that has none."""
    found = _read([item_id], as_of, at)
    if item_id not in found:
        raise Refusal("limitation_no_clock", item=item_id)
    return found[item_id]


def expiring(
    *,
    as_of: date,
    scope: Scope,
    at: datetime,
    within: int | None = None,
    company_id: int | None = None,
    customer_id: int | None = None,
) -> list[ClockRow]:
    """Claims of the scope that are open on the day and whose safe day comes within so many days or is past (`within`
    None: all that are due), the first to run out first. A customer is asked for with those it is one with."""
    # A clock runs for three years at least: what fell due later cannot ring yet.
    due_by = None
    if within is not None:
        due_by = later(as_of + timedelta(days=within), -_shortest(company_id, at) * _YEAR)
    late = Late(as_of, scope, at, company_id, customer_id, due_by)
    ids, moved = late_ids(late), moved_ids(late)
    found = [
        row
        for row in rows_of({*ids, *moved}, as_of=as_of, at=at)
        if row.item_id in ids or (row.clock.starts_on is not None and row.clock.starts_on < as_of)
    ]
    if within is not None:
        found = [row for row in found if row.days_left is not None and (row.days_left <= within or row.suspended)]
    return sorted(found, key=lambda row: (row.clock.safe_on or date.max, row.item_id))


def ringing(company_id: int, customer_id: int, *, scope: Scope, as_of: date, at: datetime) -> list[ClockRow]:
    """A customer's claims of the scope for which an alarm rings on the day, the first to run out first. What is
    suspended without an end runs towards no day and is left out."""
    rules = rules_in_force(company_id, at=at)
    due_by = later(as_of + timedelta(days=rules.alarm_days[0]), -rules.years * _YEAR)
    old = ever_late_ids(Late(as_of, scope, at, company_id, customer_id, due_by))
    rows = rows_of(old, as_of=as_of, at=at) if old else []
    rings = [row for row in rows if row.stage is not None and row.suspended is None]
    return sorted(rings, key=lambda row: (row.clock.safe_on or date.max, row.item_id))


def rows_of(item_ids: Collection[int], *, as_of: date, at: datetime) -> list[ClockRow]:
    """Those of the items that are open on the day, with their clocks; in order of id."""
    read = _read(item_ids, as_of, at)
    opened = {row.item_id: row for row in opened_of(read, as_of, at=at)}
    numbers = dict(Item.objects.filter(id__in=among(opened)).values_list("id", "document_number"))
    names = named_by_id({row.customer_id for row in opened.values()})
    codes = dict(Company.objects.values_list("id", "code"))
    rules = {company: rules_in_force(company, at=at) for company in {row.company_id for row in opened.values()}}
    found = []
    for item_id in sorted(opened):
        row, (debt, of), known = opened[item_id], read[item_id], rules[opened[item_id].company_id]
        left, name, stopped = of.days_left(as_of), names[row.customer_id], _stopped(debt, of, as_of, known)
        found.append(
            ClockRow(
                item_id, row.company_id, codes[row.company_id], row.customer_id, name.code, name.name, row.kind,
                numbers[item_id], row.currency, row.amount, of, left,
                known.alarm_days[0] if stopped else stage(left, known), of.is_over(as_of), stopped,
            )
        )  # fmt: skip
    return found


def _read(item_ids: Collection[int], as_of: date, at: datetime) -> dict[int, tuple[Debt, Clock]]:
    debts = debts_of(item_ids, as_of)
    companies = dict(Item.objects.filter(id__in=among(debts)).values_list("id", "company_id"))
    rules = {company: rules_in_force(company, at=at) for company in set(companies.values())}
    return {item_id: (debt, _clock(debt, as_of, rules[companies[item_id]])) for item_id, debt in debts.items()}


def _clock(debt: Debt, as_of: date, rules: Rules) -> Clock:
    """What still lasts has lasted until the day: if it ended on it, six months would be left, and never more than the
    twenty years."""
    lasted = [replace(one, last=one.last or as_of) for one in debt.suspensions]
    return clock(debt.dues, debt.interruptions, lasted, rules)


def _stopped(debt: Debt, of: Clock, as_of: date, rules: Rules) -> int | None:
    """The suspension without an end that the safe day rests on; None: it would be the same without."""
    lasting = [one for one in debt.suspensions if one.last is None and at_least(one.strength, rules.safe_from)]
    return lasting[-1].id if lasting and of.safe_on == later(as_of, rules.last_months) else None


def _shortest(company_id: int | None, at: datetime) -> int:
    companies: Sequence[Any] = (
        [company_id] if company_id is not None else list(Company.objects.values_list("id", flat=True))
    )
    return min((rules_in_force(one, at=at).years for one in companies), default=Rules().years)
