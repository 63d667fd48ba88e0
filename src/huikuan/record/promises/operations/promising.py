"""A customer says it will pay; what is recorded of it, and how it is taken back or replaced."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from huikuan.kernel.dates import business_date
from huikuan.kernel.errors import Refusal
from huikuan.kernel.text import tidy
from huikuan.mechanisms.audit.operations import record
from huikuan.mechanisms.events.operations import announce
from huikuan.mechanisms.identity.actors import invitation_answered
from huikuan.mechanisms.identity.models import Company
from huikuan.mechanisms.store.transactions import retrying
from huikuan.mechanisms.work.operations import cancel_items
from huikuan.record.customers.queries.merging import one_with
from huikuan.record.promises.domain.promising import (
    HEARD,
    OPEN,
    REPLACED,
    SOURCES,
    WITHDRAWN,
    Claim,
    check_promise,
    last_day,
    part_state,
    still_to_pay,
)
from huikuan.record.promises.models import PartEnd, Promise, PromisePart
from huikuan.record.promises.operations.asking import LONGEST, claims_held, last_seen
from huikuan.record.promises.policies import rules_of
from huikuan.record.promises.queries.anew import parts_told
from huikuan.record.promises.queries.promises import promise_record
from huikuan.record.promises.queries.sums import PartRow, Which, parts_by
from huikuan.record.promises.work import BROKEN_PROMISE, key_of


def promise_payment(
    *,
    customer_id: int,
    company_id: int,
    parts: Sequence[tuple[int, int]],
    by: date,
    said_by: str,
    source: str,
    note: str = "",
    actor: str,
    at: datetime,
) -> int:
    """Record that the customer will pay `parts` (item, so much of it in minor units) by a day; answers its id.

    What was promised of these items before, and is still open, is replaced. Refuses what `check_promise` and
    `last_day` refuse, a source nobody knows, the portal from whoever is no guest there, and what was promised just so
    already.
    """
    known = HEARD if invitation_answered(actor) is None else SOURCES
    if source not in known:
        raise Refusal("promise_source_unknown", value=source, known=", ".join(known))
    company = Company.objects.get(pk=company_id)
    today, rules = business_date(at, company.time_zone), rules_of(company_id, at)
    until = last_day(by, today, rules)
    said = {"source": source, "note": tidy(note)[:LONGEST], "said_by": tidy(said_by)[:LONGEST], "actor": actor}

    def work() -> int:
        members = one_with(customer_id)
        claims = claims_held(company_id, [item for item, _ in parts])
        currency = check_promise(parts, claims, members)
        before = _open_parts(company_id, members, {item for item, _ in parts}, today)
        _require_new(parts, by, before)
        days = {"said_on": today, "pay_by": by, "until": until}
        whose = {"company_id": company_id, "customer_id": customer_id, "currency": currency, **days}
        number = record(Promise, [{**whose, **said}], at=at)[0]
        record(PromisePart, _part_rows(parts, claims, {**whose, "promise_id": number}), at=at)
        _end(before, REPLACED, today, by_id=number, note="", actor=actor, at=at)
        _take_back_work({item for item, _ in parts}, actor=actor, at=at)
        payload = {"promise": number, "items": [item for item, _ in parts], "by": by.isoformat(), "source": source}
        announce("promises.made", at=at, company_id=company_id, customer_id=customer_id, payload=payload)
        return number

    return retrying(work)


def replace_promise(
    *, promise_id: int, by: date, said_by: str, source: str, note: str = "", actor: str, at: datetime
) -> int:
    """The customer names another day for what is still to pay of a promise, open or broken; answers the new promise.
    Refuses one of which nothing is."""

    def work() -> int:
        made = promise_record(promise_id)
        left = _left(made, business_date(at, Company.objects.get(pk=made.company_id).time_zone))
        if not left:
            raise Refusal("promise_not_open", promise=promise_id)
        return promise_payment(
            customer_id=made.customer_id,
            company_id=made.company_id,
            parts=left,
            by=by,
            said_by=said_by,
            source=source,
            note=note,
            actor=actor,
            at=at,
        )

    return retrying(work)


def withdraw_promise(*, promise_id: int, note: str, actor: str, at: datetime) -> None:
    """What is still open of a promise is promised no more: it was misheard, or taken back. Refuses without a reason,
    and a promise that is not open: what was broken stays broken."""
    said = tidy(note)[:LONGEST]
    if not said:
        raise Refusal("promise_reason_missing")

    def work() -> None:
        made = promise_record(promise_id)
        today = business_date(at, Company.objects.get(pk=made.company_id).time_zone)
        parts = PromisePart.objects.filter(promise_id=promise_id)
        claims_held(made.company_id, list(parts.values_list("item_id", flat=True)))
        rows = parts_by(Which(promise_ids=[promise_id]), today)
        still = [row for row in rows if part_state(row.standing, today) == OPEN]
        if not still:
            raise Refusal("promise_not_open", promise=promise_id)
        _end(still, WITHDRAWN, today, by_id=None, note=said, actor=actor, at=at)
        payload = {"promise": promise_id, "items": [row.item_id for row in still]}
        announce(
            "promises.withdrawn", at=at, company_id=made.company_id, customer_id=made.customer_id, payload=payload
        )

    retrying(work)


def _left(made: Promise, today: date) -> list[tuple[int, int]]:
    """What is still to pay of a promise, as far as it is still owed; without the claims that have their day by a
    later word or a plan: who names another one for those names it there."""
    items = PromisePart.objects.filter(promise_id=made.pk).values_list("item_id", flat=True)
    owed = {claim.item_id: claim.open_amount for claim in claims_held(made.company_id, list(items))}
    rows = [row for row in parts_told(Which(promise_ids=[made.pk]), today) if not row.standing.spoken]
    found = [(row.item_id, min(still_to_pay(row.standing, today), owed.get(row.item_id, 0))) for row in rows]
    return [(item, amount) for item, amount in found if amount > 0]


def _open_parts(company_id: int, members: frozenset[int], items: set[int], today: date) -> list[PartRow]:
    """What is promised of these items and still open."""
    rows = parts_by(Which(company_id, members, still=True), today)
    return [row for row in rows if row.item_id in items and part_state(row.standing, today) == OPEN]


def _require_new(parts: Sequence[tuple[int, int]], by: date, before: Sequence[PartRow]) -> None:
    """Refuse what one promise says already, item by item, with the same day."""
    said = {(row.item_id, row.standing.amount, row.pay_by) for row in before}
    if said == {(item, amount, by) for item, amount in parts} and len({row.promise_id for row in before}) == 1:
        raise Refusal("promise_said_already", promise=before[0].promise_id)


def _part_rows(
    parts: Sequence[tuple[int, int]], claims: Sequence[Claim], whose: dict[str, Any]
) -> list[dict[str, Any]]:
    stands = {claim.item_id: claim.open_amount for claim in claims}
    rows = []
    for item, amount in parts:
        stood = {"stood_open": stands[item], "seen": last_seen(item)}
        rows.append({**whose, "item_id": item, "amount": amount, **stood})
    return rows


def _end(
    rows: Sequence[PartRow], kind: str, day: date, *, by_id: int | None, note: str, actor: str, at: datetime
) -> None:
    ends = [
        {
            "part_id": row.id,
            "promise_id": row.promise_id,
            "company_id": row.company_id,
            "customer_id": row.customer_id,
            "kind": kind,
            "ended_on": day,
            "by_id": by_id,
            "note": note,
            "actor": actor,
        }
        for row in rows
    ]
    record(PartEnd, ends, at=at)


def _take_back_work(items: set[int], *, actor: str, at: datetime) -> None:
    """Who broke a promise about these has promised anew: nobody need ask."""
    promises = PromisePart.objects.filter(item_id__in=items).values_list("promise_id", flat=True).distinct()
    keys = [key_of(number) for number in promises]
    cancel_items(kind=BROKEN_PROMISE.name, keys=keys, because="", actor=actor, at=at)
