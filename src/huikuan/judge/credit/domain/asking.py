"""How much a wish asks for, and what would stand with it: what whoever grants it needs the authority over."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from huikuan.judge.credit.domain.limits import Granted, Limit, Wish, limit_on

#: Granted after everything that was granted so far.
_LAST = (2**63, 0)
_DAY = timedelta(days=1)


def asked_for(wish: Wish, before: Wish | None, *, stood: int) -> int:
    """Minor units of the wish's currency. `before`: what it takes the place of and still holds on its first day, None
    for none; `stood`: the amount of that in the wish's currency.

    What it goes up by, and 0 where it is cut; all of it where it is to hold longer, with a longer term, or with less
    paid ahead than the one before: of that nobody has decided yet.
    """
    if before is None or any(eases(wish, before) for eases in (_holds_longer, _gives_longer, _prepays_less)):
        return wish.amount
    return max(0, wish.amount - stood)


def limits_with(wish: Wish, granted: Sequence[Granted], asked: int) -> list[Limit]:
    """The limits that would govern if the wish were granted, each once, standing and temporary together, on the days
    on which it would change anything; none where nothing is asked for: a cut takes no authority over what is left.
    """
    if asked == 0:
        return []
    known = [*granted, Granted(0, wish, _LAST)]
    on = {day: (limit_on(granted, day, ""), limit_on(known, day, "")) for day in _turns(known, wish)}
    return list(dict.fromkeys(after for _, (before, after) in sorted(on.items()) if after != before))


def _turns(known: Sequence[Granted], wish: Wish) -> set[date]:
    """The days from the wish's first to its last on which another limit may govern than the day before."""
    begins = {one.wish.from_on for one in known}
    ends = {
        one.wish.until_on + _DAY for one in known if one.wish.until_on is not None and one.wish.until_on < date.max
    }
    return {day for day in begins | ends if wish.from_on <= day and (wish.until_on is None or day <= wish.until_on)}


def _holds_longer(wish: Wish, before: Wish) -> bool:
    return before.until_on is not None and (wish.until_on is None or wish.until_on > before.until_on)


def _gives_longer(wish: Wish, before: Wish) -> bool:
    """A term of its own, where the one before left it to the policy or named fewer days."""
    return wish.term_days is not None and (before.term_days is None or wish.term_days > before.term_days)


def _prepays_less(wish: Wish, before: Wish) -> bool:
    """A share of its own, where the one before left it to the policy or named a larger one."""
    return wish.prepaid_percent is not None and (
        before.prepaid_percent is None or wish.prepaid_percent < before.prepaid_percent
    )
