"""SQL for what is open, written once for every engine.

A statement begins `WITH` the named relations below, all in standard SQL: `moves` is what the engine offers
(raw facts, or the mirror
with its tail), `counted` the moves of the day and the state of knowledge, `plan` the governing schedules. Parameters:
as_of, known (facts with tx below it count), company where asked for.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from huikuan.mechanisms.audit.models import Head
from huikuan.mechanisms.columns.additive import Kept, keep_rows
from huikuan.mechanisms.columns.engine import ColumnsEngine, Source
from huikuan.mechanisms.columns.tables import ALWAYS_KNOWN, Until
from huikuan.mechanisms.identity.domain.scope import Scope
from huikuan.record.customers.domain.seen import EVERYTHING_SEEN, Seen
from huikuan.record.customers.queries import seen
from huikuan.record.receivables.columns import AFFILIATIONS, MERGES, MOVES, SCHEDULES
from huikuan.record.receivables.domain.aging import AWAITING, CREDIT, DIMENSIONS, NOT_DUE


@dataclass(frozen=True, slots=True)
class Moment:
    """As of which day, as known below which tx, of which company (None: all), and of that what the reader sees."""

    as_of: date
    known: int = ALWAYS_KNOWN
    company_id: int | None = None
    seen: Seen = EVERYTHING_SEEN

    @property
    def until(self) -> Until:
        return Until(self.as_of, self.known)

    def parameters(self) -> dict[str, Any]:
        return {"as_of": self.as_of, "known": self.known, "company": self.company_id}

    def whose(self) -> str:
        """Whose rows count, as a clause over them: the one place where a question is narrowed to its reader."""
        company = "" if self.company_id is None else " AND company_id = %(company)s"
        return company if self.seen.everything else f"{company} AND {self.seen.sql()}"


def moment_of(as_of: date, known: Head | None, company_id: int | None, scope: Scope) -> Moment:
    """The moment a reader in `scope` asks about; `known`: the head it is known by (None: everything known now)."""
    return Moment(as_of, known.horizon if known else ALWAYS_KNOWN, company_id, seen(scope))


def counted(engine: Source, moment: Moment, *, since: date | None = None) -> str:
    """`counted`: the moves that count at the moment. `since`: the earliest day the question looks at
    (default: its own); moves that cancelled each other out by then may be missing.

    A merged customer's moves are those of the customer it is shown under: the one place where two become one."""
    moves = shown(engine, moment, since or moment.as_of)
    return f"""counted AS (
    SELECT * FROM {moves} AS moves
    WHERE effective_on <= %(as_of)s AND tx < %(known)s{moment.whose()}
)"""


def shown(engine: Source, moment: Moment, since: date) -> str:
    """The moves under the customers they are shown under; where nobody was ever merged, the moves themselves.

    They are narrowed to the reader as they were posted: of two that were made two again nobody is shown the other's
    by asking what was known in between, and a customer whose rows of the company the reader does not see is not named.
    """
    moves = engine.source(MOVES, as_of=since, known=moment.known)
    if not engine.has(MERGES):
        return moves
    merges = engine.source(MERGES, as_of=since, known=moment.known)
    columns = ", ".join(
        "COALESCE(one.into_id, moved.customer_id) AS customer_id" if name == "customer_id" else f"moved.{name}"
        for name in MOVES.names
    )
    theirs = moment.seen.sql(company="moved.company_id", customer="one.into_id")
    return f"""(SELECT {columns} FROM {moves} AS moved LEFT JOIN (
        SELECT from_id, into_id FROM {merges} AS facts WHERE tx < %(known)s
        GROUP BY from_id, into_id HAVING SUM(sign) > 0
    ) AS one ON one.from_id = moved.customer_id AND {theirs}
    WHERE {moment.seen.sql(company="moved.company_id", customer="moved.customer_id")})"""


def plan(engine: Source, moment: Moment) -> str:
    """`plan`: the lines of the schedule that governs each rescheduled item, with what falls due after each;
    `governing`: which version that is."""
    schedules = engine.source(SCHEDULES, as_of=moment.as_of, known=moment.known)
    return f"""schedules AS (
    SELECT * FROM {schedules} AS facts WHERE effective_on <= %(as_of)s AND tx < %(known)s
), governing AS (
    SELECT item_id, version FROM (
        SELECT item_id, version,
               ROW_NUMBER() OVER (PARTITION BY item_id ORDER BY effective_on DESC, version DESC) AS place
        FROM schedules
    ) AS ranked WHERE place = 1
), plan AS (
    SELECT s.item_id, s.line, s.due_date, s.awaits, s.amount,
           COALESCE(SUM(s.amount) OVER (
               PARTITION BY s.item_id
               ORDER BY CASE WHEN s.due_date IS NULL THEN 0 ELSE 1 END, s.due_date DESC, s.line DESC
               ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0) AS later
    FROM schedules AS s JOIN governing AS g ON g.item_id = s.item_id AND g.version = s.version
)"""


