"""The collector's list: customers by what more a contact is expected to bring, with what is left alone and why.

The rule is asked of the columns for all customers at once; those with a promise, a dispute or a call are looked at one
by one, since only they may stand elsewhere than the columns say. A test holds both equal.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from huikuan.act.collection.domain.deciding import Stop
from huikuan.act.collection.domain.priority import (
    BUCKETS,
    NOTHING_EXPECTED,
    Expected,
    Habits,
    Rates,
    expected,
    more_sql,
    rates_of,
)
from huikuan.act.collection.policies import WORKLIST
from huikuan.act.collection.queries.already_paid import already_paid
from huikuan.act.collection.queries.set_aside import Aside, SetAside, set_aside
from huikuan.judge.rating.queries.behaviour import CLAIM_KINDS, CLEARING_KINDS
from huikuan.judge.rating.queries.grades import grades_of
from huikuan.kernel.dates import day_end
from huikuan.mechanisms.columns.additive import Kept as KeptRows
from huikuan.mechanisms.columns.additive import keep_sums, keep_sums_of
from huikuan.mechanisms.columns.engine import ColumnsEngine, Source
from huikuan.mechanisms.columns.queries import asking_columns, once_in_view
from huikuan.mechanisms.identity.domain.scope import Scope
from huikuan.mechanisms.identity.models import Company
from huikuan.mechanisms.policies.queries import in_force
from huikuan.record.customers.queries import named_by_id, seen
from huikuan.record.receivables.queries.open_lines import Moment, counted, keep_lines, moment_of
from huikuan.record.receivables.queries.valuation import Valuation, valuation

PAGE = 30
_YEAR = timedelta(days=365)
_BEGINNING = date(1, 1, 1)
_LATE = [f"late_{place}" for place in range(BUCKETS)]


@dataclass(frozen=True, slots=True)
class Left:
    """What of a customer's overdue money is left alone, in the company's currency."""

    kind: str
    amount: int
    until: date | None
    record_id: int
    item_id: int


@dataclass(frozen=True, slots=True)
class WorkRow:
    """A customer on the list; amounts in the list's currency. `overdue` in all, `pursued` of it; `longest`: days the
    oldest pursued line is late (0: none is pursued); `again_on`: a call put it off to then; `called`: today;
    `visit_on`: somebody goes there then to ask for payment; `stop`: it has paid, and the money has no place yet."""

    customer_id: int
    code: str
    name: str
    grade: str
    overdue: int
    pursued: int
    longest: int
    expected: Expected
    habits: Habits
    left: tuple[Left, ...]
    again_on: date | None
    called: bool
    visit_on: date | None
    stop: Stop | None

    @property
    def waits(self) -> bool:
        """Whether somebody should be contacted today."""
        return self.pursued > 0 and not _rests(self)


def _rests(one: WorkRow | _One) -> bool:
    """Whether the customer is left alone today, whatever it owes."""
    return bool(one.again_on or one.called or one.visit_on or one.stop)


@dataclass(frozen=True, slots=True)
class Worklist:
    """The first customers to contact, of `count` in all, with what is expected of the others (`rest`, minor units of
    `currency`); those left alone today, and how many of the reader's were called. `unvalued`: lines in a currency
    without a rate."""

    as_of: date
    currency: str
    rows: tuple[WorkRow, ...]
    count: int
    rest: int
    resting: tuple[WorkRow, ...]
    called: int
    unvalued: int
    rates: Rates

    @property
    def total(self) -> int:
        """All that contacts are expected to add."""
        return self.rest + sum(row.expected.more for row in self.rows)

    def after(self, customer_id: int) -> int | None:
        """Who comes next; the first one where the customer is not on the list any more."""
        ids = [row.customer_id for row in self.rows]
        if customer_id not in ids:
            return ids[0] if ids else None
        at = ids.index(customer_id) + 1
        return ids[at] if at < len(ids) else None

    def before(self, customer_id: int) -> int | None:
        ids = [row.customer_id for row in self.rows]
        at = ids.index(customer_id) - 1 if customer_id in ids else -1
        return ids[at] if at >= 0 else None


def worklist(
    company: Company, *, scope: Scope, as_of: date, only: Collection[int] | None = None, limit: int = PAGE
) -> Worklist:
    """The list of the reader's customers of a company on a day; `only`: among these customers."""
    moment = moment_of(as_of, None, company.pk, scope)
    aside, rates = set_aside(company.pk, as_of), rates_on(company, as_of)
    with asking_columns() as engine:
        asked = _Asked(engine, moment, company.currency, rates)
        found = asked.looked_at(aside, _stops(engine, company, as_of), only)
        plain, count, total = asked.first(found.keys(), only, limit)
        every = {**found, **{row.customer_id: row for row in plain}}
        ahead = sorted((one for one in every.values() if one.waits), key=lambda one: (-one.expected.more, one.key))
        resting = sorted((one for one in found.values() if not one.waits and one.total), key=lambda one: one.key)
        shown, left = ahead[:limit], resting[:limit]
        oldest, unvalued = asked.oldest([one.customer_id for one in (*shown, *left)]), asked.unvalued()
    waiting = [one for one in found.values() if one.waits]
    theirs = seen(scope)
    called = sum(theirs.has(company.pk, customer_id) for customer_id in aside.done)
    names = _Named.of([one.customer_id for one in (*shown, *left)], as_of)
    rows = tuple(one.row(names, oldest, as_of) for one in shown)
    rest = total + sum(one.expected.more for one in waiting) - sum(row.expected.more for row in rows)
    return Worklist(
        as_of, company.currency, rows, count + len(waiting), rest,
        tuple(one.row(names, oldest, as_of) for one in left), called, unvalued, rates,
    )  # fmt: skip


