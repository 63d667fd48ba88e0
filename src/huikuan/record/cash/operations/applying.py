"""Applying money: a bank line, or what stands on account, becomes what customers paid (核销)."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from django.db import IntegrityError

from huikuan.kernel.errors import Refusal
from huikuan.kernel.text import tidy
from huikuan.mechanisms.identity.models import Company
from huikuan.mechanisms.store.ids import reserve_ids
from huikuan.mechanisms.store.transactions import retrying
from huikuan.record.banking.models import BankLine
from huikuan.record.banking.operations.uses import hold_lines
from huikuan.record.cash.domain.applying import (
    AUTOMATIC,
    BY_HAND,
    UNSEEN,
    Basis,
    Paid,
    Portion,
    Seen,
    Settled,
    check_unchanged,
    decide,
    used_up,
)
from huikuan.record.cash.domain.order import Debt, Order, Share, follows_law, in_order
from huikuan.record.cash.domain.requests import Done, asks_for
from huikuan.record.cash.models import Application, Suggestion
from huikuan.record.cash.operations.allowances import require_allowed
from huikuan.record.cash.operations.booking import Booking, Money, book
from huikuan.record.cash.operations.learning import Lesson, confirmed, learn
from huikuan.record.cash.queries.debts import Debts, debts_of
from huikuan.record.customers.domain.merging import shown_under
from huikuan.record.customers.queries.merging import merged
from huikuan.record.receivables.domain.settling import OpenSide
from huikuan.record.receivables.models import Item
from huikuan.record.receivables.operations import open_items

_LONGEST_REASON = 200


@dataclass(frozen=True, slots=True)
class Asked:
    """What is to be done with the money of a bank line, or with that of a credit that stands on account.

    `request_key`: the same asked twice is done once. `teaches`: who pays for the customer is learned from it.
    """

    portions: tuple[Portion, ...]
    line_id: int | None = None
    credit_id: int | None = None
    basis: Basis = BY_HAND
    seen: Seen = UNSEEN
    request_key: str | None = None
    teaches: bool = True


@dataclass(frozen=True, slots=True)
class _Owed:
    """What the customers concerned owe, and who is merged into whom."""

    debts: Debts
    merged: Mapping[int, int]

    def by(self, customer_id: int, currency: str) -> Sequence[Debt]:
        return self.debts.get((shown_under(self.merged, customer_id), currency), ())

    def without(self, closed: Collection[int]) -> _Owed:
        """What is left of it once these are known to have closed."""
        left = {key: [debt for debt in of if debt.item_id not in closed] for key, of in self.debts.items()}
        return _Owed(left, self.merged)


def apply_payment(
    *,
    company: Company,
    line_id: int,
    portions: Sequence[Portion],
    actor: str,
    at: datetime,
    basis: Basis = BY_HAND,
    seen: Seen = UNSEEN,
    request_key: str | None = None,
) -> list[int]:
    """Apply what is left of a bank line, or so much of it, to one or more customers; answers the applications' ids.

    Each portion posts a receipt of its customer and clears what it names; all or none. Refused: more than is left of
    the line, more than is open of a claim, claims of others, a rest nobody said stays on account, a difference beyond
    what may be written off, and, where `seen` says what the decision rests on, anything that has changed since.
    """
    asked = Asked(tuple(portions), line_id, None, basis, seen, request_key)
    return apply_all(company=company, asked=[asked], actor=actor, at=at)[0]


def apply_credit(
    *, company: Company, credit_id: int, portion: Portion, actor: str, at: datetime, request_key: str | None = None
) -> int:
    """Clear claims with a credit that stands on account (a receipt's rest, an advance, a credit note); answers the
    application's id. Refuses what `apply_payment` refuses; what no part takes stays where it is."""
    asked = Asked((replace(portion, rest_stays=True),), None, credit_id, request_key=request_key)
    return apply_all(company=company, asked=[asked], actor=actor, at=at)[0][0]


def apply_all(*, company: Company, asked: Sequence[Asked], actor: str, at: datetime) -> list[list[int]]:
    """Several in one transaction, all or none, each seeing those before it; the applications' ids of each."""

    if not all(one.portions for one in asked):
        raise Refusal("portions_missing")

    def work() -> list[list[int]]:
        done = {place: ids for place, one in enumerate(asked) if (ids := _done_before(company, one))}
        fresh = [one for place, one in enumerate(asked) if place not in done]
        made = iter(_apply(company, fresh, actor, at) if fresh else [])
        return [done[place] if place in done else next(made) for place in range(len(asked))]

    return _once(work)


def _apply(company: Company, asked: Sequence[Asked], actor: str, at: datetime) -> list[list[int]]:
    # Lines first, then the period, then items in order of id: whoever applies money waits in the same order.
    monies = _monies(company, asked)
    open_items.hold_period(company.pk)
    one_of = merged()
    day = max(money.day for money in monies)
    owed = _Owed(debts_of(company.pk, _owing(asked), day, one_of, at=at), one_of)
    held = _named(asked) | _owed_by_law(asked, monies, owed)
    locked = open_items.lock(held)
    owed = owed.without(held - locked.sides.keys())
    numbers = dict(Item.objects.filter(id__in=list(locked.sides)).values_list("id", "document_number"))
    bookings = _decide_all(company, asked, monies, dict(locked.sides), owed, numbers, at)
    book(company, [one for of in bookings for one in of], locked.sides, numbers, actor=actor, at=at)
    Suggestion.objects.filter(line_id__in=[one.line_id for one in asked if one.line_id]).delete()
    taught = [of for one, of in zip(asked, bookings, strict=True) if one.teaches]
    learn(company_id=company.pk, lessons=_lessons(taught), actor=actor, at=at)
    return [[one.application_id for one in of] for of in bookings]


def _lessons(bookings: Sequence[Sequence[Booking]]) -> list[Lesson]:
    """What people decided teaches; what matching did by itself it knew already."""
    return [
        confirmed(one.money.line_id, one.settled.customer_id, one.application_id)
        for of in bookings
        for one in of
        if one.basis.kind != AUTOMATIC and one.money.line_id is not None
    ]


def _monies(company: Company, asked: Sequence[Asked]) -> list[Money]:
    """The money of each, its lines held. A credit is asked again once it is locked."""
    ids = [one.line_id for one in asked if one.line_id is not None]
    held = hold_lines(ids)
    lines = {line.id: line for line in BankLine.objects.defer("raw").filter(id__in=ids)}
    return [
        _credit(company, one.credit_id or 0)
        if one.line_id is None
        else _line(company, one.line_id, lines.get(one.line_id), held[one.line_id].left if one.line_id in held else 0)
        for one in asked
    ]


def _line(company: Company, line_id: int, line: BankLine | None, left: int) -> Money:
    if line is None or line.company_id != company.pk:
        raise Refusal("line_unknown", line=line_id)
    if left <= 0:
        raise Refusal("line_not_open", line=line_id)
    return Money(
        currency=line.currency,
        left=left,
        day=line.booked_on,
        line_id=line.id,
        reference=line.bank_reference,
        payer=line.counterparty_name,
    )


def _credit(company: Company, credit_id: int) -> Money:
    item = Item.objects.filter(id=credit_id, company_id=company.pk, side="credit").first()
    if item is None:
        raise Refusal("credit_unknown", item=credit_id)
    return Money(currency=item.currency, left=0, day=item.posting_date, credit_id=item.id)


def _owing(asked: Sequence[Asked]) -> set[int]:
    return {portion.customer_id for one in asked for portion in one.portions}


def _named(asked: Sequence[Asked]) -> set[int]:
    return {
        item_id
        for one in asked
        for item_id in (
            *([one.credit_id] if one.credit_id else []),
            *one.seen.claims,
            *(part.item_id for portion in one.portions for part in portion.parts or ()),
        )
    }


def _owed_by_law(asked: Sequence[Asked], monies: Sequence[Money], owed: _Owed) -> set[int]:
    """What has to be held where nobody names the claims: all the customer owes."""
    return {
        debt.item_id
        for one, money in zip(asked, monies, strict=True)
        for portion in one.portions
        if portion.parts is None
        for debt in owed.by(portion.customer_id, money.currency)
    }


def _decide_all(
    company: Company,
    asked: Sequence[Asked],
    monies: Sequence[Money],
    sides: dict[int, OpenSide],
    owed: _Owed,
    numbers: Mapping[int, str],
    at: datetime,
) -> list[list[Booking]]:
    """The bookings of each; `sides` moves on to what each leaves open."""
    ids = reserve_ids(Application, sum(len(one.portions) for one in asked))
    found: list[list[Booking]] = []
    for one, money in zip(asked, monies, strict=True):
        there = replace(money, left=_open_of(sides, money.credit_id)) if money.credit_id else money
        opened = {item_id: side.open_amount for item_id, side in sides.items()}
        check_unchanged(one.seen, line_id=money.line_id or 0, left=there.left, open_amounts=opened, numbers=numbers)
        of: list[Booking] = []
        for number, portion in enumerate(one.portions, start=1):
            theirs = _still_owed(owed.by(portion.customer_id, money.currency), sides)
            settled = decide(
                _with_parts(portion, there.left, theirs, money.day),
                money=there.left,
                currency=money.currency,
                sides=sides,
                merged=owed.merged,
            )
            if money.credit_id and not settled.clearings:
                raise Refusal("nothing_applied")
            require_allowed(company, settled, sides, at=at)
            order, reason = _order_of(portion, settled, theirs, money.day)
            of.append(Booking(ids.pop(0), number, money, settled, order, reason, one.basis, one.request_key))
            used_up(sides, settled)
            there = replace(there, left=there.left - settled.amount)
        found.append(of)
    return found


def _open_of(sides: Mapping[int, OpenSide], item_id: int) -> int:
    if item_id not in sides:
        raise Refusal("claim_not_open", item=item_id)
    return sides[item_id].open_amount


def _still_owed(debts: Sequence[Debt], sides: Mapping[int, OpenSide]) -> list[Debt]:
    """The debts as those before have left them. Those nobody holds are as they were read: they only tell whether the
    money went by the order of the law."""
    now = [
        replace(debt, open_amount=sides[debt.item_id].open_amount) if debt.item_id in sides else debt for debt in debts
    ]
    return [debt for debt in now if debt.open_amount]


def _with_parts(portion: Portion, left: int, debts: Sequence[Debt], day: date) -> Portion:
    """The portion with its parts: where none are said, those of the law."""
    if portion.parts is not None:
        return portion
    shares, _ = in_order(debts, left if portion.amount is None else portion.amount, today=day)
    return replace(portion, parts=tuple(Paid(share.item_id, share.amount) for share in shares))


def _order_of(portion: Portion, settled: Settled, debts: Sequence[Debt], day: date) -> tuple[Order, str]:
    """By what the money went to these claims: whoever gives a reason decided so, else the payer designated them."""
    shares = [Share(part.item_id, part.amount) for part in settled.parts if part.amount and part.amount > 0]
    reason = tidy(portion.reason)[:_LONGEST_REASON]
    if not shares or portion.parts is None or follows_law(debts, shares, today=day):
        return Order.LAW, reason
    return (Order.DECIDED, reason) if reason else (Order.DESIGNATED, "")


def _done_before(company: Company, asked: Asked) -> list[int]:
    """The applications the same request made before; refuses another request under its key."""
    if not asked.request_key:
        return []
    rows = list(Application.objects.filter(company_id=company.pk, request_key=asked.request_key).order_by("portion"))
    if rows and not _same_request(asked, [_as_done(row) for row in rows]):
        raise Refusal("request_key_reused", key=asked.request_key)
    return [row.id for row in rows]


def _same_request(asked: Asked, done: Sequence[Done]) -> bool:
    if len(asked.portions) != len(done) or any(one.line_id != asked.line_id for one in done):
        return False
    if asked.credit_id is not None and any(one.credit_id != asked.credit_id for one in done):
        return False
    return all(asks_for(portion, one) for portion, one in zip(asked.portions, done, strict=True))


def _as_done(row: Application) -> Done:
    parts = (Paid(part["item"], part["amount"], part["debit_amount"], part["short"]) for part in row.parts)
    differences = {(each["kind"], each["item"]): each["amount"] for each in row.differences}
    return Done(row.line_id, row.credit_id, row.customer_id, row.amount, tuple(parts), differences)


def _once(work: Callable[[], list[list[int]]]) -> list[list[int]]:
    """Run `work`; of two with one request key at the same moment the second finds what the first has done."""
    try:
        return retrying(work)
    except IntegrityError as error:
        if "cash_application" not in str(error):
            raise
        return retrying(work)
