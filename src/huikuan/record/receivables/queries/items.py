"""Lists of open items as of any day; their sums are the figures they were opened from."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from django.db.models import Q

from huikuan.kernel.errors import Refusal
from huikuan.kernel.text import spellings
from huikuan.mechanisms.audit.models import Head
from huikuan.mechanisms.columns.engine import ColumnsEngine
from huikuan.mechanisms.columns.queries import asking_columns
from huikuan.mechanisms.identity.domain.scope import Scope
from huikuan.mechanisms.identity.models import Company
from huikuan.record.customers.domain.merging import shown_under
from huikuan.record.customers.models import Customer
from huikuan.record.customers.queries.merging import merged, shown_as
from huikuan.record.receivables.domain.aging import (
    AWAITING,
    BASES,
    DIMENSIONS,
    NOT_DUE,
    overdue_days,
    place_of,
    spans,
)
from huikuan.record.receivables.models import Item
from huikuan.record.receivables.queries.aging import bucket_days
from huikuan.record.receivables.queries.open_lines import Moment, belongs, keep_lines, key_of, moment_of
from huikuan.record.receivables.queries.valuation import Valuation, valuation


@dataclass(frozen=True, slots=True)
class ItemFilter:
    """Which open lines. None does not narrow; '' of group, owner, region or business type finds those without one.

    `slot`: 'not_due', 'awaiting', 'overdue' (any overdue) or 'days' with `from_days` … `to_days` (None: open end).
    On the document basis there is only 'days'. `side`: 'debit' or 'credit'. `text` finds in document number,
    customer name and code. `lines`: these (item, line) alone; `customer_ids`: these customers' alone. A merged
    `customer_id` finds what the one it is shown under does.
    """

    customer_id: int | None = None
    company_id: int | None = None
    side: str | None = None
    currency: str | None = None
    slot: str | None = None
    from_days: int | None = None
    to_days: int | None = None
    group: str | None = None
    owner: str | None = None
    region: str | None = None
    business_type: str | None = None
    text: str = ""
    lines: frozenset[tuple[int, int]] | None = None
    customer_ids: frozenset[int] | None = None


@dataclass(frozen=True, slots=True)
class ItemRow:
    """One open line: an item, or one line of its payment schedule (`line` > 0). `instalment`: its number where the
    schedule divides the item, 0 where it only says when the whole falls due.

    `overdue_days` 0 when not overdue; on the document basis it is the age. `slot` as in ItemFilter, with the bucket's
    edges. `value`: open_amount in the currency asked for (`value_in`), None without one.
    """

    item_id: int
    line: int
    customer_id: int
    customer_code: str
    customer_name: str
    company_code: str
    kind: str
    side: str
    currency: str
    amount: int
    open_amount: int
    value: int | None
    document_number: str
    document_date: date
    posting_date: date
    due_date: date | None
    awaits: str
    overdue_days: int
    slot: str  # 'not_due', 'awaiting', 'days', or 'credit' on the credit side
    from_days: int | None
    to_days: int | None
    instalment: int = 0

    @property
    def key(self) -> str:
        """How a form names the row."""
        return f"{self.item_id}.{self.line}"


@dataclass(frozen=True, slots=True)
class Sums:
    """Totals of everything the filter finds, per currency; credits apart, never netted."""

    currency: str
    count: int
    debit: int
    credit: int


@dataclass(frozen=True, slots=True)
class Page:
    """`next` is the keyset to pass as `after` for the following rows, None at the end.
    `value_debit`, `value_credit`: the sums in `value_in`, None without one."""

    rows: tuple[ItemRow, ...]
    next: str | None
    count: int
    sums: tuple[Sums, ...]
    value_debit: int | None
    value_credit: int | None


#: Sorts after every date: lines that await an event come last.
_LAST = date(9999, 12, 31)
#: More than any id.
_MOST = 2**62
#: Rows that are read at a time when all are wanted.
_AT_ONCE = 5_000

_Row = tuple[Any, ...]


def items_page(
    chosen: ItemFilter,
    *,
    as_of: date,
    scope: Scope,
    known: Head | None = None,
    basis: str = "due",
    value_in: str | None = None,
    after: str | None = None,
    limit: int = 50,
) -> Page:
    """The open lines of the scope that match, by due date (awaiting last) then item; ≤ `limit` of them after `after`.

    `value_in`: also give amounts in this currency, at the rates of `as_of` (None for a currency without one).
    """
    if basis not in BASES:
        raise Refusal("aging_basis_unknown", value=basis, choices=", ".join(BASES))
    moment = moment_of(as_of, known, chosen.company_id, scope)
    with asking_columns() as engine:
        matching = _matching(engine, chosen, moment, basis)
        return page_of(engine, matching, moment, basis=basis, value_in=value_in, after=after, limit=limit)


def page_of(
    engine: ColumnsEngine,
    matching: Matching,
    moment: Moment,
    *,
    basis: str = "due",
    value_in: str | None = None,
    after: str | None = None,
    limit: int = 50,
) -> Page:
    """`items_page` of any query over the kept lines of the moment (`open_lines.keep_lines`)."""
    _, days = bucket_days(moment, basis)
    sums = _sums(engine, matching)
    valued = _valued(value_in, sums, moment)
    debit, credit = _value_sums(engine, matching, valued)
    found = _lines_after(engine, matching, after, limit + 1)
    rows = _complete(found[:limit], moment.as_of, basis, days, valued)
    more = _keyset_of(rows[-1]) if len(found) > limit else None
    return Page(rows, more, sum(one.count for one in sums), sums, debit, credit)


@contextmanager
def every_item(
    chosen: ItemFilter,
    *,
    as_of: date,
    scope: Scope,
    known: Head | None = None,
    basis: str = "due",
    value_in: str | None = None,
) -> Iterator[tuple[int, Iterator[ItemRow]]]:
    """How many lines of the scope match, and all of them in the order of `items_page`: the ledger is asked once,
    the lines then come a few thousand at a time."""
    moment = moment_of(as_of, known, chosen.company_id, scope)
    with asking_columns() as engine:
        yield all_of(engine, _matching(engine, chosen, moment, basis), moment, basis=basis, value_in=value_in)


def all_of(
    engine: ColumnsEngine, matching: Matching, moment: Moment, *, basis: str = "due", value_in: str | None = None
) -> tuple[int, Iterator[ItemRow]]:
    """`every_item` of any query over the kept lines of the moment; the rows last as long as the engine."""
    _, days = bucket_days(moment, basis)
    engine.keep("matching", matching.sql, matching.parameters)
    matching = Matching("SELECT * FROM matching", {})
    sums = _sums(engine, matching)
    valued = _valued(value_in, sums, moment)

    def rows() -> Iterator[ItemRow]:
        after: str | None = None
        while found := _lines_after(engine, matching, after, _AT_ONCE):
            part = _complete(found, moment.as_of, basis, days, valued)
            yield from part
            after = _keyset_of(part[-1])

    return sum(one.count for one in sums), rows()


def _valued(value_in: str | None, sums: Iterable[Sums], moment: Moment) -> Valuation | None:
    if value_in is None:
        return None
    return valuation(value_in, (one.currency for one in sums), moment.as_of, moment.known)


@dataclass(frozen=True, slots=True)
class Matching:
    """A query over the kept open lines, with all their columns."""

    sql: str
    parameters: dict[str, Any]


def _matching(engine: ColumnsEngine, chosen: ItemFilter, moment: Moment, basis: str) -> Matching:
    keep_lines(engine, moment, basis)
    clauses, parameters = _conditions(_shown(chosen, moment), moment, basis)
    parameters = {**moment.parameters(), **parameters, "organisation": moment.as_of}
    lines = "lines"
    for dimension in DIMENSIONS:
        value = getattr(chosen, dimension)
        if value is not None:
            key, joins = key_of(dimension)
            lines = f"""(WITH {belongs(engine, moment, dimension)}
                SELECT c.* FROM {lines} AS c{joins} WHERE {key} = %({dimension})s)"""
            parameters[dimension] = value
    return Matching(f"SELECT * FROM {lines} AS found WHERE {' AND '.join(clauses) or '1 = 1'}", parameters)


def _shown(chosen: ItemFilter, moment: Moment) -> ItemFilter:
    """The filter with the customer under which the one it names is shown."""
    if chosen.customer_id is None:
        return chosen
    return replace(chosen, customer_id=shown_as(chosen.customer_id, moment.known, moment.seen))


def _conditions(chosen: ItemFilter, moment: Moment, basis: str) -> tuple[list[str], dict[str, Any]]:
    as_of = moment.as_of
    clauses, parameters = [], {"as_of": as_of}
    for name in ("customer_id", "side", "currency"):
        value = getattr(chosen, name)
        if value is not None:
            clauses.append(f"{name} = %({name})s")
            parameters[name] = value
    if chosen.slot is not None:
        clauses += ["side = 'debit'", *_slot_clauses(chosen, as_of, basis, parameters)]
    if chosen.lines is not None:
        named = ", ".join(f"({int(item)}, {int(line)})" for item, line in sorted(chosen.lines))
        clauses.append(f"(item_id, line) IN ({named})" if named else "1 = 0")
    if chosen.customer_ids is not None:
        among = ", ".join(str(int(one)) for one in sorted(chosen.customer_ids))
        clauses.append(f"customer_id IN ({among})" if among else "1 = 0")
    if chosen.text:
        clauses.append(_text_clause(chosen.text, moment, parameters))
    return clauses, parameters


def _slot_clauses(chosen: ItemFilter, as_of: date, basis: str, parameters: dict[str, Any]) -> list[str]:
    if chosen.slot == "not_due":
        return ["base >= %(as_of)s"] if basis == "due" else ["1 = 0"]
    if chosen.slot == "awaiting":
        return ["base IS NULL"]
    if chosen.slot == "overdue":
        return ["base < %(as_of)s"]
    if chosen.slot != "days":
        raise Refusal("item_slot_unknown", value=chosen.slot)
    clauses = ["base IS NOT NULL"] if basis == "document" else ["base < %(as_of)s"]
    if chosen.from_days:
        clauses.append("base <= %(newest)s")
        parameters["newest"] = as_of - timedelta(days=chosen.from_days)
    if chosen.to_days is not None:
        clauses.append("base >= %(oldest)s")
        parameters["oldest"] = as_of - timedelta(days=chosen.to_days)
    return clauses


def _text_clause(text: str, moment: Moment, parameters: dict[str, Any]) -> str:
    """Found by a part of the document number, the customer's name or code, in any spelling of its brackets."""
    named, clauses = Q(), []
    for place, spelling in enumerate(spellings(text)):
        escaped = spelling.replace("!", "!!").replace("%", "!%").replace("_", "!_")
        parameters[f"pattern{place}"] = f"%{escaped}%"
        clauses.append(f"document_number ILIKE %(pattern{place})s ESCAPE '!'")
        named |= Q(name__icontains=spelling) | Q(code__icontains=spelling)
    if not clauses:
        return "TRUE"
    under = merged(moment.known, moment.seen)
    found = {shown_under(under, number) for number in Customer.objects.filter(named).values_list("id", flat=True)}
    ids = ", ".join(str(number) for number in sorted(found)) or "NULL"
    return f"({' OR '.join(clauses)} OR customer_id IN ({ids}))"


