"""Dry runs that were made, and what came out as the reader sees it: figures by currency, the orders behind each."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any

import polars as pl
from django.db.models import QuerySet

from huikuan.judge.credit.models import DryRun
from huikuan.judge.credit.policies import CREDIT_RULES
from huikuan.judge.credit.queries.exposure import converter
from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.files.queries import open_original
from huikuan.mechanisms.identity.domain.scope import Scope
from huikuan.mechanisms.identity.models import Company
from huikuan.mechanisms.policies.queries import decided_under
from huikuan.record.customers.queries import customers_by_id, seen

_HELD, _WARNED = pl.col("decision") == "hold", pl.col("decision") == "warn"
_JUDGED = pl.col("decision") != ""
#: Each figure of a report, and the orders behind it.
FIGURES: dict[str, pl.Expr] = {
    "held": _HELD,
    "warned": _WARNED,
    "lost": _HELD & (pl.col("lost") > 0),
    "late": _HELD & (pl.col("late") > 0),
    "at_risk": _HELD & (pl.col("in_time") > 0),
    "unknown": _HELD & (pl.col("unknown") > 0),
    "missed": _JUDGED & ~_HELD & (pl.col("lost") + pl.col("late") > 0),
    "unjudged": ~_JUDGED,
    "all": pl.lit(value=True),
}


@dataclass(frozen=True, slots=True)
class DryRunRow:
    """A dry run as it was asked for."""

    id: int
    company: Company
    since: date
    until: date
    looked_on: date
    late_over: int
    policy_version_id: int | None
    policy_number: int
    document: Mapping[str, Any]
    method: str
    own_limits: int
    rows_sha256: str
    actor: str
    at: datetime

    @property
    def as_shipped(self) -> bool:
        """Whether the rules were those the product comes with."""
        return self.policy_version_id is None and dict(self.document) == dict(CREDIT_RULES.default)


@dataclass(frozen=True, slots=True)
class Figures:
    """Sums over the orders of one currency, minor units. Of held orders: `lost` written off later, `late` paid more
    than the run's days past due or open for longer, `late_days` these amounts times their days, `at_risk` paid before
    that, `withdrawn` taken back, `unknown` not invoiced or not late yet; these five are `held_amount`. `missed`: lost
    or late of orders that were let through. Orders that are not judged are in none of them but `orders`."""

    currency: str
    orders: int = 0
    amount: int = 0
    held: int = 0
    held_amount: int = 0
    warned: int = 0
    warned_amount: int = 0
    lost: int = 0
    late: int = 0
    late_days: int = 0
    at_risk: int = 0
    withdrawn: int = 0
    unknown: int = 0
    missed: int = 0
    missed_amount: int = 0
    unjudged: int = 0
    unjudged_amount: int = 0


@dataclass(frozen=True, slots=True)
class Report:
    """`together`: all that could be valued in the company's currency, at the rates of the day looked on; `apart`: in
    the others, as they are. `invoices`: how many orders were not known and stood for by an invoice."""

    together: Figures
    by_currency: tuple[Figures, ...]
    apart: tuple[Figures, ...]
    invoices: int
    reasons: tuple[tuple[str, int], ...]


def dry_runs(*, scope: Scope, company_id: int | None = None, limit: int = 50) -> list[DryRunRow]:
    """The runs of companies of which the scope reaches any row, the newest first."""
    rows = DryRun.objects.order_by("-tx", "-id")
    return _rows(rows if company_id is None else rows.filter(company_id=company_id), scope, limit)


def dry_run_with_id(run_id: int, *, scope: Scope) -> DryRunRow:
    """One run; refuses an unknown one, and one of a company of which the scope reaches nothing."""
    found = _rows(DryRun.objects.filter(pk=run_id), scope, 1)
    if not found:
        raise Refusal("dry_run_unknown", run=run_id)
    return found[0]


def orders_of(run: DryRunRow, *, scope: Scope) -> pl.DataFrame:
    """Every order of the run whose customer the scope reaches, in the order they came."""
    frame = pl.read_parquet(open_original(run.rows_sha256))
    theirs = seen(scope)
    if theirs.everything:
        return frame
    mine = [one for one in frame["customer_id"].unique().to_list() if theirs.has(run.company.pk, one)]
    return frame.filter(pl.col("customer_id").is_in(mine))


def named(frame: pl.DataFrame) -> pl.DataFrame:
    """The same with the customers' codes and names."""
    found = customers_by_id(set(frame["customer_id"].to_list()))
    known = [(one.id, one.code, one.name) for one in found.values()]
    schema = {"customer_id": pl.Int64, "customer_code": pl.String, "customer_name": pl.String}
    return frame.join(
        pl.DataFrame(known, schema=schema, orient="row"), on="customer_id", how="left", maintain_order="left"
    )


