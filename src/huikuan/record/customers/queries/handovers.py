"""Hand-overs: what was drawn up, who signed, whether it holds. A paper names items of several companies: whoever sees
some of these alone is shown their part of it."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.identity.actors import person
from huikuan.mechanisms.identity.queries import owner_names, shown_names
from huikuan.record.customers.domain.handover import GIVER, RECEIVER, Place, Reader, part_of, state_of
from huikuan.record.customers.models import HandOver, HandOverPlace, HandOverStep
from huikuan.record.customers.queries.customers import seen


@dataclass(frozen=True, slots=True)
class StepRow:
    """One side's signature, or that it was called off."""

    step: str
    actor: str
    note: str
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class HandOverRow:
    """A hand-over as the reader is shown it; `places` of their part, `whole` when that is all of it.
    `state`: open, done or called_off."""

    id: int
    from_owner: str
    to_owner: str
    places: tuple[Place, ...]
    whole: bool
    effective_on: date
    reason: str
    content_sha256: str
    actor: str
    recorded_at: datetime
    steps: tuple[StepRow, ...]
    state: str

    @property
    def customer_ids(self) -> tuple[int, ...]:
        return tuple(dict.fromkeys(place.customer_id for place in self.places))

    def step(self, name: str) -> StepRow | None:
        return next((one for one in self.steps if one.step == name), None)


@dataclass(frozen=True, slots=True)
class Signature:
    """One side of a hand-over and who signed for it, by the name people know them by ('' nobody yet). `on_behalf`: not
    the owner's own hand (代签), but somebody's who may hand over their customers."""

    side: str
    owner: str
    step: StepRow | None
    name: str
    on_behalf: bool


@dataclass(frozen=True, slots=True)
class Paper:
    """A hand-over with the reader's `lines` of it; of the whole, they are what both sides sign."""

    row: HandOverRow
    lines: tuple[dict[str, Any], ...]


def hand_overs(*, reader: Reader, customer_id: int | None = None, number: int | None = None) -> list[HandOverRow]:
    """Those of which the reader sees anything, the newest first; see `paper`. `customer_id`: of this customer alone;
    `number`: this one."""
    papers = HandOver.objects.defer("content").order_by("-id")
    if customer_id is not None:
        named = HandOverPlace.objects.filter(customer_id=customer_id).values("hand_over_id")
        papers = papers.filter(pk__in=named)
    if number is not None:
        papers = papers.filter(pk=number)
    rows = _rows(papers, reader)
    return [row for row in rows if customer_id is None or customer_id in row.customer_ids]


def paper(hand_over_id: int, *, reader: Reader) -> Paper:
    """One with its lines. Its two owners, and whoever sees the rows of one of them in every company, are shown the
    whole; others what they see in the ledger. Refuses an unknown one, and one of which nothing is seen likewise."""
    found = _rows(HandOver.objects.filter(pk=hand_over_id), reader)
    if not found:
        raise Refusal("hand_over_unknown", number=hand_over_id)
    row, content = found[0], HandOver.objects.values_list("content", flat=True).get(pk=hand_over_id)
    lines = json.loads(content)
    if row.whole:
        return Paper(row, tuple(lines))
    companies: dict[int, set[int | None]] = {}
    for place in row.places:
        companies.setdefault(place.customer_id, set()).add(place.company_id)
    told = [line for line in lines if line.get("customer_id") in companies]
    return Paper(row, tuple(part_of(line, companies[line["customer_id"]]) for line in told))


def signatures(row: HandOverRow) -> tuple[Signature, Signature]:
    """The giver's side and the receiver's."""
    return _signature(row, GIVER, row.from_owner), _signature(row, RECEIVER, row.to_owner)


def _signature(row: HandOverRow, side: str, owner: str) -> Signature:
    step = row.step(side)
    if step is None:
        return Signature(side, owner, None, "", on_behalf=False)
    signer = person(step.actor)
    return Signature(side, owner, step, shown_names([signer])[signer], on_behalf=owner not in owner_names(signer))


def _rows(papers: Iterable[HandOver], reader: Reader) -> list[HandOverRow]:
    known = list(papers)
    steps: dict[int, list[StepRow]] = {}
    for fact in HandOverStep.objects.filter(hand_over_id__in=[one.pk for one in known]).order_by("tx", "id"):
        steps.setdefault(fact.hand_over_id, []).append(StepRow(fact.step, fact.actor, fact.note, fact.recorded_at))
    places: dict[int, list[Place]] = {}
    for named in HandOverPlace.objects.filter(hand_over_id__in=[one.pk for one in known]).order_by("id"):
        places.setdefault(named.hand_over_id, []).append(Place(named.customer_id, named.company_id))
    eyes, rows = _Eyes(reader), []
    for one in known:
        every, owners = places.get(one.pk, []), frozenset({one.from_owner, one.to_owner})
        shown = [place for place in every if eyes.see(place, owners)]
        if shown:
            rows.append(_row(one, tuple(steps.get(one.pk, ())), tuple(shown), whole=shown == every))
    return rows


class _Eyes:
    """What a reader is shown, looked up once for any number of papers."""

    def __init__(self, reader: Reader) -> None:
        self._reader, self._seen = reader, seen(reader.ledger)
        self._customers = self._seen.customers
        self._across: dict[int | None, frozenset[str] | None] = {}

    def see(self, place: Place, owners: frozenset[str]) -> bool:
        """As one of the paper's owners, by the ledger, or because they see the rows of one of the owners in that
        company: the customers may be another's by now."""
        if self._reader.names & owners or self._see_rows_of(owners, place.company_id):
            return True
        if place.company_id is None:
            return self._customers is None or place.customer_id in self._customers
        return self._seen.has(place.company_id, place.customer_id)

    def _see_rows_of(self, owners: frozenset[str], company_id: int | None) -> bool:
        if company_id not in self._across:
            companies = None if company_id is None else frozenset({company_id})
            self._across[company_id] = self._reader.ledger.owners_across(companies)
        reached = self._across[company_id]
        return reached is None or bool(reached & owners)


def _row(one: HandOver, steps: tuple[StepRow, ...], places: tuple[Place, ...], *, whole: bool) -> HandOverRow:
    return HandOverRow(
        id=one.pk,
        from_owner=one.from_owner,
        to_owner=one.to_owner,
        places=places,
        whole=whole,
        effective_on=one.effective_on,
        reason=one.reason,
        content_sha256=one.content_sha256,
        actor=one.actor,
        recorded_at=one.recorded_at,
        steps=steps,
        state=state_of([step.step for step in steps]),
    )
