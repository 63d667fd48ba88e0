"""What customers owe on a day: one customer's open lines, and many customers' sums in one question."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta

from huikuan.mechanisms.audit.models import Head
from huikuan.mechanisms.columns.engine import ColumnsEngine
from huikuan.mechanisms.columns.queries import asking_columns
from huikuan.mechanisms.columns.tables import ALWAYS_KNOWN
from huikuan.mechanisms.identity.domain.scope import Scope
from huikuan.record.customers.queries import among, narrowed, seen
from huikuan.record.customers.queries.merging import one_with
from huikuan.record.receivables.models import Item, Settlement
from huikuan.record.receivables.queries.applied import applied_by
from huikuan.record.receivables.queries.history import CASH_KINDS
from huikuan.record.receivables.queries.items import ItemFilter, ItemRow, every_item
from huikuan.record.receivables.queries.open_lines import keep_lines, moment_of
from huikuan.record.receivables.queries.valuation import valuation
from huikuan.see.dossiers.domain.habit import Habit, Payment, habit_of, window
from huikuan.see.dossiers.domain.standing import Standing, standing_of

#: Which open lines are overdue; `as_of` is a parameter.
_OVERDUE = "side = 'debit' AND due_date < %(as_of)s"


@dataclass(frozen=True, slots=True)
class Books:
    """Of which day, known when, of which company (None: all), valued in which currency."""

    as_of: date
    known: Head | None
    company_id: int | None
    currency: str

    @property
    def horizon(self) -> int:
        return self.known.horizon if self.known else ALWAYS_KNOWN


@dataclass(frozen=True, slots=True)
class Balance:
    """A customer's sums in the books' currency. `unvalued`: lines in a currency without a rate, in no sum."""

    total: int = 0
    overdue: int = 0
    credit: int = 0
    lines: int = 0
    unvalued: int = 0


def open_lines_of(customer_id: int, books: Books, *, scope: Scope) -> tuple[Standing, list[ItemRow]]:
    """Where the customer stands, and every open line of it, by due date."""
    chosen = ItemFilter(customer_id=customer_id, company_id=books.company_id)
    found = every_item(chosen, as_of=books.as_of, scope=scope, known=books.known, value_in=books.currency)
    with found as (_, rows):
        lines = list(rows)
    return standing_of(lines, books.currency), lines


def balances(books: Books, *, scope: Scope, customer_ids: Collection[int] | None = None) -> dict[int, Balance]:
    """Customer id → sums, of those with something open in the scope. `customer_ids` None: of every customer."""
    if customer_ids is not None and not customer_ids:
        return {}
    among = "" if customer_ids is None else f" WHERE customer_id IN ({', '.join(map(str, map(int, customer_ids)))})"
    with _valued_lines(books, scope, among) as (engine, lines):
        sums = ("side = 'debit'", _OVERDUE, "side = 'credit'")
        added = ", ".join(f"CAST(COALESCE(SUM(CASE WHEN {one} THEN value END), 0) AS BIGINT)" for one in sums)
        rows = engine.rows(
            f"SELECT customer_id, {added}, COUNT(*), COUNT(CASE WHEN value IS NULL THEN 1 END)"
            f" FROM {lines} GROUP BY customer_id",
            {"as_of": books.as_of},
        )
    return {customer_id: Balance(*amounts) for customer_id, *amounts in rows}


def most_first(books: Books, what: str, *, scope: Scope) -> list[int]:
    """The customers with something 'open', or 'overdue', in the scope: the highest amount first, then by id."""
    condition = {"open": "side = 'debit'", "overdue": _OVERDUE}[what]
    with _valued_lines(books, scope) as (engine, lines):
        rows = engine.rows(
            f"SELECT customer_id FROM {lines} WHERE {condition} GROUP BY customer_id"
            " HAVING SUM(value) > 0 ORDER BY SUM(value) DESC, customer_id",
            {"as_of": books.as_of},
        )
    return [row[0] for row in rows]


@contextmanager
def _valued_lines(books: Books, scope: Scope, among: str = "") -> Iterator[tuple[ColumnsEngine, str]]:
    """The engine and, for a question to it, the open lines with their `value` in the books' currency."""
    moment = moment_of(books.as_of, books.known, books.company_id, scope)
    with asking_columns() as engine:
        keep_lines(engine, moment, "due")
        currencies = [row[0] for row in engine.rows(f"SELECT DISTINCT currency FROM lines{among}", {})]
        value = valuation(books.currency, currencies, books.as_of, books.horizon).sql("open_amount")
        yield engine, f"(SELECT *, {value} AS value FROM lines{among}) AS valued"


def habit(customer_id: int, books: Books, *, scope: Scope) -> Habit:
    """How the customer paid over the twelve months to the day: money only, by each claim's first due date."""
    one = one_with(customer_id, books.horizon)
    dated = Item.objects.filter(customer_id__in=one, side="debit", due_date__isnull=False)
    claims = narrowed(dated, seen(scope))
    if books.company_id is not None:
        claims = claims.filter(company_id=books.company_id)
    known = Settlement.objects.filter(tx__lt=books.horizon, effective_on__lte=books.as_of)
    begin = window(books.as_of)[0] - timedelta(days=1)
    settled = applied_by(known.filter(debit_id__in=claims.values("id"), effective_on__gt=begin))
    # From what was settled in the window, not from every claim there ever was.
    paid = claims.filter(id__in=among(one.debit_id for one in settled)).values_list("id", "due_date", "currency")
    due = {item_id: (due_on, currency) for item_id, due_on, currency in paid if due_on}
    payers = Item.objects.filter(id__in=among(one.credit_id for one in settled), kind__in=CASH_KINDS)
    money = set(payers.values_list("id", flat=True))
    valued = valuation(books.currency, {currency for _, currency in due.values()}, books.as_of, books.horizon)
    payments = []
    for fact in settled:
        if fact.debit_id in due and fact.credit_id in money:
            due_on, currency = due[fact.debit_id]
            value = valued.value(fact.amount, currency)
            if value is not None:
                payments.append(Payment(due_on, fact.on, value))
    return habit_of(payments, books.as_of)
