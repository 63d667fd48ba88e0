"""Lines that take back money which was applied (退汇, 冲账), and what stands on it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from huikuan.record.banking.models import BankLine, OpenLine
from huikuan.record.banking.queries.bouncing import WITHIN, may_take_back
from huikuan.record.banking.queries.lines import LineRow, rows_of
from huikuan.record.cash.models import Application, Undoing
from huikuan.record.customers.queries import customers_by_id

#: Money that went out longer ago is none that somebody still has to look at; its own page tells of it.
_LOOKED_BACK = timedelta(days=60)
#: So many amounts are asked for at once.
_AT_ONCE = 500
_MOST = 50


@dataclass(frozen=True, slots=True)
class Applied:
    """What of the original was applied, and to whom. `amount` in minor units of the line's currency."""

    application_id: int
    customer_id: int
    customer: str
    amount: int


@dataclass(frozen=True, slots=True)
class Return:
    """`line` takes back `original`, of which this much stands applied."""

    line: LineRow
    original: LineRow
    applied: tuple[Applied, ...]


def standing_on(line_ids: Collection[int]) -> list[Application]:
    """Applications of these lines that nobody undid, in the order they were made."""
    made = Application.objects.filter(line_id__in=line_ids)
    undone = Undoing.objects.filter(application_id__in=made.values("id")).values("application_id")
    return list(made.exclude(id__in=undone).order_by("id"))


def returns_of(row: LineRow) -> list[Return]:
    """What was applied and the line may take back, the nearest before it first; nothing where it is used itself."""
    return _told([(row, original) for original in may_take_back(row, untouched=False)])


def returns_waiting(companies: Collection[int] | None, *, today: date) -> list[Return]:
    """Lines that went out lately, are not used and may take back what was applied, the oldest first; of several
    originals the nearest. `companies` None: of all."""
    found = OpenLine.objects.filter(left__lt=0, booked_on__gte=today - _LOOKED_BACK)
    if companies is not None:
        found = found.filter(company_id__in=companies)
    going = list(found.values_list("line_id", "account_id", "left"))
    came = _came_in({(account_id, -left) for _, account_id, left in going}, since=today - _LOOKED_BACK - WITHIN)
    likely = [line_id for line_id, account_id, left in going if (account_id, -left) in came]
    lines = BankLine.objects.defer("raw").filter(id__in=likely).order_by("booked_on", "id")[:_MOST]
    return [one for row in rows_of(list(lines)) for one in returns_of(row)[:1]]


def _came_in(wanted: Collection[tuple[int, int]], *, since: date) -> set[tuple[int, int]]:
    """Those (account, amount) that came in since."""
    amounts: dict[int, set[int]] = defaultdict(set)
    for account_id, amount in wanted:
        amounts[account_id].add(amount)
    found = set()
    for account_id, of in amounts.items():
        for start in range(0, len(of), _AT_ONCE):
            some = sorted(of)[start : start + _AT_ONCE]
            lines = BankLine.objects.filter(account_id=account_id, booked_on__gte=since, amount__in=some)
            found |= set(lines.values_list("account_id", "amount"))
    return found


def _told(pairs: Iterable[tuple[LineRow, LineRow]]) -> list[Return]:
    pairs = list(pairs)
    applied: dict[int | None, list[Application]] = defaultdict(list)
    for one in standing_on([original.id for _, original in pairs]) if pairs else ():
        applied[one.line_id].append(one)
    names = customers_by_id({one.customer_id for of in applied.values() for one in of})
    return [
        Return(
            line,
            original,
            tuple(
                Applied(one.id, one.customer_id, names[one.customer_id].name, one.amount)
                for one in applied[original.id]
            ),
        )
        for line, original in pairs
        if original.id in applied
    ]
