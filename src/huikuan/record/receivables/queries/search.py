"""Finding documents by what one remembers of them: the number or its tail, part of the amount."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from huikuan.kernel.text import spellings
from huikuan.mechanisms.audit.models import Head
from huikuan.mechanisms.columns.engine import ColumnsEngine
from huikuan.mechanisms.columns.queries import asking_columns
from huikuan.mechanisms.identity.domain.scope import Scope
from huikuan.record.customers.domain.merging import shown_under
from huikuan.record.customers.domain.seen import Piece, Seen
from huikuan.record.customers.models import Customer
from huikuan.record.customers.queries.merging import merged
from huikuan.record.receivables.domain.remembered import amounts_beginning
from huikuan.record.receivables.models import Item
from huikuan.record.receivables.queries.open_lines import Moment, moment_of, open_lines, shown

#: So early that nothing had closed by then: what is paid is found too.
_LONG_AGO = date(1, 1, 1)
#: Ids that one statement is given; a database takes only so many parameters.
_AT_MOST = 10_000


@dataclass(frozen=True, slots=True)
class Document:
    """An item with what is open of it as of the day asked about. Amounts in minor units."""

    item_id: int
    customer_id: int
    customer_code: str
    customer_name: str
    document_number: str
    kind: str
    side: str
    currency: str
    amount: int
    open_amount: int
    due_date: date | None


@dataclass(frozen=True, slots=True)
class Standing:
    """What a customer owes, in one currency: open debits, and what of them is past due."""

    currency: str
    amount: int
    overdue: int


def find_documents(
    text: str,
    *,
    as_of: date,
    scope: Scope,
    known: Head | None = None,
    company_id: int | None = None,
    customer_ids: Collection[int] | None = None,
    limit: int = 8,
) -> list[Document]:
    """Items of the scope whose number contains `text`, then those whose amount begins with its digits: 268 finds
    2,680,000.00.

    The number itself first, then its tail and its beginning; of amounts the exact one; of equals the newest.
    Letters' case and the width of brackets make no difference. `customer_ids`: of these customers alone, by whom
    their items are shown under. Reversals are left out.
    """
    wanted = text.strip()
    if not wanted or (customer_ids is not None and not customer_ids):
        return []
    moment = moment_of(as_of, known, company_id, scope)
    if customer_ids is not None:
        under = merged(moment.known, moment.seen)
        customer_ids = {shown_under(under, one) for one in customer_ids}
    with asking_columns() as engine:
        postings = _Postings(engine, moment, customer_ids)
        ids = postings.numbered(wanted, limit)
        if len(ids) < limit:
            ids += [one for one in postings.amounting(wanted, limit) if one not in ids]
        opens = postings.open_amounts(ids) if ids else {}
    return _documents(ids, opens, moment)[:limit]


def standings(
    customer_ids: Collection[int], *, as_of: date, scope: Scope, company_id: int | None = None
) -> dict[int, list[Standing]]:
    """Customer → what each owes on the day, the largest amount first; past due as aging counts it, instalment by
    instalment. `company_id`: to this company alone. Of a merged customer, what the one it is shown under does."""
    moment = moment_of(as_of, None, company_id, scope)
    under = merged(None, moment.seen)
    shown = {shown_under(under, one) for one in customer_ids}
    moment = replace(moment, seen=moment.seen.among({*shown, *(one for one, into in under.items() if into in shown)}))
    with asking_columns() as engine:
        rows = engine.rows(
            "SELECT customer_id, currency, CAST(SUM(open_amount) AS BIGINT) AS whole,"
            " CAST(COALESCE(SUM(CASE WHEN due_date < %(as_of)s THEN open_amount END), 0) AS BIGINT)"
            f" FROM ({open_lines(engine, moment, 'due')}) AS open WHERE side = 'debit'"
            " GROUP BY customer_id, currency ORDER BY whole DESC, currency",
            moment.parameters(),
        )
    found: dict[int, list[Standing]] = {}
    for customer_id, *standing in rows:
        found.setdefault(customer_id, []).append(Standing(*standing))
    return {one: found[whose] for one in customer_ids if (whose := shown_under(under, one)) in found}


@dataclass(frozen=True, slots=True)
class _Postings:
    """The items of a moment, as columns: only what a question needs of them is read."""

    engine: ColumnsEngine
    moment: Moment
    customers: Collection[int] | None

    def numbered(self, wanted: str, limit: int) -> list[int]:
        ways = dict.fromkeys(spelling.lower() for spelling in spellings(wanted))
        spelled: dict[str, Any] = {f"way_{place}": way for place, way in enumerate(ways)}
        if not spelled:
            return []

        def any_way(function: str) -> str:
            return " OR ".join(f"{function}(LOWER(document_number), %({name})s)" for name in spelled)

        rank = f"""CASE WHEN LOWER(document_number) IN ({", ".join(f"%({name})s" for name in spelled)}) THEN 0
            WHEN {any_way("ends_with")} THEN 1 WHEN {any_way("starts_with")} THEN 2 ELSE 3 END"""
        return self._items(any_way("contains"), rank, spelled, limit)

    def amounting(self, wanted: str, limit: int) -> list[int]:
        spans = amounts_beginning(wanted)
        if not spans:
            return []
        numbers: dict[str, Any] = {}
        for place, (low, high) in enumerate(spans):
            numbers |= {f"low_{place}": low, f"high_{place}": high}
        inside = " OR ".join(f"amount BETWEEN %(low_{place})s AND %(high_{place})s" for place in range(len(spans)))
        exact = " OR ".join(f"amount = %(low_{place})s" for place in range(len(spans)))
        return self._items(inside, f"CASE WHEN {exact} THEN 0 ELSE 1 END", numbers, limit)

    def open_amounts(self, ids: Iterable[int]) -> dict[int, int]:
        listed = ", ".join(str(int(one)) for one in ids)
        rows = self.engine.rows(
            f"SELECT item_id, CAST(SUM(amount) AS BIGINT) FROM {self._moves()} AS moves"
            f" WHERE {self._counted()} AND item_id IN ({listed}) GROUP BY item_id",
            self.moment.parameters(),
        )
        return dict(rows)

    def _items(self, condition: str, rank: str, more: dict[str, Any], limit: int) -> list[int]:
        """The first `limit` that are no reversals. The columns do not say which are: where a whole import was taken
        back they crowd the front, so it is asked on in ever larger portions."""
        found: list[int] = []
        passed, portion = 0, 2 * limit
        while True:
            rows = self.engine.rows(
                f"SELECT item_id FROM {self._moves()} AS moves"
                f" WHERE by_kind = '' AND ({condition}) AND {self._counted()}"
                f" ORDER BY {rank}, posting_date DESC, item_id DESC LIMIT {int(portion)} OFFSET {int(passed)}",
                {**self.moment.parameters(), **more},
            )
            ids = [row[0] for row in rows]
            reversals = set(Item.objects.filter(id__in=ids, reversal_of__isnull=False).values_list("id", flat=True))
            found += [one for one in ids if one not in reversals]
            if len(found) >= limit or len(ids) < portion:
                return found[:limit]
            passed, portion = passed + portion, min(10 * portion, _AT_MOST)

    def _moves(self) -> str:
        return shown(self.engine, self.moment, _LONG_AGO)

    def _counted(self) -> str:
        theirs = "" if self.customers is None else f" AND {Seen((Piece(None, frozenset(self.customers)),)).sql()}"
        return f"effective_on <= %(as_of)s AND tx < %(known)s{self.moment.whose()}{theirs}"


def _documents(ids: list[int], opens: dict[int, int], moment: Moment) -> list[Document]:
    items = {row.id: row for row in Item.objects.filter(id__in=ids)}
    under = merged(moment.known, moment.seen)
    shown = {row.id: shown_under(under, row.customer_id) for row in items.values()}
    rows = Customer.objects.filter(pk__in=shown.values()).values_list("pk", "code", "name")
    named = {pk: (code, name) for pk, code, name in rows}
    return [
        Document(
            one.id, shown[one.id], *named.get(shown[one.id], ("", "")), one.document_number, one.kind, one.side,
            one.currency, one.amount, opens.get(one.id, 0), one.due_date,
        )
        for one in (items[number] for number in ids)
    ]  # fmt: skip
