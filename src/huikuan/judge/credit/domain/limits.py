"""Credit limits (信用额度): which one governs on a day.

A standing limit holds until another takes its place; a temporary one is added on top from a day until a day. 0 means
nothing on credit. Where none was ever granted the customer is not assessed, and where the standing one has ended
nobody decided what follows: both count as 0, and say so.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from huikuan.kernel.errors import Refusal
from huikuan.kernel.money import LARGEST_MINOR

#: What an approval of a limit is called.
KIND = "credit.limit"
STANDING, TEMPORARY = "standing", "temporary"
NONE, GRANTED, EXPIRED = "none", "granted", "expired"

#: A temporary limit is for a while: longer ones are standing limits.
LONGEST_TEMPORARY_DAYS = 366
LONGEST_TERM_DAYS = 720
WHOLE = 100


@dataclass(frozen=True, slots=True)
class Wish:
    """A limit somebody asks for: minor units, both days included; `until_on` None: until another is granted.
    `term_days` None: the term is left as the policy says; `prepaid_percent` of each order is paid ahead, None the
    same."""

    kind: str
    currency: str
    amount: int
    from_on: date
    until_on: date | None = None
    term_days: int | None = None
    prepaid_percent: int | None = None


@dataclass(frozen=True, slots=True)
class Granted:
    """A wish that was approved; `order` is the place of the approval in the order of knowledge."""

    request_id: int
    wish: Wish
    order: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Limit:
    """What governs on a day. `amount`: standing and temporary together; `state` says why it is 0 where it is.
    `until_on`: the first day either part ends, None: none does."""

    state: str
    currency: str
    standing: int = 0
    temporary: int = 0
    until_on: date | None = None
    term_days: int | None = None
    prepaid_percent: int | None = None

    @property
    def amount(self) -> int:
        return self.standing + self.temporary


def check_wish(wish: Wish, *, today: date, governing: Limit) -> None:
    """Refuse a wish that says nothing sensible: backwards, endless where it is temporary, or in another currency
    than the standing limit it is added to."""
    if wish.kind not in (STANDING, TEMPORARY):
        raise Refusal("limit_kind_unknown", value=wish.kind)
    if not 0 <= wish.amount <= LARGEST_MINOR or (wish.kind == TEMPORARY and wish.amount == 0):
        raise Refusal("limit_amount_bad", value=wish.amount)
    if wish.from_on < today:
        raise Refusal("limit_backwards", day=wish.from_on, today=today)
    if wish.until_on is not None and wish.until_on < wish.from_on:
        raise Refusal("limit_ends_early", until=wish.until_on, day=wish.from_on)
    if wish.kind == TEMPORARY:
        if wish.until_on is None or (wish.until_on - wish.from_on).days > LONGEST_TEMPORARY_DAYS:
            raise Refusal("limit_temporary_endless", longest=LONGEST_TEMPORARY_DAYS)
        if governing.state == GRANTED and governing.currency != wish.currency:
            raise Refusal("limit_currencies_differ", currency=wish.currency, standing=governing.currency)
    if wish.term_days is not None and not 0 <= wish.term_days <= LONGEST_TERM_DAYS:
        raise Refusal("limit_term_bad", days=wish.term_days, longest=LONGEST_TERM_DAYS)
    if wish.prepaid_percent is not None and not 0 <= wish.prepaid_percent <= WHOLE:
        raise Refusal("limit_prepaid_bad", value=wish.prepaid_percent)


def limit_on(granted: Sequence[Granted], day: date, currency: str) -> Limit:
    """The limit of `day`; in `currency` where nothing was granted.

    Of standing limits the one that began last governs (of equals the one approved last), ended or not: what was there
    before does not come back. Of temporary ones the same among those that have not ended, if its currency is the
    standing limit's.
    """
    standing = _latest([one for one in granted if one.wish.kind == STANDING], day)
    own = standing.wish if standing else None
    ended = own is not None and own.until_on is not None and own.until_on < day
    base = own.currency if own else None
    running = [
        one
        for one in granted
        if one.wish.kind == TEMPORARY
        and one.wish.until_on is not None
        and day <= one.wish.until_on
        and base in (None, one.wish.currency)
    ]
    extra = _latest(running, day)
    uplift = extra.wish if extra else None
    live = own if own is not None and not ended else None
    ends = [wish.until_on for wish in (live, uplift) if wish is not None and wish.until_on is not None]
    return Limit(
        state=GRANTED if live or uplift else EXPIRED if ended else NONE,
        currency=base or (uplift.currency if uplift else currency),
        standing=live.amount if live else 0,
        temporary=uplift.amount if uplift else 0,
        until_on=min(ends, default=None),
        term_days=live.term_days if live else None,
        prepaid_percent=live.prepaid_percent if live else None,
    )


def _latest(granted: Sequence[Granted], day: date) -> Granted | None:
    begun = [one for one in granted if one.wish.from_on <= day]
    return max(begun, key=lambda one: (one.wish.from_on, one.order), default=None)
