"""What a promise to pay is on a day: a function of what was promised and of what the ledger shows by then.

Money keeps a promise: a receipt, an advance or a deposit that came in by the promised day and its grace. A bill is no
cash before it is paid. What leaves the claim otherwise, a credit note for one, leaves less to be paid.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from huikuan.kernel.errors import Refusal

OPEN, KEPT, PARTLY, BROKEN, LAPSED = "open", "kept", "partly", "broken", "lapsed"
REPLACED, WITHDRAWN = "replaced", "withdrawn"
STATES = (OPEN, KEPT, PARTLY, BROKEN, LAPSED, REPLACED, WITHDRAWN)
#: What speaks about whether a customer keeps its word.
JUDGED = (KEPT, PARTLY, BROKEN)
#: Of what something may still be to pay.
AWAITED = (OPEN, PARTLY, BROKEN)

#: How a promise was heard.
PORTAL = "portal"
SOURCES = ("phone", "email", "im", "sms", "visit", "meeting", "letter", PORTAL, "other")
#: How whoever writes down for the customer may have heard it: what the customer types itself nobody says for it.
HEARD = tuple(one for one in SOURCES if one != PORTAL)


@dataclass(frozen=True, slots=True)
class Rules:
    """The policy, read: days of grace, how far ahead a promise may lie, and how many broken ones within how many days
    ask whether to freeze the customer."""

    grace_days: int = 3
    longest_days: int = 90
    breaks: int = 2
    breaks_within_days: int = 180
    plan_grace_days: int = 3


@dataclass(frozen=True, slots=True)
class Claim:
    """An item as a promise about it sees it; `open_amount` in minor units."""

    item_id: int
    customer_id: int
    company_id: int
    side: str
    currency: str
    open_amount: int


@dataclass(frozen=True, slots=True)
class Standing:
    """A part with what the ledger shows of it by a day. `paid`: money since it was promised that came in time;
    `later`: money that came after `until`; `otherwise`: what left the claim without being paid. `ended`: '' or how.
    `elsewhere`: so much of `unpaid` is awaited by another promise of the claim, or by a plan it is in. `shared`: so
    much of what came counts for another promise of the claim as well, and is still to pay. `spoken`: what is still to
    be paid of the claim has its day by now: in an open promise, or in such a plan."""

    amount: int
    stood_open: int
    until: date
    paid: int = 0
    later: int = 0
    otherwise: int = 0
    ended: str = ""
    elsewhere: int = 0
    shared: int = 0
    spoken: bool = False

    @property
    def asked(self) -> int:
        """What has to be paid: never more than is left of the claim."""
        return min(self.amount, max(0, self.stood_open - self.otherwise))

    @property
    def awaited(self) -> int:
        """What is still to come in time, or did not."""
        return max(0, self.asked - self.paid)

    @property
    def unpaid(self) -> int:
        """What of it nobody has paid, in time or late."""
        return max(0, self.awaited - self.later)


def part_state(part: Standing, day: date) -> str:
    """What a part is on `day`."""
    if part.ended:
        return part.ended
    if part.asked == 0 and part.paid == 0:
        return LAPSED
    if part.paid >= part.asked:
        return KEPT
    if day <= part.until:
        return OPEN
    return PARTLY if part.paid > 0 else BROKEN


def still_to_pay(part: Standing, day: date) -> int:
    """What is still to be paid of a part on `day`, before its time is over or after; nothing of one that ended, nor
    what was not paid in time and is awaited `elsewhere`. 60,000 broken and promised anew: 0, and 60,000 of the later
    promise; 20,000 of it promised anew: 40,000 and 20,000."""
    return part.shared + (max(0, part.unpaid - part.elsewhere) if part_state(part, day) in AWAITED else 0)


@dataclass(frozen=True, slots=True)
class Spoken:
    """A part among all that was ever promised of its claim. `before`: money that had come when it was given, counted
    from the first of them; it speaks of what comes after that. `instead`: places of those it took the place of: it
    speaks of the last of what they did."""

    standing: Standing
    before: int = 0
    instead: Sequence[int] = ()


def reckoned(words: Sequence[Spoken], day: date) -> list[Standing]:
    """The parts of one claim, as they were promised one after the other, reckoned together: of what is still to pay in
    all the last word awaits its own, each before it of the rest what it can, and the more is `elsewhere`. Money that
    came after several of them pays one: what is left for it is to pay of the first it counts for (`shared`)."""
    left = _left_of(words)
    found = [word.standing for word in words]
    for place in reversed(range(len(found))):
        own = still_to_pay(found[place], day)
        if own > left:
            found[place] = replace(found[place], elsewhere=own - left)
        left -= min(own, left)
    for place, part in enumerate(found):
        if left and not part.ended:
            shared = min(left, part.asked - part.unpaid)
            found[place] = replace(part, shared=shared)
            left -= shared
    return found


def _left_of(words: Sequence[Spoken]) -> int:
    """What is still to pay of all that stand: what at least one of them speaks of, as far as it is owed and not paid.
    60,000, paid, and 40,000 more; the 60,000 bounce: 100,000. 60,000, broken, and 60,000 again: 60,000."""
    owed = max(word.before + word.standing.stood_open - word.standing.otherwise for word in words)
    reach = words[0].standing.paid + words[0].standing.later
    left = 0
    for low, high in sorted(_spans(words, owed)):
        left += max(0, high - max(low, reach))
        reach = max(high, reach)
    return left


def _spans(words: Sequence[Spoken], owed: int) -> list[tuple[int, int]]:
    """From where up to where each word that stands would have the claim paid, counted as `before` is: never more than
    was open then, nor than is `owed` now."""
    highs: list[int] = []
    for word in words:
        own = word.before + word.standing.amount
        high = max([own, *(highs[place] for place in word.instead)])
        highs.append(min(high, word.before + word.standing.stood_open))
    found = [(min(high, owed), word.standing) for word, high in zip(words, highs, strict=True)]
    return [(high - part.amount, high) for high, part in found if not part.ended]


def promise_state(parts: Sequence[Standing], day: date) -> str:
    """What a promise is on `day`: as its parts that were neither replaced nor withdrawn; open while one is."""
    states = [part_state(part, day) for part in parts]
    left = [state for state in states if state not in (REPLACED, WITHDRAWN)]
    if not left:
        return REPLACED if REPLACED in states else WITHDRAWN
    if OPEN in left:
        return OPEN
    told = {state for state in left if state != LAPSED}
    if not told:
        return LAPSED
    if len(told) == 1:
        return told.pop()
    return PARTLY


def check_promise(parts: Sequence[tuple[int, int]], claims: Sequence[Claim], members: Collection[int]) -> str:
    """The currency of what is promised. Refuses what `one_currency` refuses, a doubled claim, nothing and more than is
    open."""
    if len({item for item, _ in parts}) != len(parts):
        raise Refusal("promise_claims_missing")
    currency = one_currency(claims, [item for item, _ in parts], members)
    stands = {claim.item_id: claim.open_amount for claim in claims}
    for item, amount in parts:
        if amount <= 0:
            raise Refusal("promise_amount_bad", item=item)
        if amount > stands[item]:
            raise Refusal("promise_more_than_open", item=item, amount=amount, open=stands[item])
    return currency


def one_currency(claims: Sequence[Claim], wanted: Collection[int], members: Collection[int]) -> str:
    """The currency of the claims wanted. Refuses none, one that is not open or not the customer's (`members`: all that
    are one with it), a credit, and two currencies."""
    known = {claim.item_id: claim for claim in claims}
    if not wanted:
        raise Refusal("promise_claims_missing")
    for item in wanted:
        claim = known.get(item)
        if claim is None or claim.customer_id not in members or claim.side != "debit":
            raise Refusal("promise_claim_unfit", item=item)
    currencies = sorted({known[item].currency for item in wanted})
    if len(currencies) > 1:
        raise Refusal("promise_currencies", currencies=", ".join(currencies))
    return currencies[0]


def last_day(by: date, today: date, rules: Rules) -> date:
    """Through which day money keeps a promise to pay by `by`. Refuses a day that is over or too far ahead."""
    if by < today:
        raise Refusal("promise_day_over", day=by, today=today)
    if by > today + timedelta(days=rules.longest_days):
        raise Refusal("promise_day_far", day=by, latest=today + timedelta(days=rules.longest_days))
    return by + timedelta(days=rules.grace_days)
