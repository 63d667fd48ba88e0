"""Customers' statements: those that stand, as of a day and as known, every version there was."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import QuerySet

from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.identity.domain.scope import Scope
from huikuan.record.customers.domain.seen import EVERYTHING_SEEN, Seen
from huikuan.record.customers.queries import seen
from huikuan.record.customers.queries.merging import merged
from huikuan.record.financials.domain.checks import Finding, findings
from huikuan.record.financials.domain.period import Period
from huikuan.record.financials.domain.statements import Statement, amounts_from
from huikuan.record.financials.models import StatementVersion

#: Customers asked about in one query.
_AT_ONCE = 10_000


@dataclass(frozen=True, slots=True)
class StatementRow:
    """One version of one period's statements. `withdrawn`: it takes them back."""

    id: int
    customer_id: int
    version: int
    statement: Statement
    sha256: str
    file_name: str
    withdrawn: bool
    actor: str
    recorded_at: datetime

    @property
    def period(self) -> Period:
        return self.statement.period


def statements_of(customer_id: int, *, scope: Scope, as_of: date, known: int | None = None) -> list[StatementRow]:
    """The customer's statements as they stand: of each period the last version received by the day and known below a
    horizon, those taken back left out; the latest period first. None of a customer out of scope."""
    theirs = seen(scope)
    if not theirs.has_customer(customer_id):
        return []
    return standing([customer_id], theirs=theirs, as_of=as_of, known=known).get(customer_id, [])


def versions_of(customer_id: int, *, scope: Scope, known: int | None = None) -> list[StatementRow]:
    """Every version of every period, the one recorded last first, with those of customers merged into it; none of a
    customer out of scope."""
    theirs = seen(scope)
    if not theirs.has_customer(customer_id):
        return []
    ids = [customer_id, *_merged_into([customer_id], known, theirs)]
    facts = _known(StatementVersion.objects.filter(customer_id__in=ids), known)
    return [row_of(fact) for fact in facts.order_by("-tx", "-id")]


def statement_version(fact_id: int, *, scope: Scope) -> StatementRow:
    """One version; refuses an unknown one, and one of a customer out of scope likewise."""
    fact = StatementVersion.objects.filter(pk=fact_id).first()
    if fact is None or not seen(scope).has_customer(fact.customer_id):
        raise Refusal("financials_version_unknown", number=fact_id)
    return row_of(fact)


def statement_rows(
    *, scope: Scope, customer_id: int | None = None, before: int | None = None, limit: int = 50
) -> list[StatementRow]:
    """Versions of the scope's customers, the one recorded last first, those with an id below `before`."""
    facts = StatementVersion.objects.order_by("-pk")
    whose = seen(scope).customers
    if whose is not None:
        facts = facts.filter(customer_id__in=whose)
    if customer_id is not None:
        facts = facts.filter(customer_id=customer_id)
    if before is not None:
        facts = facts.filter(pk__lt=before)
    return [row_of(fact) for fact in facts[:limit]]


def standing(
    customer_ids: Collection[int], *, theirs: Seen, as_of: date, known: int | None = None
) -> dict[int, list[StatementRow]]:
    """Customer id → statements that stand, as `statements_of`, of the customers asked about; `theirs`: whom the reader
    sees. What was recorded of a customer merged into another counts for the other, where that one has nothing of the
    period itself.

    A version that takes statements back counts from the day on which what it takes back was received.
    """
    into = _merged_into(customer_ids, known, theirs)
    ids = sorted({*customer_ids, *into})
    found: dict[int, dict[Period, StatementRow]] = {}
    for place in range(0, len(ids), _AT_ONCE):
        facts = StatementVersion.objects.filter(customer_id__in=ids[place : place + _AT_ONCE], received_on__lte=as_of)
        last: dict[tuple[int, date, int], StatementVersion] = {}
        for fact in _known(facts, known).order_by("version"):
            last[fact.customer_id, fact.ends_on, fact.months] = fact
        for row in (row_of(fact) for fact in last.values() if not fact.withdrawn):
            kept = found.setdefault(into.get(row.customer_id, row.customer_id), {})
            if row.customer_id not in into or row.period not in kept:
                kept[row.period] = row
    return {whose: [rows[period] for period in sorted(rows, reverse=True)] for whose, rows in found.items()}


def whose_statements(known: int | None = None) -> list[int]:
    """Customers of whom any statements were recorded, or of one merged into them; by id."""
    into = merged(known)
    ids = _known(StatementVersion.objects.all(), known).values_list("customer_id", flat=True).distinct()
    return sorted({into.get(one, one) for one in ids})


def preceding(customer_id: int, period: Period) -> Statement | None:
    """The statements known now of the period that ended when this one begins: of several the longest."""
    rows = standing([customer_id], theirs=EVERYTHING_SEEN, as_of=date.max).get(customer_id, [])
    return _ended_on(period.opens_on, rows)


def before(row: StatementRow, rows: Collection[StatementRow]) -> Statement | None:
    """Of these rows the one of the period that ended when this one begins: of several the longest."""
    return _ended_on(row.period.opens_on, rows)


def _ended_on(day: date, rows: Collection[StatementRow]) -> Statement | None:
    found = [one for one in rows if one.period.ends_on == day]
    return max(found, key=lambda one: one.period.months).statement if found else None


def _merged_into(customer_ids: Collection[int], known: int | None, theirs: Seen) -> dict[int, int]:
    """Who is merged into one of these customers → into which, and not asked about itself."""
    asked = frozenset(customer_ids)
    pairs = merged(known, theirs).items()
    return {one: into for one, into in pairs if into in asked and one not in asked}


def checked(row: StatementRow, rows: Collection[StatementRow]) -> tuple[Finding, ...]:
    """What does not agree in these statements, beside the others of the customer."""
    return findings(row.statement, before(row, rows))


def statement_of(fact: StatementVersion) -> Statement:
    """What a fact says."""
    amounts, opening = amounts_from(fact.content)
    return Statement(
        Period(fact.ends_on, fact.months), fact.format, fact.received_on, fact.currency, fact.unit, fact.audited,
        fact.source, fact.note, fact.kept_reason, amounts, opening,
    )  # fmt: skip


def row_of(fact: StatementVersion) -> StatementRow:
    """A fact as a row."""
    return StatementRow(
        fact.id, fact.customer_id, fact.version, statement_of(fact), fact.sha256, fact.file_name, fact.withdrawn,
        fact.actor, fact.recorded_at,
    )  # fmt: skip


def _known(facts: QuerySet[StatementVersion], known: int | None) -> QuerySet[StatementVersion]:
    return facts if known is None else facts.filter(tx__lt=known)
