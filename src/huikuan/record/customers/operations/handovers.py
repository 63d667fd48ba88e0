"""Handing customers from one owner to another: drawn up, signed by both, then they belong to the other."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from huikuan.kernel.errors import Refusal
from huikuan.kernel.text import tidy
from huikuan.mechanisms.audit.operations import record
from huikuan.mechanisms.events.operations import announce
from huikuan.mechanisms.identity.actors import person
from huikuan.mechanisms.store.transactions import retrying
from huikuan.record.customers.domain.handover import (
    CALLED_OFF,
    DONE,
    GIVER,
    OPEN,
    RECEIVER,
    Signer,
    check_proposal,
    check_signature,
    content_of,
    digest_of,
    places_of,
    state_of,
)
from huikuan.record.customers.models import Affiliation, Customer, HandOver, HandOverPlace, HandOverStep
from huikuan.record.customers.operations.affiliations import Statement, affiliate_many
from huikuan.record.customers.queries.customers import affiliation_as_of

OWNER = Affiliation.Dimension.OWNER

#: How each step is told.
_EVENTS = {
    GIVER: "customers.hand_over_giver",
    RECEIVER: "customers.hand_over_receiver",
    CALLED_OFF: "customers.hand_over_called_off",
}


def draw_up_hand_over(
    *,
    from_owner: str,
    to_owner: str,
    customer_ids: Collection[int],
    effective_on: date,
    lines: Sequence[Mapping[str, Any]],
    reason: str,
    actor: str,
    at: datetime,
) -> int:
    """Draw up what both are to sign and answer its id; nobody's customers change yet.

    `lines`: what is handed over as the signers are shown it, a customer each (`customer_id`) with its open `items`
    (of `company_id`) and their sums. Refuses customers that are not
    `from_owner`'s on the day, those of whom an owner is said already for a later day (they would not become the
    receiver's for good), and those another open hand-over names.
    """
    giver, receiver, chosen = tidy(from_owner), tidy(to_owner), sorted(set(customer_ids))
    check_proposal(giver, receiver, chosen)
    content, places = content_of(lines), places_of(chosen, lines)
    row = {
        "from_owner": giver,
        "to_owner": receiver,
        "customer_ids": chosen,
        "effective_on": effective_on,
        "reason": tidy(reason)[:200],
        "content": content,
        "content_sha256": digest_of(content),
        "actor": actor,
    }

    def work() -> int:
        _hold(chosen)
        _check_owner(chosen, giver, effective_on)
        check_free(chosen)
        (hand_over_id,) = record(HandOver, [row], at=at)
        HandOverPlace.objects.bulk_create(
            HandOverPlace(hand_over_id=hand_over_id, customer_id=one.customer_id, company_id=one.company_id)
            for one in places
        )
        announce("customers.hand_over_drawn_up", at=at, payload={"hand_over_id": hand_over_id})
        return hand_over_id

    return retrying(work)


def sign_hand_over(*, hand_over_id: int, side: str, content_sha256: str, signer: Signer, at: datetime) -> str:
    """One side signs what it was shown. With the second signature the customers belong to the receiver from the
    hand-over's day on. Answers the state. Refuses as `check_signature`, another content, and customers that went
    to somebody else meanwhile, or will on a later day."""

    def work() -> str:
        paper = _held(hand_over_id)
        # One hand is one hand, at the web's door and at the command line's.
        signed = {step: person(actor) for step, actor in _steps(hand_over_id).items()}
        owner = paper.from_owner if side == GIVER else paper.to_owner
        check_signature(side, owner, replace(signer, actor=person(signer.actor)), signed)
        if content_sha256 != paper.content_sha256:
            raise Refusal("hand_over_other_content")
        _step(paper, side, signer.actor, "", at)
        state = state_of([*signed, side])
        if state == DONE:
            _hold(paper.customer_ids)
            _check_owner(paper.customer_ids, paper.from_owner, paper.effective_on)
            moved = [Statement(one, OWNER, paper.to_owner, paper.effective_on) for one in paper.customer_ids]
            affiliate_many(moved, today=paper.effective_on, batch_id=None, actor=signer.actor, at=at)
            for one in paper.customer_ids:
                announce("customers.affiliated", at=at, customer_id=one, payload={"dimension": OWNER.value})
        return state

    return retrying(work)


def call_off_hand_over(*, hand_over_id: int, reason: str, actor: str, at: datetime) -> None:
    """It will not be; refuses one that holds already or was called off, and without a reason."""
    if not tidy(reason):
        raise Refusal("hand_over_reason_missing")

    def work() -> None:
        paper = _held(hand_over_id)
        if state_of(_steps(hand_over_id)) != OPEN:
            raise Refusal("hand_over_signed_already", side=CALLED_OFF)
        _step(paper, CALLED_OFF, actor, tidy(reason)[:200], at)

    retrying(work)


def _held(hand_over_id: int) -> HandOver:
    """The paper; its customers' rows are held, so that its steps come one after another."""
    paper = HandOver.objects.filter(pk=hand_over_id).first()
    if paper is None:
        raise Refusal("hand_over_unknown", number=hand_over_id)
    _hold(paper.customer_ids)
    return paper


def _hold(customer_ids: Collection[int]) -> None:
    found = Customer.objects.select_for_update().filter(pk__in=customer_ids).order_by("pk")
    missing = set(customer_ids) - set(found.values_list("pk", flat=True))
    if missing:
        raise Refusal("customer_unknown", customer=min(missing))


def _steps(hand_over_id: int) -> dict[str, str]:
    return dict(HandOverStep.objects.filter(hand_over_id=hand_over_id).values_list("step", "actor"))


def _step(paper: HandOver, step: str, actor: str, note: str, at: datetime) -> None:
    about = {"hand_over_id": paper.pk, "content_sha256": paper.content_sha256}
    record(HandOverStep, [{**about, "step": step, "note": note, "actor": actor}], at=at)
    announce(_EVENTS[step], at=at, payload={"hand_over_id": paper.pk})


def _check_owner(customer_ids: Collection[int], owner: str, day: date) -> None:
    owners = affiliation_as_of(day, dimension=OWNER, customer_ids=customer_ids)
    others = [one for one in customer_ids if owners.get(one, "") != owner]
    if others:
        codes = Customer.objects.filter(pk__in=others).order_by("code").values_list("code", flat=True)
        raise Refusal("hand_over_of_others", owner=owner, codes=", ".join(codes))
    said = Affiliation.objects.filter(
        dimension=OWNER, item_id=None, customer_id__in=customer_ids, effective_on__gt=day
    )
    if later := set(said.values_list("customer_id", flat=True)):
        codes = Customer.objects.filter(pk__in=later).order_by("code").values_list("code", flat=True)
        raise Refusal("hand_over_before_another", day=day.isoformat(), codes=", ".join(codes))


def check_free(customer_ids: Collection[int]) -> None:
    """Refuse customers that an open hand-over names: what is signed is what was shown."""
    named = HandOverPlace.objects.filter(customer_id__in=customer_ids)
    steps: dict[int, set[str]] = {one: set() for one in named.values_list("hand_over_id", flat=True).distinct()}
    for paper_id, step in HandOverStep.objects.filter(hand_over_id__in=steps).values_list("hand_over_id", "step"):
        steps[paper_id].add(step)
    for paper_id in sorted(steps):
        if state_of(steps[paper_id]) == OPEN:
            raise Refusal("hand_over_twice", number=paper_id)
