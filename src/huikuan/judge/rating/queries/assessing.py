"""Scoring customers by a day without recording anything."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from huikuan.judge.rating.domain.reading import read
from huikuan.judge.rating.domain.scorecard import Result, Scorecards, score
from huikuan.judge.rating.policies import SCORECARD
from huikuan.judge.rating.queries.facts import Facts, known_facts
from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.audit.models import Head
from huikuan.mechanisms.policies.queries import InForce, decided_under, in_force
from huikuan.mechanisms.policies.queries import version as policy_version
from huikuan.record.customers.domain.care import Care
from huikuan.record.customers.domain.seen import EVERYTHING_SEEN
from huikuan.record.customers.queries import standing_seen
from huikuan.record.customers.queries.people import care_by_customer
from huikuan.record.receivables.queries.aging import end_of_day

#: Beyond so many customers one pass over all of them is quicker than a long list.
MANY = 1_000


@dataclass(frozen=True, slots=True)
class Subject:
    """A customer to be scored: `status` as it stands now, `value_class` as on its record on the day."""

    customer_id: int
    code: str
    name: str
    status: str
    value_class: str


@dataclass(frozen=True, slots=True)
class Assessed:
    """What a customer comes out as by the day."""

    customer_id: int
    code: str
    name: str
    result: Result


@dataclass(frozen=True, slots=True)
class Compared:
    """What a customer comes out as by two policies, from the same facts. `open_amount` as `Sheet.open_of`."""

    customer_id: int
    code: str
    name: str
    before: Result
    after: Result
    open_amount: int | None


def scorecard_on(day: date, *, at: datetime | None = None, known: Head | None = None) -> InForce:
    """The scorecards in force at the end of the day; of a day that is not over at `at`, or when the head was sealed,
    those of that moment. They are everybody's: a customer is rated once for all companies."""
    moments = (end_of_day(None, day), at, known.sealed_at if known else None)
    moment = min(one for one in moments if one is not None)
    return in_force(SCORECARD.name, company_id=None, at=moment, known=known.horizon if known else None)


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
    facts, found = _subjects(as_of, known, customer_ids, order, scorecards.factors)
    for one in found:
        yield Assessed(one.customer_id, one.code, one.name, _result(scorecards, one, facts, as_of, card))


def compared(
    *,
    as_of: date,
    before: InForce,
    after: Mapping[str, Any],
    customer_ids: Collection[int] | None = None,
    order: str = "code",
) -> Iterator[Compared]:
    """Each customer as by `assessed`, scored by the policy `before` and by the document `after`, which has no
    problems. The facts are read once."""
    old, new = read(before.document), read(after)
    facts, found = _subjects(as_of, None, customer_ids, order, old.factors | new.factors)
    for one in found:
        yield Compared(
            one.customer_id,
            one.code,
            one.name,
            _result(old, one, facts, as_of),
            _result(new, one, facts, as_of),
            facts.ledger.open_of(one.customer_id),
        )


def _subjects(
    as_of: date, known: Head | None, customer_ids: Collection[int] | None, order: str, factors: Collection[str]
) -> tuple[Facts, Iterator[Subject]]:
    """What is known of these customers, and who they are."""
    wanted = None if customer_ids is None else frozenset(customer_ids)
    few = wanted if wanted is not None and len(wanted) <= MANY else None
    facts = known_facts(as_of=as_of, customer_ids=few, known=known, factors=factors)
    cares = care_by_customer(few, on=as_of, known=known.horizon if known else None)
    customers = standing_seen(EVERYTHING_SEEN, known.horizon if known else None).order_by(order)
    rows = (customers if few is None else customers.filter(pk__in=few)).values_list("id", "code", "name", "status")
    # Whoever buys is no prospect any more, even if the register was never told.
    return facts, (
        Subject(pk, code, name, "customer" if pk in facts.ledger.sums else status, cares.get(pk, Care()).value_class)
        for pk, code, name, status in rows
        if wanted is None or pk in wanted
    )


def _result(scorecards: Scorecards, subject: Subject, facts: Facts, as_of: date, named: str = "") -> Result:
    card = (
        scorecards.cards[named]
        if named
        else scorecards.card_for(status=subject.status, value_class=subject.value_class)
    )
    return score(card, scorecards.bands, facts.of(subject.customer_id), as_of=as_of)
