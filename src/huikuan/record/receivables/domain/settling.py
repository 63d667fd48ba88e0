"""Settling a credit against a debit: what is allowed, and what each side gives up in book currency."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from huikuan.kernel.errors import Refusal
from huikuan.kernel.money import divide_half_up
from huikuan.record.customers.domain.merging import shown_under
from huikuan.record.receivables.domain.periods import refuse_locked
from huikuan.record.receivables.domain.posting import CREDIT, DEBIT, check_amount

#: The reason that lets one customer's money pay another's debt.
THIRD_PARTY = "third_party"
#: The reason the ledger itself gives when an item is reversed.
REVERSAL = "reversal"


@dataclass(frozen=True, slots=True)
class OpenSide:
    """An open item as a settlement sees it. Amounts in minor units, all facts regarded.

    `settle_from`: the posting date, or the later day on which a settlement reversed in a locked
    period came back; before it the open amount was not there to be used.
    """

    item_id: int
    company_id: int
    customer_id: int
    side: str
    currency: str
    open_amount: int
    open_book_amount: int | None
    settle_from: date


@dataclass(frozen=True, slots=True)
class Allocation:
    """A settlement as decided: amounts in each item's currency and what each side gave up in book."""

    credit_amount: int
    debit_amount: int
    credit_book_amount: int | None
    debit_book_amount: int | None
    fx_amount: int


def allocate(
    credit: OpenSide,
    debit: OpenSide,
    *,
    credit_amount: int,
    debit_amount: int | None,
    effective_on: date,
    reason: str,
    locked_through: date | None,
    merged: Mapping[int, int] | None = None,
) -> Allocation:
    """Decide a settlement; refuses with the rule that forbids it. `merged`: customer → the one it is shown under, of
    those merged; they are one customer."""
    _check_parties(credit, debit, reason, merged or {})
    debit_amount = _debit_amount(credit, debit, credit_amount, debit_amount)
    check_amount(credit_amount)
    check_amount(debit_amount)
    for side, amount in ((credit, credit_amount), (debit, debit_amount)):
        if amount > side.open_amount:
            raise Refusal("more_than_open", item=side.item_id, amount=amount, open=side.open_amount)
        if effective_on < side.settle_from:
            raise Refusal("effective_too_early", item=side.item_id, day=effective_on, earliest=side.settle_from)
    refuse_locked(effective_on, locked_through)
    credit_book = book_part(credit.open_amount, credit.open_book_amount, credit_amount)
    debit_book = book_part(debit.open_amount, debit.open_book_amount, debit_amount)
    fx = credit_book - debit_book if credit_book is not None and debit_book is not None else 0
    return Allocation(credit_amount, debit_amount, credit_book, debit_book, fx)


def book_part(open_amount: int, open_book: int | None, part: int) -> int | None:
    """The book value `part` of an open amount takes with it: its share of what is still open.

    Shares of the remainder can never sum to more than the whole, and the part that closes the item
    takes exactly what is left: 100.00 at 712.35 in three parts of 33.33, 33.33, 33.34 gives
    237.43, 237.42, 237.50.
    """
    if open_book is None:
        return None
    return divide_half_up(open_book * part, open_amount)


def after(side: OpenSide, amount: int, book: int | None) -> OpenSide:
    """`side` once `amount` (book value `book`) of it is settled."""
    left = None if side.open_book_amount is None else side.open_book_amount - (book or 0)
    # Not dataclasses.replace, which takes five times as long: many thousands are settled at once.
    return OpenSide(
        side.item_id,
        side.company_id,
        side.customer_id,
        side.side,
        side.currency,
        side.open_amount - amount,
        left,
        side.settle_from,
    )


def _check_parties(credit: OpenSide, debit: OpenSide, reason: str, merged: Mapping[int, int]) -> None:
    if credit.side != CREDIT:
        raise Refusal("not_a_credit", item=credit.item_id)
    if debit.side != DEBIT:
        raise Refusal("not_a_debit", item=debit.item_id)
    if credit.company_id != debit.company_id:
        raise Refusal("companies_differ", credit=credit.item_id, debit=debit.item_id)
    one, other = (shown_under(merged, side.customer_id) for side in (credit, debit))
    if one != other and reason != THIRD_PARTY:
        raise Refusal("customers_differ", credit=credit.item_id, debit=debit.item_id)


def _debit_amount(credit: OpenSide, debit: OpenSide, credit_amount: int, debit_amount: int | None) -> int:
    if credit.currency == debit.currency:
        if debit_amount not in (None, credit_amount):
            raise Refusal("amounts_differ", credit=credit_amount, debit=debit_amount)
        return credit_amount
    if debit_amount is None:
        raise Refusal("debit_amount_needed", credit=credit.currency, debit=debit.currency)
    return debit_amount