def rates_on(company: Company, day: date) -> Rates:
    """The figures that are in force for the company when the day ends."""
    return rates_of(in_force(WORKLIST.name, company_id=company.pk, at=day_end(day, company.time_zone)).document)


def _stops(engine: ColumnsEngine, company: Company, day: date) -> Mapping[int, Stop]:
    """Once for a page, which asks for the list and for one customer, both by the same reader."""
    return once_in_view(("already paid", company.pk, day), lambda: already_paid(engine, company, day))


def work_row(company: Company, customer_id: int, *, scope: Scope, as_of: date) -> WorkRow | None:
    """One customer as the list would show it, on it or not; None: nothing of it is overdue."""
    moment = moment_of(as_of, None, company.pk, scope)
    with asking_columns() as engine:
        asked = _Asked(engine, moment, company.currency, rates_on(company, as_of))
        aside, stops = set_aside(company.pk, as_of), _stops(engine, company, as_of)
        one = asked.looked_at(aside, stops, [customer_id], also=[customer_id]).get(customer_id)
        oldest = asked.oldest([customer_id])
    return one.row(_Named.of([customer_id], as_of), oldest, as_of) if one and one.total else None


@dataclass(frozen=True, slots=True)
class _One:
    """A customer while it is placed."""

    customer_id: int
    late: tuple[int, ...]
    pursued: tuple[int, ...]
    habits: Habits
    left: tuple[Left, ...] = ()
    again_on: date | None = None
    called: bool = False
    visit_on: date | None = None
    stop: Stop | None = None
    expected: Expected = NOTHING_EXPECTED

    @property
    def total(self) -> int:
        return sum(self.late)

    @property
    def waits(self) -> bool:
        return sum(self.pursued) > 0 and not _rests(self)

    @property
    def key(self) -> tuple[date, int, int]:
        return self.again_on or date.max, -self.total, self.customer_id

    def row(self, names: _Named, oldest: Mapping[int, date], day: date) -> WorkRow:
        since = oldest.get(self.customer_id)
        code, name, grade = names.of_one(self.customer_id)
        return WorkRow(
            self.customer_id, code, name, grade, self.total, sum(self.pursued), (day - since).days if since else 0,
            self.expected, self.habits, self.left, self.again_on, self.called,
            self.visit_on, self.stop,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Named:
    names: Mapping[int, Any]
    grades: Mapping[int, Any]

    @classmethod
    def of(cls, ids: Sequence[int], day: date) -> _Named:
        return cls(named_by_id(ids), grades_of(ids, day=day) if ids else {})

    def of_one(self, customer_id: int) -> tuple[str, str, str]:
        named, graded = self.names[customer_id], self.grades.get(customer_id)
        return named.code, named.name, graded.grade if graded else ""


class _Asked:
    """The questions of one reading, over the open lines and what fell due in the year."""

    def __init__(self, engine: ColumnsEngine, moment: Moment, currency: str, rates: Rates) -> None:
        self._engine, self._moment, self._rates = engine, moment, rates
        lines = keep_lines(engine, moment, "due")
        currencies = [row[0] for row in engine.rows("SELECT DISTINCT currency FROM lines", {})]
        self._valued = valuation(currency, currencies, moment.as_of, moment.known)
        self._keep_late(lines)
        self._keep_paying()

    def _keep_late(self, lines: KeptRows) -> None:
        """`late`: customer_id, what of it is overdue by bucket."""
        ends = {f"end_{place}": self._moment.as_of - timedelta(days=end) for place, end in enumerate(self._rates.ends)}
        conditions = ["due_date >= %(end_0)s"]
        conditions += [
            f"due_date < %(end_{place})s AND due_date >= %(end_{place + 1})s" for place in range(len(ends) - 1)
        ]
        conditions.append(f"due_date < %(end_{len(ends) - 1})s")
        sums = ", ".join(
            f"CAST(COALESCE(SUM(CASE WHEN {condition} THEN value END), 0) AS BIGINT) AS {name}"
            for name, condition in zip(_LATE, conditions, strict=True)
        )

        def ask(rows: str) -> str:
            valued = f"SELECT *, {self._valued.sql('open_amount')} AS value FROM {rows} AS kept WHERE {_OVERDUE}"
            return f"SELECT customer_id, {sums} FROM ({valued}) AS valued GROUP BY customer_id"

        parameters = {"as_of": self._moment.as_of, **ends}
        keep_sums_of(self._engine, "late", lines, ask, parameters, by="customer_id", sums=_LATE)

    def _keep_paying(self) -> None:
        """`paying`: customer_id, what of its money fell due in the year, and what of that came by its day."""
        cleared = f"by_kind IN {CLEARING_KINDS}"
        in_time, value = f"{cleared} AND effective_on <= due_date", self._valued.sql("amount")

        def ask(facts: Source) -> str:
            return f"""WITH {counted(facts, self._moment, since=_BEGINNING)}
SELECT customer_id, CAST(COALESCE(SUM(CASE WHEN {cleared} THEN 0 ELSE value END), 0) AS BIGINT) AS due,
    CAST(COALESCE(SUM(CASE WHEN {in_time} THEN -value ELSE 0 END), 0) AS BIGINT) AS in_time
FROM (SELECT *, {value} AS value FROM counted
    WHERE side = 'debit' AND kind IN {CLAIM_KINDS} AND due_date >= %(begin)s AND due_date < %(as_of)s) AS matured
GROUP BY customer_id"""

        parameters = {**self._moment.parameters(), "begin": self._moment.as_of - _YEAR}
        until = self._moment.until
        keep_sums(self._engine, "paying", ask, parameters, until=until, by="customer_id", sums=["due", "in_time"])

    def first(self, but: Collection[int], only: Collection[int] | None, limit: int) -> tuple[list[_One], int, int]:
        """The first customers of whom nothing more is known than the ledger, how many there are, what is expected."""
        among = _among("NOT IN", but) + ("" if only is None else _among("IN", only))
        rated = f"""SELECT late.customer_id AS customer_id, {", ".join(_LATE)}, COALESCE(due, 0) AS due,
    COALESCE(in_time, 0) AS in_time, {more_sql(self._rates)} AS more
FROM late LEFT JOIN paying ON paying.customer_id = late.customer_id
WHERE {" + ".join(_LATE)} > 0{among}"""
        columns = f"customer_id, {', '.join(_LATE)}, due, in_time"
        rows = self._engine.rows(
            f"SELECT {columns} FROM ({rated}) AS rated ORDER BY more DESC, customer_id LIMIT {int(limit)}", {}
        )
        [(count, total)] = self._engine.rows(
            f"SELECT COUNT(*), CAST(COALESCE(SUM(more), 0) AS BIGINT) FROM ({rated}) AS rated", {}
        )
        return [_plain(customer_id, amounts, self._rates) for customer_id, *amounts in rows], count, total

    def looked_at(
        self, aside: SetAside, stops: Mapping[int, Stop], only: Collection[int] | None, also: Iterable[int] = ()
    ) -> dict[int, _One]:
        """Those of whom more is known, each by itself."""
        lines = self._lines_of(aside.items.keys())
        ids = {*aside.customers, *stops, *(line.customer_id for line in lines), *also}
        ids = ids if only is None else ids & set(only)
        left = _left_alone(lines, aside, self._valued, self._moment.as_of, self._rates)
        found = {}
        for customer_id, *amounts in self._sums_of(ids):
            plain = _plain(customer_id, amounts, self._rates)
            gone = left.get(customer_id, [])
            cut = [0] * BUCKETS
            for place, one in gone:
                cut[place] += one.amount
            pursued = tuple(max(0, amount - less) for amount, less in zip(plain.late, cut, strict=True))
            habits = aside.habits(customer_id, plain.habits.due, plain.habits.in_time)
            found[customer_id] = _One(
                customer_id, plain.late, pursued, habits, _together(gone), aside.put_off.get(customer_id),
                customer_id in aside.done, aside.visits.get(customer_id), stops.get(customer_id),
                expected(pursued, habits, self._rates),
            )  # fmt: skip
        return found

    def _sums_of(self, ids: Collection[int]) -> list[tuple[Any, ...]]:
        if not ids:
            return []
        return self._engine.rows(
            f"SELECT late.customer_id, {', '.join(_LATE)}, COALESCE(due, 0), COALESCE(in_time, 0) FROM late"
            f" LEFT JOIN paying ON paying.customer_id = late.customer_id WHERE 1 = 1{_among('IN', ids)}",
            {},
        )

    def _lines_of(self, items: Collection[int]) -> list[_Line]:
        if not items:
            return []
        listed = ", ".join(map(str, sorted(items)))
        rows = self._engine.rows(
            "SELECT item_id, customer_id, currency, due_date, open_amount FROM lines"
            f" WHERE {_OVERDUE} AND item_id IN ({listed}) ORDER BY item_id, due_date",
            {"as_of": self._moment.as_of},
        )
        return [_Line(*row) for row in rows]

    def oldest(self, ids: Sequence[int]) -> dict[int, date]:
        """Customer → the earliest due date of what is overdue."""
        if not ids:
            return {}
        listed = ", ".join(map(str, sorted(ids)))
        rows = self._engine.rows(
            f"SELECT customer_id, MIN(due_date) FROM lines WHERE {_OVERDUE} AND customer_id IN ({listed})"
            " GROUP BY customer_id",
            {"as_of": self._moment.as_of},
        )
        return dict(rows)

    def unvalued(self) -> int:
        """Overdue lines in a currency without a rate."""
        sql = f"SELECT COUNT(*) FROM lines WHERE {_OVERDUE} AND {self._valued.sql('open_amount')} IS NULL"
        return int(self._engine.rows(sql, {"as_of": self._moment.as_of})[0][0])


_OVERDUE = "side = 'debit' AND due_date < %(as_of)s"


@dataclass(frozen=True, slots=True)
class _Line:
    item_id: int
    customer_id: int
    currency: str
    due_date: date
    open_amount: int


def _plain(customer_id: int, amounts: Sequence[int], rates: Rates) -> _One:
    *late, due, in_time = amounts
    habits = Habits(due, in_time)
    return _One(customer_id, tuple(late), tuple(late), habits, expected=expected(late, habits, rates))


def _left_alone(
    lines: Iterable[_Line], aside: SetAside, valued: Valuation, day: date, rates: Rates
) -> dict[int, list[tuple[int, Left]]]:
    """Customer → (bucket, what of a line is left alone): of an item's lines the oldest first."""
    found: dict[int, list[tuple[int, Left]]] = defaultdict(list)
    taken: dict[tuple[int, int], int] = defaultdict(int)
    for line in lines:
        free = line.open_amount
        for number, one in enumerate(aside.items[line.item_id]):
            part = min(free, one.amount - taken[line.item_id, number])
            worth = valued.value(part, line.currency) if part > 0 else None
            if worth:
                taken[line.item_id, number] += part
                free -= part
                place = rates.bucket_of((day - line.due_date).days)
                found[line.customer_id].append((place, _left(one, worth, line.item_id)))
    return found


def _left(one: Aside, worth: int, item_id: int) -> Left:
    return Left(one.kind, worth, one.until, one.record_id, item_id)


def _together(parts: Iterable[tuple[int, Left]]) -> tuple[Left, ...]:
    """What is left alone, the largest first."""
    return tuple(sorted((one for _, one in parts), key=lambda one: (-one.amount, one.item_id)))


def _among(word: str, ids: Collection[int]) -> str:
    listed = ", ".join(map(str, sorted(ids)))
    if not listed:
        return " AND 1 = 0" if word == "IN" else ""
    return f" AND late.customer_id {word} ({listed})"