def _sums(engine: ColumnsEngine, matching: Matching) -> tuple[Sums, ...]:
    rows = engine.rows(
        f"""SELECT currency, COUNT(*),
                  SUM(CASE WHEN side = 'debit' THEN open_amount ELSE 0 END),
                  SUM(CASE WHEN side = 'credit' THEN open_amount ELSE 0 END)
           FROM ({matching.sql}) AS matching GROUP BY currency ORDER BY currency""",
        matching.parameters,
    )
    return tuple(Sums(currency, count, int(debit), int(credit)) for currency, count, debit, credit in rows)


def _value_sums(engine: ColumnsEngine, matching: Matching, valued: Valuation | None) -> tuple[int | None, int | None]:
    if valued is None:
        return None, None
    worth = valued.sql("open_amount")
    (row,) = engine.rows(
        f"SELECT COALESCE(SUM(CASE WHEN side = 'debit' THEN {worth} END), 0),"
        f" COALESCE(SUM(CASE WHEN side = 'credit' THEN {worth} END), 0)"
        f" FROM ({matching.sql}) AS matching",
        matching.parameters,
    )
    return int(row[0]), int(row[1])


def _lines_after(engine: ColumnsEngine, matching: Matching, after: str | None, limit: int) -> list[_Row]:
    due = "COALESCE(due_date, DATE '9999-12-31')"
    beyond, parameters = "", dict(matching.parameters)
    if after:
        day, item, line = _keyset(after)
        beyond = f" WHERE ({due}, item_id, line) > (%(day)s, %(item)s, %(line)s)"
        parameters |= {"day": day, "item": item, "line": line}
    return engine.rows(
        "SELECT item_id, line, customer_id, company_id, kind, side, currency, open_amount, document_number,"
        f" document_date, posting_date, due_date, awaits, base, planned FROM ({matching.sql}) AS matching{beyond}"
        f" ORDER BY {due}, item_id, line LIMIT {int(limit)}",
        parameters,
    )


