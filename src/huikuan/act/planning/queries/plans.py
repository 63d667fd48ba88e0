"""The plan of a month against what came: line by line, and together."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import OuterRef, Q, Subquery

from huikuan.act.planning.domain.actual import Actual, fulfilled_e4, together
from huikuan.act.planning.domain.drafting import Key
from huikuan.act.planning.models import PlanLine, PlanVersion
from huikuan.act.planning.queries.actual import by_key, claims_moved
from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.columns.tables import ALWAYS_KNOWN
from huikuan.mechanisms.identity.domain.scope import Scope
from huikuan.record.customers.queries import CustomerRow, customers_by_id, narrowed, seen
from huikuan.record.customers.queries.merging import merged

_NOW = (
    "version", "planned_on", "amount", "method", "owner", "strategy", "state", "slip", "slip_note", "note", "actor",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Asking:
    """Who asks, of which company and day, as known below a horizon (None: now)."""

    scope: Scope
    company_id: int
    day: date
    known: int | None = None


@dataclass(frozen=True, slots=True)
class PlanRow:
    """A line of a month's plan with what came; `line_id` 0: it came, or is to come, without having been planned."""

    line_id: int
    company_id: int
    customer_id: int
    customer_code: str
    customer_name: str
    contract_number: str
    currency: str
    month: date
    version: int
    planned_on: date | None
    amount: int
    method: str
    owner: str
    strategy: str
    state: str
    slip: str
    slip_note: str
    note: str
    actor: str
    actual: Actual

    @property
    def key(self) -> Key:
        return self.customer_id, self.contract_number, self.currency

    @property
    def missing(self) -> int:
        """What of the plan has not come; below zero where more came."""
        return self.amount - self.actual.cash

    @property
    def fulfilled_e4(self) -> int | None:
        return fulfilled_e4(self.amount, self.actual.cash)


@dataclass(frozen=True, slots=True)
class Together:
    """A currency's lines together."""

    currency: str
    amount: int
    actual: Actual

    @property
    def fulfilled_e4(self) -> int | None:
        return fulfilled_e4(self.amount, self.actual.cash)


@dataclass(frozen=True, slots=True)
class VersionRow:
    """What a line said from a day on, and who said so."""

    version: int
    effective_on: date
    planned_on: date
    amount: int
    method: str
    owner: str
    strategy: str
    state: str
    slip: str
    slip_note: str
    note: str
    actor: str
    recorded_at: datetime


def month_plan(month: date, asking: Asking) -> list[PlanRow]:
    """Every line of the month that the reader sees, and what came or is overdue without one; the largest first."""
    actual = by_key(claims_moved(asking.company_id, month, asking.day, known=asking.known))
    lines = _stated(PlanLine.objects.filter(company_id=asking.company_id, month=month), asking)
    keys = keys_of(lines, merged(asking.known))
    names = customers_by_id({key[0] for key in (*keys.values(), *actual)})
    theirs = seen(asking.scope)
    rows = [_row(one, keys[one.pk], names, actual) for one in lines]
    planned = {row.key for row in rows}
    for key, came in actual.items():
        if key not in planned and came.matured + came.cash and theirs.has(asking.company_id, key[0]):
            rows.append(_unplanned(asking.company_id, month, key, names[key[0]], came))
    return sorted(rows, key=lambda row: (-max(row.amount, row.actual.cash), row.customer_name, row.contract_number))


def plan_line(line_id: int, asking: Asking) -> PlanRow:
    """One line; refuses one that is unknown by then, or out of scope, which is the same to the reader."""
    lines = _stated(PlanLine.objects.filter(pk=line_id, company_id=asking.company_id), asking)
    if not lines:
        raise Refusal("plan_line_unknown", line=line_id)
    (one,) = lines
    actual = by_key(claims_moved(one.company_id, one.month, asking.day, known=asking.known))
    beside = _stated(PlanLine.objects.filter(company_id=one.company_id, month=one.month), asking)
    key = keys_of(beside, merged(asking.known))[line_id]
    return _row(one, key, customers_by_id([key[0]]), actual)


def keys_of(lines: Iterable[Any], shown: Mapping[int, int]) -> dict[int, Key]:
    """Line → what it plans, with its customer as `shown` since it was merged. Where two lines plan the same by then,
    the shown customer's own does, or else the older; the other stands for itself, and nothing comes on it."""
    keys: dict[int, Key] = {}
    taken: set[Key] = set()
    for one in sorted(lines, key=lambda line: (line.customer_id in shown, line.pk)):
        own = (one.customer_id, one.contract_number, one.currency)
        key = (shown.get(one.customer_id, one.customer_id), *own[1:])
        keys[one.pk] = own if key in taken else key
        taken.add(key)
    return keys


def company_of(line_id: int, scope: Scope) -> int:
    """Whose line it is; refuses one that is unknown, or out of scope."""
    found = narrowed(PlanLine.objects.filter(pk=line_id), seen(scope)).values_list("company_id", flat=True).first()
    if found is None:
        raise Refusal("plan_line_unknown", line=line_id)
    return found


def versions_of_line(line_id: int, asking: Asking) -> list[VersionRow]:
    """Everything recorded of a line by the day, the newest first. Of the line itself, `plan_line` is asked."""
    facts = PlanVersion.objects.filter(line_id=line_id).filter(_by(asking)).order_by("-version")
    return [VersionRow(**{name: getattr(one, name) for name in VersionRow.__dataclass_fields__}) for one in facts]


def sums_of(rows: Iterable[PlanRow]) -> list[Together]:
    """Each currency's lines together."""
    groups: dict[str, list[PlanRow]] = {}
    for row in rows:
        groups.setdefault(row.currency, []).append(row)
    return [
        Together(currency, sum(row.amount for row in ones), together(row.actual for row in ones))
        for currency, ones in sorted(groups.items())
    ]


def _by(asking: Asking) -> Q:
    return Q(effective_on__lte=asking.day, tx__lt=ALWAYS_KNOWN if asking.known is None else asking.known)


def _stated(lines: Any, asking: Asking) -> list[Any]:
    """The lines the reader sees, each with the columns of its last version by the day as `now_…`."""
    last = PlanVersion.objects.filter(line_id=OuterRef("pk")).filter(_by(asking)).order_by("-version")
    columns = {f"now_{name}": Subquery(last.values(name)[:1]) for name in _NOW}
    annotated: Any = narrowed(lines, seen(asking.scope)).annotate(**columns)
    return list(annotated.filter(now_version__isnull=False))


def _row(one: Any, key: Key, names: Mapping[int, CustomerRow], actual: Mapping[Key, Actual]) -> PlanRow:
    same = ("company_id", "contract_number", "currency", "month")
    return PlanRow(
        line_id=one.pk,
        customer_id=key[0],
        customer_code=names[key[0]].code,
        customer_name=names[key[0]].name,
        actual=actual.get(key, Actual()),
        **{name: getattr(one, name) for name in same},
        **{name: getattr(one, f"now_{name}") for name in _NOW},
    )


def _unplanned(company_id: int, month: date, key: Key, customer: Any, came: Actual) -> PlanRow:
    return PlanRow(
        0, company_id, key[0], customer.code, customer.name, key[1], key[2], month, 0, None, 0, "", "", "", "", "", "",
        "", "", came,
    )  # fmt: skip
