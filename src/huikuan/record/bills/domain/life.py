"""The life of a bill as a table: what may follow what, and what stands in the way on a day.

Rules of law: presenting within 10 days of maturity (Negotiable Instruments Law 53), no transfer where the drawer wrote
不得转让 (27), of what was dishonoured or is past its presenting (36), recourse (61, 68). docs/algorithms/bills.md.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from huikuan.kernel.dates import month_end
from huikuan.kernel.errors import Refusal
from huikuan.record.bills.domain.numbers import CHEQUE

IN_HAND, PLEDGED, PRESENTED = HELD = ("in_hand", "pledged", "presented")
ENDORSED, DISCOUNTED = PASSED_ON = ("endorsed", "discounted")
PAID, DISHONOURED, LAPSED, SPLIT = OVER = ("paid", "dishonoured", "lapsed", "split")
STATES = (*HELD, *PASSED_ON, *OVER)

RECEIVE, ENDORSE, DISCOUNT, PLEDGE, RELEASE, PRESENT, PAY, DISHONOUR, LAPSE, DIVIDE = MOVES = (
    "receive", "endorse", "discount", "pledge", "release", "present", "pay", "dishonour", "lapse", "split"
)  # fmt: skip

#: (state, move) → the state that follows; what is not here is refused.
TABLE = {
    (IN_HAND, ENDORSE): ENDORSED,
    (IN_HAND, DISCOUNT): DISCOUNTED,
    (IN_HAND, PLEDGE): PLEDGED,
    (IN_HAND, PRESENT): PRESENTED,
    (IN_HAND, DIVIDE): SPLIT,
    (PLEDGED, RELEASE): IN_HAND,
    (PRESENTED, PAY): PAID,
    (PRESENTED, DISHONOUR): DISHONOURED,
    (ENDORSED, PAY): PAID,
    (ENDORSED, DISHONOUR): DISHONOURED,
    (ENDORSED, LAPSE): LAPSED,
    (DISCOUNTED, PAY): PAID,
    (DISCOUNTED, DISHONOUR): DISHONOURED,
    (DISCOUNTED, LAPSE): LAPSED,
}
#: A cheque is money in a few days: it is presented, and paid or bounced.
NOT_OF_CHEQUES = frozenset({ENDORSE, DISCOUNT, PLEDGE, DIVIDE})
_TRANSFERS = frozenset({ENDORSE, DISCOUNT, PLEDGE})


@dataclass(frozen=True, slots=True)
class Rules:
    """What a company goes by: the last day to present is maturity + `present_days`; a bill passed on may come back
    until maturity + `recourse_days`; a term above `longest_months` is warned about."""

    present_days: int = 10
    recourse_days: int = 190
    longest_months: int = 6


@dataclass(frozen=True, slots=True)
class Stand:
    """A bill as it stands. `since`: the day of its last move; `recourse`: passed on, it may come back."""

    kind: str
    state: str
    since: date
    matures_on: date
    transferable: bool = True
    recourse: bool = False


def follow(stand: Stand, move: str, on: date, rules: Rules) -> str:
    """The state after a move on a day; refuses what the table, the law or the calendar does not allow."""
    state = TABLE.get((stand.state, move))
    if state is None or (stand.kind == CHEQUE and move in NOT_OF_CHEQUES):
        raise Refusal("bill_move_impossible", bill_state=stand.state, bill_move=move)
    if on < stand.since:
        raise Refusal("bill_move_too_early", day=on, earliest=stand.since)
    if move in _TRANSFERS:
        _require_transferable(stand, move, on, rules)
    if move == PRESENT and on < stand.matures_on and stand.kind != CHEQUE:
        raise Refusal("bill_not_matured", matures_on=stand.matures_on)
    if stand.state in PASSED_ON and move == DISHONOUR and not stand.recourse:
        raise Refusal("bill_without_recourse")
    if move == LAPSE and on <= may_come_back_until(stand.matures_on, rules):
        raise Refusal("bill_may_come_back", until=may_come_back_until(stand.matures_on, rules))
    return state


def may_come_back_until(matures_on: date, rules: Rules) -> date:
    """The last day on which what was passed on may be claimed back from us."""
    return matures_on + timedelta(days=rules.recourse_days)


def present_by(matures_on: date, rules: Rules) -> date:
    """The last day to present: later the acceptor still owes, but earlier endorsers are free."""
    return matures_on + timedelta(days=rules.present_days)


def presented_late(matures_on: date, on: date, rules: Rules) -> bool:
    return on > present_by(matures_on, rules)


def too_long(issued_on: date, matures_on: date, rules: Rules) -> bool:
    """Whether the term is longer than a bill may run (six months since 2023-01-01)."""
    return matures_on > months_after(issued_on, rules.longest_months)


def months_after(day: date, months: int) -> date:
    """The same day of a later month, or the month's last."""
    place = day.year * 12 + day.month - 1 + months
    first = date(place // 12, place % 12 + 1, 1)
    return min(first + timedelta(days=day.day - 1), month_end(first))


def _require_transferable(stand: Stand, move: str, on: date, rules: Rules) -> None:
    if not stand.transferable:
        raise Refusal("bill_not_transferable")
    last = stand.matures_on - timedelta(days=1) if move == DISCOUNT else present_by(stand.matures_on, rules)
    if on > last:
        raise Refusal("bill_too_late_to_pass_on", day=on, last=last)