def _keyset_of(row: ItemRow) -> str:
    return f"{row.due_date or _LAST}.{row.item_id}.{row.line}"


def _keyset(after: str) -> tuple[date, int, int]:
    try:
        day, item, line = after.split(".")
        keyset = date.fromisoformat(day), int(item), int(line)
    except ValueError:
        raise Refusal("page_unknown", value=after) from None
    if not all(0 <= number < _MOST for number in keyset[1:]):
        raise Refusal("page_unknown", value=after)
    return keyset


def _complete(
    found: list[_Row], as_of: date, basis: str, days: list[int], valued: Valuation | None
) -> tuple[ItemRow, ...]:
    amounts = dict(Item.objects.filter(id__in={row[0] for row in found}).values_list("id", "amount"))
    named = {
        customer: (code, name)
        for customer, code, name in Customer.objects.filter(id__in={row[2] for row in found}).values_list(
            "id", "code", "name"
        )
    }
    companies = dict(Company.objects.values_list("id", "code"))
    layout = spans(days, basis)
    rows = []
    for row in found:
        (
            item,
            line,
            customer,
            company,
            kind,
            side,
            currency,
            still_open,
            number,
            document,
            posting,
            due,
            awaits,
            base,
            planned,
        ) = row
        code, name = named.get(customer, (str(customer), ""))
        slot, low, high = _slot(side, base, as_of, basis, days, layout)
        rows.append(
            ItemRow(
                item_id=item,
                line=line,
                customer_id=customer,
                customer_code=code,
                customer_name=name,
                company_code=companies[company],
                kind=kind,
                side=side,
                currency=currency,
                amount=amounts[item],
                open_amount=still_open,
                value=valued.value(still_open, currency) if valued else None,
                document_number=number,
                document_date=document,
                posting_date=posting,
                due_date=due,
                awaits=awaits,
                overdue_days=overdue_days(base, as_of) if base and side == "debit" else 0,
                slot=slot,
                from_days=low,
                to_days=high,
                instalment=0 if planned in (None, amounts[item]) else line,
            )
        )
    return tuple(rows)


def _slot(
    side: str, base: date | None, as_of: date, basis: str, days: list[int], layout: list[tuple[int, int | None]]
) -> tuple[str, int | None, int | None]:
    if side == "credit":
        return "credit", None, None
    place = place_of(base, as_of, days, basis)
    if place in (NOT_DUE, AWAITING):
        return ("not_due" if place == NOT_DUE else "awaiting"), None, None
    return "days", *layout[place]