def report_of(run: DryRunRow, frame: pl.DataFrame) -> Report:
    """What the orders come to."""
    each = [_figures(str(currency), of) for (currency,), of in frame.group_by("currency", maintain_order=True)]
    each.sort(key=lambda one: one.currency)
    value = converter(run.company.currency, run.looked_on)
    inside, apart = [Figures(run.company.currency)], []
    for one in each:
        try:
            inside.append(_valued(one, run.company.currency, value))
        except Refusal:
            apart.append(one)
    reasons: dict[str, int] = {}
    for content in frame.filter(_HELD)["content"].to_list():
        for rule in {one["rule"] for one in json.loads(content)["reasons"] if one["decision"] == "hold"}:
            reasons[rule] = reasons.get(rule, 0) + 1
    return Report(
        _sum(inside),
        tuple(each),
        tuple(apart),
        frame.filter(pl.col("document") == "invoice").height,
        tuple(sorted(reasons.items(), key=lambda one: (-one[1], one[0]))),
    )


def _figures(currency: str, of: pl.DataFrame) -> Figures:
    held, warned, passed = of.filter(_HELD), of.filter(_WARNED), of.filter(FIGURES["missed"])
    unjudged = of.filter(FIGURES["unjudged"])

    def total(frame: pl.DataFrame, *names: str) -> int:
        return sum(int(frame[name].sum()) for name in names)

    return Figures(
        currency=currency,
        orders=of.height,
        amount=total(of, "amount"),
        held=held.height,
        held_amount=total(held, "amount"),
        warned=warned.height,
        warned_amount=total(warned, "amount"),
        at_risk=total(held, "in_time"),
        missed=passed.height,
        missed_amount=total(passed, "lost", "late"),
        unjudged=unjudged.height,
        unjudged_amount=total(unjudged, "amount"),
        **{name: total(held, name) for name in ("lost", "late", "late_days", "withdrawn", "unknown")},
    )


_COUNTS = frozenset({"orders", "held", "warned", "missed", "unjudged"})
#: What the amount of held orders is made up of.
_OF_HELD = ("lost", "late", "at_risk", "withdrawn", "unknown")


def _valued(one: Figures, into: str, value: Any) -> Figures:
    """The same in the currency `into`. Each part is rounded by itself; what is held is the sum of its parts as shown,
    so that they add up to the cent."""
    amounts = {
        field.name: value(getattr(one, field.name), one.currency)
        for field in fields(Figures)
        if field.name not in _COUNTS and field.name != "currency"
    }
    amounts["held_amount"] = sum(amounts[name] for name in _OF_HELD)
    return Figures(currency=into, **{name: getattr(one, name) for name in _COUNTS}, **amounts)


def _sum(rows: Iterable[Figures]) -> Figures:
    listed = list(rows)
    names = [field.name for field in fields(Figures) if field.name != "currency"]
    return Figures(listed[0].currency, **{name: sum(getattr(one, name) for one in listed) for name in names})


def _rows(found: QuerySet[DryRun], scope: Scope, limit: int) -> list[DryRunRow]:
    companies = {one.pk: one for one in Company.objects.all()}
    theirs = seen(scope)
    reached = [
        pk for pk in companies if any(piece.companies is None or pk in piece.companies for piece in theirs.pieces)
    ]
    return [_row(one, companies[one.company_id]) for one in found.filter(company_id__in=reached)[:limit]]


def _row(one: DryRun, company: Company) -> DryRunRow:
    number = decided_under(one.policy_version_id, kind=CREDIT_RULES.name).number if one.policy_version_id else 0
    return DryRunRow(
        one.pk, company, one.since, one.until, one.looked_on, one.late_over, one.policy_version_id, number,
        json.loads(one.document), one.method, len(json.loads(one.limits)) if one.limits else 0, one.rows_sha256,
        one.actor, one.recorded_at,
    )  # fmt: skip