#: What an instalment has open when `still_open` of its item is: money pays the earliest date first.
WATERFALL = """CASE WHEN o.still_open <= p.later THEN 0
            WHEN o.still_open - p.later < p.amount THEN o.still_open - p.later
            ELSE p.amount END"""


def belongs(engine: Source, moment: Moment, dimension: str) -> str:
    """`of_item`, `of_customer`: the dimension's value of each item and customer on %(organisation)s."""
    facts = engine.source(AFFILIATIONS, as_of=moment.as_of, known=moment.known)
    return ", ".join(
        f"""{name} AS (
    SELECT {owner}, value FROM (
        SELECT {owner}, value,
               ROW_NUMBER() OVER (PARTITION BY {owner} ORDER BY effective_on DESC, tx DESC, id DESC) AS place
        FROM {facts} AS facts
        WHERE dimension = '{dimension}' AND item_id IS {null} NULL
          AND effective_on <= %(organisation)s AND tx < %(known)s
    ) AS ranked WHERE place = 1 AND value <> ''
)"""
        for name, owner, null in (("of_item", "item_id", "NOT"), ("of_customer", "customer_id", ""))
    )


def key_of(by: str) -> tuple[str, str]:
    """(expression, joins) that give a counted move `c` its key."""
    if by in DIMENSIONS:
        stated = "NULLIF(c.business_type, ''), " if by == "business_type" else ""
        joins = (
            " LEFT JOIN of_item ON of_item.item_id = c.item_id"
            " LEFT JOIN of_customer ON of_customer.customer_id = c.customer_id"
        )
        return f"COALESCE(of_item.value, {stated}of_customer.value, '')", joins
    return {"customer": "c.customer_id", "company": "c.company_id", "currency": "c.currency"}[by], ""


def place_sql(days: list[int], basis: str) -> str:
    """domain.aging.place_of as an expression over `side` and `base`; needs the parameters of `place_parameters`."""
    not_due = f" WHEN base >= %(as_of)s THEN {NOT_DUE}" if basis == "due" else ""
    inside = "".join(f" WHEN base >= %(cut_{place})s THEN {place}" for place in range(len(days)))
    apart = f"WHEN side = 'credit' THEN {CREDIT} WHEN base IS NULL THEN {AWAITING}"
    return f"CASE {apart}{not_due}{inside} ELSE {len(days)} END"


def place_parameters(days: list[int], as_of: date) -> dict[str, date]:
    return {f"cut_{place}": as_of - timedelta(days=day) for place, day in enumerate(days)}


def open_lines(engine: Source, moment: Moment, basis: str) -> str:
    """A whole statement: one row per open item, or per open instalment of a rescheduled one.

    Columns: item_id, line (0: not rescheduled), customer_id, company_id, kind, side, currency, business_type,
    document_number, document_date,
    posting_date, due_date, awaits, base (the date its age counts from), open_amount, planned (what its schedule says
    of the line, null where line is 0).
    """
    item = (
        "item_id, customer_id, company_id, kind, side, currency, business_type, document_number,"
        " document_date, posting_date"
    )
    grouped = f"""opens AS (
    SELECT {item}, due_date, awaits, CAST(SUM(amount) AS BIGINT) AS still_open
    FROM counted GROUP BY {item}, due_date, awaits HAVING SUM(amount) <> 0
)"""
    own = ", ".join(f"o.{name.strip()}" for name in item.split(","))
    plain_base, planned_base = ("o.due_date", "p.due_date") if basis == "due" else ("o.document_date",) * 2
    plain = f"""SELECT {own}, 0 AS line, o.due_date, o.awaits, {plain_base} AS base, o.still_open AS open_amount,
       CAST(NULL AS BIGINT) AS planned
FROM opens AS o"""
    if not engine.has(SCHEDULES):
        return f"WITH {counted(engine, moment)}, {grouped} {plain}"
    return f"""WITH {counted(engine, moment)}, {plan(engine, moment)}, {grouped}
{plain} WHERE NOT EXISTS (SELECT 1 FROM governing AS g WHERE g.item_id = o.item_id)
UNION ALL
SELECT {own}, p.line, p.due_date, p.awaits, {planned_base} AS base, CAST({WATERFALL} AS BIGINT) AS open_amount,
       p.amount AS planned
FROM opens AS o JOIN plan AS p ON p.item_id = o.item_id WHERE o.still_open > p.later"""


def keep_lines(engine: ColumnsEngine, moment: Moment, basis: str) -> Kept:
    """Keep the open lines of the moment as `lines` for the further questions of a reading."""
    return keep_rows(
        engine,
        "lines",
        lambda facts: open_lines(facts, moment, basis),
        moment.parameters(),
        until=moment.until,
        key="item_id",
    )
