"""Money that has no place yet: bank lines nobody knows the customer of, and what stays on customers' accounts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from huikuan.mechanisms.identity.domain.scope import Scope
from huikuan.record.cash.queries.queue import AGES, Companies, QueueFilter, queue
from huikuan.record.customers.queries import customers_by_id, narrowed, seen
from huikuan.record.receivables.models import Item, OpenItem

#: What it is: nobody's yet, or a customer's without a claim it pays.
LINE, ON_ACCOUNT = "line", "account"
_CREDITS = ("receipt", "advance")
_ALL = 1_000_000


@dataclass(frozen=True, slots=True)
class UnappliedRow:
    """Money in minor units, `days` since it came in; `number`: the line's or the item's. `customer_id` None: of a
    bank line, whose customer nobody has said."""

    what: str
    number: int
    day: date
    days: int
    customer_id: int | None
    name: str
    memo: str
    currency: str
    amount: int

    @property
    def age(self) -> str:
        """Which class of AGES it is in."""
        return next(name for name, (_, last) in AGES.items() if last is None or self.days <= last)


@dataclass(frozen=True, slots=True)
class AgeSum:
    """What of one kind and age there is in one currency."""

    what: str
    age: str
    currency: str
    count: int
    amount: int


def unapplied(companies: Companies, *, today: date, scope: Scope) -> list[UnappliedRow]:
    """Everything of these companies, the longest waiting first; on account, of the customers the scope reaches."""
    rows = [*_lines(companies, today), *_credits(companies, today, scope)]
    return sorted(rows, key=lambda row: (row.day, -row.amount, row.what, row.number))


def sums_by_age(rows: Iterable[UnappliedRow]) -> list[AgeSum]:
    """The rows by kind, age and currency, in this order."""
    found: dict[tuple[str, str, str], tuple[int, int]] = {}
    for row in rows:
        count, amount = found.get((row.what, row.age, row.currency), (0, 0))
        found[row.what, row.age, row.currency] = count + 1, amount + row.amount
    ages = list(AGES)
    ordered = sorted(found, key=lambda key: (key[0] != LINE, ages.index(key[1]), key[2]))
    return [AgeSum(*key, *found[key]) for key in ordered]


def _lines(companies: Companies, today: date) -> Iterable[UnappliedRow]:
    for row in queue(QueueFilter(companies), today=today, limit=_ALL).rows:
        line = row.line
        yield UnappliedRow(
            LINE, line.id, line.booked_on, row.days, None, line.counterparty_name, line.memo, line.currency, line.left
        )


def _credits(companies: Companies, today: date, scope: Scope) -> Iterable[UnappliedRow]:
    found = OpenItem.objects.filter(side="credit", kind__in=_CREDITS)
    if companies is not None:
        found = found.filter(company_id__in=companies)
    opened = list(narrowed(found, seen(scope)))
    numbers = dict(Item.objects.filter(id__in=[one.item_id for one in opened]).values_list("id", "document_number"))
    names = customers_by_id({one.customer_id for one in opened})
    for one in opened:
        yield UnappliedRow(
            what=ON_ACCOUNT,
            number=one.item_id,
            day=one.document_date,
            days=max((today - one.document_date).days, 0),
            customer_id=one.customer_id,
            name=names[one.customer_id].name,
            memo=numbers[one.item_id],
            currency=one.currency,
            amount=one.open_amount,
        )
