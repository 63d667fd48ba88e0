"""Scoring customers by a day without recording anything."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date

from huikuan.judge.rating.domain.reading import read
from huikuan.judge.rating.domain.scorecard import Card, Result, Scorecards, score
from huikuan.judge.rating.policies import SCORECARD
from huikuan.judge.rating.queries.facts import known_facts
from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.audit.models import Head
from huikuan.mechanisms.policies.queries import InForce, decided_under, in_force
from huikuan.mechanisms.policies.queries import version as policy_version
from huikuan.record.customers.domain.seen import EVERYTHING_SEEN
from huikuan.record.customers.queries import standing_seen
from huikuan.record.customers.queries.people import care_by_customer
from huikuan.record.receivables.queries.aging import end_of_day

#: Beyond so many customers one pass over all of them is quicker than a long list.
MANY = 1_000


@dataclass(frozen=True, slots=True)
class Assessed:
    """What a customer comes out as by the day."""

    customer_id: int
    code: str
    name: str
    result: Result


def scorecard_on(day: date, *, known: Head | None = None) -> InForce:
    """The scorecards in force at the end of the day. They are everybody's: a customer is rated once for all
    companies."""
    return in_force(SCORECARD.name, company_id=None, at=end_of_day(None, day), known=known.horizon if known else None)


def scorecard_version(version_id: int) -> InForce:
    """A version of the scorecards, in force or not; 0: the shipped one. Refuses an unknown one."""
    if version_id and policy_version(version_id).kind != SCORECARD.name:
        raise Refusal("policy_version_unknown", version=version_id)
    return decided_under(version_id or None, kind=SCORECARD.name)


def assessed(
    *,
    as_of: date,
    policy: InForce,
    customer_ids: Collection[int] | None = None,
    known: Head | None = None,
    card: str = "",
    order: str = "code",
) -> Iterator[Assessed]:
    """Each customer (None: all there are; those merged into another are that one) in the `order` of code or id,
    scored from facts effective by the day under `policy`.

    `card`: score by this one, whoever it is. Refuses an unknown card.
    """
    scorecards = read(policy.document)
    if card and card not in scorecards.cards:
        raise Refusal("scorecard_card_unknown", card=card, known=", ".join(scorecards.cards))
    wanted = None if customer_ids is None else frozenset(customer_ids)
    few = wanted if wanted is not None and len(wanted) <= MANY else None
    facts = known_facts(as_of=as_of, customer_ids=few, known=known, factors=scorecards.factors)
    classes = {customer_id: care.value_class for customer_id, care in care_by_customer(few).items()}
    customers = standing_seen(EVERYTHING_SEEN, known.horizon if known else None).order_by(order)
    for customer_id, code, name, status in (customers if few is None else customers.filter(pk__in=few)).values_list(
        "id", "code", "name", "status"
    ):
        if wanted is None or customer_id in wanted:
            # Whoever buys is no prospect any more, even if the register was never told.
            standing = "customer" if customer_id in facts.ledger.sums else status
            own = _card(scorecards, card, standing, classes.get(customer_id, ""))
            result = score(own, scorecards.bands, facts.of(customer_id), as_of=as_of)
            yield Assessed(customer_id, code, name, result)


def _card(scorecards: Scorecards, named: str, status: str, value_class: str) -> Card:
    return scorecards.cards[named] if named else scorecards.card_for(status=status, value_class=value_class)
