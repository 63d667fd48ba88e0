"""The ledger over time, in one reporting currency: balances by age on several days, sales by day, what matured.

For the columns engine only: conversions need 128-bit integers. Each day's figure equals the one asked for alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from huikuan.mechanisms.columns.additive import keep_sums
from huikuan.mechanisms.columns.engine import ColumnsEngine, Source
from huikuan.record.receivables.columns import SCHEDULES
from huikuan.record.receivables.domain.aging import AWAITING, CREDIT, NOT_DUE, cuts
from huikuan.record.receivables.queries.open_lines import WATERFALL, Moment, counted
from huikuan.record.receivables.queries.valuation import Valuation

#: Items that are sales on credit; on the other side (credit notes, returns, reversals) they lessen sales.
SALES_KINDS = ("invoice", "retention", "unbilled", "credit_note", "return")
#: Items whose settlement is money collected.
CASH_KINDS = ("receipt", "advance", "deposit", "bill")
#: Settled by these, a claim was given up or paid otherwise, not withdrawn: it stays matured and uncollected.
LOSS_KINDS = ("write_off", "barter", "offset", "transfer")

_BEGINNING = date(1, 1, 1)


@dataclass(frozen=True, slots=True)
class Day:
    """A day to look at: its bucket edges as days, and the rates of that day."""

    on: date
    days: tuple[int, ...]
    valued: Valuation


@dataclass(frozen=True, slots=True)
class Extent:
    """Which moves count: a moment (its as_of the latest day), and one currency alone (None: every one with a rate)."""

    moment: Moment
    currency: str | None = None

    def clause(self, alias: str = "") -> str:
        return "" if self.currency is None else f" AND {alias}currency = %(alone)s"

    def parameters(self) -> dict[str, Any]:
        return {**self.moment.parameters(), "alone": self.currency}


def balances(engine: ColumnsEngine, extent: Extent, basis: str, days: Sequence[Day]) -> dict[date, dict[int, int]]:
    """Per day, place → open amount in the reporting currency (places as in domain.aging).

    Home-currency items that were never rescheduled are a sum over moves by date and period; the others are
    opened item by
    item and day, because a conversion is rounded per item and a schedule pays its earliest date first.
    """
    ordered = sorted(days, key=lambda day: day.on)
    home = ordered[0].valued.currency
    keep_sums(
        engine,
        f"balances_{basis}",
        lambda facts: _balances(facts, extent, basis, ordered),
        {**extent.parameters(), "home": home},
        until=extent.moment.until,
        by="k, place",
        sums=["amount"],
    )
    found: dict[date, dict[int, int]] = {day.on: {} for day in ordered}
    for k, place, amount in engine.rows(f"SELECT k, place, amount FROM balances_{basis}", {}):
        if amount:
            found[ordered[k].on][place] = amount
    return found


def _balances(facts: Source, extent: Extent, basis: str, ordered: Sequence[Day]) -> str:
    """k (the day's place in order), place, amount."""
    own_base = "due_date" if basis == "due" else "document_date"
    planned = basis == "due" and facts.has(SCHEDULES)
    parts = [counted(facts, extent.moment, since=ordered[0].on), _ends(ordered)]
    if planned:
        parts += [_schedules(facts, extent.moment), "scheduled AS (SELECT DISTINCT item_id FROM schedules)"]
    parts += [
        f"""linear AS (
    SELECT side, {own_base} AS base, {_period(ordered)} AS since, SUM(amount) AS amount
    FROM counted AS c WHERE currency = %(home)s{extent.clause()}{_unplanned("scheduled AS g", planned)}
    GROUP BY 1, 2, 3
)""",
        f"singles AS ({_singles(extent, own_base, ordered, planned)}\n)",
    ]
    return f"""WITH {", ".join(parts)}, aged AS (
    SELECT e.k, l.side, l.base, l.amount FROM linear AS l JOIN ends AS e ON e.k >= l.since
    UNION ALL
    SELECT k, side, base, {_valued(ordered)} FROM singles
)
SELECT e.k, {_place(len(ordered[0].days), basis)} AS place, CAST(SUM(amount) AS BIGINT) AS amount
FROM aged AS a JOIN ends AS e ON e.k = a.k GROUP BY 1, 2"""


def _unplanned(table: str, planned: bool, more: str = "") -> str:
    return f" AND NOT EXISTS (SELECT 1 FROM {table} WHERE g.item_id = c.item_id{more})" if planned else ""


def _singles(extent: Extent, base: str, ordered: Sequence[Day], planned: bool) -> str:
    """Of each day, the open lines of the items that must be opened one by one."""
    opens = f"""(
        SELECT e.k, c.item_id, c.side, c.currency, c.base, CAST(SUM(c.amount) AS BIGINT) AS still_open
        FROM ({_apart(extent, base, ordered, planned)}) AS c JOIN ends AS e ON e.k >= c.since
        GROUP BY 1, 2, 3, 4, 5 HAVING SUM(c.amount) <> 0
    )"""
    plain = f"""
    SELECT c.k, c.side, c.currency, c.base, c.still_open AS amount FROM {opens} AS c
    WHERE 1 = 1{_unplanned("governing AS g", planned, " AND g.k = c.k")}"""
    if not planned:
        return plain
    return f"""{plain}
    UNION ALL
    SELECT o.k, o.side, o.currency, p.due_date, CAST({WATERFALL} AS BIGINT)
    FROM {opens} AS o JOIN plan AS p ON p.item_id = o.item_id AND p.k = o.k
    WHERE o.still_open > p.later"""


def _apart(extent: Extent, base: str, ordered: Sequence[Day], planned: bool) -> str:
    """The moves of items that must be opened one by one, by the day they count from: foreign, and rescheduled ones.

    Two questions rather than one with OR, which would be tried on every move of the ledger for every day.
    """
    asked = f"""
    SELECT c.item_id, c.side, c.currency, c.{base} AS base, {_period(ordered)} AS since, SUM(c.amount) AS amount
    FROM counted AS c"""
    grouped = "GROUP BY 1, 2, 3, 4, 5"
    scheduled = f"{asked} JOIN scheduled AS s ON s.item_id = c.item_id WHERE 1 = 1{extent.clause('c.')} {grouped}"
    foreign = f"""{asked} WHERE c.currency <> %(home)s{extent.clause("c.")}{_unplanned("scheduled AS g", planned)}
    {grouped}"""
    return f"{scheduled} UNION ALL {foreign}" if planned else foreign


def sales_by_day(engine: ColumnsEngine, extent: Extent, valued: Valuation) -> dict[date, int]:
    """Credit sales (tax included) by posting date, less credit notes, returns and reversals."""
    signed = f"CASE WHEN side = 'debit' THEN 1 ELSE -1 END * {valued.sql('amount')}"

    def ask(facts: Source) -> str:
        return f"""WITH {counted(facts, extent.moment, since=_BEGINNING)}
SELECT posting_date, CAST(SUM({signed}) AS BIGINT) AS amount FROM counted
WHERE by_kind = '' AND kind IN {SALES_KINDS}{extent.clause()} GROUP BY posting_date"""

    keep_sums(engine, "sales", ask, extent.parameters(), until=extent.moment.until, by="posting_date", sums=["amount"])
    rows = engine.rows("SELECT posting_date, amount FROM sales", {})
    return {day: amount for day, amount in rows if amount is not None}


@dataclass(frozen=True, slots=True)
class Matured:
    """Claims that fell due in a period, and what of them was collected by the moment."""

    matured: int
    collected: int


def keep_matured(engine: ColumnsEngine, extent: Extent, valued: Valuation, after: date, until: date) -> Matured:
    """Keep as `matured` per customer: debits whose first due date lies in (after, until], less what was withdrawn
    (credited, returned, reversed); and how much of them money has settled. Answers the sum over all.
    An extension does not move a claim out of the period."""
    worth = valued.sql("amount")
    kept = f"by_kind NOT IN {CASH_KINDS + LOSS_KINDS}"

    def ask(facts: Source) -> str:
        return f"""WITH {counted(facts, extent.moment, since=_BEGINNING)}
SELECT customer_id, CAST(SUM(CASE WHEN {kept} THEN COALESCE({worth}, 0) ELSE 0 END) AS BIGINT) AS matured,
       CAST(-SUM(CASE WHEN by_kind IN {CASH_KINDS} THEN COALESCE({worth}, 0) ELSE 0 END) AS BIGINT) AS collected
FROM counted WHERE side = 'debit' AND due_date > %(after)s AND due_date <= %(until)s{extent.clause()}
GROUP BY customer_id"""

    parameters = {**extent.parameters(), "after": after, "until": until}
    keep_sums(
        engine, "matured", ask, parameters, until=extent.moment.until, by="customer_id", sums=["matured", "collected"]
    )
    (row,) = engine.rows("SELECT COALESCE(SUM(matured), 0), COALESCE(SUM(collected), 0) FROM matured", {})
    return Matured(int(row[0]), int(row[1]))


def _ends(ordered: Sequence[Day]) -> str:
    """`ends`: k, the day, and its buckets' cut dates."""
    rows = [
        f"({k}, {_date(day.on)}{''.join(f', {_date(cut)}' for cut in cuts(day.days, day.on))})"
        for k, day in enumerate(ordered)
    ]
    columns = ", ".join(["k", "on_date", *(f"cut_{place}" for place in range(len(ordered[0].days)))])
    return f"ends({columns}) AS (VALUES {', '.join(rows)})"


def _schedules(engine: Source, moment: Moment) -> str:
    """`governing` and `plan` of open_lines, per day k."""
    facts = engine.source(SCHEDULES, as_of=moment.as_of, known=moment.known)
    return f"""schedules AS (
    SELECT * FROM {facts} AS facts WHERE effective_on <= %(as_of)s AND tx < %(known)s
), governing AS (
    SELECT k, item_id, version FROM (
        SELECT e.k, s.item_id, s.version, ROW_NUMBER() OVER (
            PARTITION BY e.k, s.item_id ORDER BY s.effective_on DESC, s.version DESC) AS place
        FROM schedules AS s JOIN ends AS e ON s.effective_on <= e.on_date
    ) AS ranked WHERE place = 1
), plan AS (
    SELECT g.k, s.item_id, s.line, s.due_date, s.amount,
           COALESCE(SUM(s.amount) OVER (
               PARTITION BY g.k, s.item_id
               ORDER BY CASE WHEN s.due_date IS NULL THEN 0 ELSE 1 END, s.due_date DESC, s.line DESC
               ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0) AS later
    FROM schedules AS s JOIN governing AS g ON g.item_id = s.item_id AND g.version = s.version
)"""


def _period(ordered: Sequence[Day]) -> str:
    """The first day a move counts on."""
    cases = "".join(f" WHEN effective_on <= {_date(day.on)} THEN {k}" for k, day in enumerate(ordered))
    return f"CASE{cases} ELSE {len(ordered)} END"


def _valued(ordered: Sequence[Day]) -> str:
    cases = "".join(f" WHEN k = {k} THEN {day.valued.sql('amount')}" for k, day in enumerate(ordered))
    return f"CASE{cases} END"


def _place(buckets: int, basis: str) -> str:
    not_due = f" WHEN a.base >= e.on_date THEN {NOT_DUE}" if basis == "due" else ""
    inside = "".join(f" WHEN a.base >= e.cut_{place} THEN {place}" for place in range(buckets))
    apart = f"WHEN a.side = 'credit' THEN {CREDIT} WHEN a.base IS NULL THEN {AWAITING}"
    return f"CASE {apart}{not_due}{inside} ELSE {buckets} END"


def _date(day: date) -> str:
    return f"DATE '{day.isoformat()}'"
