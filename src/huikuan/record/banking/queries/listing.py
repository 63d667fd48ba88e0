"""The list of lines: which, how much came in and went out, what of it is not used yet."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Sum

from huikuan.kernel.amounts import typed_minor
from huikuan.kernel.errors import Refusal
from huikuan.kernel.text import spellings
from huikuan.mechanisms.identity.domain.scope import Scope
from huikuan.record.banking.models import BankLine, LineUse, OpenLine
from huikuan.record.banking.queries.lines import LineRow, rows_of

_AT_ONCE = 1_000

#: Receipts of which something is left · lines of which something is used · receipts set aside · money out.
OPEN, USED, SET_ASIDE, OUT = "open", "used", "set_aside", "out"
STATES = (OPEN, USED, SET_ASIDE, OUT)

#: Where a page of the list begins: day and id of the line it follows.
Place = tuple[date, int]


@dataclass(frozen=True, slots=True)
class LineFilter:
    """Which lines: in this state, of an account, of days from `since` to `until`, with a text in name, account, memo
    or reference, or of that amount."""

    state: str = ""
    company_id: int | None = None
    account_id: int | None = None
    since: date | None = None
    until: date | None = None
    text: str = ""


@dataclass(frozen=True, slots=True)
class Sums:
    """Of a currency: how many lines, what came in and went out (negative), what of receipts is left; minor units."""

    currency: str
    count: int
    money_in: int
    money_out: int
    left: int


@dataclass(frozen=True, slots=True)
class LinePage:
    """Lines, the latest first, of `count`; `next`: where the following ones begin, None at the end."""

    rows: list[LineRow]
    count: int
    sums: list[Sums]
    next: Place | None


def lines_page(chosen: LineFilter, *, scope: Scope, after: Place | None = None, limit: int) -> LinePage:
    """The lines after the place, `limit` at a time."""
    matching = matching_lines(chosen, scope)
    found = _after(matching, after, limit + 1)
    following = (found[limit - 1].booked_on, found[limit - 1].id) if len(found) > limit else None
    sums = _sums(matching)
    return LinePage(rows_of(found[:limit]), sum(one.count for one in sums), sums, following)


def every_line(chosen: LineFilter, *, scope: Scope) -> Iterator[LineRow]:
    """All that match, in the order of `lines_page`, a thousand at a time."""
    after: Place | None = None
    while found := _after(matching_lines(chosen, scope), after, _AT_ONCE):
        yield from rows_of(found)
        after = (found[-1].booked_on, found[-1].id)


def line_seen(line_id: int, *, scope: Scope) -> LineRow:
    """The line; refuses an unknown one, and one of a company the scope does not see whole."""
    found = reached(BankLine.objects.defer("raw").filter(id=line_id), scope).first()
    if found is None:
        raise Refusal("line_unknown", line=line_id)
    return rows_of([found])[0]


def matching_lines(chosen: LineFilter, scope: Scope) -> QuerySet[BankLine]:
    """The lines that match and are reached."""
    rows = reached(BankLine.objects.defer("raw"), scope)
    if chosen.company_id is not None:
        rows = rows.filter(company_id=chosen.company_id)
    if chosen.account_id is not None:
        rows = rows.filter(account_id=chosen.account_id)
    if chosen.since is not None:
        rows = rows.filter(booked_on__gte=chosen.since)
    if chosen.until is not None:
        rows = rows.filter(booked_on__lte=chosen.until)
    if chosen.text:
        rows = rows.filter(_found_by(chosen.text))
    return rows.filter(_in_state(chosen.state)) if chosen.state else rows


def reached(rows: QuerySet[BankLine], scope: Scope) -> QuerySet[BankLine]:
    """A line names no customer: it is seen by whoever sees the company whole."""
    return rows if scope.whole_companies is None else rows.filter(company_id__in=scope.whole_companies)


def _in_state(state: str) -> Q:
    standing = LineUse.objects.filter(line_id=OuterRef("id"), reversal_of__isnull=True).exclude(
        id__in=LineUse.objects.filter(reversal_of__isnull=False).values("reversal_of")
    )
    conditions = {
        OPEN: Q(amount__gt=0) & Q(Exists(OpenLine.objects.filter(line_id=OuterRef("id")))),
        USED: Q(Exists(standing)),
        SET_ASIDE: Q(Exists(standing.filter(purpose=LineUse.Purpose.SET_ASIDE))),
        OUT: Q(amount__lt=0),
    }
    return conditions[state]


def _found_by(text: str) -> Q:
    condition = Q()
    for spelling in spellings(text):
        for name in ("counterparty_name", "counterparty_account", "memo", "bank_reference", "end_to_end"):
            condition |= Q(**{f"{name}__icontains": spelling})
    try:
        amount = typed_minor(text, "CNY")
    except Refusal:
        return condition
    return condition | Q(amount__in=(amount, -amount))


def _sums(rows: QuerySet[BankLine]) -> list[Sums]:
    asked = rows.values("currency").order_by("currency")
    told = asked.annotate(
        count=Count("id"),
        money_in=Sum("amount", filter=Q(amount__gt=0), default=0),
        money_out=Sum("amount", filter=Q(amount__lt=0), default=0),
    )
    open_lines = OpenLine.objects.filter(left__gt=0, line_id__in=rows.values("id"))
    left = dict(open_lines.values_list("currency").annotate(left=Sum("left")).order_by())
    return [Sums(**one, left=left.get(one["currency"], 0)) for one in told]


def _after(rows: QuerySet[BankLine], after: Place | None, limit: int) -> list[BankLine]:
    if after is not None:
        day, line_id = after
        rows = rows.filter(Q(booked_on__lt=day) | Q(booked_on=day, id__lt=line_id))
    return list(rows.order_by("-booked_on", "-id")[:limit])
